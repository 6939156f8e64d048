"""What the command palette offers: every place, theme, topic, exercise and round of questions, and
one's own model."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from textual.app import ComposeResult
from textual.binding import Binding
from textual.command import CommandPalette, DiscoveryHit, Hit, Hits, Provider
from textual.message import Message
from textual.screen import Screen
from textual.types import IgnoreReturnCallbackType

from tui.app import messages, themes
from tui.app.places import PLACES
from tui.app.rounds import rounds, testouts
from tui.app.screens.page import Page
from tui.app.services import Services
from tui.app.widgets.key_bar import KeyBar
from tui.study.targets import ExerciseTarget, LessonTarget


@dataclass(frozen=True)
class PaletteCommand:
    text: str
    run: IgnoreReturnCallbackType
    description: str


def closeness(query: str, text: str) -> int:
    """3 where each word that was typed is a word of the text, 2 where it begins one, 1 where it is
    in one; 0 where its letters are scattered. No mix of these is ever nearer than the better one.
    """
    text = text.casefold()
    words = re.findall(r"\w+", text)
    starts = [*words, *re.findall(r"[^\W_]+", text)]

    def of(word: str) -> int:
        if word in words:
            return 3
        return 2 if any(start.startswith(word) for start in starts) else int(word in text)

    return min(map(of, query.casefold().split()), default=0)


class Palette(CommandPalette):
    """Its last line says how to leave, and not the keys of the place below: those are typed."""

    BINDINGS = [Binding("escape", "escape", "Close")]

    def compose(self) -> ComposeResult:
        yield from super().compose()
        yield KeyBar()


class CourseCommands(Provider):
    async def discover(self) -> Hits:
        for each in self._few():
            yield DiscoveryHit(each.text, each.run, help=each.description)

    async def search(self, query: str) -> Hits:
        matcher = self.matcher(query)
        offers = (*self._few(), *self._rounds(), *self._topics(), *self._exercises())
        found = [
            (closeness(query, each.text), score / (score + 1), each)
            for each in offers
            if (score := matcher.match(each.text))
        ]
        holds_the_words = any(close for close, _, _ in found)
        for close, score, each in found:
            if close or not holds_the_words:
                text = matcher.highlight(each.text)
                yield Hit(close + score, text, each.run, help=each.description)

    def _few(self) -> Iterator[PaletteCommand]:
        """What is offered before anything is typed."""
        for place in PLACES:
            go = messages.Go(place.name)
            yield PaletteCommand(f"Go to {place.title}", self._post(go), place.description)
        for name in themes.THEME_NAMES:
            choose = messages.ChooseTheme(name)
            yield PaletteCommand(f"Theme: {name}", self._post(choose), "colours of the app")
        yield PaletteCommand("Train your model (Lab)", self._train, "and see how its curve grows")
        yield PaletteCommand("Look into your model (Lab)", self._look, "what it attends to")
        show_help = partial(self.app.run_action, "help")
        yield PaletteCommand("Help", show_help, "the keys of where you are")
        yield PaletteCommand("Quit", self.app.action_quit, "everything is kept")

    async def _train(self) -> None:
        from tui.app.screens.training import TrainingScreen

        self._over_the_lab(TrainingScreen)

    async def _look(self) -> None:
        from tui.app.screens.attention import AttentionScreen

        self._over_the_lab(AttentionScreen)

    def _over_the_lab(self, screen: Callable[[Services], Screen[None]]) -> None:
        if isinstance(page := self._page, Page):
            self.app.post_message(messages.Go("lab"))
            self.app.call_later(self.app.push_screen, screen(page.services))

    @property
    def _page(self) -> Screen[Any]:
        return self.app.screen_stack[0]

    def _rounds(self) -> Iterator[PaletteCommand]:
        if isinstance(page := self._page, Page):
            chapters = page.services.catalog.chapters
            for kind, offers in (("Quiz", rounds(chapters)), ("Test out", testouts(chapters))):
                for offer in offers:
                    go = self._post(messages.Go.to(offer.target))
                    yield PaletteCommand(f"{kind}: {offer.title}", go, offer.description)

    def _topics(self) -> Iterator[PaletteCommand]:
        if isinstance(page := self._page, Page):
            for chapter, topic in page.services.catalog.topics.values():
                yield PaletteCommand(
                    f"Read: {topic.title}",
                    self._post(messages.Go.to(LessonTarget(topic.id))),
                    f"in chapter {chapter.number}, {chapter.title}",
                )

    def _exercises(self) -> Iterator[PaletteCommand]:
        if isinstance(page := self._page, Page):
            for exercise in page.services.catalog.exercises:
                yield PaletteCommand(
                    f"Exercise: {exercise.named}",
                    self._post(messages.Go.to(ExerciseTarget(exercise.id))),
                    exercise.summary,
                )

    def _post(self, message: Message) -> IgnoreReturnCallbackType:
        return partial(self.app.post_message, message)
