"""An answer in the learner's own words: a number, a shape, what fills the gap, what is printed."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.binding import Binding
from textual.events import Key
from textual.widgets import Input, Static

from quizzes.questions.free_response import Number
from quizzes.questions.parse_answer import SHAPE_EXAMPLE
from quizzes.questions.question import Asked, Verdict
from tui.app.messages import Changed
from tui.app.widgets.answering import Answering

EXAMPLES = {
    "number": "a number",
    "shape": f"numbers, as {SHAPE_EXAMPLE}",
    "gap": "…",
    "output": "what is printed",
}


class AnswerInput(Input):
    BINDINGS = [Binding("enter", "submit", "Answer", tooltip="Give this answer")]

    def on_key(self, event: Key) -> None:
        """Who came here with Space, and pressed it once too often, has typed nothing yet."""
        if event.key == "space" and not self.value:
            event.prevent_default().stop()


class TextAnswer(Answering):
    DEFAULT_CSS = """
    TextAnswer {
        layout: horizontal;
        & > Input, & > Input:focus {
            width: 44;
            border: none;
            border-left: outer $accent;
            height: 1;
            padding: 0 1;
            background: $surface;
        }
        & > Static {
            width: auto;
            padding: 0 1;
            color: $text-muted;
        }
        & > Input:disabled {
            opacity: 1;
            border-left: outer $panel;
        }
    }
    """

    def __init__(self, asked: Asked, typed: str = "") -> None:
        super().__init__()
        self.typed = typed
        self._kind = asked.kind
        self._unit = asked.body.unit if isinstance(asked.body, Number) else ""

    def compose(self) -> ComposeResult:
        yield AnswerInput(self.typed, placeholder=EXAMPLES.get(self._kind, ""))
        yield Static(self._unit, markup=False)

    def on_mount(self) -> None:
        self.query_one(Input).cursor_blink = False  # nothing moves by itself

    def take_focus(self) -> None:
        self.query_one(Input).focus()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.give(event.value)

    def on_input_changed(self, event: Input.Changed) -> None:
        self.typed = event.value
        self.post_message(Changed())

    def close(self, verdict: Verdict) -> None:
        super().close(verdict)
        self.query_one(Input).disabled = True
