"""Pairs to match: a letter picks a line, a number gives it its partner, listed below."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.binding import Binding
from textual.content import Content
from textual.events import Key
from textual.widgets import Static

from quizzes.questions.question import Asked, Match, Verdict
from tui.app.messages import Changed, Unfinished
from tui.app.widgets.answering import CURSOR, RIGHT, WRONG, Answering, AnswerRow
from tui.text.styled import inline

UNFINISHED = "Some lines have no partner yet."


class MatchAnswer(Answering, can_focus=True):
    DEFAULT_CSS = """
    MatchAnswer > Static {
        margin-top: 1;
    }
    """
    BINDINGS = [
        Binding("up,k", "move(-1)", "Up", show=False, tooltip="The line above"),
        Binding("down,j", "move(1)", "Choose", key_display="↑↓", tooltip="The line below"),
        Binding("left,h", "turn(-1)", "Partner", key_display="←→", tooltip="Another partner"),
        Binding("right,l", "turn(1)", "Partner", show=False, tooltip="Another partner"),
        Binding("enter", "give", "Answer", tooltip="Give these pairs"),
    ]

    def __init__(self, asked: Asked, body: Match) -> None:
        super().__init__()
        self._body = body
        self._items = asked.items
        self._partners = asked.partners
        self._rows = [AnswerRow(place, Content()) for place in range(len(self._items))]
        self._chosen: list[int | None] = [None] * len(self._items)
        self._at = 0

    def compose(self) -> ComposeResult:
        yield from self._rows
        yield Static(
            Content("\n").join(
                Content.assemble((f"{one.label}  ", "$text-muted"), inline(one.text))
                for one in self._partners
            )
        )

    def on_mount(self) -> None:
        self._show()

    def on_key(self, event: Key) -> None:
        lines = [item.label for item in self._items]
        partners = [partner.label for partner in self._partners]
        if self.is_closed or event.character not in (*lines, *partners):
            return
        event.stop()
        if event.character in lines:
            self._at = lines.index(event.character)
        else:
            self._chosen[self._at] = partners.index(event.character)
            self._at = min(self._at + 1, len(self._rows) - 1)
        self._change()

    def on_answer_row_picked(self, event: AnswerRow.Picked) -> None:
        if not self.is_closed:
            self._at = event.place
            self.action_turn(1)

    def action_move(self, by: int) -> None:
        self._at = (self._at + by) % len(self._rows)
        self._change()

    def action_turn(self, by: int) -> None:
        now, count = self._chosen[self._at], len(self._partners)
        self._chosen[self._at] = (now + by) % count if now is not None else (by - 1) % count
        self._change()

    def action_give(self) -> None:
        pairs = zip(self._items, self._chosen, strict=True)
        given = [f"{item.label}{self._label(c)}" for item, c in pairs if c is not None]
        if len(given) == len(self._items):
            self.give(" ".join(given))
        else:
            self.post_message(Unfinished(UNFINISHED))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return not self.is_closed

    def close(self, verdict: Verdict) -> None:
        super().close(verdict)
        if self.is_judged:
            for place, row in enumerate(self._rows):
                row.judge(self._is_right(place))
        self._show()

    def _is_right(self, place: int) -> bool:
        chosen = self._chosen[place]
        return chosen is not None and self._body.shown[chosen] == self._body.pairs[place][1]

    def _change(self) -> None:
        self._show()
        self.post_message(Changed())

    def _label(self, place: int) -> str:
        return self._partners[place].label

    def _show(self) -> None:
        for place, row in enumerate(self._rows):
            chosen = self._chosen[place]
            at = place == self._at and not self.is_closed
            row.set_class(at, "cursor")
            label = "·" if chosen is None else self._label(chosen)
            sign = CURSOR if at else " "
            if self.is_judged:
                sign = RIGHT if self._is_right(place) else WRONG
            row.mark(f"{sign} {self._items[place].label} → {label}  ")
            text = inline(self._items[place].text)
            if chosen is not None:
                partner = inline(self._partners[chosen].text)
                text = Content.assemble(text, ("  —  ", "$text-muted"), partner)
            row.write(text)
