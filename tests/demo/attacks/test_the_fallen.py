"""Pictures that an attack leaves alone from now on: nobody is shown them, and nothing else changes."""

import pytest
import torch
from small import CLASSES, SIDE, jury, linear, pictures, smooth, verdicts

from demo.attacks import craft, iterate, smallest_epsilon
from demo.attacks.surrogates import Surrogates

STOPPING = [
    ("mora", {"steps": 12}),
    ("mora", {"steps": 12, "mode": "voting", "sweep": True}),
    ("mora", {"steps": 12, "targets": 2, "transforms": ("di", "si")}),
    ("deepfool", {"steps": 8}),
    ("deepfool", {"steps": 8, "transforms": ("si",)}),
    ("nes", {"steps": 8, "queries": 1500}),
    ("spsa", {"steps": 8, "queries": 1500}),
]


def attacked(seed=3, count=6):
    """Pictures of which one is lost from the beginning, some soon, and some not at all."""
    networks, images = jury(), pictures(count, seed=seed)
    labels = verdicts(networks, images)
    labels[1] = (labels[1] + 1) % CLASSES
    return networks, images, labels


@pytest.fixture
def shown():
    """How many pictures each forward pass and each way back of a network took, network by network."""
    sizes: dict[str, list[int]] = {"there": [], "back": []}

    def watch(networks):
        for network in networks:
            network.register_forward_hook(lambda module, inputs, output: sizes["there"].append(len(output)))
            network[0].register_full_backward_hook(lambda module, inputs, output: sizes["back"].append(len(output[0])))
        return sizes

    return watch


@pytest.mark.slow
@pytest.mark.parametrize(("name", "options"), STOPPING, ids=lambda value: value if isinstance(value, str) else "")
def test_frames_are_those_of_every_picture_alone(name, options):
    networks, images, labels = attacked()
    options = {"epsilon": 10 / 255, "seed": 2, **options}
    together = list(iterate(name, networks, images, labels, **options))
    stood = torch.stack([frame.logits.softmax(-1).mean(0).argmax(-1) == labels for frame in together])
    assert len({int(one) for one in stood.sum(0)}) > 2, "all fell at once: nothing was tested"
    for i in range(len(images)):
        alone = iterate(name, networks, images[i : i + 1], labels[i : i + 1], **options)
        for frame, own in zip(together, alone, strict=True):
            torch.testing.assert_close(frame.adversarial[i], own.adversarial[0], rtol=0, atol=1e-9)
            for part in ("logits", "losses", "confidence", "fooled", "weights"):
                mine, yours = getattr(frame, part), getattr(own, part)
                assert (mine is None) == (yours is None)
                if mine is not None:
                    torch.testing.assert_close(mine[:, i], yours[:, 0], rtol=0, atol=1e-9)
            for key, value in frame.details.items():
                if isinstance(value, torch.Tensor):
                    torch.testing.assert_close(value[..., i], own.details[key][..., 0], rtol=1e-7, atol=1e-9)


@pytest.mark.parametrize(("name", "options"), STOPPING, ids=lambda value: value if isinstance(value, str) else "")
def test_nobody_is_shown_them_again(name, options, shown):
    networks, images, labels = attacked()
    options = {"epsilon": 10 / 255, "seed": 2, **options}
    *_, last = iterate(name, networks, images, labels, **options)
    sizes = shown(networks)
    craft(name, networks, images, labels, **options)
    assert last.cost == len(sizes["back"])
    if name in ("nes", "spsa"):
        asked = int(last.details["queries"].sum())
        assert sum(sizes["there"]) == asked, "what is told of each picture is what was asked about it"
    else:
        assert sizes["there"] == sorted(sizes["there"], reverse=True), "whoever has left does not come back"
        assert sizes["there"][-1] < len(images) - 1
        assert sum(sizes["back"]) < 0.9 * len(images) * len(sizes["back"])


def test_no_way_back_is_taken_for_nobody():
    networks = [linear(seed, scale=0.5) for seed in range(3)]
    images = pictures(4) * 0.5 + 0.25
    labels = torch.stack([network(images) for network in networks]).mean(0).argmax(-1)
    for name, ways, more in (("deepfool", 4, {}), ("mora", 1, {"mode": "logits"})):
        frames = list(iterate(name, networks, images, labels, epsilon=0.3, steps=5, seed=1, **more))
        last = next(frame for frame in frames if (frame.logits.mean(0).argmax(-1) != labels).all())
        assert last.step > 0
        assert frames[-1].queries == 3 * (last.step + 1)
        assert frames[-1].cost == 3 * last.step * ways, "the look that finds them all fallen goes not back"


def test_who_rounds_is_found_out_though_some_have_left():
    surrogates = Surrogates([lambda images: smooth(0)((images * 15).round() / 15)], torch.zeros(2, dtype=torch.int64))
    images = pictures(2).requires_grad_()
    surrogates.rest(torch.tensor([True, False]), torch.zeros(1, 2, CLASSES, dtype=torch.float64))
    (answer,) = surrogates.ask(images)
    assert answer[0].tolist() == [0] * CLASSES
    (gradient,) = torch.autograd.grad(answer.square().sum(), images)
    assert gradient.shape == (2, 3, SIDE, SIDE)
    assert not gradient.any()
    with pytest.raises(ValueError, match=r"surrogate 1 .* carry no gradient back"):
        surrogates.settle()


def test_the_search_ends_where_numbers_have_no_middle():
    networks, images = [network.float() for network in jury(1)], pictures(2).float()
    labels, asked = networks[0](images).argmax(-1), []

    def judge(pixels):
        asked.append(len(pixels))
        return networks[0](pixels)

    found = smallest_epsilon("fgsm", networks, images, labels, judge=judge, bisections=64)
    assert len(asked) < 2 * (10 + 30), "float32 has 24 binary digits"
    assert (networks[0](found.pictures).argmax(-1) != labels).all()
    again = smallest_epsilon("fgsm", networks, images, labels, bisections=40)
    assert torch.equal(found.epsilon, again.epsilon)


def test_a_batch_of_fallen_costs_one_look():
    networks, images, labels = attacked()
    labels = (verdicts(networks, images) + 1) % CLASSES
    for name in ("mora", "deepfool"):
        *_, last = iterate(name, networks, images, labels, epsilon=1e-6, steps=6)
        assert (last.cost, last.queries) == (0, 3)
    assert torch.equal(craft("deepfool", networks, images, labels, steps=6), images)
