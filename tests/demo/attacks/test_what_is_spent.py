"""What every row of the table counts: gradients, queries, and what a run will take."""

import itertools

import pytest
from every import knobs, task

from demo.attacks import RECIPES, craft, iterate
from demo.attacks.knobs import settle

TRANSFORMED = [name for name, recipe in RECIPES.items() if any(knob.name == "transforms" for knob in recipe.knobs)]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "stack"), [*((name, ()) for name in RECIPES), *((name, ("di", "si")) for name in TRANSFORMED)]
)
def test_cost_is_what_hooks_on_the_networks_count(name, stack):
    surrogates, images, labels = task(targeted=False, count=6)  # some of which stand, however they are judged
    backwards = 0

    def count(*_):
        nonlocal backwards
        backwards += 1

    # Hooks sit on the first layer: one that fires has carried a gradient all the way back.
    for surrogate in surrogates:
        surrogate[0].register_full_backward_hook(count)
    frames = list(iterate(name, surrogates, images, labels, steps=4, **knobs(name, stack)))
    assert frames[-1].cost == backwards
    assert (frames[-1].cost == 0) == (RECIPES[name].idea == "ask")
    for earlier, later in itertools.pairwise(frames):
        assert earlier.cost <= later.cost


@pytest.mark.parametrize("name", RECIPES)
def test_what_a_run_will_take_is_foretold(name):
    surrogates, images, labels = task(targeted=False, count=1)
    recipe = RECIPES[name]
    given = {key: value for key, value in knobs(name).items() if key == "queries"}
    foretold = recipe.forwards(len(surrogates), recipe.steps or 6, settle(recipe.title, recipe.knobs, given))
    *_, last = iterate(name, surrogates, images, labels, steps=6, epsilon=0.1 / 255, **given)
    taken = max(last.cost, last.queries)
    assert taken <= foretold
    assert taken >= foretold / 2 or name == "deepfool"  # which has only four borders to measure here, and arrives


@pytest.mark.parametrize("name", RECIPES)
def test_queries_are_the_forward_passes_of_craft(name):
    surrogates, images, labels = task(targeted=False, count=1)
    forwards = 0

    def count(module, inputs, output):
        nonlocal forwards
        forwards += len(output)

    for surrogate in surrogates:
        surrogate.register_forward_hook(count)
    craft(name, surrogates, images, labels, steps=3, **knobs(name))
    passed, forwards = forwards, 0
    *_, last = iterate(name, surrogates, images, labels, steps=3, **knobs(name))
    assert last.queries == passed
