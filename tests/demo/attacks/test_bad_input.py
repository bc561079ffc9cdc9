"""Whatever is wrong is said at once, with the value and the remedy."""

import subprocess
import sys

import numpy as np
import pytest
import torch
from small import jury, pictures, smooth, verdicts
from torch import nn

from demo.attacks import RECIPES, craft, iterate
from demo.attacks.knobs import Choice, Choices, Flag, Number

IMAGES = pictures(2)
LABELS = torch.tensor([0, 1])


def given(**changes):
    arguments = {"name": "mi-fgsm", "surrogates": jury(2), "images": IMAGES, "labels": LABELS, **changes}
    return [arguments.pop(key) for key in ("name", "surrogates", "images", "labels")], arguments


WRONG = {
    "name": ({"name": "fgms"}, "Unknown attack 'fgms': use one of fgsm, "),
    "name of another type": ({"name": None}, "Unknown attack None"),
    "no surrogate": ({"surrogates": []}, "MI-FGSM needs at least 1 surrogate; 0 given"),
    "one surrogate, not a list": ({"surrogates": smooth(0)}, "surrogates must be a list"),
    "one surrogate for a jury": ({"name": "svre", "surrogates": jury(1)}, "SVRE needs at least 2 surrogates; 1 given"),
    "not callable": ({"surrogates": [3]}, "must be callable, from pixels to logits; 3 is not"),
    "other dtype": ({"images": IMAGES.float()}, "float32 on cpu, a surrogate is torch.float64 on cpu: bring both"),
    "other device": ({"surrogates": [smooth(0).to("meta")]}, "a surrogate is torch.float64 on meta"),
    "label spaces": ({"surrogates": [smooth(0), smooth(1, 4)]}, r"share one label space, .* \[4, 5\] classes: choose"),
    "label spaces, one by one": ({"name": "a-gd", "surrogates": [smooth(0), smooth(1, 4)]}, r"\[4, 5\] classes"),
    "not logits": ({"surrogates": [lambda x: x]}, r"logits of shape \(N, C\) for N pictures; .* gave \(2, 3, 6, 6\)"),
    "more than logits": ({"surrogates": [lambda x: (x, x)]}, "must give logits as a tensor, not tuple: wrap it"),
    "no gradient": ({"surrogates": [torch.no_grad()(smooth(0))]}, "no gradient .* take it out of torch.no_grad"),
    "no gradient from one of two": ({"surrogates": [smooth(0), torch.no_grad()(smooth(1))]}, "carry no gradient back"),
    "one class": ({"name": "deepfool", "surrogates": [smooth(0, 1)], "labels": LABELS * 0}, "two classes or more"),
    "buffers of other dtype": (
        {"surrogates": [nn.BatchNorm2d(3, affine=False)]},
        "a surrogate is torch.float32 on cpu",
    ),
    "pictures as bytes": ({"images": (IMAGES * 255).byte()}, r"images are torch.uint8: use float32 or float64"),
    "pictures to 255": ({"images": IMAGES * 255}, r"within \[0, 1\]: divide 8-bit pictures by 255"),
    "negative pictures": ({"images": IMAGES - 0.5}, r"within \[0, 1\]"),
    "pictures not finite": ({"images": IMAGES / 0}, "must be finite"),
    "one picture without a batch": ({"images": IMAGES[0]}, r"\(N, 3, H, W\) with N at least 1, not \(3, 6, 6\)"),
    "no pictures": ({"images": IMAGES[:0]}, "N at least 1"),
    "no tensor": ({"images": IMAGES.numpy()}, "not ndarray"),
    "label out of range": ({"labels": torch.tensor([0, 5])}, "Label 5 is out of range: .* classes 0 to 4"),
    "label negative": ({"labels": torch.tensor([0, -1])}, "from 0 on; -1 was given"),
    "too few labels": ({"labels": LABELS[:1]}, r"shape \(2,\), not \(1,\)"),
    "labels as numbers": ({"labels": LABELS.double()}, "labels are torch.float64: use int64"),
    "labels elsewhere": ({"labels": LABELS.to("meta")}, "meta"),
    "epsilon 8": ({"epsilon": 8}, r"epsilon is 8: use a number above 0 and up to 1 \(8/255, not 8\)"),
    "epsilon 0": ({"epsilon": 0}, "epsilon is 0"),
    "epsilon not a number": ({"epsilon": float("nan")}, "epsilon is nan"),
    "epsilon for each": ({"epsilon": torch.full((2, 1, 1, 1), 0.03)}, "epsilon is tensor"),
    "steps of one step": ({"name": "fgsm", "steps": -5}, "steps is -5"),
    "endless": ({"seed": 10**400}, "seed is 1000"),
    "epsilon as words": ({"epsilon": "8/255"}, "epsilon is '8/255'"),
    "steps 0": ({"steps": 0}, "steps is 0: use a whole number from 1 to 10000"),
    "steps 2.5": ({"steps": 2.5}, "steps is 2.5"),
    "steps True": ({"steps": True}, "steps is True"),
    "step size": ({"step_size": -1}, "step_size is -1"),
    "targeted": ({"targeted": 1}, "targeted is 1: use True or False"),
    "no targeted version": ({"name": "deepfool", "targeted": True}, "no targeted version: .* Use targeted=False"),
    "seed": ({"seed": -1}, "seed is -1"),
    "unknown knob": ({"delta_high": 4}, "MI-FGSM has no knob 'delta_high': it has fusion, momentum, transforms"),
    "knob out of range": ({"momentum": 3}, "momentum is 3: use a number from 0 to 2"),
    "fusion": ({"fusion": "mean"}, "fusion is 'mean': use one of logits, predictions, losses"),
    "unknown transformation": ({"transforms": ("dim",)}, "use each of di, ti, si at most once"),
    "transformation twice": ({"transforms": ("di", "di")}, "at most once"),
    "one transformation, not a list": ({"transforms": "di"}, "give a list of some of di, ti, si"),
    "flag": ({"name": "pgd", "random_start": 1}, "random_start is 1: use True or False"),
}


