"""What the file of a run may hold, field by field. It comes from anybody: nothing of it is believed unchecked."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from typing_extensions import TypeAliasType

from demo.run.request import MOST_ITERATIONS, MOST_LOOKS, STRONGEST

MOST_JURORS = 100
DETAILS = 1000
"""Of one kind at one iteration: a number a surrogate, or for each of the draws."""
ROOM = 1e-6
"""By so much the rounding of a sum may carry a probability out of 0 to 1."""

Name = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Who = Annotated[str, StringConstraints(min_length=1, max_length=4000)]
"""A juror: a jury is called by all its networks."""
Words = Annotated[str, StringConstraints(max_length=2000)]
Color = Annotated[str, StringConstraints(pattern=r"^#[0-9a-fA-F]{6}$")]
Chance = Annotated[float, Field(ge=-ROOM, le=1 + ROOM, allow_inf_nan=False)]
Number = Annotated[float, Field(ge=-1e30, le=1e30, allow_inf_nan=False)]
Count = Annotated[int, Field(ge=0, le=10**12)]
Step = Annotated[int, Field(ge=0, le=MOST_ITERATIONS)]
Detail = TypeAliasType(
    "Detail",
    "Number | bool | Annotated[list[Detail], Field(max_length=DETAILS)] "
    "| Annotated[dict[Name, Detail], Field(max_length=20)] | None",
)


class Part(BaseModel):
    """Types as they are written: a number in quotation marks is no number. What is not named here is not looked at."""

    model_config = ConfigDict(strict=True, frozen=True)


class Juror(Part):
    name: Who
    title: Who
    group: Literal["surrogate", "held-out", "defended"]
    network: Name
    color: Color
    random: bool


class Opinion(Part):
    answer: Name
    top: Annotated[list[tuple[Name, Chance]], Field(min_length=1, max_length=5)]
    belief: Chance
    votes: Annotated[int, Field(ge=0, le=MOST_LOOKS)]
    draws: Annotated[int, Field(ge=1, le=MOST_LOOKS)]
    low: Chance
    high: Chance


class Finding(Part):
    juror: Juror
    before: Opinion
    after: Opinion


class Iteration(Part):
    step: Step
    weights: dict[Who, Number]
    confidence: dict[Who, Chance]
    answers: dict[Who, tuple[Name, Chance]]
    gradients: Count
    queries: Count
    details: Annotated[dict[Name, Detail], Field(max_length=20)]


class Settings(Part):
    attack: Name
    epsilon: Annotated[float, Field(gt=0, le=STRONGEST, allow_inf_nan=False)]
    pack: Name
    label: Name
    target: Name | None


class Control(Part):
    fooled: Annotated[int, Field(ge=0, le=MOST_JURORS)]
    asked: Annotated[int, Field(ge=0, le=MOST_JURORS)]


class Look(Part):
    before: Annotated[list[Who], Field(max_length=MOST_JURORS)]
    guess: Name
    sure: bool
    guesses: Annotated[list[tuple[Name, Chance]], Field(max_length=10)]
    classes: Annotated[int, Field(ge=1, le=10**6)]
    device: Name


class Replay(Part):
    steps: Annotated[int, Field(ge=1, le=MOST_ITERATIONS)]
    seconds: list[Annotated[float, Field(ge=0, le=1e9, allow_inf_nan=False)]]
    look: Look


class Pictures(Part):
    original: str
    adversarial: str
    previews: list[str | None]


class Run(Part):
    """One file."""

    input: Name
    python: Annotated[str, StringConstraints(max_length=20_000)]
    versions: Annotated[dict[Name, Name], Field(max_length=20)]
    settings: Settings
    control: Control
    jurors: Annotated[list[Finding], Field(min_length=1, max_length=MOST_JURORS)]
    iterations: Annotated[list[Iteration], Field(min_length=1, max_length=MOST_ITERATIONS + 1)]
    seconds: Annotated[float, Field(ge=0, le=1e9, allow_inf_nan=False)]
    early: bool
    notes: Annotated[list[Words], Field(max_length=100)]
    replay: Replay
    pictures: Pictures
