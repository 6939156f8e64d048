"""An exercise in a few lines: what it is, how it stands, what it builds on and what it unlocks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from textual.content import Content
from textual.widgets import Static

from exercises.catalog import Catalog, Exercise
from tui.graph import unlocks
from tui.mastery import State
from tui.widgets.symbols import SYMBOLS, difficulty


class ExerciseCard(Static):
    def show(self, catalog: Catalog, exercise: Exercise, states: Mapping[str, State]) -> None:
        state = states.get(exercise.id, "locked")
        symbol, colour = SYMBOLS[state]
        needs = [catalog.exercise(id) for id in exercise.needs]
        self.update(
            Content.assemble(
                (exercise.title, "bold"),
                "\n",
                (f"{symbol} {state}", colour),
                (f"   difficulty {difficulty(exercise.difficulty)}", "$text-muted"),
                (f"   {exercise.id}", "$text-muted"),
                f"\n{exercise.summary}",
                _list("Builds on", needs, states),
                _list("Unlocks", unlocks(catalog, exercise.id), states),
            )
        )


def _list(label: str, exercises: Iterable[Exercise], states: Mapping[str, State]) -> Content:
    # No line breaks between a symbol and its name.
    names = [f"{SYMBOLS[states.get(e.id, 'locked')][0]}\u00a0{e.id}" for e in exercises]
    if not names:
        return Content("")
    return Content.assemble((f"\n{label}  ", "$text-muted"), ", ".join(names))
