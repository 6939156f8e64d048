"""What the parts of the app tell each other. A message says what happened, not what to do about it,
except for `Go`: any widget may ask for another place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.message import Message

from tui.study import targets
from tui.study.targets import Target

if TYPE_CHECKING:
    from pathlib import Path

    from exercises.catalog import Exercise
    from tui.planning.describe import Step


@dataclass
class Go(Message):
    """Show a place, as it was left or with `target`."""

    place: str
    target: Target | None = None

    @classmethod
    def to(cls, target: Target) -> Go:
        return cls(PLACES_OF[type(target)], target)


PLACES_OF: dict[type[Target], str] = {
    targets.ExerciseTarget: "exercise",
    targets.MapTarget: "map",
    targets.LessonTarget: "read",
    targets.QuizTarget: "quiz",
    targets.TestOutTarget: "quiz",
    targets.ExamTarget: "quiz",
    targets.PrerequisitesTarget: "quiz",
    targets.MistakesTarget: "quiz",
    targets.ReviewTarget: "review",
    targets.FigureTarget: "lab",
    targets.SearchTarget: "search",
    targets.SheetTarget: "sheet",
}


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
    """A file of the workspace was written, or something else about it has changed."""

    file: Path


@dataclass
class Polling(Message):
    """Saves are noticed a little later, and why."""

    says: str


@dataclass
class AnswerGiven(Message):
    """The learner gives this answer. Whether it has the right form is for the question to say."""

    typed: str


@dataclass
class Unfinished(Message):
    """Something of the answer is missing still, and what."""

    missing: str


class Changed(Message):
    """What was said about the answer is no longer about this one."""
