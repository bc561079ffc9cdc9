"""Measures the classifiers: `python -m models.measure DATA` prints a table and keeps figures beside the weights."""
