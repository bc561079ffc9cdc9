"""What measurements share: which pictures are shown, what is made of them, and who still names them rightly."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor
from torch.nn import functional as F

from demo.run.picture import read as open_picture
from demo.run.picture import to_tensor
from models.classifier import Classifier
from models.defences.binomial import wilson
from models.packs import DEFAULT_PACK, PACKS
from models.pictures import SIDE, Pictures, read

BATCH = 64
"""Pictures of the built-in pack at once; of larger ones as many as have so many pixels together."""
LEVELS = 255
ENDINGS = (".png", ".jpg", ".jpeg", ".webp")
AGREED = 0.4


def arguments(parser: argparse.ArgumentParser, pictures: int, epsilon: float) -> None:
    """Where the pictures are, how many of them, and how far they may be moved."""
    parser.add_argument("data", type=Path, help="Tiny ImageNet's folder or zip")
    parser.add_argument("--pictures", type=counted, default=pictures, metavar="N")
    parser.add_argument("--epsilon", type=float, default=epsilon, help="in levels of 255")


def of_pack(parser: argparse.ArgumentParser) -> None:
    """On which networks."""
    parser.add_argument("--pack", choices=list(PACKS), default=DEFAULT_PACK)


def counted(words: str) -> int:
    """A whole number above 0, for an argument."""
    if not words.isdigit() or int(words) < 1:
        raise argparse.ArgumentTypeError(f"{words} is not a number of pictures: use 1 or more.")
    return int(words)


def validation(data: Path, pack: str) -> Pictures:
    """The validation pictures of the 64 classes at 64 x 64 pixels, their labels being places in the pack's own list."""
    wnids = tuple(PACKS["tiny"].vocabulary())
    known = list(PACKS[pack].vocabulary())
    pictures = read(data, "val", wnids)
    places = torch.tensor([known.index(wnid) for wnid in wnids])
    return Pictures(pictures.images, places[pictures.labels], tuple(known))


def on_canvas(images: Tensor, pack: str) -> Tensor:
    """`(N,3,64,64)` uint8 on the pack's canvas: in [0,1], at whole levels, larger ones by bicubic interpolation."""
    pixels, side = images.float(), PACKS[pack].side
    if side == SIDE:
        return pixels / LEVELS
    larger = F.interpolate(pixels, (side, side), mode="bicubic", antialias=True)
    return larger.clamp(0, LEVELS).round() / LEVELS


def drawn(data: Path, pack: str, count: int) -> tuple[Tensor, Tensor]:
    """`(count,3,H,W)` validation pictures in [0,1] with their labels, from all classes, the same at each call."""
    pictures = validation(data, pack)
    order = torch.randperm(len(pictures), generator=torch.Generator().manual_seed(0))[:count]
    return on_canvas(pictures.images[order], pack), pictures.labels[order]


def known(
    networks: Sequence[Classifier], data: Path, pack: str, count: int, seed: int = 0, device: str = "cpu"
) -> tuple[Tensor, Tensor]:
    """Validation pictures that every network gets right, with their labels, in an order that the seed shuffles.

    Raises:
        ValueError: there is none.
    """
    pictures = validation(data, pack)
    order = torch.randperm(len(pictures), generator=torch.Generator().manual_seed(seed))
    kept, labels = [], []
    for some in order.split(BATCH):
        images = on_canvas(pictures.images[some], pack).to(device)
        truth = pictures.labels[some].to(device)
        right = torch.stack([named(network, images) == truth for network in networks]).all(0)
        kept.append(images[right])
        labels.append(truth[right])
        if sum(map(len, kept)) >= count:
            break
    images, truth = torch.cat(kept)[:count], torch.cat(labels)[:count]
    if not len(images):
        raise ValueError("No picture is classified correctly by all of these networks: choose fewer of them.")
    return images, truth


def agreed(
    networks: Sequence[Classifier], folder: Path, pack: str, count: int, seed: int = 0, device: str = "cpu"
) -> tuple[Tensor, Tensor]:
    """Pictures of a folder of any photographs, of which nobody has said what they show, with what all networks call
    them: those on which they agree with a mean probability of AGREED or more.

    Raises:
        ValueError: there is none.
    """
    paths = sorted(path for path in folder.rglob("*") if path.suffix.lower() in ENDINGS)
    order = torch.randperm(len(paths), generator=torch.Generator().manual_seed(seed)).tolist()
    kept, labels = [], []
    for place in order:
        picture = to_tensor(open_picture(paths[place], PACKS[pack].side), device)
        with torch.no_grad():
            chances = torch.stack([network(picture)[0].softmax(-1) for network in networks])
        chance, label = chances.mean(0).max(0)
        if bool((chances.argmax(-1) == label).all()) and chance >= AGREED:
            kept.append(picture)
            labels.append(label)
        if len(kept) == count:
            break
    if not kept:
        raise ValueError(f"{folder} holds no picture ({', '.join(ENDINGS)}) on which all of these networks agree.")
    return torch.cat(kept), torch.stack(labels)


def eight_bits(pictures: Tensor, originals: Tensor, epsilon: float) -> Tensor:
    """Rounded to whole levels, none further than epsilon (in levels) from the original's."""
    levels, original = (pictures * LEVELS).round(), (originals * LEVELS).round()
    reach = int(epsilon + 1e-6)
    return torch.clamp(levels, original - reach, original + reach).clamp(0, LEVELS) / LEVELS


@torch.no_grad()
def named(classifier: Classifier, pixels: Tensor) -> Tensor:
    """`(N,)`: what one look sees, in batches that fit the memory."""
    return torch.cat([classifier(some).argmax(1) for some in pixels.split(at_once(pixels))])


def at_once(pixels: Tensor) -> int:
    """How many pictures are shown at once."""
    return max(1, BATCH * SIDE**2 // pixels[0, 0].numel())


def percent(found: Tensor) -> str:
    """The share of true values, to one digit after the point."""
    return f"{found.float().mean():.1%}"


def share(found: Tensor) -> str:
    """The same in %, with its 95 % interval (Wilson)."""
    low, high = wilson(found.double().mean(), len(found))
    return f"{percent(found)[:-1]} ({low:.0%}–{high:.0%})".replace("%", "")
