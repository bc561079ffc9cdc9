"""Every recipe on networks and pictures in other forms: modes, memory, devices and precisions."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import pytest
import torch
from every import DIFFERENTIATING, IMAGES, Changed, attacked
from small import jury, pictures, smooth, verdicts
from torch import nn

from demo.attacks import RECIPES


def normed(seed: int) -> nn.Module:
    """A network that behaves otherwise in training, and has seen some."""
    network = smooth(seed)
    network.insert(1, nn.BatchNorm2d(4).double())
    network.insert(3, nn.Dropout(0.5))
    network.train()
    network(pictures(8, seed=9))
    return network


@pytest.mark.parametrize("name", RECIPES)
def test_a_network_in_training_is_attacked_as_it_would_judge(name: str) -> None:
    networks = [normed(seed) for seed in range(2)]
    states = [{key: value.clone() for key, value in network.state_dict().items()} for network in networks]
    found = attacked(name, networks)
    for network, state in zip(networks, states, strict=True):
        assert all(part.training for part in network.modules())
        assert all(torch.equal(value, state[key]) for key, value in network.state_dict().items())
    assert torch.equal(found, attacked(name, [network.eval() for network in networks]))


@pytest.mark.slow
@pytest.mark.parametrize("name", RECIPES)
def test_compiled_networks_give_what_they_give_uncompiled(name: str) -> None:
    networks = [smooth(seed) for seed in range(2)]
    compiled = [torch.compile(network, backend="aot_eager") for network in networks]
    torch.testing.assert_close(attacked(name, compiled), attacked(name, networks), rtol=0, atol=1e-9)


@pytest.mark.parametrize("name", DIFFERENTIATING)
def test_networks_of_inference_mode_are_refused(name: str) -> None:
    with torch.inference_mode():
        network = smooth(1)
    with pytest.raises(ValueError, match=r"surrogate 2 \(Sequential\) were made inside torch.inference"):
        attacked(name, [smooth(0), network])


@pytest.mark.parametrize("name", RECIPES)
def test_the_way_numbers_lie_in_memory_is_nobodys_business(name: str) -> None:
    lying = IMAGES.to(memory_format=torch.channels_last)
    assert not lying.is_contiguous()
    torch.testing.assert_close(attacked(name, jury(2), lying), attacked(name, jury(2)), rtol=0, atol=1e-9)


@contextlib.contextmanager
def default_device(device: str) -> Iterator[None]:
    torch.set_default_device(device)
    try:
        yield
    finally:
        torch.set_default_device(None)


@pytest.mark.slow
@pytest.mark.parametrize("name", RECIPES)
def test_another_default_device_changes_nothing(name: str) -> None:
    known = {knob.name for knob in RECIPES[name].knobs}
    more = {"transforms": ("di", "ti", "si")} if "transforms" in known else {}
    networks, labels = jury(2), verdicts(jury(2), IMAGES)
    expected = attacked(name, networks, labels=labels, **more)
    with default_device("meta"):
        assert torch.equal(attacked(name, networks, labels=labels, **more), expected)


@pytest.mark.parametrize("name", RECIPES)
def test_half_precision_inside_is_read_in_the_pictures_own(name: str) -> None:
    halves = [Changed(smooth(seed), lambda logits: logits.bfloat16()) for seed in range(2)]
    found = attacked(name, halves)
    assert found.dtype == torch.float64
    assert not torch.equal(found, IMAGES)


@pytest.mark.parametrize("name", RECIPES)
def test_both_precisions_are_taken_and_kept(name: str) -> None:
    singles = [network.float() for network in jury(2)]
    assert attacked(name, singles, IMAGES.float()).dtype == torch.float32
    with pytest.raises(ValueError, match="use float32 or float64"):
        attacked(name, [network.half() for network in jury(2)], IMAGES.half())


@pytest.mark.parametrize("name", RECIPES)
def test_whole_numbers_are_no_logits(name: str) -> None:
    with pytest.raises(ValueError, match=r"logits as fractions; one gave torch.int64"):
        attacked(name, [smooth(0), Changed(smooth(1), lambda logits: logits.long())])
