"""The command that measures: what stands beneath its figures, and what is said of bad input."""

import pytest

from demo import benchmark


def test_the_command_stands_beneath_its_figures(monkeypatch, capsys):
    stub = (benchmark.known.arguments, lambda options: iter(["| a table |"]), "")
    monkeypatch.setitem(benchmark.COMMANDS, "known", stub)
    benchmark.main(["known", "some/folder.zip", "--others", "a/folder"])
    assert capsys.readouterr().out == (
        "| a table |\n\nMeasured by `python -m demo.benchmark known DATA --others OTHERS`.\n"
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["peers", "nowhere.zip", "--peer", "no_such_library"], "no_such_library"),
        (["known", "nowhere.zip", "--others", "nowhere"], "No such folder or zip: nowhere.zip"),
    ],
)
def test_says_what_is_wrong(arguments, message):
    with pytest.raises(SystemExit, match=message):
        benchmark.main(arguments)


@pytest.mark.parametrize("pictures", ["0", "-5", "2.5", "many"])
def test_a_number_of_pictures_is_one(pictures, capsys):
    with pytest.raises(SystemExit):
        benchmark.main(["peers", "nowhere.zip", "--peer", "torchattacks", f"--pictures={pictures}"])
    assert f"{pictures} is not a number of pictures: use 1 or more" in capsys.readouterr().err
