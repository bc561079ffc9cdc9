"""One run without a page: what it attacks, what it judges, what it counts, what it refuses."""

import dataclasses
import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from quick import FEW, end

import models
from demo.run import picture
from demo.run.events import Finished, Progress, Unknown
from demo.run.record import record
from demo.run.request import Request
from demo.run.roster import top1
from demo.run.session import run
from models.packs import PACKS


@pytest.fixture(scope="module")
def finished(lion: str) -> Finished:
    return end(Request(lion))


@pytest.mark.slow
def test_the_default_run_fools_its_surrogates_and_moves_weight_to_the_stubborn_one(finished: Finished) -> None:
    surrogates = [f for f in finished.findings if f.juror.group == "surrogate"]
    assert [f.status for f in surrogates] == ["fooled"] * 3
    assert finished.history[0].weights["tiny/resnet-robust"] == pytest.approx(1 / 3)
    assert finished.history[-1].weights["tiny/resnet-robust"] > 0.6


def test_the_file_is_what_was_judged(finished: Finished) -> None:
    pixels = picture.decode(finished.png)
    assert (pixels == finished.adversarial).all()
    assert np.abs(pixels.astype(int) - finished.original).max() <= 12
    shown = picture.to_tensor(pixels)
    for finding in finished.findings:
        if finding.juror.name in models.names():
            clf = models.load(finding.juror.name)
            assert clf.labels[int(clf(shown).argmax())] == finding.after.answer


def test_every_network_sits_on_the_jury_once(finished: Finished) -> None:
    plain = [f.juror.name for f in finished.findings if "+" not in f.juror.name]
    assert sorted(plain) == sorted(PACKS["tiny"].held_out())
    guarded = [f.juror for f in finished.findings if "+" in f.juror.name]
    assert [j.group for j in guarded] == ["defended"] * len(PACKS["tiny"].guards)
    held_out = [f.juror.name for f in finished.findings if f.juror.group == "held-out"]
    assert {j.network for j in guarded} == {max(held_out, key=top1)}


def test_one_seed_one_file(lion: str) -> None:
    request = Request(lion, ("tiny/resnet",), "pgd", 4, 3, held_out=["tiny/regnet"], guards={"random-resize-pad": {}})
    first, again = end(request), end(request)
    assert again.png == first.png
    assert [f.share for f in again.findings] == [f.share for f in first.findings]
    assert end(dataclasses.replace(request, seed=1)).png != first.png


def test_the_record_holds_every_number_as_json(lion: str, finished: Finished) -> None:
    kept = json.loads(json.dumps(record(Request(lion).plan(), finished), allow_nan=False))
    assert kept["settings"]["epsilon"] == 12
    assert len(kept["iterations"]) == 11
    assert len(kept["jurors"]) == len(finished.findings)
    assert kept["distances"]["linf"] == finished.distances["linf"]


