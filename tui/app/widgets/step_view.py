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
        self.figures: list[tuple[FigureCall, FigureView]] = []

    def compose(self) -> ComposeResult:
        for part in self._step.flow:
            if isinstance(part, FigureCall):
                yield from self._figure(part)
            else:
                yield CourseText(part)
        yield Static(self._following, classes="next", markup=False)

    def _figure(self, call: FigureCall) -> ComposeResult:
        view = FigureView()
        self.figures.append((call, view))
        if call.says:
            yield CourseText(call.says)
        yield view
