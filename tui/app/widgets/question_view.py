"""A question: what is asked, the way to answer it, and after the answer the explanation."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from quizzes.questions.question import DONT_KNOW, Asked, Verdict
from quizzes.questions.selected_response import Choices, Match, Order
from tui.app.messages import Changed, Unfinished
from tui.app.widgets.answering import Answering
from tui.app.widgets.choice_answer import ChoiceAnswer
from tui.app.widgets.match_answer import MatchAnswer
from tui.app.widgets.order_answer import OrderAnswer
from tui.app.widgets.prose import CourseText
from tui.app.widgets.text_answer import TextAnswer

# How each kind is answered here; `asked.form` says how it is typed in the line mode.
FORMS = {
    "choice": "Choose with a letter or the arrows, then Enter.",
    "choices": "Mark all that are right with letters or Space, then Enter. None may be right.",
    "order": "Move lines with Shift and ↑ ↓ (or Space, then ↑ ↓), then Enter.",
    "match": "A letter picks a line, a number gives it its partner. Then Enter.",
}


class QuestionView(Vertical):
    """Gives `AnswerGiven` with what was typed; whoever knows then calls `explain` or `complain`."""

    DEFAULT_CSS = """
    QuestionView {
        height: auto;
        max-width: 92;
        & > .form { color: $text-muted; }
        & > .form.problem { color: $warning; }
        & > .outcome { display: none; height: auto; }
        & .verdict { margin-bottom: 1; text-style: bold; }
        & .verdict.right { color: $success; }
        & .verdict.wrong { color: $error; }
    }
    """

    BINDINGS = [
        # No letter: letters are answers.
        Binding("ctrl+g", "give_up", "Don't know", key_display="^g", tooltip="See the answer"),
    ]

    def __init__(self, asked: Asked, typed: str = "") -> None:
        """`typed` is what was left there before, if it is a text that is asked for."""
        super().__init__()
        self.asked = asked
        self.verdict: Verdict | None = None
        self._answering = _answering(asked, typed)
        self._form = Static(_form(asked), classes="form", markup=False)
        self._verdict = Static(classes="verdict", markup=False)
        self._why = CourseText()
        self._outcome = Vertical(self._verdict, self._why, classes="outcome")

    def compose(self) -> ComposeResult:
        yield CourseText(self.asked.text)
        yield self._answering
        yield self._form
        yield self._outcome

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return action != "give_up" or self.verdict is None

    @property
    def typed(self) -> str:
        return self._answering.typed

    def action_give_up(self) -> None:
        self._answering.give(DONT_KNOW)

    def take_focus(self) -> None:
        if self.verdict is None:
            self._answering.take_focus()

    def complain(self, problem: str) -> None:
        """The answer has not the form of one; nothing is lost."""
        self._form.update(problem)
        self._form.add_class("problem")
        self._form.scroll_visible(animate=False)

    def on_unfinished(self, message: Unfinished) -> None:
        self.complain(message.missing)

    def on_changed(self, message: Changed) -> None:
        if self._form.has_class("problem"):
            self._form.update(_form(self.asked))
            self._form.remove_class("problem")

    async def explain(self, verdict: Verdict) -> None:
        self.verdict = verdict
        self._answering.close(verdict)
        self._form.display = False
        self._verdict.update(_said(verdict))
        if not verdict.unknown:
            self._verdict.add_class("right" if verdict.right else "wrong")
        self._outcome.display = True
        await self._why.update(_explanation(self.asked, verdict))
        # Its end, or where it is longer than the screen its beginning.
        self._outcome.scroll_visible(animate=False)


def _said(verdict: Verdict) -> str:
    if verdict.unknown:
        return "○ Not known yet."
    return "✓ Right." if verdict.right else "✗ Not right."


def _form(asked: Asked) -> Content:
    return Content(FORMS.get(asked.kind) or f"{asked.form.rstrip('.')}, then Enter.")


def _answering(asked: Asked, typed: str) -> Answering:
    match asked.body:
        case Choices() as body:
            return ChoiceAnswer(asked, body)
        case Order() as body:
            return OrderAnswer(asked, body)
        case Match() as body:
            return MatchAnswer(asked, body)
    return TextAnswer(asked, typed)


def _explanation(asked: Asked, verdict: Verdict) -> str:
    """What is right, where the options do not show it already, and why."""
    parts = list(verdict.explanations)
    if not verdict.right and not isinstance(asked.body, Choices):
        parts.insert(0, _right_answer(asked, verdict.answer))
    return "\n\n".join(parts)


def _right_answer(asked: Asked, answer: str) -> str:
    if asked.kind == "output":
        return f"It prints:\n\n```text\n{answer}\n```"
    if asked.kind in ("order", "match"):
        lines = "\n".join(f"- {line}" for line in answer.splitlines())
        return f"Right is:\n\n{lines}"
    if asked.kind == "gap":
        return f"Right is `{answer}`."
    return f"Right is {answer}."
