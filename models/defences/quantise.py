"""Coarser numbers (TREND, Ravikumar et al. 2022, section IV-D): in the input, the weights or the activations."""

from __future__ import annotations

import copy
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from models.classifier import Classifier
from models.defences.defence import Defence
from models.defences.guard import Guarded, straight_through
from models.defences.knobs import Number

PAPER, LINK = "Ravikumar et al. 2022", "https://arxiv.org/abs/2008.01524"
MATRICES = (nn.Conv2d, nn.Linear)


def quantised(values: Tensor, bits: int) -> Tensor:
    """TREND's Eq. 2-3: 2^bits evenly spaced values between the smallest and the largest of each first index.

    Bin width D = (max - min) / (2^bits - 1); the value is min + D round((x - min) / D). The paper takes min and max
    over the minibatch; here over each sample, so that no picture's verdict depends on its neighbours.
    """
    flat = values.detach().flatten(1)
    low = flat.amin(1, keepdim=True)
    width = ((flat.amax(1, keepdim=True) - low) / (2**bits - 1)).clamp_min(torch.finfo(values.dtype).tiny)
    rounded: Tensor = low + width * ((flat - low) / width).round()
    return rounded.view_as(values)


@dataclass(frozen=True, eq=False)
class QuantisedInput:
    """Quantises the z-scored picture, as the paper does, and turns it back into pixels; identity gradient."""

    classifier: Classifier
    bits: int

    def __call__(self, pixels: Tensor, generator: torch.Generator | None = None) -> Tensor:
        mean, std = self.classifier.mean, self.classifier.std
        scored = (pixels.detach() - mean) / std
        return straight_through(pixels, quantised(scored, self.bits) * std + mean)


def coarse_weights(classifier: Classifier, bits: int) -> Classifier:
    """A copy whose convolutions and linear layers hold 2^bits different weights for each output channel.

    Each channel has a smallest and a largest weight of its own, so that a layer of 64 channels at 1 bit holds up to 128
    different numbers, not 2. TREND does not say over what it takes them; over the whole layer, its "w1" would be
    coarser than 1 bit here. Other layers (normalisations) keep their numbers.
    """
    copied = twin(classifier)
    for layer in copied.modules():
        if isinstance(layer, MATRICES):
            layer.weight.data = quantised(layer.weight.data, bits)
    return copied


@dataclass(frozen=True)
class Coarsened:
    """Quantises what enters a layer; a class, so that a network that wears it can be pickled."""

    bits: int

    def __call__(self, layer: nn.Module, inputs: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
        return (straight_through(inputs[0], quantised(inputs[0], self.bits)), *inputs[1:])


def coarse_activations(classifier: Classifier, bits: int) -> Classifier:
    """A copy in which what enters each convolution or linear layer after the first takes 2^bits different values.

    The first layer sees the picture itself, which is the input quantisation's affair.
    """

    copied = twin(classifier)
    for layer in [layer for layer in copied.modules() if isinstance(layer, MATRICES)][1:]:
        layer.register_forward_pre_hook(Coarsened(bits))
    return copied


def twin(classifier: Classifier) -> Classifier:
    """A copy with weights of its own: the classifier in the cache is everybody's. Card and generator stay shared.

    What was prepared for speed is as its file has it again: folded weights are not those that the network learned.
    """
    shared = [classifier.card, *(part.generator for part in classifier.modules() if isinstance(part, Classifier))]
    copied = copy.deepcopy(classifier, {id(thing): thing for thing in shared})
    for part in copied.modules():
        if isinstance(part, Classifier) and part.original:
            part.network = part.original(part.network)
            part.original = None
    return copied


def _bits(default: int, help: str) -> tuple[Number, ...]:
    return (Number(name="bits", default=default, low=1, high=8, title="Bits", help=help, whole=True),)


INPUT = Defence(
    name="quantise-input",
    title="Coarse input",
    sentence="Rounds what the network sees to a few levels between the picture's darkest and brightest value.",
    paper=PAPER,
    link=LINK,
    build=lambda classifier, bits: Guarded(classifier, QuantisedInput(classifier, bits), at_entrance=True),
    gradient="straight-through",
    knobs=_bits(3, "2 to the power of this many levels; the paper calls 2 bits Q2."),
)
WEIGHTS = Defence(
    name="quantise-weights",
    title="Coarse weights",
    sentence="Rounds the numbers that the network has learned, so that it is no longer quite the "
    "network the attacker knows.",
    paper=PAPER,
    link=LINK,
    build=coarse_weights,
    knobs=_bits(5, "2 to the power of this many different weights in each filter, and as often more in a layer."),
)
ACTIVATIONS = Defence(
    name="quantise-activations",
    title="Coarse activations",
    sentence="Rounds what flows from layer to layer, so that small disturbances are lost on the way, or "
    "grow by a step.",
    paper=PAPER,
    link=LINK,
    build=coarse_activations,
    gradient="straight-through",
    knobs=_bits(5, "2 to the power of this many different values at each layer."),
)
