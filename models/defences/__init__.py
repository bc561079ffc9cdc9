"""Defences: each a small module around a classifier, that is a classifier again. One file and one row each."""

from models.defences.table import DEFENCES, Defence, defend

__all__ = ["DEFENCES", "Defence", "defend"]
