"""Where one is while stories are told: a step of the tour, or one of the stories."""

from __future__ import annotations

from typing import Any

from demo.run.stories import STORIES, TOUR, Story

Place = tuple[str, int]
"""In the tour or among the stories, and at which place."""


def read(where: Any) -> tuple[str, str, Story | None, str]:
    """Title, words, story and its name at a place; what a client made up is the beginning of the tour."""
    kind, place = where if where in every_place() else ("tour", 0)
    if kind == "tour":
        step = TOUR[place]
        return step.title, step.words, STORIES.get(step.story), step.story
    name = list(STORIES)[place]
    return STORIES[name].title, STORIES[name].sentence, STORIES[name], name


def every_place() -> list[Place]:
    """The tour's steps and the stories, in order."""
    return [("tour", place) for place in range(len(TOUR))] + [("stories", place) for place in range(len(STORIES))]


def moved(where: Any, way: int) -> Place:
    """One place on or back, within the tour or the stories."""
    kind, place = where if where in every_place() else ("tour", 0)
    return kind, max(0, min(place + way, len(TOUR if kind == "tour" else STORIES) - 1))


def named(name: str) -> Place:
    """Where a link's story is; ValueError for an unknown one."""
    if name == "tour":
        return "tour", 0
    if name not in STORIES:
        raise ValueError(f"There is no story “{name[:40]}”; there are tour, {', '.join(STORIES)}.")
    return "stories", list(STORIES).index(name)
