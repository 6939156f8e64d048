"""One step of a lesson: its text, its figures, and what comes after it."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Static

from exercises.lesson import FigureCall
from tui.app.widgets.figure_view import FigureView
from tui.app.widgets.prose import CourseText
from tui.text.lesson_pages import LessonStep


class StepView(Vertical):
    DEFAULT_CSS = """
    StepView {
        height: auto;
        & > FigureView { margin-bottom: 1; }
        & > .next { color: $text-muted; margin-bottom: 1; }
    }
    """

    def __init__(self, step: LessonStep, following: str) -> None:
        super().__init__()
        self._step = step
        self._following = following
        self.figures: list[tuple[FigureCall, FigureView]] = [
            (call, FigureView()) for call in step.figures
        ]

    def compose(self) -> ComposeResult:
        yield CourseText(self._step.prose)
        for call, view in self.figures:
            if call.says:
                yield CourseText(call.says)
            yield view
        yield Static(self._following, classes="next", markup=False)
