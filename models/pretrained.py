"""Networks that timm builds and pre-processes, with weights from its authors; this file only puts them together."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

from torch import nn

from models.card import Card
from models.classifier import Classifier
from models.weights.errors import WeightsError
from models.weights.files import check_finite


def settings(network: str) -> dict[str, Any]:
    """What timm's evaluation does before that network: size, crop, interpolation, mean and std, as Classifier's."""
    from models.libraries import timm

    configuration = timm.models.get_pretrained_cfg(network)
    if configuration is None:
        raise ValueError(f"timm does not know {network!r}: mend its stanza in catalog.toml.")
    return {
        "size": configuration.input_size[-1],
        "crop": configuration.crop_pct,
        "interpolation": configuration.interpolation,
        "mean": configuration.mean,
        "std": configuration.std,
    }


def read(card: Card, path: Path, labels: tuple[str, ...]) -> Classifier:
    """The classifier of that card with the weights of a safetensors file in any layout that timm has published."""
    return Classifier(_network(card, path), labels, card=card, **settings(card.blueprint.network))


def _network(card: Card, path: Path) -> nn.Module:
    import safetensors
    import safetensors.torch

    from models.libraries import timm

    try:
        weights = safetensors.torch.load_file(path)
        check_finite(weights.values(), str(path))
        # As timm's own loading, with its filters for older layouts, but from a file that has been checked.
        network: Any = timm.create_model(
            card.blueprint.network, pretrained=True, pretrained_cfg_overlay={"state_dict": weights}
        )
    except (OSError, safetensors.SafetensorError) as problem:
        raise WeightsError(f"The weights file {path} is cut off or damaged: remove it and load it again.") from problem
    except (RuntimeError, KeyError) as problem:
        raise WeightsError(
            f"The weights file {path} is not for {card.title} ({card.blueprint.network}): put the right file there."
        ) from problem
    # timm keeps what it was given, which would hold the weights in memory twice.
    del network.pretrained_cfg["state_dict"]
    return cast(nn.Module, network)
