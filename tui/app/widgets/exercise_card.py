"""An exercise in a few lines: what it is, how it stands, what it builds on and what it unlocks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

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
        self._needs = [_name(id, states) for id in exercise.needs]
        self._unlocks = [_name(other.id, states) for other in unlocks(catalog, exercise.id)]
        self.refresh()

    def render(self) -> Content:
        """As much of the two lists as there is room for, and how many more there are."""
        width, height = max(1, self.content_size.width), self.content_size.height
        needs, unlocks = len(self._needs), len(self._unlocks)
        card = self._card(needs, unlocks)
        while card.get_height({}, width) > height and needs + unlocks > 0:
            needs, unlocks = (needs, unlocks - 1) if unlocks > 1 else (needs - 1, unlocks)
            card = self._card(needs, unlocks)
        return card

    def _card(self, needs: int, unlocks: int) -> Content:
        lists = (("Builds on", self._needs, needs), ("Unlocks", self._unlocks, unlocks))
        return Content.assemble(self._head, *(_list(*one) for one in lists))


def _name(id: str, states: Mapping[str, State]) -> str:
    # No line breaks between a symbol and its name.
    return f"{STATE_SYMBOLS[states.get(id, 'locked')][0]}\u00a0{id}"


def _list(label: str, names: Sequence[str], shown: int) -> Content:
    if not names:
        return Content("")
    left = len(names) - shown
    more = (f" and {left} more" if shown else f"{left}") if left else ""
    return Content.assemble((f"\n{label}  ", "$text-muted"), ", ".join(names[:shown]), more)
