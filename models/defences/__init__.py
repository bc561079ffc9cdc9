"""Defences: each a small module around a classifier, that is a classifier again. One file and one row each."""

from models.defences.certificate import Certificate, certify
from models.defences.defence import Defence
from models.defences.guard import Averaged
from models.defences.judgement import Judgement, attacker_wins, judge
from models.defences.knobs import Knob, Number, Numbers
from models.defences.table import DEFENCES, NINE, defend, settled

__all__ = [
    "DEFENCES",
    "NINE",
    "Averaged",
    "Certificate",
    "Defence",
    "Judgement",
    "Knob",
    "Number",
    "Numbers",
    "attacker_wins",
    "certify",
    "defend",
    "judge",
    "settled",
]
