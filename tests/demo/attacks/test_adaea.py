"""AdaEA against its paper's formulas, and with fewer passes."""

import numpy as np
import pytest
import torch
from small import CLASSES, Paper, jury, linear, pictures, softmax, verdicts

from demo.attacks import iterate
from demo.attacks.graphs import Graphs

EPSILON = 8 / 255


@pytest.mark.parametrize("targeted", [False, True])
def test_adaea_weighs_by_how_each_ones_step_works_on_the_others(targeted):
    networks, images = [linear(seed, scale=1.0) for seed in range(3)], pictures(2)
    labels = verdicts(networks, images) if not targeted else torch.tensor([0, 3])
    options = {"epsilon": EPSILON, "steps": 4, "targeted": targeted, "beta": 3.0, "threshold": -0.2, "momentum": 0.0}
    frames = list(iterate("adaea", networks, images, labels, **options))
    sign = -1 if targeted else 1
    for n in range(2):
        paper = Paper(networks, images[n], int(labels[n]), EPSILON)
        x = paper.clean
        for t in range(4):
            gradients = np.array([sign * paper.gradient(k, x) for k in range(3)])
            tried = [paper.project(x + EPSILON / 4 * np.sign(g)) for g in gradients]
            score = np.zeros(3)
            for j in range(3):
                for i in {0, 1, 2} - {j}:
                    there, own = paper.loss(paper.logits(i, tried[j])), paper.loss(paper.logits(i, tried[i]))
                    score[j] += own / there if targeted else there / own
            w = softmax(3.0 * score)
            np.testing.assert_allclose(frames[t].weights[:, n].numpy(), w, rtol=1e-9)
            colours = gradients.reshape(3, 3, -1)
            unit = colours / np.linalg.norm(colours, axis=1, keepdims=True)
            cosines = np.mean([(unit[i] * unit[j]).sum(0) for i, j in [(0, 1), (0, 2), (1, 2)]], axis=0)
            kept = np.tile(cosines >= -0.2, 3)
            assert float(frames[t].details["kept"][n]) == pytest.approx(kept.mean())
            fused = sum(w[k] * paper.slopes[k] for k in range(3))
            z = sum(w[k] * paper.logits(k, x) for k in range(3))
            x = paper.project(x + EPSILON / 4 * np.sign(sign * fused.T @ paper.error(z) * kept))
        np.testing.assert_allclose(frames[-1].adversarial[n].flatten().numpy(), x, atol=1e-12)


def test_adaea_spends_no_second_gradient_where_the_first_will_do():
    networks, images = jury(), pictures(1)
    labels = verdicts(networks, images)
    costs = {f: list(iterate("adaea", networks, images, labels, steps=2, fusion=f))[-1] for f in ("logits", "losses")}
    assert costs["logits"].cost == 2 * 6
    assert costs["losses"].cost == 2 * 3
    assert {last.queries for last in costs.values()} == {2 * (3 + 9)}, "the weighted gradient asks nobody again"


@pytest.mark.slow
@pytest.mark.parametrize("fusion", ["logits", "predictions"])
@pytest.mark.parametrize("transforms", [(), ("di",), ("ti",), ("si",), ("di", "ti", "si")])
@pytest.mark.parametrize("targeted", [False, True])
def test_adaea_by_kept_graphs_is_adaea_asked_again(fusion, transforms, targeted, monkeypatch):
    networks, images = jury(), pictures(3)
    labels = (verdicts(networks, images) + targeted) % CLASSES
    options = {"epsilon": EPSILON, "steps": 3, "fusion": fusion, "transforms": transforms, "targeted": targeted}
    *_, kept = iterate("adaea", networks, images, labels, **options)
    monkeypatch.setattr(Graphs, "kept", lambda *_: None)
    *_, again = iterate("adaea", networks, images, labels, **options)
    torch.testing.assert_close(kept.adversarial, again.adversarial, rtol=0, atol=1e-12)
    assert kept.cost == again.cost
    assert again.queries - kept.queries == (0 if "si" in transforms else 3 * 3)
