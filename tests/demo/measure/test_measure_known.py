"""The measurement of what a jury knows: rules on logits that were chosen so that the answer is plain."""

from types import SimpleNamespace

import pytest
import torch
from PIL import Image

from demo import benchmark
from demo.measure import known

SURE = torch.tensor([[[9.0, 0, 0], [0, 9, 0]], [[8.0, 0, 0], [0, 8, 0]]])  # two networks, two pictures
UNSURE = torch.tensor([[[0.2, 0, 0], [0, 0, 0.1]], [[0, 0.1, 0], [0, 0.3, 0]]])


@pytest.mark.parametrize("rule", list(known.RULES))
def test_every_rule_is_higher_where_networks_agree_and_are_sure(rule) -> None:
    assert known.auroc(known.RULES[rule](SURE), known.RULES[rule](UNSURE)) == 1


def test_auroc_counts_level_pairs_half() -> None:
    assert known.auroc(torch.tensor([1.0, 2.0]), torch.tensor([1.0, 0.0])) == 3.5 / 4


def test_the_rule_in_use_wants_a_majority_and_confidence() -> None:
    split = torch.tensor([[[9.0, 0, 0]], [[0, 9.0, 0]]])
    assert known.believed(SURE, 0.5).tolist() == [True, True]
    assert known.believed(split, 0.4).tolist() == [False]
    assert known.believed(UNSURE, 0.5).tolist() == [False, False]


def test_the_table_ends_with_what_is_taken_for_known() -> None:
    *_, last = known.lines(SURE, {"noise": UNSURE}, 0.5)
    assert last.endswith("taken for known, % | 100.0 (34–100) | 0.0 (0–66) |")


def test_pictures_named_like_a_class_are_no_other_things(tmp_path) -> None:
    for name in ("lion.png", "harp.png"):
        Image.new("RGB", (8, 8)).save(tmp_path / name)
    options = SimpleNamespace(others=tmp_path, pack="tiny")
    assert [path.name for path in known.of_other_things(options)] == ["harp.png"]
    (tmp_path / "harp.png").unlink()
    with pytest.raises(ValueError, match="holds no picture of other things"):
        known.of_other_things(options)


def test_noise_comes_in_three_kinds() -> None:
    drawn = known.noises(64)
    assert drawn.shape == (known.NOISES, 3, 64, 64)
    assert ((drawn >= 0) & (drawn <= 1)).all()


def test_folders_are_not_printed(monkeypatch, capsys) -> None:
    stub = (benchmark.known.arguments, lambda options: iter(["| a table |"]), "")
    monkeypatch.setitem(benchmark.COMMANDS, "known", stub)
    benchmark.main(["known", "here.zip", "--others", "there"])
    assert "`python -m demo.benchmark known DATA --others OTHERS`" in capsys.readouterr().out
