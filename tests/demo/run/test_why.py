"""The verdict in words agrees with the counters, and its control is really run."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

import models
from demo.run.control import noisy
from demo.run.events import Control, Finished, Prepared
from demo.run.picture import strengthened, to_tensor
from demo.run.request import Request
from demo.run.session import run
from demo.run.verdict import ABSTAINS, Finding, Juror, Opinion, finding
from demo.run.why import abstained, counts, headline, why


def opinion(answer: str) -> Opinion:
    return Opinion(answer, ((answer, 0.9),), 0.9, 0, 1, 0.0, 0.0)


def jurors(*answers: str, before: str = "Lion", target: str | None = None) -> tuple[Finding, ...]:
    goal = target or "Lion"
    return tuple(
        finding(Juror(str(i), f"J{i}", "surrogate", "n", "#000"), opinion(before), opinion(answer), goal, bool(target))
        for i, answer in enumerate(answers)
    )


@pytest.fixture(scope="module")
def events(lion: str) -> tuple[Prepared, Finished]:
    held_out = ["tiny/googlenet", "tiny/regnet"]
    prepared, *_, finished = run(Request(lion, iterations=5, held_out=held_out, guards={}).plan())
    assert isinstance(prepared, Prepared)
    assert isinstance(finished, Finished)
    return prepared, finished


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        (("Lion", "Lion"), "“Lion” stands: nobody changed their mind."),
        (("Bee", "Bee", "Lion"), "“Lion” became “Bee”."),
        (("Bee", "Lion", "Lion"), "1 of 3 no longer see “Lion”."),
        (("Bee", "Ox", "Elk"), "3 of 3 no longer see “Lion”, and they disagree what it is."),
    ],
)
def test_the_headline_says_what_the_counters_say(
    answers: tuple[str, ...], words: str, events: tuple[Prepared, Finished]
) -> None:
    finished = dataclasses.replace(events[1], findings=jurors(*answers))
    assert headline(finished) == words
    assert counts(finished.findings)["surrogate"] == (sum(answer != "Lion" for answer in answers), len(answers))


def test_an_abstention_is_neither_and_sems_own_count_is_said(events: tuple[Prepared, Finished]) -> None:
    silent = jurors("Lion", ABSTAINS)
    finished = dataclasses.replace(events[1], findings=silent)
    assert headline(finished) == "“Lion” stands: 1 of 2 would not say."
    assert counts(silent)["surrogate"] == (0, 2)
    assert abstained(silent).endswith("By SEM’s Eq. 6 it is fooled: 1 of 2 then.")
    assert abstained(jurors("Bee", ABSTAINS, ABSTAINS, "Lion")).endswith("3 of 4 then.")
    assert not abstained((*jurors("Lion", "Bee"), *jurors(ABSTAINS, before=ABSTAINS)))


def test_a_targeted_headline_counts_the_target(events: tuple[Prepared, Finished]) -> None:
    said = dataclasses.replace(events[1], target="Bee", findings=jurors("Bee", "Lion", target="Bee"))
    assert headline(said) == "1 of 2 say “Bee” now."
    nobody = dataclasses.replace(events[1], target="Bee", findings=jurors("Ox", "Lion", target="Bee"))
    assert headline(nobody) == "Nobody says “Bee”."


def test_nobody_counts_where_all_were_wrong_before(events: tuple[Prepared, Finished]) -> None:
    assert headline(dataclasses.replace(events[1], findings=jurors("Bee", before="Ox"))).startswith("Nobody counts")


def test_why_names_who_took_the_weight_and_what_noise_did(events: tuple[Prepared, Finished]) -> None:
    prepared, finished = events
    rows = [frame.weights for frame in finished.history]
    mean = {name: np.mean([row[name] for row in rows]) for name in rows[0]}
    loudest = max(mean, key=lambda name: mean[name])
    words = why(finished, prepared.look.jurors)
    assert words.startswith(f"{models.CARDS[loudest].title} took {mean[loudest]:.0%} of the weight on average.")
    quiet = dataclasses.replace(finished, control=Control(0, 5))
    assert why(quiet, prepared.look.jurors).endswith("Random noise of the same size fooled nobody.")


def test_the_control_is_what_the_networks_say_of_the_noise(events: tuple[Prepared, Finished]) -> None:
    prepared, finished = events
    noise = noisy(finished.original, 12, 0)
    assert set(np.unique(np.abs(noise.astype(int) - finished.original))) <= set(range(13))
    assert np.abs(noise.astype(int) - finished.original).max() == 12
    names = [juror.name for juror in prepared.look.jurors]
    answers = [models.load(name)(to_tensor(noise)).argmax().item() for name in names]
    labels = list(models.load(names[0]).labels)
    right = [prepared.look.before[name].answer == "Lion" for name in names]
    fooled = sum(ok and labels[answer] != "Lion" for ok, answer in zip(right, answers, strict=True))
    assert finished.control == Control(fooled, sum(right))


def test_what_was_added_is_drawn_around_grey() -> None:
    original = np.full((2, 2, 3), 100, dtype=np.uint8)
    moved = original.copy()
    moved[0, 0], moved[1, 1] = 104, 90
    drawn = strengthened(moved, original, 8)
    assert drawn[0, 0, 0] == 128 + 32
    assert drawn[1, 1, 0] == 128 - 80
    assert drawn[0, 1, 0] == 128
    assert strengthened(moved, original, 32)[1, 1, 0] == 0


def test_one_held_out_network_votes_with_its_guarded_selves(lion: str) -> None:
    guards = {"jpeg": {}, "random-resize-pad": {}, "bit-depth": {}, "softmax": {}}
    (*_, jury) = Request(lion, held_out=["tiny/regnet"], guards=guards).plan().roster
    assert jury.juror.title == "Jury by probability of 3, guarded ones too"
    assert not jury.juror.random, "who answers at random does not sit on it"
    members = jury.load("cpu").members  # type: ignore[attr-defined]
    assert len(members) == 3
