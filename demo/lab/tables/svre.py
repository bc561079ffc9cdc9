"""SVRE (Xiong et al. 2022): variance reduction on top of each base attack."""

from __future__ import annotations

from collections.abc import Iterator

from demo.lab.scene import Scene, everyone
from demo.lab.table import Cell, Claim, Table
from models.catalog import CARDS


def _one(scene: Scene) -> Iterator[Cell]:
    for title, crafted in (
        ("I-FGSM", scene.craft("i-fgsm")),
        ("MI-FGSM", scene.craft("mi-fgsm")),
        ("SVRE", scene.craft("svre")),
        ("SVRE, M = 0", scene.craft("svre", inner_steps=0)),
    ):
        for name in scene.held_out:
            yield Cell(title, CARDS[name].title, (scene.verdict(crafted, name),), "fooled")


TABLES = (
    Table(
        name="svre-1",
        paper="svre",
        place="Table 1",
        title="Fooled held-out networks",
        sentence="Fooled: a held-out network no longer names the label.",
        cells=_one,
        rightly=everyone,
        claims=(
            Claim(
                "SVRE fools more held-out networks than the ensemble attack that it is built on.",
                "SVRE",
                "SVRE, M = 0",
                control=True,
            ),
        ),
    ),
)
