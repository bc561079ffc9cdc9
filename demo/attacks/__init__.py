"""Ensemble adversarial attacks on callables from pixels to logits. Needs torch and nothing else.

>>> from demo.attacks import RECIPES, craft, iterate
>>> adversarial = craft("ensemblefool-a", surrogates, images, labels, epsilon=8 / 255, steps=10)
"""

from demo.attacks.api import craft, iterate
from demo.attacks.attack import Frame
from demo.attacks.minimal_epsilon import Smallest, smallest_epsilon
from demo.attacks.recipes import RECIPES, Recipe

__all__ = ["RECIPES", "Frame", "Recipe", "Smallest", "craft", "iterate", "smallest_epsilon"]
