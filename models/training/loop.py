"""The training loop: it knows batches, steps and epochs, and no network, objective or dataset by name."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from models.classifier import Classifier, Ensemble
from models.pictures import Pictures
from models.training.augmentation import augment, cut, shrink
from models.training.files import begin, borrow, load_checkpoint, parts, save_checkpoint
from models.training.objectives import Batch
from models.training.optimisers import AVERAGE_EVERY, cycle, running_average
from models.training.pace import Pace
from models.training.recipe import TrainingRecipe

Say = Callable[[str], None]


class Run:
    """One network on its way from a recipe to averaged weights; everything a checkpoint must hold.

    others: the classifiers that the objective asks for, on the run's device.
    weights: the folder of finished networks, for a recipe that begins from one.
    """

    def __init__(
        self,
        recipe: TrainingRecipe,
        pictures: Pictures,
        others: Sequence[nn.Module] = (),
        *,
        device: torch.device,
        weights: Path = Path(),
        say: Say = print,
    ) -> None:
        if len(pictures) < recipe.batch:
            raise ValueError(
                f"{recipe.name} trains on batches of {recipe.batch}; only {len(pictures)} pictures were given."
            )
        self.recipe, self.others, self.device, self.say = recipe, others, device, say
        self.images, self.labels = pictures.images.to(device), pictures.labels.to(device)
        self.batches = len(pictures) // recipe.batch
        torch.manual_seed(recipe.seed)  # the initial weights
        network = recipe.blueprint.build(len(pictures.wnids))
        if recipe.start:
            begin(network, recipe.start, weights)
        network = network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # torch's stubs lack it
        self.wnids, self.network = pictures.wnids, network.to(device)
        self.learner = self._dressed(network)
        self.average = running_average(network)
        self.optimiser = recipe.optimiser.build(network)
        self.schedule = cycle(self.optimiser, recipe.optimiser.rate, self.recipe.epochs * self.batches)
        self.epoch, self.seconds = 0, 0.0
        self.begun = ""  # which file it began with, where it was told to
        self.losses: list[float] = []  # the mean of each epoch

    def borrow(self, path: Path) -> None:
        """Begins with what fits of that file of weights."""
        self.begun = borrow(self.network, path)
        self.average = running_average(self.network)

    def _dressed(self, network: nn.Module, size: int | None = None) -> nn.Module:
        """From pixels in [0,1]: purifiers take these as they are, classifiers want them normalised, at that size."""
        if self.recipe.purifies:
            return network.to(self.device)
        members = [Classifier(part, self.wnids, size=size) for part in parts(network)]
        return (Ensemble(members) if isinstance(network, nn.ModuleList) else members[0]).to(self.device)

    @property
    def averaged(self) -> nn.Module:
        """What is kept: the running average, ready to judge, or to be judged behind."""
        return self._dressed(self.average.module, self.recipe.sizes[-1][0]).eval()

    def finish(self, checkpoint: Path, judge: Callable[[nn.Module], str] | None = None) -> None:
        """Trains the epochs that remain, leaving a checkpoint after each. judge: a word on the average so far."""
        pace = Pace(self._pixels(range(self.epoch)), self._pixels(range(self.recipe.epochs)))
        while self.epoch < self.recipe.epochs:
            began = time.monotonic()
            where = self._where()
            self.losses.append(self._epoch(pace))
            self.epoch += 1
            self.seconds += time.monotonic() - began
            save_checkpoint(checkpoint, self.state())
            judged = f" · {judge(self.averaged)}" if judge else ""
            self.say(f"{where} · loss {self.losses[-1]:.3f}{judged} · {pace.summary()}")

    def _epoch(self, pace: Pace) -> float:
        """One pass over the pictures; its mean loss. What it draws depends on the seed and the epoch alone."""
        size = self.recipe.size(self.epoch)
        seed = self.recipe.seed * 100_003 + self.epoch + 1
        torch.manual_seed(seed)  # dropout and its kin, which take no generator
        generator = torch.Generator(self.device).manual_seed(seed)
        self.learner.train()
        total = torch.zeros((), device=self.device)
        for step, batch in enumerate(self._views(size, generator)):
            total += self._step(batch, generator)
            if step % AVERAGE_EVERY == 0:
                self.average.update_parameters(self.network)
            pace.add(self.recipe.batch, self.recipe.batch * size**2)
            if pace.is_due():
                loss = total.item() / (step + 1)
                self.say(f"{self._where()} · loss {loss:.3f} · {pace.summary()}")
        return total.item() / self.batches

    def _views(self, size: int, generator: torch.Generator) -> Iterator[Batch]:
        order = torch.randperm(len(self.images), generator=generator, device=self.device)
        for chosen in order[: self.batches * self.recipe.batch].split(self.recipe.batch):
            sharp = augment(self.images[chosen], generator)
            seen = cut(sharp, size, generator) if self.recipe.patches else shrink(sharp, size)
            yield Batch(seen, sharp, self.labels[chosen])

    def _step(self, batch: Batch, generator: torch.Generator) -> Tensor:
        with torch.autocast(self.device.type, torch.bfloat16):
            loss = self.recipe.objective(self.learner, batch, generator, self.others)
        if not torch.isfinite(loss):
            raise FloatingPointError(f"{self.recipe.name}: the loss is no longer a number; lower its rate.")
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()
        self.optimiser.step()
        self.schedule.step()
        return loss.detach()

    def _pixels(self, epochs: range) -> int:
        """The work of these epochs in pixels, which is what time is roughly proportional to."""
        sides = (self.recipe.size(epoch) for epoch in epochs)
        return sum(side**2 for side in sides) * self.batches * self.recipe.batch

    def _where(self) -> str:
        size = self.recipe.size(self.epoch)
        return f"{self.recipe.name} · epoch {self.epoch + 1}/{self.recipe.epochs} · {size} px"

    def asked(self) -> dict[str, Any]:
        """What identifies the run: a checkpoint of another one must not be taken up."""
        return {"recipe": self.recipe.key(), "pictures": len(self.images), "begun": self.begun}

    def state(self) -> dict[str, Any]:
        return {
            "asked": self.asked(),
            "network": self.network.state_dict(),
            "average": self.average.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "schedule": self.schedule.state_dict(),
            "progress": {"epoch": self.epoch, "seconds": self.seconds, "losses": self.losses},
        }

    def resume(self, checkpoint: Path) -> None:
        """Takes up a run where its checkpoint left it; ValueError where it belongs to another run."""
        state = load_checkpoint(checkpoint, self.device, self.asked())
        self.network.load_state_dict(state["network"])
        self.average.load_state_dict(state["average"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.schedule.load_state_dict(state["schedule"])
        self.epoch = state["progress"]["epoch"]
        self.seconds = state["progress"]["seconds"]
        self.losses = list(state["progress"]["losses"])
