"""`python -m models.defences.spectrum DATA`: measures how much each frequency varies, for feature distillation."""

from __future__ import annotations

import argparse
from pathlib import Path

from torch import Tensor

from models.defences.feature_distillation import SPECTRUM, blocks, cosines
from models.pictures import read


def deviation(images: Tensor) -> Tensor:
    """`(8,8)` standard deviation of each DCT frequency over all 8 x 8 blocks of uint8 pictures `(N,3,H,W)`."""
    waves = cosines().float()
    total, squares, count = cosines() * 0, cosines() * 0, 0
    for part in images.split(256):
        frequencies = (waves @ blocks(part.float()) @ waves.T).flatten(0, 3).double()
        total += frequencies.sum(0)
        squares += frequencies.square().sum(0)
        count += len(frequencies)
    return (squares / count - (total / count) ** 2).sqrt()


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m models.defences.spectrum", description=__doc__)
    parser.add_argument("data", type=Path, help="Tiny ImageNet's folder or zip")
    images = read(parser.parse_args(arguments).data, "train").images
    rows = ",\n".join(f"  [{', '.join(f'{value:.2f}' for value in row)}]" for row in deviation(images).tolist())
    SPECTRUM.write_text(
        "# Standard deviation of each frequency of 8 x 8 blocks, in 8-bit levels, rows from slow to fast.\n"
        f"# Written by `python -m models.defences.spectrum DATA` from {len(images)} training pictures.\n"
        f"deviation = [\n{rows},\n]\n"
    )


if __name__ == "__main__":
    main()
