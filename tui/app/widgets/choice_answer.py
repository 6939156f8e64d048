"""One option of several, or any number of them: by letter, by digit, by the arrows, by mouse."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.binding import Binding
from textual.events import Key

from quizzes.questions.question import Asked, Verdict
from quizzes.questions.selected_response import Choices
from tui.app.messages import Changed, Unfinished
from tui.app.widgets.answering import CURSOR, RIGHT, WRONG, Answering, AnswerRow
from tui.text.styled import inline

NONE = "none"
MISSED = "!"  # of several right ones, one that was not marked
NO_OPTION_CHOSEN = "No option is chosen yet: type its letter, or use ↑↓."


class ChoiceAnswer(Answering, can_focus=True):
    BINDINGS = [
        Binding("up,k", "move(-1)", "Up", show=False, tooltip="The option above"),
        Binding("down,j", "move(1)", "Choose", key_display="↑↓", tooltip="The option below"),
        Binding("space", "pick", "Mark", tooltip="Mark the option, or take the mark away"),
        Binding("enter", "give", "Answer", tooltip="Give this answer"),
    ]

    def __init__(self, asked: Asked, body: Choices) -> None:
        super().__init__()
        self._body = body
        self._labels = [item.label for item in asked.items]
        self._rows = [AnswerRow(place, inline(item.text)) for place, item in enumerate(asked.items)]
        self._at = 0 if body.several else -1
        self._chosen: set[int] = set()

    def compose(self) -> ComposeResult:
        yield from self._rows

    def on_mount(self) -> None:
        self._show()

    def on_key(self, event: Key) -> None:
        place = self._place_of(event.character or "")
        if place is not None and not self.is_closed:
            event.stop()
            self._pick(place)

    def on_answer_row_picked(self, event: AnswerRow.Picked) -> None:
        if not self.is_closed:
            self._pick(event.place)

    def action_move(self, by: int) -> None:
        if self.is_closed:
            return
        self._at = (max(self._at, 0 if by < 0 else -1) + by) % len(self._rows)
        if not self._body.several:
            self._chosen = {self._at}
        self._change()
        self._rows[self._at].scroll_visible()

    def action_pick(self) -> None:
        if not self.is_closed:
            self._pick(max(0, self._at))

    def action_give(self) -> None:
        if self._chosen:
            self.give(" ".join(self._labels[place] for place in sorted(self._chosen)))
        elif self._body.several:
            self.give(NONE)
        else:
            self.post_message(Unfinished(NO_OPTION_CHOSEN))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "pick":
            return self._body.several and not self.is_closed
        return not self.is_closed

    def close(self, verdict: Verdict) -> None:
        super().close(verdict)
        for place, option in enumerate(self._body.options):
            is_wrong = self.is_judged and place in self._chosen and not option.right
            self._rows[place].set_class(option.right, "right")
            self._rows[place].set_class(is_wrong, "wrong")
        self._show()

    def _pick(self, place: int) -> None:
        self._at = place
        self._chosen = self._chosen ^ {place} if self._body.several else {place}
        self._change()

    def _change(self) -> None:
        self._show()
        self.post_message(Changed())

    def _place_of(self, character: str) -> int | None:
        if character in self._labels:
            return self._labels.index(character)
        if character.isdigit() and 1 <= int(character) <= len(self._rows):
            return int(character) - 1
        return None

    def _show(self) -> None:
        for place, row in enumerate(self._rows):
            at = place == self._at and not self.is_closed
            row.set_class(at, "cursor")
            row.mark(f"{CURSOR if at else ' '} {self._mark(place)} {self._labels[place]}  ")

    def _mark(self, place: int) -> str:
        if self.is_closed and self._body.options[place].right:
            missed = self.is_judged and self._body.several and place not in self._chosen
            return MISSED if missed else RIGHT
        if place not in self._chosen:
            return "☐" if self._body.several else "○"
        if self.is_judged:
            return WRONG
        return "☒" if self._body.several else "●"
