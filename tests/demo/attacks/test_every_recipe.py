"""What holds for every row of the table; a new row is tested by being there."""

import math

import pytest
import torch
from every import knobs, task
from small import CLASSES, pictures

from demo.attacks import RECIPES, craft, iterate
from demo.attacks.knobs import settle
from demo.attacks.portions import finish
from demo.attacks.recipes import IDEAS
from demo.attacks.task import Task
from demo.attacks.transforms import TRANSFORMS

EPSILON = 8 / 255
# TI leaves the picture as it is and changes the gradient; the others change what is looked at.
STACKS = [(), ("ti",), ("di", "ti", "si")]
FULL = STACKS[-1]


def cases():
    for name, recipe in RECIPES.items():
        offered = any(knob.name == "transforms" for knob in recipe.knobs)
        for targeted in (False, True):
            if targeted and recipe.untargeted_because:
                continue
            # Views and targets meet in the probe alone, which the whole stack takes through all it can do.
            stacks = [FULL] if targeted else STACKS
            for stack in stacks if offered else [()]:
                yield pytest.param(name, stack, targeted, id="-".join([name, *stack, "targeted" * targeted]).strip("-"))


@pytest.mark.parametrize(("name", "stack", "targeted"), list(cases()))
def test_stays_in_the_ball_repeats_and_treats_pictures_one_by_one(name, stack, targeted):
    surrogates, images, labels = task(targeted, 3)
    options = {"epsilon": EPSILON, "steps": 2, "targeted": targeted, "seed": 5, **knobs(name, stack)}
    frames = list(iterate(name, surrogates, images, labels, **options))
    result = frames[-1].adversarial
    assert [frame.step for frame in frames] == list(range((RECIPES[name].steps or 2) + 1))
    for frame in frames:
        assert torch.isfinite(frame.adversarial).all()
        assert (frame.adversarial - images).abs().max() <= EPSILON + 1e-12
        assert frame.adversarial.min() >= 0
        assert frame.adversarial.max() <= 1
        logits = torch.stack([surrogate(frame.adversarial) for surrogate in surrogates])
        torch.testing.assert_close(frame.logits, logits.detach(), rtol=0, atol=1e-9)
        if frame.weights is not None:
            torch.testing.assert_close(frame.weights.sum(0), torch.ones(3, dtype=torch.float64))
    assert torch.equal(craft(name, surrogates, images, labels, **options), result)
    # The middle one: it is neither what comes first nor what comes last.
    alone = craft(name, surrogates, images[1:2], labels[1:2], **options)
    torch.testing.assert_close(alone, result[1:2], rtol=0, atol=1e-9)


@pytest.mark.parametrize("name", RECIPES)
def test_finite_where_there_is_no_slope(name):
    def flat(constant):
        return lambda images: images.flatten(1)[:, :CLASSES] * 0 + constant

    surrogates = [flat(torch.tensor([k, 0.0, 0, 0, 0], dtype=torch.float64)) for k in (1.0, 2.0)]
    images = pictures(2)
    options = {"steps": 3, **knobs(name)}
    for targeted in (False, True):
        if targeted and RECIPES[name].untargeted_because:
            continue
        for frame in iterate(name, surrogates, images, torch.tensor([0, 1]), targeted=targeted, **options):
            assert torch.isfinite(frame.adversarial).all()
            assert frame.weights is None or torch.isfinite(frame.weights).all()


@pytest.mark.slow
@pytest.mark.parametrize("name", RECIPES)
def test_convinces_the_jury(name):
    surrogates, images, labels = task(targeted=False, count=6)
    wide = {"epsilon": 32 / 255, "steps": 8}

    def verdict(frame):  # some attacks stop where the mean logits turn, some where the mean probabilities do
        return torch.stack([frame.logits.mean(0).argmax(-1), frame.logits.softmax(-1).mean(0).argmax(-1)])

    first, *_, last = iterate(name, surrogates, images, labels, **wide)
    turned = (verdict(last) != labels).any(0)
    assert (turned | (last.confidence.mean(0) < 0.85 * first.confidence.mean(0))).all()
    if RECIPES[name].untargeted_because:
        return
    wanted = (labels + 1) % CLASSES
    first, *_, last = iterate(name, surrogates, images, wanted, targeted=True, **wide)
    turned = (verdict(last) == wanted).any(0)
    assert (turned | (last.confidence.mean(0) > 1.15 * first.confidence.mean(0))).all()


