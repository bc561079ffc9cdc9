"""Who fools whom, against direct computation; pictures of one's own; and the matrix as it is drawn."""

from __future__ import annotations

import dataclasses
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from demo.attacks import craft
from demo.lab import kept as lab
from demo.pages.views.stored import TABLE, sources, stored
from demo.pages.views.transfer import drawn
from demo.run.jury import Jury
from demo.run.kept import Kept
from demo.run.link import wanted
from demo.run.picture import encode, to_pixels, to_tensor, within
from demo.run.plan import Plan
from demo.run.request import Request
from demo.run.views.own import MOST, own
from demo.run.views.transfer import ATTACK, STEPS, Cell, Transfer, live, matrix, seats
from models.catalog import CARDS, names
from models.packs import PACKS


class Brightness(nn.Module):
    """Bright (1) where the mean lies beyond a level of 255, else dark (0)."""

    def __init__(self, level: float) -> None:
        super().__init__()
        self.level = level

    def forward(self, pixels: Tensor) -> Tensor:
        beyond = 100 * (pixels.mean((1, 2, 3)) - self.level / 255)
        return torch.stack([-beyond, beyond], dim=1)


def test_the_matrix_is_what_arithmetic_says() -> None:
    # 8 levels carry 121, 124 and 126 across the first boundary, two of them across the second; made on the second, only
    # those two fall. 100 stays dark everywhere, and the last target takes everything for bright: it never counts.
    grays = [np.full((4, 4, 3), level, np.uint8) for level in (121, 124, 126, 100)]
    networks = [Brightness(127.5), Brightness(130.5), Brightness(50)]
    *_, (rows, done) = matrix(networks[:2], networks, grays, torch.zeros(4, dtype=torch.int64), 8)
    assert done == 1
    assert [[(cell.right, cell.fell, cell.counted, cell.fooled) for cell in row] for row in rows] == [
        [(4, 3, 3, 3), (4, 2, 3, 2), (0, 0, 0, 0)],
        [(4, 3, 2, 2), (4, 2, 2, 2), (0, 0, 0, 0)],
    ]


def test_batches_change_nothing_and_tell_how_much_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    grays = [np.full((4, 4, 3), level, np.uint8) for level in (121, 124, 126)]
    networks, labels = [Brightness(127.5), Brightness(130.5)], torch.zeros(3, dtype=torch.int64)
    *_, (whole, _) = matrix(networks, networks, grays, labels, 8)
    monkeypatch.setattr("demo.run.views.transfer.BATCH", 2)
    told = list(matrix(networks, networks, grays, labels, 8))
    assert [(len(rows), done) for rows, done in told] == [(0, 0.25), (1, 0.5), (1, 0.75), (2, 1)]
    for row, other in zip(told[-1][0], whole, strict=True):
        for cell, same in zip(row, other, strict=True):
            assert dataclasses.replace(cell, belief=0) == dataclasses.replace(same, belief=0)
            assert cell.belief == pytest.approx(same.belief, abs=1e-3)


@pytest.fixture(scope="module")
def seen(kept: Kept, jury: Jury) -> Transfer:
    told = list(live(kept, jury))
    assert [len(one.rows) for one in told] == [1, 2, 3], "told after every row"
    return told[-1]


def test_who_answers_by_lot_or_with_others_is_left_out(jury: Jury) -> None:
    sources, targets = seats(jury)
    assert [one.juror.name for one in sources] == ["tiny/resnet", "tiny/densenet", "tiny/regnet"]
    assert [one.juror.name for one in targets] == [*(one.juror.name for one in sources), "tiny/regnet+jpeg"]
    with pytest.raises(ValueError, match="always gives the same answer"):
        seats([member for member in jury if member.juror.random])


def test_a_cell_is_what_the_target_says_of_what_was_made_on_the_source(kept: Kept, jury: Jury, seen: Transfer) -> None:
    sources, targets = seats(jury)
    picture, label = to_tensor(kept.plan.original), torch.tensor([kept.plan.labels.index("Lion")])
    for source, row in zip(sources, seen.rows, strict=True):
        moved = craft(ATTACK, [source.classifier], picture, label, epsilon=8 / 255, steps=STEPS, seed=kept.plan.seed)
        shown = to_tensor(within(to_pixels(moved), kept.plan.original, 8))
        lost = int(source.classifier(shown).argmax()) != label
        for target, cell in zip(targets, row, strict=True):
            chances = target.classifier(shown)[0].softmax(-1)
            assert cell.belief == pytest.approx(float(chances[label]), abs=1e-5)
            assert cell.right == 1
            assert cell.fell == (int(chances.argmax()) != label)
            assert (cell.counted, cell.fooled) == (lost, lost and cell.fell)


