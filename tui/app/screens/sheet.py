"""Sheet: what to remember of a chapter and of the course; the timeline; resources."""

from __future__ import annotations

import asyncio

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.events import Click
from textual.style import Style
from textual.widgets import Markdown, Static

from quizzes.bank import load_bank
from tui.app import messages
from tui.app.screens.page import Page
from tui.app.services import Services
from tui.app.widgets.prose import CourseText
from tui.app.widgets.scroll import Scroll
from tui.study.cheat_sheet import SheetTab, tabs
from tui.study.targets import LessonTarget, SheetTarget


class Tabs(Static):
    """The names of the tabs; a click chooses one."""

    def on_click(self, event: Click) -> None:
        if tab := event.style.meta.get("tab"):
            self.post_message(messages.Go.to(SheetTarget(tab)))


class SheetPage(Page[SheetTarget]):
    PLACE = "sheet"
    CSS_PATH = "../styles/sheet.tcss"
    BINDINGS = [
        Binding("left,h,left_square_bracket", "turn(-1)", "Before", show=False),
        Binding("right,l,right_square_bracket", "turn(1)", "Turn", key_display="←→"),
    ]

    def __init__(self, services: Services) -> None:
        super().__init__(services)
        self._leaves: tuple[SheetTab, ...] = ()
        self._at = 0

    def content(self) -> ComposeResult:
        yield Tabs()
        with Scroll():
            yield Vertical(id="leaf")

    async def load(self) -> None:
        first = not self._leaves
        if first:
            self._leaves = await self.services.session_thread.ask(
                lambda s: tabs(s.catalog, load_bank(s.catalog))
            )
        target = self.take_target()
        ids = [tab.id for tab in self._leaves]
        if target and target.tab in ids:
            self._at = ids.index(target.tab)
        if first or target:
            self._show()
        self.query_one(Scroll).focus()

    def action_turn(self, by: int) -> None:
        if self._leaves:
            self._at = (self._at + by) % len(self._leaves)
            self._show()

    def _show(self) -> None:
        self.query_one(Tabs).update(
            Content(" ").join(
                Content.styled(
                    f" {tab.name} ",
                    "bold reverse" if place == self._at else "$text-muted",
                ).stylize(Style.from_meta({"tab": tab.id}))
                for place, tab in enumerate(self._leaves)
            )
        )
        self._fill(self._leaves[self._at])

    @work(group="leaf", exclusive=True)
    async def _fill(self, leaf: SheetTab) -> None:
        """Part after part, so that the first is there at once and keys are heard between.

        Each part makes all that is there be laid out anew: they double, so that these are few.
        """
        first, *others = leaf.sections
        await self.replace("#leaf", CourseText(first))
        self.query_one(Scroll).scroll_home(animate=False)
        size = 1
        while others:
            await asyncio.sleep(0)
            await self.query_one("#leaf").mount(CourseText("".join(others[:size])))
            others, size = others[size:], 2 * size

    def on_markdown_link_clicked(self, event: Markdown.LinkClicked) -> None:
        if event.href.startswith("#"):
            self.post_message(messages.Go.to(LessonTarget(event.href[1:])))
        else:
            self.app.open_url(event.href)
