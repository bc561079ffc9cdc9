"""What trios are trained on: volumes, differences in place of second derivatives, pictures that mislead one another."""

import copy
import math
from collections.abc import Callable, Sequence
from itertools import combinations

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor, nn
from torch.nn import functional as F

import models
from models.classifier import Classifier, Ensemble
from models.networks import Blueprint
from models.training import diversity, gradients
from models.training.objectives import Batch

RESNET = Blueprint("timm", "resnet18", {"channels": [8, 8, 16, 16]}, ("maxpool",))


def _smooth_trio() -> Ensemble:
    """Three networks without kinks, so that differences and derivatives agree."""
    torch.manual_seed(0)
    bodies = [nn.Sequential(nn.Flatten(), nn.Linear(48, 16), nn.Tanh(), nn.Linear(16, 4)) for _ in range(3)]
    return Ensemble([Classifier(body, "abcd") for body in bodies])


def _batch(side: int = 4) -> Batch:
    pixels = torch.rand(6, 3, side, side, generator=torch.Generator().manual_seed(1))
    return Batch(pixels, pixels, torch.arange(6) % 4)


def _cosines(gradients: Sequence[Tensor]) -> Tensor:
    return torch.stack(
        [
            (a * b).flatten(1).sum(1) / (a.flatten(1).norm(dim=1) * b.flatten(1).norm(dim=1))
            for a, b in combinations(gradients, 2)
        ]
    )


def _exact(ensemble: Ensemble, batch: Batch, regulariser: Callable[[Sequence[Tensor]], Tensor]) -> Tensor:
    """The regulariser with true second derivatives."""
    pixels = batch.pixels.clone().requires_grad_()
    losses = [F.cross_entropy(member, batch.labels, reduction="sum") for member in ensemble(pixels)]
    return regulariser([torch.autograd.grad(loss, pixels, create_graph=True)[0] for loss in losses])


@pytest.mark.parametrize(
    "regulariser",
    [
        lambda g: _cosines(g).logsumexp(0).mean(),
        lambda g: torch.stack([one.flatten(1).norm(dim=1) for one in g]).mean(),
    ],
    ids=["cosines", "lengths"],
)
def test_a_difference_stands_for_the_second_derivative(regulariser: Callable[[Sequence[Tensor]], Tensor]) -> None:
    ensemble, batch = _smooth_trio(), _batch()
    _, value = gradients.shaped(ensemble, batch.pixels, batch.labels, regulariser)
    exact = _exact(ensemble, batch, regulariser)
    assert value.item() == pytest.approx(exact.item(), rel=1e-4)
    weights = [weight for weight in ensemble.parameters() if weight.ndim > 1]
    near = torch.cat([grad.flatten() for grad in torch.autograd.grad(value, weights)])
    true = torch.cat([grad.flatten() for grad in torch.autograd.grad(exact, weights)])
    assert (near - true).norm() < 0.1 * true.norm()


@pytest.mark.slow
@pytest.mark.parametrize(
    "regulariser",
    [
        lambda g: torch.stack(gradients.cosines(g)).mean(),
        lambda g: torch.stack([one.flatten(1).norm(dim=1) for one in g]).mean(),
    ],
    ids=["cosines", "lengths"],
)
def test_with_rectifiers_a_difference_still_leads_down(regulariser: Callable[[Sequence[Tensor]], Tensor]) -> None:
    torch.manual_seed(0)
    ensemble = Ensemble([Classifier(RESNET.build(4), "abcd") for _ in range(3)])
    weights = [weight for weight in ensemble.parameters() if weight.ndim > 1]
    batch = _batch(32)
    values = []
    for _ in range(9):
        _, value = gradients.shaped(ensemble, batch.pixels, batch.labels, regulariser)
        values.append(value.item())
        slopes = torch.autograd.grad(value, weights)
        length = torch.stack([slope.norm() for slope in slopes]).norm()
        with torch.no_grad():
            for weight, slope in zip(weights, slopes, strict=True):
                weight -= 0.1 / length * slope
    assert values[-1] < 0.95 * values[0]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("regulariser", "cosine"),
    [
        (lambda g: torch.stack(gradients.cosines(g)).logsumexp(0).mean(), 0.35),
        (lambda g: torch.stack(gradients.cosines(g)).abs().mean(), 0.41),
        (lambda g: torch.stack([one.flatten(1).norm(dim=1) for one in g]).mean(), 0.76),
    ],
    ids=["GAL", "TRS-similarity", "TRS-smoothness"],
)
def test_on_a_shipped_trio_the_difference_is_an_approximation(
    regulariser: Callable[[Sequence[Tensor]], Tensor], cosine: float, pictures_by_name: dict[str, str]
) -> None:
    """The figures are README's: the angle between what trained GAL and TRS and true second derivatives."""
    names = [f"trios/baseline-{place}" for place in (1, 2, 3)]
    trio = [copy.deepcopy(models.load(name, prepared=False)).requires_grad_() for name in names]
    ensemble, weights = Ensemble(trio), [weight for one in trio for weight in one.parameters() if weight.ndim > 1]
    pictures = [Image.open(path).convert("RGB").resize((64, 64)) for path in pictures_by_name.values()]
    pixels = torch.stack([torch.from_numpy(np.array(one)).permute(2, 0, 1) / 255 for one in pictures])
    batch = Batch(pixels, pixels, trio[0](pixels).argmax(1))
    found = [gradients.shaped(ensemble, pixels, batch.labels, regulariser)[1], _exact(ensemble, batch, regulariser)]
    near, true = (torch.cat([one.flatten() for one in torch.autograd.grad(value, weights)]) for value in found)
    assert F.cosine_similarity(near, true, dim=0).item() == pytest.approx(cosine, abs=0.05)


