"""An exercise in a few lines: what it is, how it stands, what it builds on and what it unlocks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.cells import cell_len
from textual.content import Content
from textual.widget import Widget

from exercises.catalog import Catalog, Exercise
from tui.app.widgets.symbols import STATE_SYMBOLS, difficulty
from tui.study.exercise_graph import unlocks
from tui.study.mastery import State


class ExerciseCard(Widget):
    """Shows nothing until it is told what."""

    def __init__(self) -> None:
        super().__init__()
        self._head = Content("")
        self._needs: list[str] = []
        self._unlocks: list[str] = []

    def show(self, catalog: Catalog, exercise: Exercise, states: Mapping[str, State]) -> None:
        state = states.get(exercise.id, "locked")
        symbol, colour = STATE_SYMBOLS[state]
        self._head = Content.assemble(
            (exercise.title, "bold"),
            "\n",
            (f"{symbol} {state}", colour),
            (f"   difficulty {difficulty(exercise.difficulty)}", "$text-muted"),
            (f"   {exercise.id}", "$text-muted"),
            f"\n{exercise.summary}",
        )
        needs = map(catalog.exercise, exercise.needs)
        self._needs = [_name(other, states) for other in needs]
        self._unlocks = [_name(other, states) for other in unlocks(catalog, exercise.id)]
        self.refresh()

    def render(self) -> Content:
        """As much of the two lists as there is room for, and how many more there are."""
        width, height = max(1, self.content_size.width), self.content_size.height
        needs, unlocks = len(self._needs), len(self._unlocks)
        card = self._card(needs, unlocks, width)
        while card.get_height({}, width) > height and needs + unlocks > 0:
            needs, unlocks = (needs, unlocks - 1) if unlocks > 1 else (needs - 1, unlocks)
            card = self._card(needs, unlocks, width)
        return card

    def _card(self, needs: int, unlocks: int, width: int) -> Content:
        lists = (("Builds on", self._needs, needs), ("Unlocks", self._unlocks, unlocks))
        return Content.assemble(self._head, *(_list(*one, width) for one in lists))


def _name(exercise: Exercise, states: Mapping[str, State]) -> str:
    return f"{STATE_SYMBOLS[states.get(exercise.id, 'locked')][0]} {exercise.title}"


def _list(label: str, names: Sequence[str], shown: int, width: int) -> Content:
    if not names:
        return Content("")
    pieces = [f"{name}," for name in names[: shown - 1]] + list(names[:shown][-1:])
    if left := len(names) - shown:
        pieces.append(f"and {left} more" if shown else f"{left}")
    first, *rest = _packed(pieces, width - len(label) - 2, width - 2)
    lines = "".join(f"\n  {line}" for line in rest)
    return Content.assemble((f"\n{label}  ", "$text-muted"), first, lines)


def _packed(pieces: Sequence[str], first: int, room: int) -> list[str]:
    """Lines of whole pieces: no line breaks between a symbol and its name."""
    lines = [""]
    for piece in pieces:
        line = f"{lines[-1]} {piece}".lstrip()
        if cell_len(line) > (room if len(lines) > 1 else first):
            lines.append(piece)
        else:
            lines[-1] = line
    return lines
