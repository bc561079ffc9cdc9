"""THE table of what a job can do: from plain settings, and the results of the jobs that it needs, to arrays.

Every work is deterministic: on one machine the same job gives the same bytes, whoever does it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from demo.attacks import iterate, smallest_epsilon
from demo.lab.job import Arrays
from demo.lab.seats import Networks, drawing, seated
from models.classifier import Classifier
from models.defences import attacker_wins, judge

Work = Callable[[Mapping[str, Any], Sequence[Arrays], Networks], Arrays]
LEVELS = 255
PIXELS = 64 * 64 * 64
"""Of all pictures that are shown at once."""


def given(settings: Mapping[str, Any], needs: Sequence[Arrays], networks: Networks) -> Arrays:
    """Pictures that were read when the table began, known by their hash."""
    raise ValueError("The pictures of this table are gone from its folder: start the table again with --data.")


def craft(settings: Mapping[str, Any], needs: Sequence[Arrays], networks: Networks) -> Arrays:
    """One attack on all pictures, with the trace that curves and every measure are read off.

    settings: `attack`, `knobs`, `surrogates` (seats), `epsilon` and `step` in levels of 255 (step None: the recipe's
    own), `steps`, `targeted`, `seed`. needs: the pictures.

    Gives `pictures`, `(N,3,H,W)` uint8: rounded, none further than epsilon. `logits`, `(T+1,M,N,C)` float32, the
    surrogates' at each iteration; `weights`, `(T+1,M,N)`, NaN where the attack has none; `gradients` and `passes`,
    `(T+1,)`, spent so far for each picture: backward, and forward, through one surrogate.
    """
    held, parts = needs[0], []
    surrogates = drawing(settings["surrogates"], networks, settings["seed"])
    wanted = held["targets" if settings["targeted"] else "labels"]
    for some in slices(held["pictures"]):
        originals = pixels(held["pictures"][some], surrogates[0])
        run = iterate(
            settings["attack"],
            surrogates,
            originals,
            torch.from_numpy(wanted[some]).to(originals.device),
            epsilon=settings["epsilon"] / LEVELS,
            step_size=None if settings["step"] is None else settings["step"] / LEVELS,
            steps=settings["steps"],
            targeted=settings["targeted"],
            seed=settings["seed"],
            **{key: tuple(value) if isinstance(value, list) else value for key, value in settings["knobs"].items()},
        )
        parts.append(_traced(run, originals, settings["epsilon"]))
    return _joined(parts)


def _traced(run: Any, originals: Tensor, epsilon: float) -> Arrays:
    frames, last = [], None
    for last in run:
        weights = last.losses * float("nan") if last.weights is None else last.weights
        frames.append((last.logits, weights.float(), last.cost, last.queries))
    logits, shares, gradients, passes = zip(*frames, strict=True)
    finished = eight_bits(last.adversarial, originals, epsilon)  # type: ignore[union-attr]
    return {
        "pictures": finished,
        "logits": torch.stack(logits).cpu().numpy(),
        "weights": torch.stack(shares).cpu().numpy(),
        "gradients": np.array(gradients, dtype=np.float64),
        "passes": np.array(passes, dtype=np.float64),
    }


def _joined(parts: Sequence[Arrays]) -> Arrays:
    along = {"pictures": 0, "logits": 2, "weights": 2}
    together = {name: np.concatenate([part[name] for part in parts], axis) for name, axis in along.items()}
    sizes = np.array([len(part["pictures"]) for part in parts], dtype=np.float64)
    spent = {name: np.average([part[name] for part in parts], 0, sizes) for name in ("gradients", "passes")}
    return together | spent


def noise(settings: Mapping[str, Any], needs: Sequence[Arrays], networks: Networks) -> Arrays:
    """The control of every attack: each colour value moved by epsilon, up or down by chance."""
    originals = needs[0]["pictures"].astype(np.int16)
    signs = np.random.default_rng(settings["seed"]).integers(0, 2, originals.shape, dtype=np.int16) * 2 - 1
    moved = originals + signs * int(settings["epsilon"] + 1e-6)
    return {"pictures": moved.clip(0, LEVELS).astype(np.uint8)}


def verdict(settings: Mapping[str, Any], needs: Sequence[Arrays], networks: Networks) -> Arrays:
    """What one classifier takes pictures for.

    settings: `classifier` (a seat), `looks` at one that answers at random, `seed`. needs: whose pictures are judged,
    and the originals with their labels.

    Gives, by picture: `top`, the class named; `abstains`; `label` and `target`, the shares of looks that name them;
    `confidence`, the label's mean probability; `best` and `chances`, `(N,5)`, the five likeliest classes.
    """
    shown, labels, targets = needs[0]["pictures"], needs[-1]["labels"], needs[-1]["targets"]
    classifier, coin = seated(settings["classifier"], networks), torch.Generator().manual_seed(settings["seed"])
    parts = []
    for some in slices(shown):
        found = judge(classifier, pixels(shown[some], classifier), settings["looks"], coin)
        rows = torch.arange(len(found.top))
        label, target = labels[some], targets[some]
        chances, best = found.probabilities.topk(min(5, found.probabilities.shape[1]), dim=1)
        parts.append(
            {
                "top": found.top,
                "abstains": found.abstains,
                "label": found.shares[rows, label],
                "target": found.shares[rows, target],
                "confidence": found.probabilities[rows, label],
                "best": best,
                "chances": chances,
            }
        )
    return {name: torch.cat([part[name] for part in parts]).cpu().numpy() for name in parts[0]}


def least(settings: Mapping[str, Any], needs: Sequence[Arrays], networks: Networks) -> Arrays:
    """The least epsilon that fools, by the optimal search behind SEM's curves (Qin et al. 2021).

    settings: as `craft`'s, without `epsilon` and `step`, and `classifier`, the seat that is to be fooled, asked `looks`
    times where it answers at random, and whose silence is the attacker's success (SEM's Eq. 6; None: the surrogates
    together, as the attack takes them for one); `growth`, `bisections`. Gives `epsilon`, `(N,)` in levels of 255: 0
    where the clean picture fools, infinite where none did.
    """
    held, found = needs[0], []
    surrogates = drawing(settings["surrogates"], networks, settings["seed"])
    verdict = None if settings["classifier"] is None else _ruled(settings, networks)
    wanted = held["targets" if settings["targeted"] else "labels"]
    for some in slices(held["pictures"]):
        answer = smallest_epsilon(
            settings["attack"],
            surrogates,
            originals := pixels(held["pictures"][some], surrogates[0]),
            torch.from_numpy(wanted[some]).to(originals.device),
            growth=settings["growth"],
            bisections=settings["bisections"],
            verdict=verdict,
            steps=settings["steps"],
            targeted=settings["targeted"],
            seed=settings["seed"],
            **settings["knobs"],
        )
        found.append(answer.epsilon * LEVELS)
    return {"epsilon": torch.cat(found).cpu().numpy()}


def _ruled(settings: Mapping[str, Any], networks: Networks) -> Callable[[Tensor, Tensor], Tensor]:
    asked, coin = seated(settings["classifier"], networks), torch.Generator().manual_seed(settings["seed"])

    def verdict(shown: Tensor, wanted: Tensor) -> Tensor:
        found = judge(asked, shown, settings["looks"], coin)
        return attacker_wins(found, wanted, targeted=settings["targeted"], alpha=asked.alpha)

    return verdict


WORK: dict[str, Work] = {"pictures": given, "craft": craft, "noise": noise, "verdict": verdict, "least": least}
ROOMS = {
    "pictures": (),
    "craft": ("demo/lab/works.py", "demo/lab/seats.py", "demo/attacks", "models"),
    "noise": ("demo/lab/works.py",),
    "verdict": ("demo/lab/works.py", "demo/lab/seats.py", "models"),
    "least": ("demo/lab/works.py", "demo/lab/seats.py", "demo/attacks", "models"),
}
"""Whose code a work's result depends on."""


def pixels(levels: np.ndarray, classifier: Classifier) -> Tensor:
    """`(N,3,H,W)` uint8 as float32 in [0,1], where the classifier is."""
    return torch.from_numpy(levels).to(classifier.mean.device).float() / LEVELS


def eight_bits(pictures: Tensor, originals: Tensor, epsilon: float) -> np.ndarray:
    """Rounded to whole levels, none further than epsilon (in levels) from the original's: what is downloaded."""
    levels, original, reach = (pictures * LEVELS).round(), (originals * LEVELS).round(), int(epsilon + 1e-6)
    kept = torch.clamp(levels, original - reach, original + reach).clamp(0, LEVELS)
    return kept.to(torch.uint8).cpu().numpy()


def slices(pictures: np.ndarray) -> list[slice]:
    """Batches of them that fit the memory; which batch a picture is in changes nothing about it."""
    size = max(1, PIXELS // pictures[0, 0].size)
    return [slice(start, start + size) for start in range(0, len(pictures), size)]
