"""The measurement of attacks: what is counted, what is judged, and what is said of bad input."""

from types import SimpleNamespace

import numpy as np
import pytest
import torch
from torch import nn

from demo import benchmark
from demo.attacks import iterate
from demo.measure.attacks import Bench, markdown
from demo.measure.judging import eight_bits
from demo.run import picture


def network(seed, title):
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        net = nn.Sequential(nn.Conv2d(3, 4, 3), nn.Tanh(), nn.Flatten(), nn.Linear(64, 5)).eval()
    net.card = SimpleNamespace(title=title, name=title.lower())
    return net


def laid(epsilon=12):
    networks = [network(0, "One"), network(1, "Two"), network(2, "Three")]
    images = torch.randint(256, (7, 3, 6, 6), generator=torch.Generator().manual_seed(0)) / 255
    labels = networks[0](images).argmax(1)
    return Bench(images, labels, networks[:2], networks[2:], epsilon, 3, 0)


@pytest.mark.parametrize("epsilon", [1, 2.5, 8])
def test_judges_whole_levels_inside_the_ball(epsilon):
    originals = torch.randint(256, (2, 3, 5, 5)) / 255
    moved = (originals + torch.empty_like(originals).uniform_(-1, 1) * epsilon / 255).clamp(0, 1)
    judged = eight_bits(moved, originals, epsilon) * 255
    torch.testing.assert_close(judged, judged.round(), rtol=0, atol=1e-4)
    assert ((judged - originals * 255).abs() <= epsilon + 1e-4).all()
    assert ((judged - moved * 255).abs() <= 1 + 1e-4).all()
    for one, moved_one, original in zip(judged, moved, originals, strict=True):  # the page rounds in whole numbers
        downloaded = picture.within(picture.to_pixels(moved_one), picture.to_pixels(original), epsilon)
        assert np.array_equal(picture.to_pixels(one / 255), downloaded)


def test_a_row_holds_what_the_attack_did():
    bench = laid()
    row = bench.run("mi-fgsm", momentum=0.5)
    *_, last = iterate("mi-fgsm", bench.surrogates, bench.images, bench.labels, epsilon=12 / 255, steps=3, momentum=0.5)
    judged = eight_bits(last.adversarial, bench.images, 12)
    for position, net in enumerate([*bench.surrogates, *bench.held_out], start=1):
        assert torch.equal(row.fooled[position], net(judged).argmax(1) != bench.labels)
    jury = torch.stack([net(judged).softmax(-1) for net in bench.surrogates]).mean(0).argmax(1)
    assert torch.equal(row.fooled[0], jury != bench.labels)
    assert (row.gradients, row.passes, row.title) == (6, 6, "MI-FGSM (momentum=0.5)")
    assert row.seconds > 0


def test_the_table_gives_shares_with_intervals():
    bench = laid()
    rows = [bench.run("fgsm"), bench.first(3).run("nes", queries=60)]
    heads, rule, *lines = markdown(rows, bench).splitlines()
    assert heads.count("|") == rule.count("|") == lines[0].count("|") == lines[1].count("|")
    assert "One (attacked)" in heads
    assert "**Three**" in heads
    share = 100 * float(rows[0].fooled[3].double().mean())
    assert f"{share:.1f} (" in lines[0]
    assert lines[0].startswith("| FGSM | 7 |")
    assert lines[1].startswith("| NES (queries=60) | 3 |")


def test_the_command_stands_beneath_its_figures(monkeypatch, capsys):
    stub = (benchmark.trios.arguments, lambda options: iter(["| a table |"]), "")
    monkeypatch.setitem(benchmark.COMMANDS, "trios", stub)
    benchmark.main(["trios", "some/folder.zip", "--pictures", "3"])
    assert capsys.readouterr().out == (
        "| a table |\n\nMeasured by `python -m demo.benchmark trios DATA --pictures 3`.\n"
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["attacks", "nowhere.zip", "--attacks", "fgms"], "Unknown attack 'fgms'"),
        (["attacks", "nowhere.zip"], "No such folder or zip: nowhere.zip"),
        (["trios", "nowhere.zip"], "No such folder or zip: nowhere.zip"),
        (["attacks", "nowhere.zip", "--held-out", "tiny/resnet"], "tiny/resnet is both a surrogate and held out"),
        (["attacks", "nowhere.zip", "--surrogates", "tiny/none"], "Unknown classifier 'tiny/none'"),
    ],
)
def test_says_what_is_wrong(arguments, message):
    with pytest.raises(SystemExit, match=message):
        benchmark.main(arguments)


@pytest.mark.parametrize("pictures", ["0", "-5", "2.5", "many"])
def test_a_number_of_pictures_is_one(pictures, capsys):
    with pytest.raises(SystemExit):
        benchmark.main(["trios", "nowhere.zip", f"--pictures={pictures}"])
    assert f"{pictures} is not a number of pictures: use 1 or more" in capsys.readouterr().err
