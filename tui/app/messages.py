"""What the parts of the app tell each other. A message says what happened, not what to do about it,
except for `Go`: any widget may ask for another place."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from textual.message import Message

if TYPE_CHECKING:
    from exercises.catalog import Exercise
    from tui.planning.describe import Step


@dataclass
class Go(Message):
    """Show a place; `target` is what to show there, such as an exercise's id."""

    place: str
    target: str | None = None


@dataclass
class Do(Message):
    """The learner wants to take this step."""

    step: Step


@dataclass
class ChooseTheme(Message):
    """The learner wants these colours, now and from now on."""

    name: str


@dataclass
class Chosen(Message):
    """An exercise of the map is under the cursor."""

    exercise: Exercise


@dataclass
class Opened(Message):
    """An exercise of the map was entered or clicked."""

    exercise: Exercise


@dataclass
class Saved(Message):
    """A file of the workspace was written."""

    file: Path


@dataclass
class Polling(Message):
    """The file system sends no events; saves are noticed a little later."""

    reason: str


class ProgressChanged(Message):
    """Something was recorded: what is on the screen may be old."""
