"""`learn` on a terminal: bindings and screens. What they show and do is in `screens` and `widgets`.

places.py             the table of places: names, keys, titles
services.py           what every page is given: the session, the grader, the Lab, the time
session_thread.py     a thread that owns the session: what is on disk is asked of it
background_grader.py  a warm grader, in processes of its own
messages.py           what the parts tell each other
"""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from textual import work
from textual.app import App, ModeError, ScreenError, SuspendNotSupported
from textual.binding import Binding
from textual.css.query import QueryError
from textual.dom import DOMError
from textual.driver import Driver
from textual.widget import WidgetError
from textual.widgets import Input
from textual.worker import WorkerError, WorkerFailed

from exercises.errors import CourseError
from tui.app import messages, themes
from tui.app.background_grader import BackgroundGrader
from tui.app.places import HOME, PLACES, PLACES_BY_NAME, Place
from tui.app.services import Services
from tui.app.session_thread import SessionThread
from tui.study.clock import local_now
from tui.study.targets import Target, target_of

if TYPE_CHECKING:
    from textual.command import Provider

    from exercises.catalog import Chapter
    from tui.app.screens.page import Page
    from tui.study.session import Session


TERMINATED = 128 + signal.SIGTERM  # what shells report
# What Textual raises where a screen or its widgets have been taken down.
GONE = (ScreenError, ModeError, QueryError, DOMError, WidgetError)
OVERLAYS = ("choose_place", "help")  # those that lie over any place
STYLES = Path(__file__).with_name("styles")
SOURCES = 1024  # of styles: at most one of each kind of widget, and our files
NO_SHELL = "No shell waits behind the app. q leaves it; everything is kept."
HOW_TO_LEAVE = "q leaves, and Ctrl-Q where you are typing. Everything is kept."


def _commands() -> type[Provider]:
    from tui.app.palette import CourseCommands

    return CourseCommands


def _page_class(place: Place) -> type[Page[Any]]:
    found: type[Page[Any]] = getattr(import_module(f"tui.app.screens.{place.name}"), place.page)
    return found


def _import_pages() -> None:
    for name in (*PLACES_BY_NAME, *OVERLAYS):
        import_module(f"tui.app.screens.{name}")


def _questions(session: Session, chapter: Chapter) -> None:
    from quizzes.bank import load_bank

    own = load_bank(session.catalog).chapter(chapter.id)
    _ = own.questions, own.cards


