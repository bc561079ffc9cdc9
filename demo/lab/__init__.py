"""The papers' tables and figures as commands: `python -m demo.lab TABLE --data DIR_OR_ZIP`, on processes or on Ray.

A table is one stanza (`tables/`, a file a paper): its cells, each with the job whose result it reads off. A job is
known by the hash of everything that determines its result, and kept under it (`store.py`); nothing is computed twice.
"""
