"""Quorum: how one picture can fool a whole jury of neural networks."""

__version__ = "0.9.0"
