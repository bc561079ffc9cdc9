"""What training leaves on disk: a checkpoint at each epoch, and in the end weights with their card."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import safetensors.torch
import torch
from safetensors import SafetensorError
from torch import Tensor, nn

from models.classifier import Classifier
from models.networks import Blueprint
from models.training.recipes import Recipe


def save_checkpoint(path: Path, state: dict[str, Any]) -> None:
    """Replaces the checkpoint in one move, so that an interruption leaves the old one or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".unfinished")
    torch.save(state, unfinished)
    os.replace(unfinished, path)


def load_checkpoint(path: Path, device: torch.device, asked: dict[str, Any]) -> dict[str, Any]:
    """The state that `save_checkpoint` wrote, tensors and plain values only: nothing is unpickled.

    asked: what the run was asked for; ValueError where the checkpoint belongs to another recipe or length.
    """
    state = torch.load(path, map_location=device, weights_only=True)
    if state["asked"] != asked:
        raise ValueError(
            f"{path} was made for {state['asked']}, not for {asked}: drop --resume, or ask for the same again."
        )
    return state


def export(network: nn.Module, recipe: Recipe, folder: Path, made: dict[str, Any]) -> str:
    """Writes `<name>.safetensors` in half precision and `<name>.json`; returns the weights' SHA-256.

    made: epochs, seconds and device, for the card. BatchNorm's count of batches is left out.
    """
    folder.mkdir(parents=True, exist_ok=True)
    state = network.state_dict()
    halves = {key: state[key].detach().cpu().half().contiguous() for key in _shapes(state)}
    content = safetensors.torch.save(halves)
    (folder / f"{recipe.name}.safetensors").write_bytes(content)
    card = {
        "recipe": {"mode": recipe.mode, "note": recipe.note, "seed": recipe.seed, **made},
        "parameters": sum(parameter.numel() for parameter in network.parameters()),
    }
    (folder / f"{recipe.name}.json").write_text(json.dumps(card, indent=2, ensure_ascii=False) + "\n")
    return hashlib.sha256(content).hexdigest()


def finished(recipe: Recipe, classes: Sequence[str], folder: Path) -> Classifier:
    """The classifier that `export` left in that folder, ready to judge; ValueError where there is none."""
    path = folder / f"{recipe.name}.safetensors"
    if not path.exists():
        raise ValueError(f"{path} is missing: train it first, with `python -m models.training {recipe.name}`.")
    network = recipe.blueprint.build(len(classes))
    fill(network, path)
    return Classifier(network, classes).eval().requires_grad_(False)


def fill(network: nn.Module, path: Path) -> None:
    """Puts a file of weights into the network it was made for; ValueError where it was made for another."""
    try:
        weights = safetensors.torch.load_file(path)
    except (OSError, SafetensorError) as problem:
        raise ValueError(f"{path} cannot be read as a file of weights: {problem}") from None
    if _shapes(weights) != _shapes(network.state_dict()):
        raise ValueError(f"{path} holds the weights of another network.")
    network.load_state_dict(weights, strict=False)


def _shapes(state: dict[str, Tensor]) -> dict[str, torch.Size]:
    """What a file of weights holds: everything but BatchNorm's count of batches."""
    return {key: value.shape for key, value in state.items() if not key.endswith("num_batches_tracked")}


def stanza(recipe: Recipe, sha256: str) -> str:
    """The lines of the table of classifiers or purifiers that follow from the recipe; the others are people's words."""
    blueprint = recipe.blueprint
    lines = [f"[{recipe.name}]" if recipe.purifies else f'["tiny/{recipe.name}"]']
    if isinstance(blueprint, Blueprint):
        lines += [f'library = "{blueprint.library}"', f'network = "{blueprint.network}"']
    lines.append(f"arguments = {_inline(blueprint.arguments)}")
    if isinstance(blueprint, Blueprint) and blueprint.identity:
        lines.append(f"identity = {json.dumps(blueprint.identity)}")
    return "\n".join([*lines, f'weights = "{recipe.name}.safetensors"', f'sha256 = "{sha256}"'])


def _inline(arguments: dict[str, Any]) -> str:
    """An inline table of TOML: numbers, truths, words and lists are written there as in JSON."""
    pairs = ", ".join(f"{key} = {json.dumps(value)}" for key, value in arguments.items())
    return f"{{ {pairs} }}" if pairs else "{}"
