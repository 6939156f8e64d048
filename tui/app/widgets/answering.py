"""What all ways to answer a question share. Each gives the answer as it would be typed."""

from __future__ import annotations

from dataclasses import dataclass

from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from quizzes.questions.question import Verdict
from tui.app.messages import AnswerGiven

CURSOR = "›"
RIGHT, WRONG = "✓", "✗"


class Answering(Vertical):
    """Has the focus while the question is open; `close` shows what was right.

    What the learner says they do not know is not judged: no line of theirs is right or wrong.
    """

    DEFAULT_CSS = """
    Answering {
        height: auto;
        margin-bottom: 1;
    }
    """

    typed = ""
    """What stands there and is not given yet, where it is text."""
    is_closed = False
    is_judged = False

    def give(self, typed: str) -> None:
        if not self.is_closed:
            self.post_message(AnswerGiven(typed))

    def close(self, verdict: Verdict) -> None:
        self.is_closed = True
        self.is_judged = not verdict.unknown

    def take_focus(self) -> None:
        self.focus()


class AnswerRow(Horizontal):
    """A line with a mark and a label in front of a text that may wrap. A click picks it."""

    DEFAULT_CSS = """
    AnswerRow {
        height: auto;
        & > .mark { width: auto; }
        & > .text { width: 1fr; }
        &.cursor > .mark { color: $accent; text-style: bold; }
        &.right > .mark { color: $success; text-style: bold; }
        &.wrong > .mark { color: $error; text-style: bold; }
    }
    """

    @dataclass
    class Picked(Message):
        place: int

    def __init__(self, place: int, text: Content) -> None:
        super().__init__()
        self.place = place
        self._mark = Static(classes="mark", markup=False)
        self._text = Static(text, classes="text")

    def compose(self):  # type: ignore[no-untyped-def]
        yield self._mark
        yield self._text

    def mark(self, text: str) -> None:
        self._mark.update(text)

    def judge(self, is_right: bool) -> None:
        self.set_class(is_right, "right")
        self.set_class(not is_right, "wrong")

    def write(self, text: Content) -> None:
        self._text.update(text)

    def on_click(self) -> None:
        self.post_message(self.Picked(self.place))
