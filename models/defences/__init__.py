"""Defences: each a small module around a classifier, that is a classifier again. One file and one row each."""

from models.defences.defence import Defence
from models.defences.guard import Averaged
from models.defences.parameter import Parameter
from models.defences.table import DEFENCES, NINE, defend
from models.defences.verdict import Verdict, judge

__all__ = ["DEFENCES", "NINE", "Averaged", "Defence", "Parameter", "Verdict", "defend", "judge"]
