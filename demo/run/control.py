"""The control of a run: what random noise of the same size does to the same networks. It is really run."""

from __future__ import annotations

import numpy as np

from demo.run.events import Control, Prepared
from demo.run.jury import Jury, answered, each
from demo.run.picture import Pixels, to_tensor, within
from demo.run.plan import Plan
from demo.run.verdict import UNCOUNTED


def noise_of_the_same_size(plan: Plan, jury: Jury, prepared: Prepared) -> Control:
    """Shows the noisy picture to everybody who is attacked, or is a network as it is, and was right before the attack.

    Counted as fooled is who then says what the attacker wants: anything but the label, or the target.
    """
    picture = to_tensor(noisy(plan.original, plan.epsilon, plan.seed), plan.device)
    shown = [member for member in jury if member.entry.bare or member.juror.group == "surrogate"]
    marks = each(shown, picture, lambda place: answered(shown[place], picture, plan, prepared)[1])
    return Control(marks.count("fooled"), sum(mark not in UNCOUNTED for mark in marks))


def noisy(original: Pixels, epsilon: float, seed: int) -> Pixels:
    """The picture with every colour value moved by epsilon (in levels of 255), up or down by chance."""
    signs = np.random.default_rng(seed).choice((-1.0, 1.0), size=original.shape)
    moved = np.clip(original + np.floor(epsilon) * signs, 0, 255).astype(np.uint8)
    return within(moved, original, epsilon)
