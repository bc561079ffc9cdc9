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
from models.training.architectures import TrioBlueprint
from models.training.recipe import TrainingRecipe


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
    state: dict[str, Any] = torch.load(path, map_location=device, weights_only=True)
    if state["asked"] != asked:
        raise ValueError(
            f"{path} was made for {state['asked']}, not for {asked}: drop --resume, or ask for the same again."
        )
    return state


def export(network: nn.Module, recipe: TrainingRecipe, folder: Path, made: dict[str, Any]) -> dict[str, str]:
    """Writes `<name>.safetensors` in half precision and `<name>.json` for each of the recipe's products.

    made: epochs, seconds and device, for the card. BatchNorm's count of batches is left out. Returns the SHA-256 of
    each product's weights by its name.
    """
    return {
        name: _export_one(part, name, recipe, folder, made)
        for name, part in zip(recipe.products, parts(network), strict=True)
    }


def parts(network: nn.Module) -> list[nn.Module]:
    """The networks that get a file of their own: the sub-models of a trio, or the network itself."""
    return list(network) if isinstance(network, nn.ModuleList) else [network]


def _export_one(network: nn.Module, name: str, recipe: TrainingRecipe, folder: Path, made: dict[str, Any]) -> str:
    folder.mkdir(parents=True, exist_ok=True)
    state = network.state_dict()
    halves = {key: state[key].detach().cpu().half().contiguous() for key in _shapes(state)}
    content = safetensors.torch.save(halves)
    (folder / f"{name}.safetensors").write_bytes(content)
    start = () if "begun" in made else recipe.start  # a file given by hand takes the place of the recipe's own
    note = [recipe.note, *([f"begun from {', '.join(start)}"] if start else []), "averaged weights"]
    card = {
        "recipe": {"mode": recipe.mode, "note": "; ".join(note), "seed": recipe.seed, **made},
        "parameters": sum(parameter.numel() for parameter in network.parameters()),
    }
    (folder / f"{name}.json").write_text(json.dumps(card, indent=2, ensure_ascii=False) + "\n")
    return digest(content)


def finished(recipe: TrainingRecipe, classes: Sequence[str], folder: Path) -> Classifier:
    """The classifier that `export` left in that folder, ready to judge; ValueError where there is none."""
    network = recipe.blueprint.build(len(classes))
    for path in _finished(recipe.products, folder):
        fill(network, path)
    return Classifier(network, classes).eval().requires_grad_(False)


def begin(network: nn.Module, names: Sequence[str], folder: Path) -> None:
    """Puts the pack's finished weights into a network, or, by their order, into a trio's sub-models.

    ValueError where one is missing or unlike.
    """
    for part, path in zip(parts(network), _finished(names, folder), strict=True):
        fill(part, path)


def _finished(names: Sequence[str], folder: Path) -> list[Path]:
    paths = [folder / f"{name}.safetensors" for name in names]
    for path in paths:
        if not path.exists():
            raise ValueError(f"{path} is missing: train it first, with `python -m models.training RECIPE`.")
    return paths


def fill(network: nn.Module, path: Path) -> None:
    """Puts a file of weights into the network it was made for; ValueError where it was made for another."""
    weights = _read(path)
    if _shapes(weights) != _shapes(network.state_dict()):
        raise ValueError(f"{path} holds the weights of another network.")
    network.load_state_dict(weights, strict=False)


def _read(path: Path) -> dict[str, Tensor]:
    try:
        return safetensors.torch.load_file(path)
    except (OSError, SafetensorError) as problem:
        raise ValueError(f"{path} cannot be read as a file of weights: {problem}") from None


def borrow(network: nn.Module, path: Path) -> str:
    """Takes from a file of weights every tensor that fits by name and shape; the others keep what was drawn.

    For a network that was changed since. Says how many it took; ValueError where it is fewer than half.
    """
    weights, own = _read(path), network.state_dict()
    fitting = {key: value for key, value in weights.items() if key in own and own[key].shape == value.shape}
    if len(fitting) < len(_shapes(own)) / 2:
        raise ValueError(f"{path} has only {len(fitting)} of the network's {len(_shapes(own))} tensors.")
    network.load_state_dict(fitting, strict=False)
    return f"begun with {len(fitting)} of {len(_shapes(own))} tensors of {digest(path.read_bytes())[:12]}"


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _shapes(state: dict[str, Tensor]) -> dict[str, torch.Size]:
    """What a file of weights holds: everything but BatchNorm's count of batches."""
    return {key: value.shape for key, value in state.items() if not key.endswith("num_batches_tracked")}


def stanza(recipe: TrainingRecipe, name: str, sha256: str) -> str:
    """The lines of the table of classifiers or purifiers that follow from the recipe; the others are people's words."""
    blueprint = recipe.blueprint.member if isinstance(recipe.blueprint, TrioBlueprint) else recipe.blueprint
    lines = [f"[{name}]" if recipe.purifies else f'["{recipe.pack}/{name}"]']
    if isinstance(blueprint, Blueprint):
        lines += [f'library = "{blueprint.library}"', f'network = "{blueprint.network}"']
    lines.append(f"arguments = {_inline(blueprint.arguments)}")
    if isinstance(blueprint, Blueprint) and blueprint.identity:
        lines.append(f"identity = {json.dumps(blueprint.identity)}")
    if isinstance(blueprint, Blueprint) and blueprint.width:
        lines.append(f"width = {blueprint.width}")
    return "\n".join([*lines, f'weights = "{name}.safetensors"', f'sha256 = "{sha256}"'])


def _inline(arguments: dict[str, Any]) -> str:
    """An inline table of TOML: numbers, truths, words and lists are written there as in JSON."""
    pairs = ", ".join(f"{key} = {json.dumps(value)}" for key, value in arguments.items())
    return f"{{ {pairs} }}" if pairs else "{}"
