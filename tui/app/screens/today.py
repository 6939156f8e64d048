"""Today: one thing to do next, and where the learner stands."""

from __future__ import annotations

from typing import Never

from textual.app import ComposeResult
from textual.binding import Binding

from tui.app import messages
from tui.app.screens.page import Page
from tui.app.services import Services
from tui.app.widgets.chapter_bars import ChapterBars
from tui.app.widgets.day_line import DayLine
from tui.app.widgets.day_list import DayList
from tui.app.widgets.next_step import NextStep
from tui.app.widgets.scroll import Scroll
from tui.study.overview import Overview, overview
from tui.study.targets import TestOutTarget


class TodayPage(Page[Never]):
    PLACE = "today"
    CSS_PATH = "../styles/today.tcss"
    BINDINGS = [
        Binding("enter", "do", "Start", tooltip="Do what is next"),
        Binding("enter", "go_on", "Continue", tooltip="Go on reading where you stopped"),
        Binding("t", "testout", "Test out", tooltip="Test out of the chapter that is next"),
    ]

    def __init__(self, services: Services) -> None:
        super().__init__(services)
        self._overview: Overview | None = None

    def content(self) -> ComposeResult:
        with Scroll():
            yield DayLine()
            yield NextStep()
            yield DayList()
            yield ChapterBars()

    async def load(self) -> None:
        now = self.services.clock()
        self._overview = found = await self.services.session_thread.ask(
            lambda session: overview(session, now)
        )
        self.query_one(DayLine).show(now, found)
        self.query_one(NextStep).show(found.step, found.bookmark)
        self.query_one(DayList).show(found)
        self.query_one(ChapterBars).show(found.chapters)
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "testout":
            return bool(self._overview and self._overview.step.testout)
        is_begun = bool(self._overview and self._overview.bookmark)
        return is_begun == (action == "go_on") if action in ("do", "go_on") else True

    def action_do(self) -> None:
        if self._overview:
            self.post_message(messages.Do(self._overview.step))

    def action_testout(self) -> None:
        if self._overview:
            target = TestOutTarget(self._overview.step.testout)
            self.post_message(messages.Go.to(target))

    def action_go_on(self) -> None:
        self.action_do()
