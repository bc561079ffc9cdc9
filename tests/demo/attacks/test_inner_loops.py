"""SVRE, CWA and SMER against their algorithms, in numpy on linear networks."""

import numpy as np
import pytest
import torch
from small import CLASSES, Paper, jury, linear, n1, pictures, smooth, verdicts

from demo.attacks import RECIPES, craft, iterate

EPSILON = 16 / 255


@pytest.mark.parametrize("fusion", ["logits", "predictions", "losses"])
@pytest.mark.parametrize("transforms", [(), ("di", "ti", "si")])
@pytest.mark.parametrize(("momentum", "base"), [(0.0, "i-fgsm"), (1.0, "mi-fgsm")])
def test_svre_without_inner_steps_is_its_base(fusion, transforms, momentum, base):
    networks, images = jury(), pictures(3)
    labels = verdicts(networks, images)
    options = {"epsilon": EPSILON, "steps": 4, "fusion": fusion, "transforms": transforms}
    plain = craft(base, networks, images, labels, **options, **({"momentum": momentum} if momentum else {}))
    inner = craft("svre", networks, images, labels, **options, momentum=momentum, inner_steps=0)
    assert torch.equal(plain, inner)


def test_svre_with_one_inner_step_corrects_it_to_the_ensemble():
    """At x_t the control variate takes ∇J_k away and puts g in its place, whichever k is drawn."""
    networks, images = jury(), pictures(3)
    labels = verdicts(networks, images)
    plain = craft("mi-fgsm", networks, images, labels, epsilon=EPSILON, steps=4)
    for seed in range(3):
        one = craft("svre", networks, images, labels, epsilon=EPSILON, steps=4, inner_steps=1, seed=seed)
        torch.testing.assert_close(one, plain, rtol=0, atol=1e-12)


@pytest.mark.parametrize("fusion", ["logits", "predictions", "losses"])
def test_clones_leave_nothing_to_correct(fusion):
    networks, images = [smooth(0)] * 2, pictures(3)
    labels = verdicts(networks, images)
    options = {"epsilon": EPSILON, "steps": 3, "inner_steps": 6, "fusion": fusion}
    results = [list(iterate("svre", networks, images, labels, seed=seed, **options)) for seed in range(3)]
    for frames in results:
        assert torch.equal(frames[-1].adversarial, results[0][-1].adversarial), "the draw cannot matter"
        for frame in frames:
            torch.testing.assert_close(
                frame.details["variance_before"], frame.details["variance_after"], rtol=1e-9, atol=0
            )


@pytest.mark.parametrize("inner_momentum", [1.0, 0.0])
@pytest.mark.parametrize("targeted", [False, True])
def test_svre_is_algorithm_1(inner_momentum, targeted):
    networks, images = [linear(seed, scale=2.0) for seed in range(3)], pictures(2)
    labels = verdicts(networks, images) if not targeted else torch.tensor([0, 3])
    steps, inner, beta = 3, 7, 0.01
    options = {"epsilon": EPSILON, "steps": steps, "targeted": targeted, "inner_steps": inner, "inner_step_size": beta}
    frames = list(iterate("svre", networks, images, labels, inner_momentum=inner_momentum, seed=4, **options))
    sign = -1 if targeted else 1
    for n in range(2):
        paper = Paper(networks, images[n], int(labels[n]), EPSILON)
        x, outer = paper.clean, 0
        for t in range(steps):
            drawn = frames[t].details["drawn"]
            assert len(drawn) == inner
            g = sign * paper.fused_gradient(x)
            point, velocity, raws, corrected = x, 0, [], []
            for k in drawn:
                raws.append(sign * paper.gradient(k, point))
                corrected.append(raws[-1] - (sign * paper.gradient(k, x) - g))
                velocity = inner_momentum * velocity + n1(corrected[-1])
                point = paper.project(point + beta * np.sign(velocity))
            for key, kept in (("variance_before", raws), ("variance_after", corrected)):
                assert float(frames[t].details[key][n]) == pytest.approx(np.var(kept, axis=0).mean(), rel=1e-9)
            outer = outer + n1(velocity)
            x = paper.project(x + EPSILON / steps * np.sign(outer))
        np.testing.assert_allclose(frames[-1].adversarial[n].flatten().numpy(), x, atol=1e-12)


def test_svre_lowers_the_variance_and_counts_what_it_asks():
    networks, images = [linear(seed, scale=1.0) for seed in range(4)], pictures(4)
    labels = verdicts(networks, images)
    frames = list(iterate("svre", networks, images, labels, epsilon=4 / 255, steps=4))
    for frame in frames[:-1]:
        assert (frame.details["variance_after"] < 0.5 * frame.details["variance_before"]).all()
    asked = [len(frame.details["drawn"]) for frame in frames[:-1]]
    assert asked == [16] * 4, "four inner steps for every surrogate"
    assert frames[-1].cost == sum(4 + len(set(frame.details["drawn"])) + 15 for frame in frames[:-1])
    assert frames[-1].queries == 4 * (4 + 15), "gradients at x_t, the first inner step's too, come out of one pass"
    *_, last = iterate("svre", networks, images, labels, steps=4, fusion="losses")
    assert last.cost == 4 * (4 + 15), "the mean of the members' gradients is the ensemble's"


