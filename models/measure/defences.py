"""What each defence costs on clean pictures: the table behind `python -m models.measure DATA --defences`."""

from __future__ import annotations

from collections.abc import Sequence

import torch

from models.card import Card
from models.classifier import Classifier
from models.defences import DEFENCES, defend, judge
from models.loading import load
from models.measure.accuracy import Device
from models.pictures import Pictures

BATCH = 128
SEED = 0


def defended_accuracy(classifier: Classifier, pictures: Pictures, device: Device) -> tuple[float, float]:
    """Shares of the pictures that are named rightly, and about which it abstains; defaults of `judge` decide.

    One that abstains is not right, whatever led the vote.
    """
    generator = torch.Generator().manual_seed(SEED)
    right = abstained = 0
    for images, labels in zip(pictures.images.split(BATCH), pictures.labels.split(BATCH), strict=True):
        judged = judge(classifier, images.to(device).float().div(255), generator=generator)
        right += int(((judged.top.cpu() == labels) & ~judged.abstains.cpu()).sum())
        abstained += int(judged.abstains.sum())
    return right / len(pictures), abstained / len(pictures)


def defences_table(cards: Sequence[Card], pictures: Pictures, device: Device) -> str:
    """Top-1 of each network behind each defence, and of their juries, beside the bare networks in the first row."""
    networks = [load(card.name, device) for card in cards]
    bare = [defended_accuracy(network, pictures, device)[0] for network in networks]
    lines = ["| defence | " + " | ".join(card.title for card in cards) + " | all of them as a jury |"]
    lines.append("|---|" + "---|" * (len(cards) + 1))
    lines.append("| none | " + " | ".join(f"{share:.1%}" for share in bare) + " | |")
    for name, defence in DEFENCES.items():
        if defence.several:
            cells = [""] * len(cards) + [_cell(defend(name, networks), max(bare), pictures, device)]
        else:
            guarded = zip(networks, bare, strict=True)
            cells = [_cell(defend(name, network), share, pictures, device) for network, share in guarded] + [""]
        lines.append(f"| `{name}` | " + " | ".join(cells) + " |")
    lines.append("\nIn brackets: points beside the same network without it; beside the best of them for a jury.")
    return "\n".join(lines)


def _cell(defended: Classifier, bare: float, pictures: Pictures, device: Device) -> str:
    share, abstained = defended_accuracy(defended, pictures, device)
    words = f", abstains {abstained:.1%}" if defended.alpha is not None else ""
    return f"{share:.1%} ({100 * (share - bare):+.1f}{words})"
