"""Curves as text: a line of blocks while it grows, and a plot with axes at the end."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

BLOCKS = "▁▂▃▄▅▆▇█"
MARKS = "●×○+"  # one a curve, so that they can be told apart without colour
HEIGHT = 12
LABEL = 7

Point = tuple[int, float]  # step, value


def sparkline(values: Sequence[float], width: int) -> str:
    """The values from left to right, each column the mean of those that fall into it."""
    columns = _columns([*enumerate(values)], width)
    seen = [value for value in columns if value is not None]
    if not seen:
        return ""
    low, high = min(seen), max(seen)
    scale = (len(BLOCKS) - 1) / ((high - low) or 1)
    return "".join(" " if v is None else BLOCKS[round((v - low) * scale)] for v in columns)


def plot(curves: Mapping[str, Sequence[Point]], width: int, height: int = HEIGHT) -> list[str]:
    """Curves by name over one pair of axes, with a legend below; nan and infinity are left out.

    Where two curves meet, the mark of the later one is seen.
    """
    points = [point for curve in curves.values() for point in curve if math.isfinite(point[1])]
    if not points:
        return ["No number to draw."]
    low, high = min(value for _, value in points), max(value for _, value in points)
    last = max(step for step, _ in points)
    room = max(10, width - LABEL - 2)
    grid = [[" "] * room for _ in range(height)]
    for mark, curve in zip(MARKS, curves.values(), strict=False):
        for column, value in enumerate(_columns(curve, room, last)):
            if value is not None:
                place = round((value - low) / ((high - low) or 1) * (height - 1))
                grid[height - 1 - place][column] = mark
    lines = []
    for row, cells in enumerate(grid):
        value = high - (high - low) * row / (height - 1)
        label = f"{value:.2f}" if row % 4 == 0 or row == height - 1 else ""
        lines.append(f"{label:>{LABEL}} │{''.join(cells)}".rstrip())
    lines.append(f"{'':>{LABEL}} └{'─' * room}")
    steps = f"step {last:,}"
    lines.append(f"{'':>{LABEL}}  0{steps:>{room - 1}}")
    legend = "   ".join(f"{mark} {name}" for mark, name in zip(MARKS, curves, strict=False))
    return [*lines, f"{'':>{LABEL}}  {legend}"]


def _columns(curve: Sequence[Point], width: int, last: int | None = None) -> list[float | None]:
    """The mean of the finite values in each column; None where there is none."""
    end = last if last is not None else max((step for step, _ in curve), default=0)
    sums: list[list[float]] = [[] for _ in range(width)]
    for step, value in curve:
        if math.isfinite(value):
            sums[min(width - 1, step * width // (end + 1))].append(value)
    return [sum(found) / len(found) if found else None for found in sums]
