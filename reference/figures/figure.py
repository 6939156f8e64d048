"""What a figure is: numbers and labels, and the parameters that can be turned."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from torch import Tensor

Value = bool | int | float | str


@dataclass(frozen=True)
class Parameter:
    """`values` in the order in which the arrow keys go through them."""

    name: str
    says: str
    values: tuple[Value, ...]
    default: Value


@dataclass(frozen=True)
class Figure:
    """Numbers between `low` and `high`, row by row; a single row is drawn as bars."""

    title: str
    rows: list[list[float]]
    row_labels: list[str]
    column_labels: list[str]
    low: float
    high: float
    caption: str


@dataclass(frozen=True)
class FigureInfo:
    """A figure that can be asked for. `draw` takes the parameters by name."""

    name: str
    title: str
    draw: Callable[..., Figure]
    parameters: tuple[Parameter, ...]


def grid(values: Tensor) -> dict[str, Any]:
    # Four digits are more than a terminal shows. Digits, and not decimals: what is little is not 0.
    return {"rows": [[float(f"{value:.4g}") for value in row] for row in values.tolist()]}


def numbers(count: int) -> list[str]:
    return [str(number) for number in range(count)]


# Parameters of more than one figure.
TEMPERATURE = Parameter(
    "temperature",
    "divides the scores",
    (0.1, 0.2, 0.3, 0.5, 0.7, 1.0, 1.5, 2.0, 3.0, 5.0, 10.0),
    1.0,
)
LENGTH = Parameter("length", "number of tokens", (4, 6, 8, 10, 12, 16, 24, 32), 12)
