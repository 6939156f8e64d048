"""Steps to put in order: the arrows choose a line, Shift and the arrows move it."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.binding import Binding

from quizzes.questions.question import Asked, Order, Verdict
from tui.app.widgets.answering import CURSOR, RIGHT, WRONG, Answering, AnswerRow
from tui.text.styled import inline


class OrderAnswer(Answering, can_focus=True):
    BINDINGS = [
        Binding("up,k", "move(-1)", "Up", show=False, tooltip="The line above"),
        Binding("down,j", "move(1)", "Down", show=False, tooltip="The line below"),
        Binding("shift+up,K", "carry(-1)", "Up", key_display="⇧↑", tooltip="Move it up"),
        Binding("shift+down,J", "carry(1)", "Down", key_display="⇧↓", tooltip="Move it down"),
        Binding("space", "take", "Take", tooltip="Take the line, or put it down"),
        Binding("enter", "give", "Answer", tooltip="Give this order"),
    ]

    def __init__(self, asked: Asked, body: Order) -> None:
        super().__init__()
        self._body = body
        self._items = asked.items
        self._order = list(range(len(self._items)))
        self._rows = [AnswerRow(place, inline(item.text)) for place, item in enumerate(self._items)]
        self._at = 0
        self._taken = False

    def compose(self) -> ComposeResult:
        yield from self._rows

    def on_mount(self) -> None:
        self._show()

    def on_answer_row_picked(self, event: AnswerRow.Picked) -> None:
        if not self.is_closed:
            self._at = event.place
            self._show()

    def action_move(self, by: int) -> None:
        if self._taken:
            self.action_carry(by)
            return
        self._at = (self._at + by) % len(self._rows)
        self._show()

    def action_carry(self, by: int) -> None:
        to = self._at + by
        if 0 <= to < len(self._order):
            order = self._order
            order[self._at], order[to] = order[to], order[self._at]
            self._at = to
            self._show()

    def action_take(self) -> None:
        self._taken = not self._taken
        self._show()

    def action_give(self) -> None:
        self.give(" ".join(self._items[place].label for place in self._order))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return not self.is_closed

    def close(self, verdict: Verdict) -> None:
        super().close(verdict)
        if self.is_judged:
            for place, row in enumerate(self._rows):
                row.judge(self._is_right(place))
        self._show()

    def _is_right(self, place: int) -> bool:
        return self._body.shown[self._order[place]] == self._body.steps[place]

    def _show(self) -> None:
        for place, row in enumerate(self._rows):
            item = self._items[self._order[place]]
            at = place == self._at and not self.is_closed
            row.set_class(at, "cursor")
            sign = ("↕" if self._taken else CURSOR) if at else " "
            if self.is_judged:
                sign = RIGHT if self._is_right(place) else WRONG
            row.mark(f"{sign} {place + 1}. {item.label})  ")
            row.write(inline(item.text))
