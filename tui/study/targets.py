"""What can be shown at a place: one exercise, a section, a round of questions. Records, no text.

Whoever names one does not know where it is shown; the app does (`tui.app.messages.Go.to`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tui.figures.lab_process import Value
    from tui.planning.describe import Step


@dataclass(frozen=True)
class ExerciseTarget:
    """To be worked on, or with `rewrite` to be written again from memory."""

    id: str
    rewrite: bool = False


@dataclass(frozen=True)
class MapTarget:
    """An exercise's id, or a chapter's for its first."""

    id: str


@dataclass(frozen=True)
class LessonTarget:
    """A chapter's id, a section's anchor, or a step's id. `resume` goes past what was seen, and
    `mistake` to where the lesson lists this one, if it does."""

    id: str
    resume: bool = False
    mistake: str = ""


@dataclass(frozen=True)
class QuizTarget:
    """On a chapter, or without one on all that have been read; without `count`, as usual."""

    chapter: str | None = None
    count: int | None = None


@dataclass(frozen=True)
class TestOutTarget:
    """Of a chapter, or of one topic."""

    __test__ = False  # pytest takes it for a test otherwise

    part: str


@dataclass(frozen=True)
class ExamTarget:
    """The final exam: the one that was begun last, or another."""

    new: bool = False


@dataclass(frozen=True)
class PrerequisitesTarget:
    """The questions on what one should know before chapter 1."""


@dataclass(frozen=True)
class MistakesTarget:
    """The mistakes that come back today."""


@dataclass(frozen=True)
class ReviewTarget:
    """The cards that are due."""


@dataclass(frozen=True)
class FigureTarget:
    name: str
    settings: Mapping[str, Value]


@dataclass(frozen=True)
class SearchTarget:
    words: str


@dataclass(frozen=True)
class SheetTarget:
    """`course`, a chapter's id, `timeline` or `resources`."""

    tab: str


AnyQuiz = QuizTarget | TestOutTarget | ExamTarget | PrerequisitesTarget | MistakesTarget
Target = (
    ExerciseTarget
    | MapTarget
    | LessonTarget
    | AnyQuiz
    | ReviewTarget
    | FigureTarget
    | SearchTarget
    | SheetTarget
)


def target_of(step: Step) -> Target | None:
    """What to open for a step; None where it is done by its command."""
    match step.kind:
        case "exercise":
            return ExerciseTarget(step.id)
        case "rewrite":
            return ExerciseTarget(step.id, rewrite=True)
        case "reading":
            return LessonTarget(step.id, resume=True)
        case "quiz":
            # A quiz is as long as it was announced.
            return QuizTarget(step.id, step.count or None)
        case "review":
            return ReviewTarget()
        case "mistakes":
            return MistakesTarget()
    return None