@pytest.mark.slow
def test_the_record_holds_the_python_that_makes_the_same_file_again(
    lion: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wish = {"attack": "svre", "iterations": 2, "guards": {}, "held_out": ["tiny/regnet"], "seed": 3, "framing": "fit"}
    plan = Request(lion, knobs={"momentum": 0.5}, **wish).plan()
    *_, finished = run(plan)
    assert isinstance(finished, Finished)
    kept = json.loads(json.dumps(record(plan, finished)))
    assert kept["input"] == hashlib.sha256(finished.original.tobytes()).hexdigest()
    assert kept["versions"]["torch"] == torch.__version__.split("+")[0]
    monkeypatch.chdir(tmp_path)
    exec(kept["python"].replace("PICTURE", lion), {})
    assert (tmp_path / "adversarial.png").read_bytes() == finished.png


def test_numbers_of_numpy_and_whole_floats_are_numbers(lion: str) -> None:
    wish = {"epsilon": np.float32(4), "iterations": np.int64(1), "seed": 2.0, "draws": 2.0}
    wish |= {"knobs": {"momentum": np.float64(0.5)}, "guards": {"jpeg": {"quality": np.int64(50)}, "vote": {}}}
    request = Request(lion, held_out=["tiny/regnet"], **wish)
    kept = json.loads(json.dumps(record(request.plan(), end(request))))["settings"]
    assert (kept["epsilon"], kept["iterations"], kept["seed"], kept["draws"]) == (4, 1, 2, 2)
    assert kept["knobs"] == {"momentum": 0.5}
    assert kept["guards"]["jpeg"] == {"quality": 50}


def test_a_targeted_run_asks_for_the_target(lion: str) -> None:
    last = end(Request(lion, target="Banana", iterations=10, epsilon=32, attack="mi-fgsm", **FEW))
    assert last.target == "Banana"
    fooled = [f for f in last.findings if f.status == "fooled"]
    assert fooled
    assert all(f.after.answer == "Banana" for f in fooled)


@pytest.mark.slow
def test_all_networks_as_surrogates_leave_nobody_held_out(lion: str) -> None:
    last = end(Request(lion, surrogates=models.names(), iterations=1, label="Lion", guards={}))
    assert not [f for f in last.findings if f.juror.group == "held-out"]
    assert "held-out" not in last.sentence


def test_a_picture_that_the_jury_does_not_know_is_not_attacked(pictures_by_name: dict[str, str]) -> None:
    events = list(run(Request(pictures_by_name["Cheetah"], **FEW).plan()))
    assert len(events) == 1
    assert isinstance(events[0], Unknown)
    assert not events[0].look.sure
    assert events[0].look.guess in PACKS["tiny"].vocabulary().values()


def test_who_has_a_target_need_not_know_what_the_picture_shows(pictures_by_name: dict[str, str]) -> None:
    last = end(Request(pictures_by_name["Cheetah"], target="Banana", iterations=5, epsilon=32, **FEW))
    assert last.target == "Banana"
    assert any(finding.after.answer == "Banana" for finding in last.findings)


def test_a_label_of_the_visitor_is_attacked_and_wrong_jurors_do_not_count() -> None:
    noise = np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    last = end(Request(noise, label="Banana", iterations=1, **FEW))
    wrong = [f for f in last.findings if f.before.answer != "Banana"]
    assert wrong
    assert all(f.status == "wrong" for f in wrong)


def test_closing_the_run_stops_it_within_one_iteration(lion: str, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = 0
    forward = models.Classifier.forward

    def counting(self: models.Classifier, pixels: torch.Tensor) -> torch.Tensor:
        nonlocal calls
        calls += 1
        return forward(self, pixels)

    monkeypatch.setattr(models.Classifier, "forward", counting)
    events = run(Request(lion, iterations=100, **FEW).plan())
    while not (isinstance(event := next(events), Progress) and event.step == 2):
        pass
    before = calls
    events.close()
    assert calls == before


BAD: list[tuple[dict[str, Any], str]] = [
    ({"picture": None}, "no picture yet"),
    ({"picture": b"no picture"}, "cannot be read"),
    ({"surrogates": ()}, "tick at least one"),
    ({"surrogates": ("tiny/resnet", "tiny/resnet")}, "twice"),
    ({"surrogates": ["tiny/resnet"] * 1000}, "twice"),
    ({"surrogates": ("nobody",)}, "Unknown network 'nobody'"),
    ({"surrogates": "tiny/resnet"}, "tick at least one"),
    ({"attack": "magic"}, "Unknown attack 'magic'"),
    ({"attack": None}, "Unknown attack"),
    ({"epsilon": 0}, "allows no change"),
    ({"epsilon": float("nan")}, "epsilon"),
    ({"epsilon": -1}, "from 1 to 64"),
    ({"epsilon": 65}, "from 1 to 64"),
    ({"epsilon": True}, "epsilon"),
    ({"epsilon": "8"}, "epsilon"),
    ({"iterations": 0}, "from 1 to 100"),
    ({"iterations": 10.5}, "whole number"),
    ({"iterations": 1000}, "from 1 to 100"),
    ({"seed": -1}, "seed"),
    ({"step_size": -1}, "step size"),
    ({"framing": "stretch"}, "framing"),
    ({"label": "Unicorn"}, "not a class"),
    ({"target": "Unicorn"}, "not a class"),
    ({"target": "Lion", "label": "Lion"}, "both Lion"),
    ({"knobs": {"magic": 1}}, "no knob 'magic'"),
    ({"knobs": {"momentum": float("inf")}}, "momentum"),
    ({"knobs": [1]}, "object"),
]


@pytest.mark.parametrize(("wrong", "sentence"), BAD, ids=[str(sorted(wrong.items()))[:50] for wrong, _ in BAD])
def test_bad_requests_get_a_sentence(wrong: dict[str, Any], sentence: str, lion: str) -> None:
    with pytest.raises(ValueError, match=sentence) as caught:
        dataclasses.replace(Request(lion), **wrong).plan()
    assert str(caught.value).endswith(".")


def test_the_target_must_differ_from_what_the_jury_sees(lion: str) -> None:
    with pytest.raises(ValueError, match="already sees Lion"):
        list(run(Request(lion, target="Lion", **FEW).plan()))
