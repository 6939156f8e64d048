"""Map: every exercise and what it builds on."""

from __future__ import annotations

from collections.abc import Mapping

from textual.app import ComposeResult
from textual.containers import Container, VerticalScroll
from textual.widgets import Static

from tui.app import messages
from tui.app.screens.page import WIDTHS, Page
from tui.app.services import Services
from tui.app.widgets.concept_map import ConceptMap
from tui.app.widgets.exercise_card import ExerciseCard
from tui.app.widgets.symbols import legend
from tui.planning.unlocking import current_exercise
from tui.study.mastery import State, states, topics
from tui.study.session import Session
from tui.study.targets import ExerciseTarget, MapTarget


class MapPage(Page[MapTarget]):
    PLACE = "map"
    CSS_PATH = "../styles/map.tcss"
    AUTO_FOCUS = "ConceptMap"
    HORIZONTAL_BREAKPOINTS = WIDTHS
    VERTICAL_BREAKPOINTS = [(0, "-low"), (20, "-high")]

    def __init__(self, services: Services) -> None:
        super().__init__(services)
        self._states: Mapping[str, State] = {}
        self._is_new = True

    def content(self) -> ComposeResult:
        catalog = self.services.catalog
        with Container(id="body"):
            with VerticalScroll(can_focus=False):
                yield ConceptMap(catalog)
            with Container(id="side"):
                yield ExerciseCard()
                yield Static(legend(), id="legend")

    async def load(self) -> None:
        self._states, current = await self.services.session_thread.ask(_look)
        concept_map = self.query_one(ConceptMap)
        concept_map.show(self._states)
        # The first visit starts at the current exercise; later ones where the cursor was left.
        if target := self.take_target():
            concept_map.choose(target.id)
        elif current and self._is_new:
            concept_map.choose(current)
        self._is_new = False
        self._describe()

    def on_chosen(self) -> None:
        self._describe()

    def on_opened(self, message: messages.Opened) -> None:
        self.post_message(messages.Go.to(ExerciseTarget(message.exercise.id)))

    def _describe(self) -> None:
        catalog = self.services.catalog
        chosen = self.query_one(ConceptMap).chosen
        self.query_one(ExerciseCard).show(catalog, chosen, self._states)


def _look(session: Session) -> tuple[dict[str, State], str | None]:
    standing = session.progress.standing()
    current = current_exercise(session.catalog, standing)
    found = states(session.catalog, standing, topics(session))
    return found, current.id if current else None
