"""What the command palette offers: every place, theme and exercise."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.message import Message
from textual.types import IgnoreReturnCallbackType

from tui.app import messages, themes
from tui.app.places import PLACES
from tui.app.screens.page import Page
from tui.study.targets import ExerciseTarget


@dataclass(frozen=True)
class PaletteCommand:
    text: str
    run: IgnoreReturnCallbackType
    description: str


class CourseCommands(Provider):
    async def discover(self) -> Hits:
        for each in self._few():
            yield DiscoveryHit(each.text, each.run, help=each.description)

    async def search(self, query: str) -> Hits:
        matcher = self.matcher(query)
        for each in (*self._few(), *self._exercises()):
            if score := matcher.match(each.text):
                yield Hit(score, matcher.highlight(each.text), each.run, help=each.description)

    def _few(self) -> Iterator[PaletteCommand]:
        """What is offered before anything is typed."""
        for place in PLACES:
            go = messages.Go(place.name)
            yield PaletteCommand(f"Go to {place.title}", self._post(go), place.description)
        for name in themes.THEME_NAMES:
            choose = messages.ChooseTheme(name)
            yield PaletteCommand(f"Theme: {name}", self._post(choose), "colours of the app")
        show_help = partial(self.app.run_action, "help")
        yield PaletteCommand("Help", show_help, "the keys of where you are")
        yield PaletteCommand("Quit", self.app.action_quit, "everything is kept")

    def _exercises(self) -> Iterator[PaletteCommand]:
        page = self.app.screen_stack[0]
        if isinstance(page, Page):
            for exercise in page.services.catalog.exercises:
                yield PaletteCommand(
                    f"Exercise: {exercise.title} ({exercise.id})",
                    self._post(messages.Go.to(ExerciseTarget(exercise.id))),
                    exercise.summary,
                )

    def _post(self, message: Message) -> IgnoreReturnCallbackType:
        return partial(self.app.post_message, message)
