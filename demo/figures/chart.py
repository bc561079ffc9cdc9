"""The description of a chart: curves with their names, colours and dashes. How it is drawn is other rooms' affair."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Line:
    """One curve: a value for each place on the chart's axis. dash tells a network's group where colour does not."""

    title: str
    color: str
    dash: str
    values: tuple[float, ...]
    places: tuple[float, ...] = ()
    """Where the values stand on the axis; their own numbers, 0 …, where this is empty."""

    @property
    def points(self) -> list[tuple[float, float]]:
        return list(zip(self.places or range(len(self.values)), self.values, strict=True))


@dataclass(frozen=True)
class Chart:
    """Curves over iterations 0 … end, or over another axis. share: values are shares of 1. words: how to read it."""

    title: str
    end: float
    lines: tuple[Line, ...]
    share: bool = True
    words: str = ""
    axis: str = "iteration"

    @property
    def range(self) -> tuple[float, float]:
        """The lowest and highest value on the vertical axis."""
        if self.share:
            return 0.0, 1.0
        values = [value for line in self.lines for value in line.values]
        low, high = min(0.0, *values), max(0.0, *values)
        return (low, high) if high > low else (0.0, 1.0)

    def label(self, value: float) -> str:
        return f"{value:.0%}" if self.share else f"{value:.2g}"


def in_words(chart: Chart) -> str:
    """The chart's first and latest values as a sentence."""
    said = (
        f"{line.title} from {chart.label(line.values[0])} to {chart.label(line.values[-1])}" for line in chart.lines
    )
    return f"{chart.title}: {', '.join(said)}."