def test_a_drawing_has_every_name_and_number_and_links_to_its_two_networks(kept: Kept, seen: Transfer) -> None:
    html = drawn(seen, kept, "It")
    for juror in seen.targets:
        assert juror.title in html
    for row in seen.rows:
        for cell in row:
            assert f"{'fooled' if cell.fell else 'holds'} {cell.belief:.0%}" in html
    links = [unescape(part.partition('"')[0]) for part in html.split('href="')[1:]]
    assert len(links) == len(seen.sources) * len(seen.targets) - 1, "but where a network would watch itself"
    for link in links:
        assert _followed(link, kept)
    asked = parse_qs(links[3].removeprefix("?"))  # made on the first, shown to the one behind JPEG
    assert asked["surrogates"] == ["tiny/resnet"]
    assert asked["held_out"] == asked["guarded"] == ["tiny/regnet"]
    assert asked["guards"][0].startswith('{"jpeg":')
    assert asked["epsilon"] == ["8"]
    assert "held_out" not in parse_qs(links[0].removeprefix("?")), "a network does not watch itself"


def _followed(link: str, kept: Kept) -> Plan:
    asked = {name: value for name, (value,) in parse_qs(link.removeprefix("?"), keep_blank_values=True).items()}
    return Request(kept.plan.original, **wanted(asked)).plan()


def test_what_is_unknown_is_a_dash(kept: Kept, seen: Transfer) -> None:
    nothing = tuple(tuple(Cell(0, 0, 0, 0, 0.1) for _ in row) for row in seen.rows)
    for labels in (("Lion",), ("Lion", "Bus")):
        html = drawn(dataclasses.replace(seen, rows=nothing, labels=labels), kept, "It")
        assert "nan" not in html
        assert "–" in html
        assert "nothing can be said about asymmetry" in html
    assert "Row 2 of 3" in drawn(dataclasses.replace(seen, rows=seen.rows[:1]), kept, "It")
    assert "Only 1 of 3 rows" in drawn(dataclasses.replace(seen, rows=seen.rows[:1], early=True), kept, "It")


def test_of_many_pictures_a_cell_says_how_many_count(kept: Kept, jury: Jury, pictures_by_name: dict[str, str]) -> None:
    files = [(name, Path(pictures_by_name[name])) for name in ("Lion", "Orange")]
    files += [("not one.png", b"GIF but no GIF"), ("grey.png", _grey())]
    *_, found = own(kept, jury, files)
    assert isinstance(found, Transfer)
    assert found.labels == ("Lion", "Orange")
    assert [one.partition(":")[0] for one in found.left_out] == ["not one.png", "grey.png"]
    html = drawn(found, kept, "It")
    for row in found.rows:
        assert all(f"{cell.share:.0%} of {cell.counted}" in html for cell in row if cell.counted)
    assert any(cell.counted == 2 for row in found.rows for cell in row)


def _grey() -> bytes:
    return encode(np.full((64, 64, 3), 128, np.uint8))


def test_without_a_picture_that_counts_there_is_a_sentence(kept: Kept, jury: Jury) -> None:
    with pytest.raises(ValueError, match="Choose pictures first"):
        list(own(kept, jury, []))
    with pytest.raises(ValueError, match=f"more than {MOST}.*no.png"):
        list(own(kept, jury, [("no.png", b"")] * (MOST + 1)))


@pytest.mark.parametrize("pack", PACKS)
def test_the_stored_matrix_of_a_pack_is_drawn_whole(pack: str, kept: Kept) -> None:
    html = stored(pack)
    if pack not in lab.known().get(TABLE, []):
        assert "No matrix" in html
        return
    found = lab.load(TABLE, pack)
    assert found.date in html
    assert found.command in html
    titles = sources(found.outcome)
    assert titles == [CARDS[name].title for name in names(pack) if CARDS[name].role == "normal"]
    for source in titles:
        for target in titles:
            cell = found.outcome.cell(f"PGD: {source}", target)
            assert cell is not None
            assert cell.value is None or f">{cell.value:.0%}</a>" in html
    assert "nan" not in html
    links = [unescape(part.partition('"')[0]) for part in html.split('href="')[1:]]
    assert _followed(links[1], kept).settings["pack"] == pack
    assert "held_out" not in parse_qs(links[0].removeprefix("?")), "a network does not watch itself"