@pytest.mark.parametrize("name", RECIPES)
def test_one_iterator_does_not_disturb_another(name):
    surrogates, images, labels = task(targeted=False)
    runs = [iterate(name, surrogates, images, labels, steps=3, seed=1, **knobs(name)) for _ in range(2)]
    pairs = list(zip(*runs, strict=True))
    assert all(torch.equal(one.adversarial, other.adversarial) for one, other in pairs)
    before = torch.random.get_rng_state()
    craft(name, surrogates, images, labels, steps=2, **knobs(name))
    assert torch.equal(before, torch.random.get_rng_state()), "randomness outside the task's generator was used"


@pytest.mark.parametrize("name", RECIPES)
def test_inference_mode_and_what_was_made_in_it_change_nothing(name):
    surrogates, images, labels = task(targeted=False)
    usual = craft(name, surrogates, images, labels, steps=2, **knobs(name))
    with torch.inference_mode():
        images, labels = images.clone(), labels.clone()
        inside = craft(name, surrogates, images, labels, steps=2, **knobs(name))
        *_, last = iterate(name, surrogates, images, labels, steps=2, **knobs(name))
        assert torch.is_inference_mode_enabled(), "the reader's own mode is theirs between the frames"
    assert torch.equal(usual, inside)
    assert torch.equal(usual, last.adversarial)
    assert torch.equal(usual, craft(name, surrogates, images, labels, steps=2, **knobs(name)))


@pytest.mark.parametrize("name", RECIPES)
def test_nobodys_tensors_are_shared(name):
    surrogates, images, labels = task(targeted=False)
    kept, usual = images.clone(), craft(name, surrogates, images, labels, steps=2, **knobs(name))
    for frame in iterate(name, surrogates, images, labels, steps=2, **knobs(name)):
        last = frame.adversarial.clone()
        for shown in (*vars(frame).values(), *frame.details.values()):
            if isinstance(shown, torch.Tensor):
                shown.zero_()
    assert torch.equal(last, usual)
    assert torch.equal(images, kept)


@pytest.mark.parametrize("name", RECIPES)
def test_a_surrogate_may_work_in_place(name):
    surrogates, images, labels = task(targeted=False)

    def in_place(network):
        return lambda pictures: network(pictures.sub_(0.5).div_(0.5))

    def beside(network):
        return lambda pictures: network((pictures - 0.5) / 0.5)

    options = {"steps": 2, **knobs(name)}
    usual = craft(name, [beside(network) for network in surrogates], images, labels, **options)
    assert torch.equal(craft(name, [in_place(network) for network in surrogates], images, labels, **options), usual)


@pytest.mark.parametrize("name", RECIPES)
def test_every_picture_may_have_its_own_epsilon(name):
    recipe = RECIPES[name]
    surrogates, images, labels = task(targeted=False, count=2)
    values = settle(name, recipe.knobs, knobs(name))
    sizes = [4 / 255, 12 / 255]
    epsilon = torch.tensor(sizes, dtype=torch.float64).view(-1, 1, 1, 1)
    attack = recipe.assemble(values)
    together = finish(attack, surrogates, Task(images, labels, epsilon, 3, recipe.default_step(epsilon, 3)))
    for i, size in enumerate(sizes):
        one = Task(images[i : i + 1], labels[i : i + 1], size, 3, recipe.default_step(size, 3))
        torch.testing.assert_close(finish(attack, surrogates, one), together[i : i + 1], rtol=0, atol=1e-9)


def test_rows_say_what_they_are():
    for name, recipe in RECIPES.items():
        assert recipe.name == name
        assert recipe.idea in IDEAS
        assert recipe.sentence.endswith(".")
        assert len(recipe.sentence) <= 120
        assert recipe.link.startswith("https://")
        assert recipe.paper
        for knob in recipe.knobs:
            assert knob.check(knob.default) == knob.default
            assert knob.help.endswith(".")
    assert {recipe.idea for recipe in RECIPES.values()} == set(IDEAS)
    assert list(TRANSFORMS) == ["di", "ti", "si"]


@pytest.mark.parametrize("name", RECIPES)
def test_the_chart_that_a_row_names_is_in_its_frames(name):
    surrogates, images, labels = task(targeted=False)
    frames = list(iterate(name, surrogates, images, labels, steps=2, **knobs(name)))
    chart = RECIPES[name].chart
    held = frames[-1].weights if chart == "weights" else frames[-1].details.get(chart)
    assert held is not None
    for frame in frames:
        for value in frame.details.values():
            for part in value.values() if isinstance(value, dict) else [value]:
                number = torch.as_tensor(part, dtype=torch.float64)
                assert number.ndim <= 2
                assert not number.isnan().any()
                assert math.prod(number.shape) <= 64
