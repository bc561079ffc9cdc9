"""The table of recipes: each builds, fits the catalogue, and comes after what it is made from."""

import dataclasses
import re

import pytest
import torch

from models import catalog
from models.training import files
from models.training.architectures import TrioBlueprint
from models.training.recipe import TrainingRecipe
from models.training.recipes import RECIPES


@pytest.mark.slow
@pytest.mark.parametrize("recipe", RECIPES.values(), ids=RECIPES)
def test_every_recipe_builds_and_matches_the_catalogue(recipe: TrainingRecipe) -> None:
    network = recipe.blueprint.build(64).eval()
    assert sum(share for _, share in recipe.sizes) == pytest.approx(1)
    for side, _ in recipe.sizes:
        expected = (2, 3, side, side) if recipe.purifies else (2, 64)
        assert all(part(torch.rand(2, 3, side, side)).shape == expected for part in files.parts(network))
    assert set(recipe.others) <= set(RECIPES)
    assert " at 0x" not in recipe.key()  # an address would keep every later process from resuming
    blueprint = recipe.blueprint.member if isinstance(recipe.blueprint, TrioBlueprint) else recipe.blueprint
    for name in recipe.products:
        card = catalog.CARDS.get(f"{recipe.pack}/{name}")
        if card and "command" in card.notes["recipe"]:  # the first files came without one
            assert card.blueprint == blueprint
            made = card.notes["recipe"]
            asked = re.search(r"--epochs (\d+)", made["command"])
            assert made["epochs"] == (int(asked[1]) if asked else recipe.epochs), "the command makes another network"


def test_all_makes_nothing_before_what_it_is_made_from() -> None:
    made: set[str] = set()
    for recipe in RECIPES.values():
        missing = {*recipe.others, *recipe.start} - made
        assert not missing, f"{recipe.name} comes before {missing}"
        made |= set(recipe.products)


def test_sizes_grow_with_the_epochs() -> None:
    recipe = dataclasses.replace(RECIPES["resnet"], epochs=20)
    sizes = [recipe.size(epoch) for epoch in range(20)]
    assert sizes == [32] * 6 + [48] * 7 + [64] * 7
