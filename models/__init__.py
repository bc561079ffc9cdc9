"""Classifiers: what they are (`catalog.toml`), how they are loaded, and the defences put in front of them."""

from models.availability import available, needs
from models.card import Card
from models.catalog import CARDS, names
from models.classifier import Classifier, Ensemble
from models.loading import load
from models.packs import PACKS, starters
from models.weights.errors import WeightsError

__all__ = [
    "CARDS",
    "PACKS",
    "Card",
    "Classifier",
    "Ensemble",
    "WeightsError",
    "available",
    "load",
    "names",
    "needs",
    "starters",
]
