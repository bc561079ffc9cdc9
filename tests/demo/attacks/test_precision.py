"""Single precision is what pictures come in: it must find what double precision finds."""

import pytest
import torch
from small import linear, pictures

from demo.attacks import RECIPES, craft
from demo.attacks.adaea import _pairwise_cosine
from demo.attacks.objectives import others_lead
from demo.attacks.steps import cosine, unit_length

BUDGET = {name: {"queries": 240} for name, recipe in RECIPES.items() if recipe.idea == "ask"}


@pytest.mark.slow
@pytest.mark.parametrize("name", RECIPES)
def test_single_precision_is_enough_where_the_jury_is_sure(name):
    """18 logits ahead the label's share is 1 in single precision, and nothing but its complement still moves."""
    images = pictures(4) * 0.1 + 0.45
    surrogates = [linear(seed, scale=0.3) for seed in range(3)]
    with torch.no_grad():
        for network in surrogates:
            network.offset += 4 - network(images).mean(0)
            network.offset[0] += 18
    labels = torch.zeros(4, dtype=torch.int64)

    def lead(dtype):
        for network in surrogates:
            network.to(dtype)
        found = craft(name, surrogates, images.to(dtype), labels, epsilon=32 / 255, **BUDGET.get(name, {})).double()
        return -others_lead(torch.stack([network.double()(found) for network in surrogates]).mean(0), labels).mean()

    whole, half = lead(torch.float64), lead(torch.float32)
    torch.testing.assert_close(half, whole, rtol=0, atol=0.5)


@pytest.mark.parametrize("size", [1e-30, 1e30])
def test_lengths_and_angles_do_not_depend_on_size(size):
    gradient = pictures(2, seed=3).float() - 0.5
    torch.testing.assert_close(unit_length(gradient * size), unit_length(gradient))
    torch.testing.assert_close(cosine(gradient * size, gradient), torch.ones(2))
    several = torch.stack([gradient, gradient.roll(1, 1)])
    torch.testing.assert_close(_pairwise_cosine(several * size), _pairwise_cosine(several))
