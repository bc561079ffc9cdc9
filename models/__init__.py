"""Classifiers: what they are (`catalog.toml`), how they are loaded, and the defences put in front of them."""

from models.catalog import CARDS, Card, load, names
from models.classifier import Classifier, Ensemble
from models.hub import WeightsError
from models.supply import available, needs, starters

__all__ = ["CARDS", "Card", "Classifier", "Ensemble", "WeightsError", "available", "load", "names", "needs", "starters"]
