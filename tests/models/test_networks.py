"""Networks of the libraries, adapted to small pictures."""

import pytest
import torch
from torch import nn

from models.networks import Blueprint

SMALL = {"channels": [8, 8, 16, 24]}


def test_what_is_left_out_passes_pictures_on() -> None:
    network = Blueprint("timm", "resnet18", SMALL, ("maxpool", "layer4.1")).build(4)
    whole = Blueprint("timm", "resnet18", SMALL).build(4)
    assert isinstance(network.maxpool, nn.Identity)
    assert isinstance(network.layer4[1], nn.Identity)
    assert len(list(network.parameters())) < len(list(whole.parameters()))
    assert network.eval()(torch.rand(2, 3, 32, 32)).shape == (2, 4)


def test_the_classifier_takes_the_width_that_is_left() -> None:
    network = Blueprint("timm", "resnet18", SMALL, ("layer4",), width=16).build(4)
    assert network.fc.in_features == 16
    assert network.eval()(torch.rand(2, 3, 32, 32)).shape == (2, 4)


def test_a_misspelt_layer_is_refused() -> None:
    with pytest.raises(AttributeError, match="layer9"):
        Blueprint("timm", "resnet18", SMALL, ("layer9",)).build(4)


def test_an_unknown_library_is_refused() -> None:
    with pytest.raises(ValueError, match="use one of timm, torchvision"):
        Blueprint("mine", "resnet18").build(4)
