"""Classifiers: what they are (`catalog.toml`), how they are loaded, and the defences put in front of them."""

from models.catalog import CARDS, Card, WeightsError, load, names
from models.classifier import Classifier, Ensemble

__all__ = ["CARDS", "Card", "Classifier", "Ensemble", "WeightsError", "load", "names"]