class LearnApp(App[None]):
    """`clock` says what time it is, with the learner's time zone."""

    TITLE = "Learn the Transformer"
    CSS_PATH = "styles/app.tcss"
    DEFAULT_MODE = HOME.name
    COMMANDS = {_commands}
    BINDINGS = [
        # Before any widget sees it: the letter of the place may have come in the same burst.
        Binding(
            "g",
            "choose_place",
            "Go",
            tooltip="List the places; g e goes to Exercise",
            priority=True,
        ),
        Binding("question_mark,f1", "help", "Help", tooltip="The keys of here"),
        Binding("ctrl+p", "command_palette", "Find", key_display="^p", tooltip="Find a command"),
        Binding("colon", "command_palette", "Find", show=False, tooltip="Find a command"),
        Binding("escape", "go_back", "Back", show=False, tooltip="Back to where you were"),
        Binding("q", "quit", "Quit", tooltip="Leave; everything is kept"),
        Binding(
            "ctrl+z",
            "suspend_process",
            "Suspend",
            show=False,
            tooltip="To the shell; fg there comes back",
            priority=True,  # where one types, and over an overlay, too
        ),
    ]

    def __init__(
        self,
        session_thread: SessionThread,
        grader: BackgroundGrader,
        clock: Callable[[], datetime],
        theme: str = "dark",
    ) -> None:
        # Under NO_COLOR the terminal's own two colours are used: readable on every background.
        super().__init__(ansi_color=True if os.environ.get("NO_COLOR") else None)
        # Textual remembers the rules of 64 sources. A long session meets more, and each new kind of
        # widget would then have all of them parsed anew.
        self.stylesheet._parse_cache.maxsize = SOURCES
        self.services = Services(session_thread, grader, clock)
        self._pages: dict[str, Page[Any]] = {}
        self._visited = [HOME.name]
        # Each place is a mode, so that it is still as it was left when one comes back to it.
        for place in PLACES:
            self.add_mode(place.name, partial(self._page, place))
        for each in themes.THEMES:
            self.register_theme(each)
        self.theme = theme

    def get_driver_class(self) -> type[Driver]:
        found = super().get_driver_class()
        if found.__name__ == "LinuxDriver":
            from tui.app.terminal_driver import TerminalDriver  # imports only where it can

            return TerminalDriver
        return found

    def on_load(self) -> None:
        """From here on the terminal is ours; whoever ends us is to find it as it was."""
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGTERM, partial(self.exit, return_code=TERMINATED))

    def on_mount(self) -> None:
        self.call_after_refresh(self._settle)

    def _settle(self) -> None:
        """What can wait until the first frame is there."""
        gc.freeze()
        gc.enable()
        # A first visit need not wait for its page's module, then. Keys are answered meanwhile.
        threading.Thread(target=_import_pages, daemon=True).start()
        self._read_ahead()

    def _read_styles(self) -> None:
        """Those of all pages, at once: else each first visit goes through all that there are.

        They are parsed here, where `reparse` would do so in a copy: what that has parsed is parsed
        again with the next new kind of widget.
        """
        for file in sorted(STYLES.glob("*.tcss")):
            self.stylesheet.read(file)
        self.stylesheet.parse()
        self.stylesheet.update(self)

    @work(group="ahead")
    async def _read_ahead(self) -> None:
        """Once the first page has all that it shows. Map and Progress need the questions of all
        chapters; one chapter at a time, as pages ask in between."""
        with suppress(WorkerError):
            await self.workers.wait_for_complete(w for w in self.workers if w.group == "load")
        self.call_after_refresh(self._read_styles)
        for chapter in self.services.catalog.chapters:
            with suppress(CourseError):  # the page that needs it will say so
                await self.services.session_thread.ask(partial(_questions, chapter=chapter))

    async def on_unmount(self) -> None:
        await self.services.close()

    def _handle_exception(self, error: Exception) -> None:
        """What is still under way when the app ends may miss its screen: that is no mistake."""
        cause = error.error if isinstance(error, WorkerFailed) else error
        is_ending = self.return_code is not None or not self.is_running
        if not (is_ending and isinstance(cause, GONE)):
            super()._handle_exception(error)

    # places

    def _page(self, place: Place) -> Page[Any]:
        """Built on the first visit, from the module and the class that the table names."""
        if place.name not in self._pages:
            page = self._pages[place.name] = _page_class(place)(self.services)
            # Else Textual takes it for one of an older theme, and reads all styles anew, twice.
            page._css_update_count = self._css_update_count
        return self._pages[place.name]

    def action_go(self, place: str, target: Target | None = None) -> None:
        page = self._page(PLACES_BY_NAME[place])
        if target is not None:
            page.open(target)
        if self.screen is page:
            page.arrive()
        else:
            self._visited = [name for name in self._visited if name != place] + [place]
            self.switch_mode(place)

    def action_go_back(self) -> None:
        if len(self._visited) > 1:
            self._visited.pop()
            self.switch_mode(self._visited[-1])

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "choose_place":  # where letters are text or answers, this is one of them
            return not (self.screen.is_modal or isinstance(self.focused, Input))
        return super().check_action(action, parameters)

    def action_command_palette(self) -> None:
        from tui.app.palette import Palette

        if not isinstance(self.screen, Palette):
            self.push_screen(Palette())

    def action_choose_place(self) -> None:
        from tui.app.screens.choose_place import ChoosePlace

        self.push_screen(ChoosePlace(self._visited[-1]), self._go_if_chosen)

    def _go_if_chosen(self, place: str | None) -> None:
        if place:
            self.action_go(place)

    def action_help_quit(self) -> None:
        """Ctrl-C, which ends other programs: here it may be a slip in the middle of an answer."""
        self.notify(HOW_TO_LEAVE)

    def action_suspend_process(self) -> None:
        """Ctrl-Z, as in other programs. All of the job stops, as it does where the terminal sends
        the signal: if `make` has started us, the shell waits for `make`."""
        try:
            if os.getpgrp() == os.getsid(0):  # a shell gives each job a group of its own
                raise SuspendNotSupported
            with self.suspend():
                os.killpg(0, signal.SIGTSTP)
        except SuspendNotSupported:
            self.notify(NO_SHELL)

    def action_help(self) -> None:
        from tui.app.screens.help import HelpScreen

        self.push_screen(HelpScreen(self.screen, PLACES_BY_NAME[self._visited[-1]].title))

    # messages

    def notify(self, message: str, *, markup: bool = False, **options: Any) -> None:
        """What a message tells may come from outside, as the name of a folder does: no markup."""
        super().notify(message, markup=markup, **options)

    def on_go(self, message: messages.Go) -> None:
        self.action_go(message.place, message.target)

    def on_do(self, message: messages.Do) -> None:
        if target := target_of(message.step):
            self.on_go(messages.Go.to(target))
        else:
            self.notify(f"Run `{message.step.command}` in your shell.")

    async def on_choose_theme(self, message: messages.ChooseTheme) -> None:
        self.theme = message.name
        await self.services.session_thread.ask(
            lambda session: session.progress.settings.change("theme", message.name)
        )


def run() -> int:
    """The app from its first frame to its last; returns the exit code."""
    with SessionThread() as session_thread:
        theme = str(session_thread.wait(lambda session: session.progress.settings["theme"]))
        state = session_thread.wait(lambda session: session.workspace.state)
        with BackgroundGrader(state) as grader:
            app = LearnApp(session_thread, grader, local_now, theme)
            app.run()
            return app.return_code or 0
