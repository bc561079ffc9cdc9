"""Where they look (EnsembleFool, Peng et al. 2021, Fig. 2): class-activation maps, before and after."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F

from demo.run.jury import Jury, Member, answered
from demo.run.kept import Kept
from demo.run.picture import to_tensor
from demo.run.verdict import Juror
from models import Classifier

COARSEST = 4
"""The last layer that still has so many places a side is the one whose map is drawn."""
Map = NDArray[np.float32]


@dataclass(frozen=True)
class Gaze:
    """Where one juror looks at the original and at the iteration's picture.

    answers: what it says of each. maps: `(side,side)` in [0,1], what speaks for that answer, or all 0 where nothing
    does. moved: how far the map's centre of mass moved, of the picture's side. overlap: of the two maps, each summing
    to 1, the part that they share. Both None where a map is 0.
    """

    juror: Juror
    answers: tuple[str, str]
    maps: tuple[Map, Map]
    moved: float | None
    overlap: float | None


def gazes(kept: Kept, jury: Jury, step: int) -> Iterator[Gaze]:
    """One after the other of those that were asked before the attack."""
    pictures = [to_tensor(one, kept.plan.device) for one in (kept.plan.original, kept.frame(step).picture)]
    for member in jury:
        if member.juror.name in kept.prepared.look.before:
            yield _gaze(member, pictures, kept)


def _gaze(member: Member, pictures: Sequence[Tensor], kept: Kept) -> Gaze:
    before, after = pictures
    now, _ = answered(member, after, kept.plan, kept.prepared)
    answers = kept.prepared.look.before[member.juror.name].answer, now.answer
    maps = attention(member.classifier, before), attention(member.classifier, after)
    return Gaze(member.juror, answers, maps, *compared(*maps))


def attention(classifier: Classifier, picture: Tensor) -> Map:
    """Grad-CAM (Selvaraju et al. 2017) of the answer at `(1,3,H,W)`, by Captum, `(H,W)` in [0,1].

    Where several networks answer as one, or what is in front of one rolls dice, the mean of the networks' own maps,
    each for its own answer.
    """
    networks = [part for part in classifier.modules() if type(part) is Classifier]
    alone = len(networks) == 1 and not classifier.random
    return np.mean([_of_network(classifier if alone else one, one, picture) for one in networks], axis=0)


def _of_network(classifier: Classifier, network: Classifier, picture: Tensor) -> Map:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its drawing library complains where no home folder can be written
        logging.getLogger("matplotlib").setLevel(logging.ERROR)
        from captum.attr import LayerGradCam  # takes a second to import, and only this view needs it

    with torch.no_grad():
        layer, answer = _last_map(network, classifier, picture)
    activation = LayerGradCam(classifier, layer).attribute(picture, target=answer).detach().float()
    return _on_picture(activation.clamp(min=0), network, picture.shape[-1])


def _last_map(network: Classifier, classifier: Classifier, picture: Tensor) -> tuple[nn.Module, int]:
    """The last module, as they finish, whose output has places; and what is answered."""
    found: list[nn.Module] = []

    def note(module: nn.Module, _: object, output: object) -> None:
        if isinstance(output, Tensor) and output.ndim == 4 and min(output.shape[-2:]) >= COARSEST:
            found.append(module)

    hooks = [part.register_forward_hook(note) for part in network.network.modules()]
    try:
        answer = int(classifier(picture)[0].argmax())
    finally:
        for hook in hooks:
            hook.remove()
    return found[-1], answer


def _on_picture(activation: Tensor, network: Classifier, side: int) -> Map:
    """The map where the network's square lies on the picture; the margin that it does not see is 0."""
    inner = round(side * (network.crop if network.size is not None else 1))
    margin = (side - inner) // 2
    spread = F.interpolate(activation, (inner, inner), mode="bilinear")
    whole = F.pad(spread, (margin, side - inner - margin, margin, side - inner - margin))[0, 0]
    found: Map = (whole / whole.max().clamp(min=1e-12)).cpu().numpy()
    return found


def compared(first: Map, second: Map) -> tuple[float | None, float | None]:
    """How far the centre moved, of the side, and how much of the two maps overlaps, of 1."""
    if not first.sum() or not second.sum():
        return None, None
    one, two = first / first.sum(), second / second.sum()
    side = first.shape[0]
    places = (np.arange(side) + 0.5) / side
    moves = [(one.sum(axis) - two.sum(axis)) @ places for axis in (0, 1)]
    return float(np.hypot(*moves)), float(np.minimum(one, two).sum())
