"""Measurements behind `python -m demo.benchmark`: each prints a Markdown table and the command that made it."""
