"""What can be turned in the Lab: the figure, and each of its parameters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textual.binding import Binding
from textual.content import Content
from textual.events import Click
from textual.message import Message
from textual.reactive import reactive
from textual.style import Style
from textual.widgets import Static

from tui.app.widgets.answering import CURSOR
from tui.figures.lab_process import Value


@dataclass(frozen=True)
class Dial:
    """One line: a name, where its value stands among all, the value, and what it means."""

    name: str
    values: tuple[Value, ...]
    at: int
    description: str

    @property
    def value(self) -> Value:
        return self.values[self.at]


class Dials(Static, can_focus=True):
    DEFAULT_CSS = """
    Dials { height: auto; text-wrap: nowrap; text-overflow: ellipsis; }
    """
    BINDINGS = [
        Binding("up,k", "move(-1)", "Up", show=False, tooltip="The line above"),
        Binding("down,j", "move(1)", "Choose", key_display="↑↓", tooltip="The line below"),
        Binding("left,h", "turn(-1)", "Less", show=False, tooltip="The value before"),
        Binding("right,l", "turn(1)", "Turn", key_display="←→", tooltip="The next value"),
    ]

    at: reactive[int] = reactive(0)

    @dataclass
    class Turned(Message):
        """The dial at `place` shall stand at `to`."""

        place: int
        to: int

    def __init__(self) -> None:
        super().__init__()
        self._dials: Sequence[Dial] = ()

    def show(self, dials: Sequence[Dial]) -> None:
        self._dials = dials
        self.at = min(self.at, max(0, len(dials) - 1))
        self._draw()

    def action_move(self, by: int) -> None:
        if self._dials:
            self.at = (self.at + by) % len(self._dials)

    def action_turn(self, by: int) -> None:
        if self._dials:
            dial = self._dials[self.at]
            # The first line goes round; a parameter ends where its values end.
            to = (dial.at + by) % len(dial.values) if self.at == 0 else dial.at + by
            if 0 <= to < len(dial.values):
                self.post_message(self.Turned(self.at, to))

    def on_click(self, event: Click) -> None:
        meta = event.style.meta
        if "dial" in meta:
            self.at = meta["dial"]
            self.action_turn(meta["by"])

    def watch_at(self) -> None:
        self._draw()

    def watch_has_focus(self, has_focus: bool) -> None:
        super().watch_has_focus(has_focus)  # a handler of the event would come before it is so
        self._draw()

    def _draw(self) -> None:
        self.update(Content("\n").join(self._line(i, dial) for i, dial in enumerate(self._dials)))

    def _line(self, place: int, dial: Dial) -> Content:
        chosen = place == self.at and self.has_focus
        last = len(dial.values) - 1
        less = Content.styled("‹" if dial.at or place == 0 else " ", "$accent")
        more = Content.styled("›" if dial.at < last or place == 0 else " ", "$accent")
        # The first line is the longest, and needs no track: it goes round.
        width, track = (25, "") if place == 0 else (17, f"  {_track(dial):<11} {dial.description}")
        return Content.assemble(
            (f"{CURSOR if chosen else ' '} ", "bold $accent"),
            (f"{dial.name:<12}", "bold" if chosen else ""),
            less.stylize(Style.from_meta({"dial": place, "by": -1})),
            (f" {shown(dial.value):^{width - 2}} ", "bold" if chosen else ""),
            more.stylize(Style.from_meta({"dial": place, "by": 1})),
            (track, "$text-muted"),
        )


def shown(value: Value) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _track(dial: Dial) -> str:
    """Where the value stands: `··●····`."""
    return "·" * dial.at + "●" + "·" * (len(dial.values) - 1 - dial.at)
