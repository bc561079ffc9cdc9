"""`python -m models.training RECIPE --data DIR_OR_ZIP`: trains one network of the pack, or all that are missing."""

from __future__ import annotations

import argparse
import platform
from dataclasses import replace
from pathlib import Path

import torch
from torch import nn

from models.classifier import Ensemble
from models.defences.ensembles import Collective, mean_probability
from models.loading import place
from models.measure.accuracy import accuracy
from models.pictures import Pictures, read
from models.training import files
from models.training.loop import Run
from models.training.recipe import FINE, GROWING, TrainingRecipe
from models.training.recipes import RECIPES

WEIGHTS = Path(__file__).parents[1] / "tiny" / "weights"
CHECKPOINTS = Path("runs") / "training"


def main(arguments: list[str] | None = None) -> None:
    options = _parser().parse_args(arguments)
    if options.recipe == "all":
        wanted = [name for name, recipe in RECIPES.items() if not _exists(recipe, options.out)]
    else:
        wanted = [options.recipe]
    try:
        device = place(_best() if options.device == "auto" else options.device)
        train, val = read(options.data, "train"), read(options.data, "val")
        for name in wanted:
            _make(_asked(RECIPES[name], options), train, val, device, options)
    except (ValueError, FloatingPointError) as problem:
        raise SystemExit(str(problem)) from None


def _exists(recipe: TrainingRecipe, folder: Path) -> bool:
    return all((folder / f"{name}.safetensors").exists() for name in recipe.products)


def _asked(recipe: TrainingRecipe, options: argparse.Namespace) -> TrainingRecipe:
    """The recipe with what the command line puts in place of its own.

    What begins with weights skips the smallest pictures, which would only make it forget.
    """
    rate = options.rate or recipe.optimiser.rate
    sizes = FINE if options.begin and recipe.sizes == GROWING else recipe.sizes
    optimiser = replace(recipe.optimiser, rate=rate)
    return replace(recipe, epochs=options.epochs or recipe.epochs, sizes=sizes, optimiser=optimiser)


def _make(
    recipe: TrainingRecipe, train: Pictures, val: Pictures, device: torch.device, options: argparse.Namespace
) -> None:
    others = [files.finished(RECIPES[name], train.wnids, options.out).to(device) for name in recipe.others]
    run = Run(recipe, train, others, device=device, weights=options.out, say=_say)
    if options.begin:
        run.borrow(options.begin)
    checkpoint = options.checkpoints / f"{recipe.name}.pt"
    if options.resume and checkpoint.exists():
        run.resume(checkpoint)
        _say(f"{recipe.name}: going on after epoch {run.epoch} of {recipe.epochs}")

    def judge(learner: nn.Module) -> str:
        judged = learner
        if recipe.purifies:
            judged = nn.Sequential(learner, others[0])
        elif isinstance(learner, Ensemble):
            judged = Collective(learner.members, mean_probability)
        with torch.autocast(device.type, torch.bfloat16):
            return f"top-1 {accuracy(judged, val, device).top1:.1%}"

    run.finish(checkpoint, judge)
    made = {
        "epochs": recipe.epochs,
        "seconds": round(run.seconds),
        "device": _describe(device),
        "command": _command(recipe, options),
        **({"begun": run.begun} if run.begun else {}),
    }
    table = "models/defences/purifiers.toml" if recipe.purifies else "models/catalog.toml"
    for name, sha256 in files.export(run.average.module, recipe, options.out, made).items():
        _say(f"Wrote {options.out / name}.safetensors. Its stanza in {table}:")
        _say(files.stanza(recipe, name, sha256))


def _command(recipe: TrainingRecipe, options: argparse.Namespace) -> str:
    """How to make the same again, as far as the arguments decide it."""
    words = ["python -m models.training", recipe.name, "--data DATA"]
    words += ["--begin", options.begin.name] if options.begin else []
    words += ["--epochs", str(options.epochs)] if options.epochs else []
    words += ["--rate", f"{options.rate:g}"] if options.rate else []
    return " ".join(words)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m models.training", description=__doc__)
    parser.add_argument("recipe", choices=[*RECIPES, "all"], help="a network, or all that have no weights yet")
    parser.add_argument("--data", required=True, type=Path, help="Tiny ImageNet's folder or zip")
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda, cuda:1 … (default: auto)")
    parser.add_argument("--resume", action="store_true", help="go on from the last checkpoint, where there is one")
    parser.add_argument("--begin", type=Path, help="a file of weights to begin with, as far as its tensors fit")
    parser.add_argument("--epochs", type=_positive, help="in place of the recipe's own number")
    parser.add_argument("--rate", type=_rate, help="the peak of the learning rate, in place of the recipe's own")
    parser.add_argument(
        "--out",
        type=Path,
        default=WEIGHTS,
        help="where weights and card go, and where teachers are (default: the pack)",
    )
    parser.add_argument("--checkpoints", type=Path, default=CHECKPOINTS, help=f"default: {CHECKPOINTS}")
    return parser


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"expected a whole number from 1 on, got {text}")
    return number


def _rate(text: str) -> float:
    number = float(text)
    if not 0 < number < 10:
        raise argparse.ArgumentTypeError(f"expected a number between 0 and 10, got {text}")
    return number


def _best() -> str:
    return "cuda" if torch.cuda.is_available() else "cpu"


def _describe(device: torch.device) -> str:
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    return f"{torch.get_num_threads()} CPU threads ({platform.machine()})"


def _say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    main()