def test_svre_asks_those_that_answer_by_lot_at_its_first_inner_step_too():
    networks, images = [linear(seed, scale=1.0) for seed in range(4)], pictures(2)
    networks[0].random = True
    *_, last = iterate("svre", networks, images, verdicts(networks, images), epsilon=4 / 255, steps=4)
    assert last.queries == 4 * (4 + 16)


def n2(gradient):
    return gradient / np.linalg.norm(gradient)


def test_cwa_takes_a_gradient_of_nothing_for_nothing():
    networks = [linear(0, scale=2.0), lambda pictures: pictures.flatten(1)[:, :CLASSES] * 0]
    images = pictures(2)
    frames = list(iterate("cwa", networks, images, torch.zeros(2, dtype=torch.int64), steps=1))
    assert frames[0].details["cosine"].tolist() == pytest.approx([0, 0], abs=1e-12)


@pytest.mark.parametrize("inner_step_size", [250.0, 0.05])
def test_cwa_is_its_algorithm(inner_step_size):
    networks, images = [linear(seed, scale=2.0) for seed in range(3)], pictures(2)
    labels = verdicts(networks, images)
    steps = 3
    options = {"epsilon": EPSILON, "steps": steps, "momentum": 0.9, "inner_step_size": inner_step_size}
    frames = list(iterate("cwa", networks, images, labels, **options))
    for n in range(2):
        paper = Paper(networks, images[n], int(labels[n]), EPSILON)
        x, inner, outer = paper.clean, 0, 0
        for t in range(steps):
            point = paper.project(x - EPSILON / 15 * np.sign(paper.fused_gradient(x)))
            units = []
            for k in range(3):
                units.append(n2(paper.gradient(k, point)))
                inner = 0.9 * inner + units[-1]
                point = paper.project(point + inner_step_size * inner)
            cosine = np.mean([units[i] @ units[j] for i, j in [(0, 1), (0, 2), (1, 2)]])
            assert float(frames[t].details["cosine"][n]) == pytest.approx(cosine, rel=1e-7)
            outer = 0.9 * outer + n1(point - x)
            x = paper.project(x + 2 * EPSILON / steps * np.sign(outer))
        np.testing.assert_allclose(frames[-1].adversarial[n].flatten().numpy(), x, atol=1e-12)
    assert frames[-1].cost == steps * 6


@pytest.mark.parametrize("targeted", [False, True])
def test_smer_is_its_algorithm(targeted):
    networks, images = [linear(seed, scale=0.7) for seed in range(3)], pictures(2)
    labels = verdicts(networks, images) if not targeted else torch.tensor([0, 3])
    steps = 2
    options = {"epsilon": EPSILON, "steps": steps, "targeted": targeted, "rounds": 2, "inner_step_size": 0.01}
    frames = list(iterate("smer", networks, images, labels, seed=3, **options))
    sign = -1 if targeted else 1
    for n in range(2):
        paper = Paper(networks, images[n], int(labels[n]), EPSILON)
        x, outer, w = paper.clean, 0, torch.ones(3, dtype=torch.float64)
        for t in range(steps):
            drawn = frames[t].details["drawn"]
            assert [sorted(drawn[:3]), sorted(drawn[3:])] == [[0, 1, 2]] * 2, "every round hears every surrogate"
            point, velocity = x, 0
            for k in drawn:
                velocity = velocity + n1(sign * paper.gradient(k, point, scale=float(w[k])))
                z = torch.tensor(np.array([paper.logits(m, point) for m in range(3)]))
                leaf = w.clone().requires_grad_()
                fused = (leaf.unsqueeze(1) * z).mean(0, keepdim=True)
                loss = torch.nn.functional.cross_entropy(fused, torch.tensor([paper.label]))
                (-sign * loss.log()).backward()  # the published outer loss; SGD at 0.02 with weight decay 0.002
                w = (w - 0.02 * (leaf.grad + 0.002 * w)).clamp(min=0.01)
                point = paper.project(point + 0.01 * np.sign(velocity))
            torch.testing.assert_close(frames[t].details["scales"][:, n], w)
            torch.testing.assert_close(frames[t].weights[:, n], w / w.sum())
            outer = outer + n1(velocity)
            x = paper.project(x + EPSILON / steps * np.sign(outer))
        np.testing.assert_allclose(frames[-1].adversarial[n].flatten().numpy(), x, atol=1e-12)


def test_smer_takes_one_gradient_an_inner_step():
    networks, images = jury(4), pictures(1)
    *_, last = iterate("smer", networks, images, verdicts(networks, images), steps=3)
    assert last.cost == 3 * 16
    assert last.queries == 3 * (16 + 48)


@pytest.mark.parametrize("name", ["svre", "cwa", "smer", "adaea", "a-gd", "u-gd", "d-ag", "empir"])
def test_a_jury_of_one_is_refused(name):
    assert RECIPES[name].members == 2
    with pytest.raises(ValueError, match="needs at least 2 surrogates; 1 given"):
        craft(name, jury(1), pictures(1), torch.tensor([0]))