@pytest.mark.parametrize("case", WRONG)
def test_says_what_is_wrong_and_what_to_do(case):
    changes, message = WRONG[case]
    positional, keywords = given(**changes)
    with pytest.raises(ValueError, match=message):
        craft(*positional, **keywords)


def test_iterate_checks_at_the_call():
    positional, keywords = given(epsilon=8)
    with pytest.raises(ValueError, match="epsilon is 8"):
        iterate(*positional, **keywords)


@pytest.mark.slow
@pytest.mark.parametrize("name", RECIPES)
def test_every_knob_of_every_recipe_is_checked(name):
    def out_of_range(knob):
        if isinstance(knob, Number):
            return [knob.high + 1, knob.low - 1, "1", float("nan")] + ([] if knob.none else [None])
        if isinstance(knob, Choice | Choices):
            return ["no such word", ["no such word"], None, 3]
        assert isinstance(knob, Flag)
        return [0, "yes", None]

    for knob in RECIPES[name].knobs:
        for value in out_of_range(knob):
            positional, keywords = given(name=name, **{knob.name: value})
            with pytest.raises(ValueError, match=knob.name):
                craft(*positional, **keywords)


def test_numbers_of_numpy_are_numbers():
    positional, keywords = given(epsilon=np.float32(0.03), steps=np.int64(2), momentum=np.float64(0.5))
    craft(*positional, **keywords)


def test_accepts_what_it_promises():
    networks = nn.ModuleList(jury(2))
    labels = verdicts(list(networks), IMAGES)
    first = craft("mi-fgsm", networks, IMAGES, labels)
    assert torch.equal(first, craft("mi-fgsm", tuple(networks), IMAGES.clone().requires_grad_(), labels))
    assert not first.requires_grad
    assert all(parameter.grad is None for parameter in networks.parameters())
    single = craft("mi-fgsm", [network.float() for network in networks], IMAGES.float(), labels)
    assert single.dtype == torch.float32
    assert (single - IMAGES.float()).abs().max() <= 8 / 255 + 1e-7


def test_gradients_may_be_switched_off_around_it():
    networks = jury(2)
    labels = verdicts(networks, IMAGES)
    with torch.no_grad():
        inside = craft("svre", networks, IMAGES, labels, steps=2)
    assert torch.equal(inside, craft("svre", networks, IMAGES, labels, steps=2))


def test_closing_the_iterator_ends_the_work():
    asked = []
    network = smooth(0)

    def counting(images):
        asked.append(len(images))
        return network(images)

    frames = iterate("mi-fgsm", [counting], IMAGES, LABELS, steps=1000)
    next(frames)
    next(frames)
    done = len(asked)
    frames.close()
    assert len(asked) == done <= 3


@pytest.mark.slow
def test_imports_torch_alone():
    program = (
        "import sys; before = set(sys.modules); import torch; known = {m.split('.')[0] for m in sys.modules}; "
        "import demo.attacks; new = {m.split('.')[0] for m in sys.modules} - known; print(sorted(new))"
    )
    printed = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert printed.strip() == "['demo']"
