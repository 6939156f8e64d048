"""The exercises as a graph drawn downwards, like a log of commits: one row each, edges on the left.

    ○            softmax
    ├─○          soft_lookup
    ○ │          masked_softmax
      ○          multiplicative_score

Every exercise comes after what it needs. An edge runs down from an exercise in a lane of its own
until the last one that needs it. Only edges within a chapter are drawn; the others would cross the
whole course, and are named instead.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from exercises.catalog import Catalog, Chapter, Exercise

NODE = "\0"  # where the symbol of the exercise's state goes

# What a lane looks like, by the sides on which a line leaves it: up and down, left, right.
THROUGH = {(False, False): "│", (True, False): "┤", (False, True): "├", (True, True): "┼"}
ENDING = {(False, False): "│", (True, False): "╯", (False, True): "╰", (True, True): "┴"}


@dataclass(frozen=True)
class GraphRow:
    """One line of the map: an exercise with its edges, or a chapter's heading."""

    chapter: Chapter
    exercise: Exercise | None = None
    rails: str = ""


def rows(catalog: Catalog) -> tuple[GraphRow, ...]:
    found: list[GraphRow] = []
    for chapter in catalog.chapters:
        found.append(GraphRow(chapter))
        rails = _rails(chapter.exercises)
        found += [
            GraphRow(chapter, exercise, rail)
            for exercise, rail in zip(chapter.exercises, rails, strict=True)
        ]
    return tuple(found)


def unlocks(catalog: Catalog, id: str) -> tuple[Exercise, ...]:
    """The exercises that need this one."""
    return tuple(exercise for exercise in catalog.exercises if id in exercise.needs)


def _rails(exercises: Sequence[Exercise]) -> list[str]:
    waiting = {e.id: sum(e.id in later.needs for later in exercises) for e in exercises}
    lanes: list[str | None] = []
    rails = []
    for exercise in exercises:
        needs = [lane for lane, id in enumerate(lanes) if id in exercise.needs]
        ending = []
        for lane in needs:
            id = lanes[lane] or ""
            waiting[id] -= 1
            if not waiting[id]:
                ending.append(lane)
        own = _lane(lanes, ending)
        rails.append(_draw(lanes, own, needs, ending))
        for lane in ending:
            lanes[lane] = None
        lanes[own] = exercise.id if waiting[exercise.id] else None
        while lanes and lanes[-1] is None:
            lanes.pop()
    return rails


def _lane(lanes: list[str | None], ending: list[int]) -> int:
    """An edge that ends here runs straight into its exercise; else the first free lane is taken."""
    if ending:
        return ending[0]
    if None in lanes:
        return lanes.index(None)
    lanes.append(None)
    return len(lanes) - 1


def _draw(lanes: list[str | None], own: int, needs: list[int], ending: list[int]) -> str:
    joined = [own, *(lane for lane in needs if lane != own)]
    left, right = min(joined), max(joined)
    line = ""
    for lane, id in enumerate(lanes):
        sides = (left < lane <= right, left <= lane < right)
        if lane == own:
            line += NODE
        elif lane in needs:
            line += (ENDING if lane in ending else THROUGH)[sides]
        elif any(sides):
            line += "─"  # an edge bridges those that it crosses
        else:
            line += " " if id is None else "│"
        line += "─" if sides[1] else " "
    return line.rstrip()
