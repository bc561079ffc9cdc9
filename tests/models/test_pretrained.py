"""The ImageNet pack: every stanza agrees with timm, and every picture is prepared as timm's evaluation does."""

from __future__ import annotations

import pytest
import safetensors.torch
import timm
import torch
from PIL import Image
from timm.data import create_transform, resolve_data_config
from timm.models import get_pretrained_cfg
from torch import nn
from torchvision.transforms import functional as vision

import models
from models import pretrained
from models.classifier import Classifier
from models.packs import PACKS

CARDS = [card for name in models.names("imagenet") if (card := models.CARDS[name]).hub]
TAGS = [card.blueprint.network for card in CARDS]
CANVAS = dict(zip(("default", "small"), PACKS["imagenet"].sides, strict=True))


def photograph(side: int) -> Image.Image:
    """Something with edges and slopes, on the pack's canvas."""
    coarse = torch.rand(1, 3, 12, 12, generator=torch.Generator().manual_seed(7))
    smooth = nn.functional.interpolate(coarse, (side, side), mode="bicubic").clamp(0, 1)[0]
    smooth[:, side // 3 : side // 2, side // 4 :] = 1
    return vision.to_pil_image(smooth)


def test_the_pack_is_the_one_that_was_promised() -> None:
    assert {card.role for card in CARDS} == {"normal", "robust"}
    assert [card.role for card in CARDS].count("robust") >= 2, "the ensemble-trained networks of the papers"
    assert len({card.family for card in CARDS}) > 5, "architectures of many kinds"
    assert {"inception_v3.tf_in1k", "vgg16.tv_in1k", "swin_tiny_patch4_window7_224.ms_in1k"} <= set(TAGS)


@pytest.mark.slow
@pytest.mark.parametrize("card", CARDS, ids=TAGS)
def test_a_stanza_agrees_with_timm(card) -> None:
    configuration = get_pretrained_cfg(card.blueprint.network)
    assert card.hub == configuration.hf_hub_id
    assert card.licence == configuration.license
    assert card.top1 is not None
    assert 0.7 < card.top1 < 0.85
    with torch.device("meta"):
        network = timm.create_model(card.blueprint.network, pretrained=False)
    assert card.parameters == sum(parameter.numel() for parameter in network.parameters())
    assert card.top1_side == (configuration.test_input_size or configuration.input_size)[-1]


@pytest.mark.parametrize("canvas", CANVAS.values(), ids=CANVAS)
@pytest.mark.parametrize("tag", TAGS)
def test_a_picture_is_prepared_as_timms_evaluation_does(tag: str, canvas: int) -> None:
    classifier = Classifier(nn.Identity(), "abc", **pretrained.settings(tag))
    picture = photograph(canvas)
    wanted = create_transform(**resolve_data_config(pretrained_cfg=get_pretrained_cfg(tag).to_dict()))(picture)
    ours = classifier(vision.to_tensor(picture)[None])[0]
    assert ours.shape == wanted.shape
    # Pillow rounds to 8 bits after each of its two passes; that is all that may differ.
    assert ((ours - wanted).abs() * classifier.std[0]).max() < 2 / 255
    assert ((ours - wanted).abs() * classifier.std[0]).mean() < 0.5 / 255


@pytest.mark.parametrize("tag", ["mobilenetv3_large_100.ra_in1k", "deit_small_patch16_224.fb_in1k"])
def test_logits_equal_timms_own(tag: str) -> None:
    with torch.random.fork_rng():
        torch.manual_seed(3)
        network = timm.create_model(tag, pretrained=False).eval()
    for parameter in network.get_classifier().parameters():
        nn.init.normal_(parameter)  # timm's fresh heads answer next to nothing
    classifier = Classifier(network, PACKS["imagenet"].vocabulary().values(), **pretrained.settings(tag)).eval()
    picture = photograph(PACKS["imagenet"].side)
    transform = create_transform(**resolve_data_config(pretrained_cfg=get_pretrained_cfg(tag).to_dict()))
    with torch.no_grad():
        wanted, ours = network(transform(picture)[None]), classifier(vision.to_tensor(picture)[None])
    assert (ours - wanted).norm() < 0.03 * wanted.norm()
    assert ours.topk(3).indices.tolist() == wanted.topk(3).indices.tolist()


def test_a_gradient_reaches_the_canvas() -> None:
    classifier = Classifier(nn.Flatten(), "abc", **pretrained.settings("inception_v3.tf_in1k"))
    pixels = vision.to_tensor(photograph(299))[None].requires_grad_()
    (gradient,) = torch.autograd.grad(classifier(pixels).square().sum(), pixels)
    assert gradient.isfinite().all()
    assert (gradient[0, :, 100:200, 100:200] != 0).float().mean() > 0.5


def test_names_are_timms_and_told_apart() -> None:
    names = PACKS["imagenet"].vocabulary()
    assert len(names) == len(set(names.values())) == 1000
    assert next(iter(names)) == "n01440764"
    assert next(iter(names.values())) == "Tench"
    told_apart = {name for name in names.values() if name.endswith(")")}
    assert {name.split(" (")[0] for name in told_apart} == {"Crane", "Cardigan", "Maillot"}
    assert {"Crane (134)", "Crane (517)"} <= told_apart
    assert len(told_apart) == 6


def test_a_file_in_its_authors_layout_is_read(tmp_path) -> None:
    """Some of timm's files keep their authors' names of the layers; timm's filter for them must have run."""
    card = models.CARDS["imagenet/resmlp_12_224.fb_in1k"]
    weights = timm.create_model(card.blueprint.network, pretrained=False).state_dict()
    old = {"stem.": "patch_embed.", "linear_tokens.": "attn.", "mlp_channels.": "mlp.", ".ls": ".gamma_"}
    theirs = {}
    for key, value in weights.items():
        for name, authors in old.items():
            key = key.replace(name, authors)
        theirs[key] = value.flatten() if key.endswith((".alpha", ".beta")) else value.contiguous()
    safetensors.torch.save_file(theirs, tmp_path / "model.safetensors")
    read = pretrained.read(card, tmp_path / "model.safetensors", ("a",) * 1000)
    assert theirs.keys() != weights.keys()
    assert all(torch.equal(value, weights[key]) for key, value in read.network.state_dict().items())
