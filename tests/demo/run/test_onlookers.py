"""Onlookers hold nobody up, and in the end have said something of every iterate."""

from __future__ import annotations

import pytest
import torch

from demo.run import onlookers
from demo.run.before import prepare
from demo.run.events import Prepared
from demo.run.jury import arrived
from demo.run.onlookers import Onlookers
from demo.run.request import Request


@pytest.mark.parametrize("pause", [0.0, 1e9])
def test_all_iterates_are_seen_however_often_somebody_looks(
    lion: str, pause: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(onlookers, "PAUSE", pause)
    monkeypatch.setattr(onlookers, "TOGETHER", 3)
    plan = Request(lion, ("tiny/resnet",), held_out=["tiny/regnet", "tiny/mobilenet"], guards={"jpeg": {}}).plan()
    jury = arrived(plan.roster, "cpu")
    prepared = prepare(plan, jury)
    assert isinstance(prepared, Prepared)
    goal = plan.labels.index(prepared.goal)
    watching = Onlookers(jury, plan, goal, prepared.look.before)
    watching._when = 0.0 if pause == 0 else float("inf")
    iterates = torch.rand(5, 1, 3, 64, 64, generator=torch.Generator().manual_seed(0))
    told = [watching.look(step, iterate) for step, iterate in enumerate(iterates)]
    before = {name: one.belief for name, one in told[0].items()}
    assert before == {name: prepared.look.before[name].belief for name in ("tiny/regnet", "tiny/mobilenet")}
    heard = watching.all()
    assert sorted(heard) == list(range(5))
    for step, iterate in enumerate(iterates):
        for member in jury[1:3]:
            chances = member.classifier(iterate)[0].softmax(-1)
            one = heard[step][member.juror.name]
            assert one.belief == pytest.approx(float(chances[goal]), abs=1e-5)
            assert (one.answer, one.chance) == (
                plan.labels[int(chances.argmax())],
                pytest.approx(float(chances.max()), abs=1e-5),
            )
    if pause == 0:
        assert told[4] == heard[3], "what they said a moment ago"
