"""The four ImageNet networks that need no hub: each answers as its original does, fed by hand."""

from __future__ import annotations

import gradio as gr
import pytest
import safetensors.torch
import timm
import torch
import torchvision
from torch.nn import functional as F

import models
from demo.run.picture import read, to_tensor
from models.availability import at_hand
from models.catalog import CARDS
from models.packs import PACKS
from models.weights import package

PACKAGED = [card.name for card in CARDS.values() if card.package]
REAL = [name for names in PACKS["imagenet"].starters() for name in names]


def photograph(name: str, side: int = 224) -> torch.Tensor:
    return to_tensor(read(gr.get_image(name), side))


def test_squeezenet_answers_as_its_original_fed_the_caffe_way() -> None:
    original = torchvision.models.squeezenet1_1()
    weights = safetensors.torch.load_file(CARDS["imagenet/squeezenet1_1"].weights)
    original.load_state_dict({key: value.float() for key, value in weights.items()})
    pixels = photograph("lion.jpg")
    blue_green_red = pixels[:, [2, 1, 0]] * 255
    fed = blue_green_red - torch.tensor([103.939, 116.779, 123.68]).view(1, 3, 1, 1)
    with torch.no_grad():
        assert torch.allclose(models.load("imagenet/squeezenet1_1")(pixels), original.eval()(fed), atol=1e-3)


@pytest.mark.slow
@pytest.mark.parametrize("name", PACKAGED)
def test_a_packaged_network_answers_as_its_original(name: str) -> None:
    card = CARDS[name]
    original = timm.create_model(card.blueprint.network).eval()
    path = package.find(card.package)
    assert path is not None
    held = torch.load(path, weights_only=True)
    original.load_state_dict(dict(zip(original.state_dict(), held.values(), strict=True)))
    pixels = photograph("cheetah.jpg")
    side = card.size or 224
    fitted = pixels if side == 224 else F.interpolate(pixels, (side, side), mode="bicubic", antialias=True).clamp(0, 1)
    with torch.no_grad():
        found, wanted = models.load(name)(pixels), original((fitted - 127 / 255) / (128 / 255))
    assert torch.allclose(found.softmax(1), wanted.softmax(1), atol=5e-3)
    assert found.argmax() == wanted.argmax()


@pytest.mark.parametrize("name", REAL)
@pytest.mark.parametrize("shown", ["lion", "cheetah"])
def test_a_photograph_is_named_rightly_without_a_hub(name: str, shown: str) -> None:
    assert at_hand(name)
    clf = models.load(name)
    with torch.no_grad():
        assert clf.labels[int(clf(photograph(f"{shown}.jpg")).argmax())].lower() == shown


def test_the_channels_order_is_undone_for_the_gradient_too() -> None:
    class First(torch.nn.Module):
        def forward(self, pixels: torch.Tensor) -> torch.Tensor:
            return pixels[:, :2].sum((2, 3))

    pixels = torch.rand(1, 3, 4, 4, requires_grad=True)
    clf = models.Classifier(First(), ("a", "b"), mean=(0, 0, 0), std=(1, 1, 1), channels="bgr")
    (gradient,) = torch.autograd.grad(clf(pixels)[0, 0], pixels)
    assert gradient.sum((0, 2, 3)).tolist() == [0, 0, 16], "the network's first channel is the picture's last"


def test_photographs_can_be_had_without_a_hub() -> None:
    assert models.available("imagenet").usable
    assert models.needs(REAL).download == 0
    assert models.needs(REAL).memory > 4 * 10**7