def test_trs_adds_similarity_and_steepness_at_the_worst_point(monkeypatch: pytest.MonkeyPatch) -> None:
    ensemble, batch = _smooth_trio(), _batch()
    worst = batch.pixels[:3].roll(1, 0)
    monkeypatch.setattr(diversity, "projected", lambda *given: worst)
    found = diversity.transferability_reduced(
        ensemble, batch, torch.Generator(), (), similarity=5.0, smoothness=0.08, epsilon=0.03, steps=1
    )
    losses = sum(F.cross_entropy(member, batch.labels) for member in ensemble(batch.pixels))
    alike = _exact(ensemble, batch, lambda g: _cosines(g).abs().mean())
    half = Batch(worst, worst, batch.labels[:3])
    steep = _exact(ensemble, half, lambda g: torch.stack([one.flatten(1).norm(dim=1) for one in g]).mean())
    assert found.item() == pytest.approx((losses + 5 * alike + 0.08 * steep).item(), rel=1e-4)


def test_gal_adds_the_logarithm_of_summed_cosines() -> None:
    ensemble, batch = _smooth_trio(), _batch()
    losses = torch.stack([F.cross_entropy(member, batch.labels) for member in ensemble(batch.pixels)])
    wanted = losses.mean() + 0.5 * _exact(ensemble, batch, lambda g: _cosines(g).exp().sum(0).log().mean())
    assert diversity.gradient_alignment(ensemble, batch, torch.Generator(), (), weight=0.5).item() == pytest.approx(
        wanted.item(), rel=1e-4
    )


def test_adps_volume_is_that_of_the_wrong_classes() -> None:
    labels = torch.tensor([0])
    shares = torch.tensor([[[0.4, 0.6, 0.0, 0.0]], [[0.1, 0.0, 0.9, 0.0]], [[0.7, 0.0, 0.0, 0.3]]])
    assert diversity.log_volume(shares, labels).item() == pytest.approx(0, abs=1e-4)  # orthogonal once 0 is left out
    shares[1, 0] = torch.tensor([0.2, 0.4, 0.4, 0.0])  # at 45 degrees to the first
    assert diversity.log_volume(shares, labels).item() == pytest.approx(math.log(0.5), abs=1e-4)


def test_dverges_pictures_are_near_and_look_like_others() -> None:
    torch.manual_seed(0)
    teacher = Classifier(RESNET.build(4), "abcd").eval().requires_grad_(False)
    near, wanted = torch.rand(2, 4, 3, 32, 32)
    moved = diversity.distilled(teacher, wanted, near, epsilon=0.07, steps=4, stage=1)
    assert (moved - near).abs().max() <= 0.07 + 1e-6
    assert moved.min() >= 0
    assert moved.max() <= 1

    def apart(pixels: Tensor) -> Tensor:
        seen, goal = (diversity.features(teacher, some, 1) for some in (pixels, wanted))
        return (seen - goal).flatten(1).norm(dim=1)

    assert (apart(moved) < apart(near)).all()
