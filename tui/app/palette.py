"""What the command palette offers: every place, theme and exercise."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.types import IgnoreReturnCallbackType

from tui.app import themes
from tui.app.screens import PLACES

if TYPE_CHECKING:
    from tui.app.app import LearnApp


@dataclass(frozen=True)
class Entry:
    text: str
    run: IgnoreReturnCallbackType
    says: str


class CourseCommands(Provider):
    async def discover(self) -> Hits:
        for entry in self._few():
            yield DiscoveryHit(entry.text, entry.run, help=entry.says)

    async def search(self, query: str) -> Hits:
        matcher = self.matcher(query)
        for entry in (*self._few(), *self._exercises()):
            if score := matcher.match(entry.text):
                yield Hit(score, matcher.highlight(entry.text), entry.run, help=entry.says)

    def _few(self) -> Iterator[Entry]:
        """What is offered before anything is typed."""
        app = self._app
        for place in PLACES:
            yield Entry(f"Go to {place.title}", partial(app.action_go, place.name), place.says)
        for name in themes.NAMES:
            yield Entry(f"Theme: {name}", partial(app.choose_theme, name), "colours of the app")
        yield Entry("Help", app.action_help, "the keys of where you are")
        yield Entry("Quit", app.action_quit, "everything is kept")

    def _exercises(self) -> Iterator[Entry]:
        for exercise in self._app.session_thread.session.catalog.exercises:
            yield Entry(
                f"Exercise: {exercise.title} ({exercise.id})",
                partial(self._app.action_go, "exercise", exercise.id),
                exercise.summary,
            )

    @property
    def _app(self) -> LearnApp:
        return self.app  # type: ignore[return-value]
