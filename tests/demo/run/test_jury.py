"""The jury as a visitor composes it: guards of every kind, and attackers who know one."""

import dataclasses
import json
from typing import Any

import pytest
from quick import FEW, end

import models
from demo.run.record import record
from demo.run.request import Request
from models.defences import DEFENCES
from models.packs import PACKS, trios


@pytest.mark.slow
@pytest.mark.parametrize("name", DEFENCES)
def test_every_defence_can_be_asked(name: str, lion: str) -> None:
    request = Request(lion, iterations=1, held_out=["tiny/regnet", "tiny/googlenet"], guards={name: {}}, draws=4)
    last = end(request)
    (asked,) = [f for f in last.findings if "+" in f.juror.name]
    assert asked.juror.title.split(" of ")[0].split(" behind ")[-1] == DEFENCES[name].title
    assert asked.juror.random == DEFENCES[name].random
    assert asked.after.draws == (4 if asked.juror.random else 1)
    assert 0 <= asked.low <= asked.share <= asked.high <= 1
    assert asked.status in ("fooled", "holds", "abstains", "wrong")
    json.dumps(record(request.plan(), last), allow_nan=False)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["jpeg", "random-resize-pad"])
def test_an_attacker_who_knows_the_guard_looks_through_it(name: str, lion: str) -> None:
    request = Request(lion, (f"tiny/resnet+{name}",), "mi-fgsm", iterations=5, **FEW)
    knowing = end(request)
    surrogate = knowing.findings[0].juror
    assert surrogate.title == f"ResNet behind {DEFENCES[name].title}"
    bare = end(dataclasses.replace(request, surrogates=("tiny/resnet",)))
    assert (knowing.adversarial != bare.adversarial).any(), "the guard changes what the attacker sees"
    assert knowing.findings[0].after.belief < knowing.findings[0].before.belief / 2
    assert end(request).png == knowing.png, "one seed, one file, also where a guard answers at random"


def test_a_chosen_network_stands_behind_the_guards(lion: str) -> None:
    last = end(Request(lion, iterations=1, guarded="tiny/convnext", held_out=["tiny/convnext"]))
    assert [f.juror.network for f in last.findings[3:]] == ["tiny/convnext"] * 4


def test_networks_trained_for_a_defence_answer_as_they_were_trained_to(lion: str) -> None:
    noisy = [name for name in models.names() if models.CARDS[name].sigma][:3]
    asked = {"held_out": noisy, "guards": {"sem": {}}, "draws": 4}
    last = end(Request(lion, ("tiny/resnet",), iterations=1, **asked))
    jurors = {f.juror.name: f.juror for f in last.findings}
    assert [f"{name}+own-noise" for name in noisy] == [name for name in jurors if name.endswith("+own-noise")]
    assert all(juror.random and juror.group == "defended" for juror in list(jurors.values())[1:])
    assert jurors[f"{'&'.join(noisy)}+sem"].title.endswith(
        " of " + ", ".join(models.CARDS[name].title for name in noisy)
    )


@pytest.mark.parametrize(
    "asked",
    [
        {"surrogates": ("tiny/resnet+jpeg",), "held_out": (), "guards": {"jpeg": {"quality": 5}}},
        {
            "held_out": ["tiny/densenet-noise-0.5"],
            "guarded": "tiny/densenet-noise-0.5",
            "guards": {"smoothing": {"sigma": 0.1}},
            "draws": 4,
        },
    ],
    ids=["known guard", "own noise"],
)
def test_two_guards_of_one_kind_are_two_jurors(asked: dict[str, Any], lion: str) -> None:
    last = end(Request(lion, **{"surrogates": ("tiny/resnet",), "iterations": 1, "label": "Lion", **asked}))
    first, second = (f for f in last.findings if "+" in f.juror.name)
    assert first.juror.name != second.juror.name
    assert first.before.belief != second.before.belief


def test_a_trio_under_attack_answers_as_one(lion: str) -> None:
    surrogates, asked = models.starters("trios")
    guards: dict[str, dict[str, Any]] = {name: {} for name in PACKS["trios"].guards}
    last = end(Request(lion, surrogates, "mora", 2, 2, label="Lion", pack="trios", held_out=asked, guards=guards))
    titles = [f.juror.title for f in last.findings if f.juror.group == "defended"]
    trio = models.CARDS[surrogates[0]].title.rpartition(" ")[0]
    assert titles == [f"{DEFENCES[name].title} of the {trio} trio" for name in guards]
    assert end(Request(lion, surrogates, iterations=1, label="Lion", pack="trios", guards={})).findings[3:] == ()


def test_every_trio_has_three_networks_of_one_kind() -> None:
    for title, members in trios().items():
        cards = [models.CARDS[name] for name in members]
        assert len(cards) == 3, title
        assert len({card.blueprint.network for card in cards}) == 1
        assert [card.title for card in cards] == [f"{title} {place}" for place in (1, 2, 3)]


BAD: list[tuple[dict[str, Any], str]] = [
    ({"pack": "cifar"}, "Unknown pack"),
    ({"side": 65}, "64 pixels wide"),
    ({"held_out": ["nobody"]}, "Unknown network"),
    ({"held_out": "tiny/regnet"}, "must be a list"),
    ({"held_out": ["tiny/regnet"] * 2}, "twice"),
    ({"guards": ["jpeg"]}, "object"),
    ({"guards": {"magic": {}}}, "Unknown defence"),
    ({"guards": {"jpeg": {"quality": 0}}}, "quality"),
    ({"guards": {"jpeg": {"magic": 1}}}, "magic"),
    ({"guards": {"bit-depth": {"bits": 9}}}, "bits"),
    ({"guards": {"smoothing": {"sigma": -1}}}, "sigma"),
    ({"guards": {"jpeg": 75}}, "object"),
    ({"guarded": "tiny/resnet"}, "not held out"),
    ({"draws": 0}, "draws"),
]


@pytest.mark.parametrize(("wrong", "sentence"), BAD, ids=[str(wrong)[:40] for wrong, _ in BAD])
def test_bad_juries_get_a_sentence(wrong: dict[str, Any], sentence: str, lion: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        Request(lion, **wrong).plan()
