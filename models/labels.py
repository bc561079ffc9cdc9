"""Vocabularies: WordNet id -> class name, in the order of the logits."""

from __future__ import annotations

import tomllib
from collections import Counter
from functools import cache
from importlib.util import find_spec
from pathlib import Path

LABELS = Path(__file__).parent / "tiny" / "labels.toml"
NAMED = "data/_info"
"""Where in timm's package the names lie."""


@cache
def tiny() -> dict[str, str]:
    """The 64 things of the built-in pack and of the trios."""
    return tomllib.loads(LABELS.read_text())


@cache
def imagenet() -> dict[str, str]:
    """ImageNet's 1000 classes under timm's own names; names that two classes share get the index.

    Read from timm's files, as its `ImageNetInfo` does: importing timm takes torchvision with it, a second or two
    for which the page, whose menus want nothing but names, would have to wait.
    """
    folder = _timm() / NAMED
    lines = (folder / "imagenet_synset_to_lemma.txt").read_text(encoding="utf-8").splitlines()
    lemmas = dict(line.split("\t", 1) for line in lines)
    ids = (folder / "imagenet_synsets.txt").read_text(encoding="utf-8").split()
    names = [lemmas[wordnet].split(",")[0] for wordnet in ids]
    shared = {name for name, count in Counter(name.lower() for name in names).items() if count > 1}
    return {
        wordnet: name[0].upper() + name[1:] + (f" ({index})" if name.lower() in shared else "")
        for index, (wordnet, name) in enumerate(zip(ids, names, strict=True))
    }


def _timm() -> Path:
    """timm's folder, found and not imported."""
    found = find_spec("timm")
    if found is None or found.origin is None:
        raise ModuleNotFoundError("timm is not installed: run pip install -r requirements.txt.")
    return Path(found.origin).parent
