"""The networks of the pack, as timm and torchvision build them for pictures of 64 px.

ImageNet's networks shrink 224 px by 32 before they classify. At 64 px that would leave a map of 2 × 2, so each
family gives up one early halving where its constructor, or leaving a layer out, allows it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from torch import nn

from models.defences.comdefend import ComDefend
from models.defences.hgd import Denoiser
from models.defences.nrp import Purifier
from models.networks import Blueprint

PURIFIERS: dict[str, Callable[..., nn.Module]] = {"hgd": Denoiser, "comdefend": ComDefend, "nrp": Purifier}


@dataclass(frozen=True)
class PurifierBlueprint:
    """A purifier of `models/defences`, by name and constructor arguments."""

    network: str
    arguments: dict[str, Any] = field(default_factory=dict)

    def build(self, classes: int) -> nn.Module:
        """An untrained network from pixels `(N,3,H,W)` to pixels; it has no classes."""
        return PURIFIERS[self.network](**self.arguments)


@dataclass(frozen=True)
class TrioBlueprint:
    """Sub-models of one ensemble, alike but for the seed's draws, trained together."""

    member: Blueprint
    count: int = 3

    def build(self, classes: int) -> nn.ModuleList:
        """The untrained sub-models, each from pictures to logits."""
        return nn.ModuleList(self.member.build(classes) for _ in range(self.count))


# Without its last block it is two fifths smaller, and about as good.
RESNET = Blueprint("timm", "resnet18", {"channels": [32, 64, 128, 256]}, ("maxpool", "layer4.1"))
# As large as the ResNet-20 that the papers on ensemble defences train three times, for pictures of 32 px.
SMALL_RESNET = Blueprint("timm", "resnet18", {"channels": [16, 32, 48, 64]}, ("maxpool",))
# GAL wants gradients that are not sparse, and therefore leaky rectifiers.
LEAKY_RESNET = Blueprint("timm", "resnet18", {"channels": [16, 32, 48, 64], "act_layer": "leaky_relu"}, ("maxpool",))
DENSENET = Blueprint("timm", "densenet121", {"growth_rate": 24, "block_config": [3, 6, 8, 6]})
GOOGLENET = Blueprint(
    "torchvision",
    "googlenet",
    {"aux_logits": False, "transform_input": False, "init_weights": False},
    # 4b, 4c and 5a leave the width as it is; 5b is a third of what would remain, and adds little at this size.
    ("maxpool3", "inception4b", "inception4c", "inception5a", "inception5b"),
    width=832,
)
# From patches that overlap it learns much sooner than from separate ones. These come in steps of 4 pixels, so that
# the halving before the second stage is left out.
CONVNEXT = Blueprint(
    "timm",
    "convnext_atto",
    {"stem_type": "overlap_tiered", "dims": [80, 80, 160, 240], "depths": [1, 1, 4, 1]},
    ("stages.1.downsample",),
)
# Without their stems these two look at the pixels themselves: a total stride of 16 instead of 32.
REGNET = Blueprint("timm", "regnetx_004", {"stem_width": 3}, ("stem", *(f"s4.b{block}" for block in range(3, 13))))
REPVGG = Blueprint(
    "timm",
    "repvgg_a0",
    {"stem_chs": 5, "width_factor": 0.65},
    ("stem", *(f"stages.2.{block}" for block in range(4, 14))),
)
MOBILENET = Blueprint(
    "torchvision",
    "mobilenet_v2",
    {
        "width_mult": 0.75,
        "inverted_residual_setting": [  # the paper's without the last; the third stage and the fifth keep their size
            [1, 16, 1, 1],
            [6, 24, 2, 2],
            [6, 32, 3, 1],
            [6, 64, 4, 2],
            [6, 96, 3, 1],
            [6, 160, 3, 2],
        ],
    },
)
# Half as deep and as wide at the end: a member of ensembles under noise, of which there are many.
SMALL_MOBILENET = Blueprint(
    "torchvision",
    "mobilenet_v2",
    {
        "width_mult": 0.75,
        "inverted_residual_setting": [[1, 16, 1, 1], [6, 24, 2, 2], [6, 32, 3, 1], [6, 64, 2, 2]],
    },
)
# A transformer whose attention is between channels; its convolutions make it learn from few pictures.
XCIT = Blueprint("timm", "xcit_nano_12_p8_224", {"depth": 6})
VIT = Blueprint(
    "timm",
    "vit_tiny_patch16_224",
    {
        "img_size": 64,
        "patch_size": 8,
        "depth": 6,
        "embed_dim": 144,
        "patch_drop_rate": 0.4,  # in training only: half the time, and no two epochs see the same patches
        "dynamic_img_size": True,
        "global_pool": "avg",
        "class_token": False,
    },
)
