"""The end of a topic: whether it is read now, and what comes next."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Static

from exercises.words import plural
from tui.app.widgets.next_step import NextStep
from tui.app.widgets.prose import CourseText
from tui.planning.describe import Step
from tui.study.lesson_reading import LessonReading


class TopicEnd(Vertical):
    DEFAULT_CSS = """
    TopicEnd {
        height: auto;
        & > NextStep { margin-bottom: 1; }
        & > .next { color: $text-muted; }
    }
    """

    def __init__(self, lesson: LessonReading, following: Step) -> None:
        super().__init__()
        self._lesson = lesson
        self._following = following

    def compose(self) -> ComposeResult:
        lesson = self._lesson
        if lesson.unseen:
            yield CourseText(
                f"This is the end of *{lesson.topic.title}*. It is not counted as read yet:"
                f" {plural(lesson.unseen, 'step')} of it were never on the screen."
            )
            says = "Space: on to Today" if lesson.is_last else "Space: on to the next topic"
        else:
            yield CourseText(f"That was *{lesson.topic.title}*.")
            says = "Space: do that"
            next_step = NextStep()
            next_step.show(self._following, None)
            yield next_step
        yield Static(says, classes="next", markup=False)
