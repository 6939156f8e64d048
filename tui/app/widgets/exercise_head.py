"""The first lines of Exercise: its name, how it stands, and which pane is in front."""

from __future__ import annotations

import time

from textual.content import Content
from textual.widget import Widget

from tui.app.widgets.symbols import STATE_SYMBOLS, difficulty
from tui.study.exercise_state import Briefing
from tui.study.mastery import State

GAP = 2


class ExerciseHead(Widget):
    def __init__(self) -> None:
        super().__init__()
        self._briefing: Briefing | None = None
        self._since: float | None = None  # when the check began that is running

    def on_mount(self) -> None:
        self.set_interval(1, self._tick)

    def show(self, briefing: Briefing) -> None:
        self._briefing = briefing
        self.refresh()

    def check_runs(self, since: float | None) -> None:
        """A check has begun at this time of the monotonic clock, or none is running."""
        self._since = since
        self.refresh()

    def _tick(self) -> None:
        if self._since is not None:
            self.refresh()

    def render(self) -> Content:
        if (found := self._briefing) is None:
            return Content("")
        exercise = found.exercise
        state: State = "passed" if found.is_passed else "locked" if found.lacks else "open"
        symbol, colour = STATE_SYMBOLS[state]
        words = "again, from memory" if found.kind == "rewrite" else state
        title = Content.styled(exercise.title, "bold")
        dots = difficulty(exercise.difficulty)
        space = 0
        for label in ("difficulty ", ""):
            facts = Content.assemble(
                (f"{symbol} {words}", colour),
                (f"   chapter {found.chapter}   {label}{dots}", "$text-muted"),
            )
            if self._since is not None:
                seconds = time.monotonic() - self._since
                facts = Content.styled(f"checking {seconds:.0f} s · esc stops", "$warning")
            space = self.content_size.width - title.cell_length - facts.cell_length
            if space >= GAP:
                break
        return Content.assemble(title, " " * max(GAP, space), facts)
