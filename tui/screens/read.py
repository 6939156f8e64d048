"""Read: a lesson step by step, with a question after each."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Markdown, Static

from exercises.catalog import Chapter
from exercises.lessons import find_section
from quizzes.bank import load_bank
from quizzes.questions import Asked, BadAnswer, Question
from tui import messages
from tui.answers import Answer
from tui.checks import check_after
from tui.lesson_steps import LessonStep, contents, find, steps
from tui.screens.page import Page
from tui.session import Session
from tui.widgets.answering import Answered
from tui.widgets.question_view import QuestionView
from tui.widgets.scroll import Scroll
from tui.widgets.step_view import StepView


@dataclass
class Lesson:
    """A chapter's lesson as it is being read."""

    chapter: Chapter
    steps: tuple[LessonStep, ...]
    questions: tuple[Question, ...]
    right: set[str]
    at: int
    asked: dict[int, QuestionView] = field(default_factory=dict)

    @property
    def step(self) -> LessonStep:
        return self.steps[self.at]

    @property
    def is_last(self) -> bool:
        return self.at == len(self.steps) - 1

    def check(self) -> Question | None:
        return check_after(self.steps, self.at, self.questions, self.right)


class ReadPage(Page):
    PLACE = "read"
    CSS_PATH = "../styles/read.tcss"
    BINDINGS = [
        Binding("space,n,enter", "next", "Next", key_display="Space", tooltip="Read on"),
        Binding("b,p", "back", "Back", key_display="b", tooltip="The step before"),
        Binding("c", "contents", "Contents", tooltip="Jump to a section"),
        Binding("x", "exercise", "Exercise", tooltip="The exercise of this step"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._lesson: Lesson | None = None
        self._target: str | None = None
        self._is_asking = False

    def content(self) -> ComposeResult:
        yield Static(id="head", markup=False)
        with Scroll(id="step"):
            yield Vertical(id="page")

    def open(self, target: str) -> None:
        """A chapter's id, a section's anchor, or a step's id."""
        self._target = target

    async def load(self) -> None:
        if self._lesson is None or self._target is not None:
            target, self._target = self._target, None
            self._lesson = await self.app.desk.ask(lambda session: _lesson(session, target))
            self._is_asking = False
            await self._show()
        self._focus()
"""
"""
