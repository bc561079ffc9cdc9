"""Vocabularies: WordNet id -> class name, in the order of the logits."""

from __future__ import annotations

import tomllib
from collections import Counter
from functools import cache
from pathlib import Path

LABELS = Path(__file__).parent / "tiny" / "labels.toml"


@cache
def tiny() -> dict[str, str]:
    """The 64 things of the built-in pack and of the trios."""
    return tomllib.loads(LABELS.read_text())


@cache
def imagenet() -> dict[str, str]:
    """ImageNet's 1000 classes under timm's own names; names that two classes share get the index."""
    from timm.data import ImageNetInfo

    info = ImageNetInfo("imagenet-1k")
    names = [info.index_to_description(index).split(",")[0] for index in range(info.num_classes())]
    shared = {name for name, count in Counter(name.lower() for name in names).items() if count > 1}
    return {
        info.index_to_label_name(index): name[0].upper() + name[1:] + (f" ({index})" if name.lower() in shared else "")
        for index, name in enumerate(names)
    }
