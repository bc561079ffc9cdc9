"""Objectives against what their formulas come to by hand, on networks simple enough for that."""

import numpy as np
import pytest
import torch
from miniature import SMALL
from torch import Tensor, nn

from models.classifier import Classifier, Ensemble
from models.training import diversity, objectives, purifying
from models.training.features import features
from models.training.objectives import Batch

LABELS = torch.tensor([0, 2, 1, 2])


class Line(nn.Module):
    """Logits linear in the mean of the pixels; remembers what it was shown."""

    def __init__(self, *slopes: float) -> None:
        super().__init__()
        self.slopes = torch.tensor(slopes)
        self.shown: list[Tensor] = []

    def forward(self, pixels: Tensor) -> Tensor:
        self.shown.append(pixels.detach())
        return pixels.mean(dim=(1, 2, 3))[:, None] * self.slopes


def line(*slopes: float) -> Classifier:
    return Classifier(Line(*slopes), ["a", "b", "c"], mean=(0, 0, 0), std=(1, 1, 1))


def shown(classifier: nn.Module) -> Tensor:
    """What its network saw last."""
    network = classifier.network
    assert isinstance(network, Line)
    return network.shown[-1]


def batch() -> Batch:
    pixels = torch.rand(4, 3, 8, 8, generator=torch.Generator().manual_seed(0)) * 0.6 + 0.2
    return Batch(pixels, pixels.flip(3), LABELS)


def seeded() -> torch.Generator:
    return torch.Generator().manual_seed(1)


def softmax(logits: np.ndarray) -> np.ndarray:
    raised = np.exp(logits - logits.max(1, keepdims=True))
    return raised / raised.sum(1, keepdims=True)


def cross_entropy(logits: np.ndarray, smoothing: float) -> float:
    wanted = np.full(logits.shape, smoothing / logits.shape[1])
    wanted[np.arange(len(LABELS)), LABELS] += 1 - smoothing
    return float(-(wanted * np.log(softmax(logits))).sum(1).mean())


def test_distillation_is_hintons_sum() -> None:
    student, teachers = line(1, 4, -2), [line(3, 0, 5), line(-1, 2, 6)]
    found = objectives.distilled(student, batch(), seeded(), teachers, share=0.7, temperature=2.0)
    logits = student(batch().pixels).numpy().astype(float)
    taught = np.mean([softmax(teacher(batch().sharp).numpy().astype(float) / 2) for teacher in teachers], axis=0)
    apart = (taught * (np.log(taught) - np.log(softmax(logits / 2)))).sum(1).mean()
    assert found.item() == pytest.approx(0.7 * 4 * apart + 0.3 * cross_entropy(logits, 0.1), rel=1e-5)


def test_noise_has_its_sigma_and_is_not_clipped() -> None:
    classifier = line(1, 4, -2)
    found = objectives.noisy(classifier, batch(), seeded(), (), sigma=0.5)
    noise = shown(classifier) - batch().pixels
    assert noise.std().item() == pytest.approx(0.5, rel=0.06)
    assert shown(classifier).min() < 0
    assert shown(classifier).max() > 1
    assert found.item() == pytest.approx(cross_entropy(classifier(shown(classifier)).numpy(), 0.1), rel=1e-5)


def test_behind_a_defence_the_network_sees_what_the_defence_lets_through() -> None:
    classifier = line(1, 4, -2)
    found = objectives.behind(classifier, batch(), seeded(), (), defence="quantise-input", bits=1)
    assert all(len(one.unique()) == 2 for one in shown(classifier))
    assert found.item() == pytest.approx(cross_entropy(classifier(shown(classifier)).numpy(), 0.1), rel=1e-5)


def test_ensemble_adversarial_training_counts_clean_and_anothers_pictures_equally() -> None:
    # Whoever is drawn, the others' loss grows with the mean where the label is 0, and falls where it is 2.
    classifier, others = line(1, 4, -2), [line(0, 1, 9), line(0, 2, 9)]
    ways = torch.tensor([1.0, -1.0])
    sources = set()
    for seed in range(8):
        generator = torch.Generator().manual_seed(seed)
        found = objectives.ensemble_adversarial(classifier, batch(), generator, others, epsilon=16 / 255)
        clean, moved = shown(classifier).split(4)
        assert torch.equal(clean, batch().pixels)
        change = (moved - clean)[:2]
        sizes = change.abs().amax(dim=(1, 2, 3))
        assert (sizes <= 16 / 255 + 1e-6).all()
        assert (sizes > 0).all()
        torch.testing.assert_close(change.abs(), sizes[:, None, None, None].expand_as(change))  # one step, all alike
        signs = change.mean(dim=(1, 2, 3)).sign()
        sources.add("others" if torch.equal(signs, ways) else "itself")
        logits = classifier(torch.cat([clean, moved])).split(4)
        wanted = np.mean([cross_entropy(one.numpy(), 0.1) for one in logits])
        assert found.item() == pytest.approx(wanted, rel=1e-5)
    assert sources == {"others", "itself"}


