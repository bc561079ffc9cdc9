"""Which way is up (TREND, Ravikumar et al. 2022, Fig. 7): gradient signs, and what a vote makes of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from demo.attacks.probe import Probe
from demo.attacks.task import Task
from demo.attacks.trend import mean_gradient, mean_sign, unanimous_sign
from demo.run.jury import Jury, attacked
from demo.run.kept import Kept
from demo.run.picture import Pixels, to_tensor
from demo.run.verdict import Juror

RULES = {
    "D-AG": ("follows the mean of the gradients: the loudest may decide alone", mean_gradient),
    "A-GD": ("follows the majority of the signs", mean_sign),
    "U-GD": ("moves only where all agree; grey stays", unanimous_sign),
}


@dataclass(frozen=True)
class Ways:
    """The picture of one iteration, as the attacker's gradients see it.

    signs: each surrogate's gradient signs as a picture: a colour value is bright where brightening it harms the
    surrogate, dark where darkening does, grey where neither. shares: of colour values on whose sign all, most (more
    than half) or few surrogates agree. agreement: at each pixel, how much they agree, white where all do.
    rules: what each rule of combining makes of them, by its name, with what it does; and, last, what the run has in
    fact changed until then. cosines: between the surrogates' gradients, pair by pair.
    """

    step: int
    signs: tuple[tuple[Juror, Pixels], ...]
    shares: Mapping[str, float]
    agreement: Pixels
    rules: tuple[tuple[str, str, Pixels], ...]
    cosines: tuple[tuple[float, ...], ...]


def ways(kept: Kept, jury: Jury, step: int) -> Ways:
    """Takes one gradient of every surrogate at the picture of that iteration."""
    frame = kept.frame(step)
    jurors = [member.juror for member in jury if member.juror.group == "surrogate"]
    gradients = _gradients(kept, jury, frame.picture)[:, 0]
    signs = gradients.sign()
    rules = [(name, words, _painted(rule(gradients).sign())) for name, (words, rule) in RULES.items()]
    change = torch.from_numpy(frame.picture.astype(np.int16) - kept.plan.original).permute(2, 0, 1).sign()
    rules.append((kept.plan.recipe.title, "what this run has changed until here", _painted(change)))
    return Ways(
        step=frame.step,
        signs=tuple((juror, _painted(one)) for juror, one in zip(jurors, signs, strict=True)),
        shares=_shares(signs),
        agreement=_agreement(signs),
        rules=tuple(rules),
        cosines=cosines(gradients),
    )


def _gradients(kept: Kept, jury: Jury, picture: Pixels) -> Tensor:
    """Every surrogate's own gradient of its cross-entropy, uphill for the attacker, `(M,1,3,H,W)`."""
    plan, prepared = kept.plan, kept.prepared
    pictures = to_tensor(picture, plan.device)
    task = Task(
        images=pictures,
        labels=torch.tensor([plan.labels.index(prepared.goal)], device=pictures.device),
        epsilon=plan.epsilon / 255,
        steps=1,
        step_size=1 / 255,
        targeted=prepared.target is not None,
    )
    probe = Probe(attacked(jury, plan.seed), task, (), torch.Generator().manual_seed(plan.seed))
    return probe.members(pictures)[0]


def cosines(gradients: Tensor) -> tuple[tuple[float, ...], ...]:
    """Of the angles between gradients `(M,…)`, `(M,M)`; 0 beside one that is zero."""
    flat = torch.nn.functional.normalize(gradients.flatten(1).double(), dim=1)
    return tuple(tuple(row) for row in (flat @ flat.T).tolist())


def _shares(signs: Tensor) -> Mapping[str, float]:
    camp = (signs > 0).sum(0).maximum((signs < 0).sum(0))
    everybody, most = camp == len(signs), camp * 2 > len(signs)
    return {
        "all": float(everybody.double().mean()),
        "most": float((most & ~everybody).double().mean()),
        "few": float((~most).double().mean()),
    }


def _agreement(signs: Tensor) -> Pixels:
    level = signs.sum(0).abs().mean(0) / len(signs)
    grey: Pixels = (level * 255).round().byte().cpu().numpy()
    return np.repeat(grey[..., None], 3, axis=2)


def _painted(signs: Tensor) -> Pixels:
    """Signs `(3,H,W)` around grey."""
    painted: Pixels = (128 + 127 * signs.float()).byte().permute(1, 2, 0).cpu().numpy()
    return painted
