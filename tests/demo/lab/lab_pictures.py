"""Pictures in Tiny ImageNet's layout, that no data set is needed for: coloured noise, two of each class."""

from pathlib import Path

import numpy as np
from PIL import Image

from models.packs import PACKS


def write(root: Path, of_each: int = 2) -> Path:
    """The folder, filled."""
    noise, lines = np.random.default_rng(0), []
    wnids = list(PACKS["tiny"].vocabulary())
    (root / "val" / "images").mkdir(parents=True)
    (root / "wnids.txt").write_text("\n".join(wnids))
    for place, wnid in enumerate(wnids):
        for number in range(of_each):
            name = f"{place}-{number}.png"
            Image.fromarray(noise.integers(0, 256, (64, 64, 3), dtype=np.uint8)).save(root / "val" / "images" / name)
            lines.append(f"{name}\t{wnid}\t0\t0\t63\t63")
    (root / "val" / "val_annotations.txt").write_text("\n".join(lines))
    return root
