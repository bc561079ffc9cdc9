"""The vocabularies: what the page's menus hold, to be had without a network's library."""

import subprocess
import sys

import pytest
from timm.data import ImageNetInfo

from models import labels


def test_imagenet_has_timms_names_in_its_order() -> None:
    info, mine = ImageNetInfo("imagenet-1k"), labels.imagenet()
    assert list(mine) == info.label_names()
    for index, name in enumerate(mine.values()):
        first = info.index_to_description(index).split(",")[0]
        assert name.removesuffix(f" ({index})").lower() == first.lower()


def test_every_name_is_its_own() -> None:
    names = list(labels.imagenet().values())
    assert len({name.lower() for name in names}) == len(names) == 1000
    assert "Crane (134)" in names


@pytest.mark.slow
def test_names_are_told_before_timm_is_loaded() -> None:
    look = "import sys; from models import labels; labels.imagenet(); print({'timm', 'torchvision'} & {*sys.modules})"
    told = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "set()"
