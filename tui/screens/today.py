"""Today: one thing to do next, and where the learner stands."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.binding import Binding

from tui import messages
from tui.overview import Overview, overview
from tui.screens.page import Page
from tui.widgets.chapter_bars import ChapterBars
from tui.widgets.day_line import DayLine
from tui.widgets.next_step import NextStep
from tui.widgets.scroll import Scroll


class TodayPage(Page):
    PLACE = "today"
    CSS_PATH = "../styles/today.tcss"
    BINDINGS = [Binding("enter", "do", "Start", tooltip="Do what is next")]

    def __init__(self) -> None:
        super().__init__()
        self._overview: Overview | None = None

    def content(self) -> ComposeResult:
        with Scroll():
            yield DayLine()
            yield NextStep()
            yield ChapterBars()

    async def load(self) -> None:
        now = self.app.clock()
        self._overview = found = await self.app.desk.ask(lambda session: overview(session, now))
        self.query_one(DayLine).show(now, found)
        self.query_one(NextStep).show(found.step)
        self.query_one(ChapterBars).show(found.chapters)

    def action_do(self) -> None:
        if self._overview:
            self.post_message(messages.Do(self._overview.step))