def test_adp_rewards_entropy_and_volume() -> None:
    members = [line(1, 4, -2), line(3, 0, 5), line(-1, 2, 6)]
    found = diversity.adaptive_diversity(Ensemble(members), batch(), seeded(), (), alpha=2.0, beta=0.5)
    logits = [member(batch().pixels).numpy().astype(float) for member in members]
    mean = np.mean([softmax(one) for one in logits], axis=0)
    entropy = -(mean * np.log(mean)).sum(1).mean()
    volumes = []
    for picture, label in enumerate(LABELS):
        rest = np.stack([np.delete(softmax(one)[picture], label) for one in logits])
        rest /= np.linalg.norm(rest, axis=1, keepdims=True)
        volumes.append(np.log(np.linalg.det(rest @ rest.T + 1e-6 * np.eye(3))))
    wanted = sum(cross_entropy(one, 0) for one in logits) - 2 * entropy - 0.5 * np.mean(volumes)
    assert found.item() == pytest.approx(wanted, rel=2e-2)  # three vectors in a plane: the volume is all rounding


def test_dverge_teaches_each_what_misleads_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    members = [line(1, 4, -2), line(3, 0, 5), line(-1, 2, 6)]
    marked = [torch.full((4, 3, 8, 8), 0.2 * (place + 1)) for place in range(3)]
    monkeypatch.setattr(diversity, "distilled", lambda teacher, *rest: marked[members.index(teacher)])
    found = diversity.vulnerability_diversity(Ensemble(members), batch(), seeded(), (), epsilon=0.07, steps=4)
    wanted = 0.0
    for place, student in enumerate(members):
        others = [marked[teacher] for teacher in range(3) if teacher != place]
        seen = student.network.shown  # type: ignore[union-attr]
        assert sorted(one[0, 0, 0, 0].item() for one in seen) == sorted(one[0, 0, 0, 0].item() for one in others)
        wanted += sum(cross_entropy(student(one).numpy(), 0.1) for one in others)
    assert found.item() == pytest.approx(wanted, rel=1e-5)


class Shift(nn.Module):
    """A purifier that adds a constant."""

    def __init__(self, by: float) -> None:
        super().__init__()
        self.by = by

    def forward(self, pixels: Tensor) -> Tensor:
        return pixels + self.by


def test_hgd_is_guided_by_the_logits_of_the_clean_picture() -> None:
    guide = line(1, 4, -2)
    still = purifying.denoising(Shift(0.1), batch(), seeded(), (guide,), epsilon=0.0)
    assert still.item() == pytest.approx(0.1 * np.mean([1, 4, 2]), rel=1e-4)
    assert purifying.denoising(Shift(0.0), batch(), seeded(), (guide,), epsilon=8 / 255) > 0


def test_nrp_gives_back_features_and_pixels() -> None:
    network = Classifier(SMALL.build(3).eval(), "abc").requires_grad_(False)
    found = purifying.self_supervised(Shift(0.1), batch(), seeded(), (network,), epsilon=0.0, steps=1, fidelity=0.5)
    seen = [features(network, batch().pixels + shift, purifying.STAGE) for shift in (0.1, 0.0)]
    apart = (seen[0] - seen[1]).abs().mean() / seen[1].abs().mean()
    assert found.item() == pytest.approx(apart.item() + 0.5 * 0.1, rel=1e-4)


def test_comdefend_pays_for_what_it_redraws_wrongly_and_for_a_loud_code() -> None:
    purifier = Shift(0.1)
    purifier.add_module("compress", Shift(3.0))
    found = purifying.compressing(purifier, batch(), seeded(), ())
    loud = (batch().pixels + 3).square().mean()
    assert found.item() == pytest.approx(0.1**2 / 2 + 1e-6 * loud.item(), rel=1e-4)
