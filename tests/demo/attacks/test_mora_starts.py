"""MORA's starts: how they share the steps, what each is for, and whom it takes over."""

import pytest
import torch
from small import judged, jury, pictures, smooth, verdicts

from demo.attacks import iterate
from demo.attacks.mora_step import phase


def test_phases_share_the_steps():
    for steps, starts in [(10, 1), (10, 5), (40, 5), (500, 5), (7, 3), (4, 2), (1, 5)]:
        phases = [phase(step, steps, starts) for step in range(steps)]
        given = {p.index for p in phases}
        assert given == set(range(max(1, min(starts, steps // 4))))
        assert sum(p.restarts for p in phases) == len(given) - 1
        for index in given:
            moving = [p for p in phases if p.index == index and not p.restarts]
            assert [p.offset for p in moving] == list(range(moving[0].moves))


def test_sweep_starts_afresh_on_survivors_only():
    networks, images = [smooth(seed) for seed in range(3)], pictures(8)
    labels = verdicts(networks, images)
    options = {"epsilon": 12 / 255, "seed": 1}
    single = list(iterate("mora", networks, images, labels, steps=8, **options))
    swept = list(iterate("mora", networks, images, labels, steps=40, sweep=True, **options))
    assert [frame.details["beta"] for frame in swept[:40:8]] == [0.5, 0, 0.25, 0.75, 1]
    tried = [
        frame.details["beta"] for frame in iterate("mora", networks, images, labels, steps=48, sweep=True, beta=0.3)
    ]
    assert tried[:48:8] == [0.3, 0.5, 0, 0.25, 0.75, 1]
    fallen_early = judged(single[-1].logits, labels, "softmax", False)
    fallen_late = judged(swept[-1].logits, labels, "softmax", False)
    assert (fallen_late | ~fallen_early).all(), "what fell in the first start stays fallen"
    assert fallen_late.sum() >= fallen_early.sum()
    # 8 moves in the first start, then 7 after each look at who has fallen
    assert swept[-1].cost <= 3 * (8 + 4 * 7)


def test_multi_target_heads_for_other_labels():
    networks, images = jury(), pictures(3)
    labels = verdicts(networks, images)
    frames = list(iterate("mora", networks, images, labels, epsilon=1 / 255, steps=16, targets=3, seed=1))
    clean = torch.stack([network(images).softmax(-1) for network in networks]).mean(0).detach()
    ranked = clean.scatter(-1, labels.unsqueeze(-1), -1).argsort(-1, descending=True)
    for start in (1, 2, 3):
        target = ranked[:, start - 1]
        begin, end = frames[4 * start + 1], frames[min(4 * start + 4, 16)]
        shares = [frame.logits.softmax(-1).mean(0)[torch.arange(3), target] for frame in (begin, end)]
        assert (shares[1] > shares[0]).all()


def test_a_sweep_comes_before_the_other_labels():
    """As in the paper's section 4: five blends, and "in addition" the other labels with β fixed at the first."""
    networks, images = jury(), pictures(2)
    options = {"epsilon": 1 / 255, "steps": 32, "sweep": True, "targets": 3, "seed": 1}
    frames = list(iterate("mora", networks, images, verdicts(networks, images), **options))
    assert [frame.details["beta"] for frame in frames[:32:4]] == [0.5, 0, 0.25, 0.75, 1, 0.5, 0.5, 0.5]
    swept = list(iterate("mora", networks, images, verdicts(networks, images), **options | {"targets": 0, "steps": 20}))
    for alone, together in zip(swept[:20], frames[:20], strict=True):
        assert torch.equal(alone.adversarial, together.adversarial), "the sweep is the same with other labels after it"


@pytest.mark.parametrize(
    ("steps", "knobs", "made"),
    [
        (10, {"sweep": True}, 2),
        (19, {"sweep": True}, 4),
        (10, {"targets": 9}, 2),
        (20, {"sweep": True}, None),
        (1, {}, None),
    ],
)
def test_too_few_steps_for_all_starts_are_said(steps, knobs, made, recwarn):
    networks, images = jury(), pictures(1)
    *_, last = iterate("mora", networks, images, verdicts(networks, images), epsilon=1 / 255, steps=steps, **knobs)
    said = [note for note in last.notes if "starts" in note]
    assert [note.startswith(f"{steps} iterations are enough for {made} of the") for note in said] == [True] * bool(made)
    assert [str(warning.message) for warning in recwarn if "starts" in str(warning.message)] == said
