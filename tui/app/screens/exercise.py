"""Exercise: the brief, the hints, and a verdict whenever the file is saved."""

from __future__ import annotations

import os
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING

from textual.app import ComposeResult, SuspendNotSupported
from textual.binding import Binding
from textual.containers import Container

from exercises.catalog import Exercise
from exercises.errors import CourseError
from tui.app import messages
from tui.app.screens.checked_page import CheckedPage
from tui.app.screens.page import WIDTHS
from tui.app.screens.solution import SolutionScreen
from tui.app.services import Services
from tui.app.widgets.brief import Brief
from tui.app.widgets.exercise_head import ExerciseHead
from tui.app.widgets.scroll import Scroll
from tui.app.widgets.verdict import VerdictView
from tui.study.editor import edit, find_editor
from tui.study.exercise_state import briefing
from tui.study.hints import show_hint
from tui.study.solutions import solutions
from tui.study.targets import ExerciseTarget

if TYPE_CHECKING:
    from tui.study.session import Session

NO_VERDICT = "No verdict yet. Write {path}: each save is checked."
FROM_MEMORY = (
    "From memory: write {path} without a look at your first answer. Each save is checked."
    " If it is gone, o gives it up and shows ours."
)


class ExercisePage(CheckedPage):
    PLACE = "exercise"
    CSS_PATH = "../styles/exercise.tcss"
    AUTO_FOCUS = ""
    HORIZONTAL_BREAKPOINTS = WIDTHS
    BINDINGS = [
        Binding("e", "edit", "Edit", tooltip="Open the file in your editor"),
        Binding("r", "grade('check')", "Run", tooltip="Check the file now; a save does it, too"),
        Binding("t", "trace", "Trace", tooltip="Which line is the first to go wrong"),
        Binding("h", "hint", "Hint", tooltip="Show one more hint"),
        Binding("l", "lesson", "Lesson", tooltip="What the lesson says on this mistake"),
        Binding("s", "grade('submit')", "Submit", tooltip="Submit: fresh numbers, and it counts"),
        Binding("tab", "turn", "Switch", tooltip="From the brief to the verdict and back"),
        Binding("escape", "stop", "Stop", show=False, tooltip="End the check that is running"),
        Binding("enter", "next", "Next", tooltip="On to the next step"),
        Binding("o", "compare", "Ours", tooltip="Our solution beside yours"),
    ]

    def __init__(self, services: Services) -> None:
        super().__init__(services)
        self._gives_up = False  # o was pressed, which once more ends a rewrite

    def content(self) -> ComposeResult:
        yield ExerciseHead()
        with Container(id="panes"):
            with Scroll(id="brief"):
                yield Brief()
            yield VerdictView(id="verdict")

    async def load(self) -> None:
        if target := self.take_target():
            self._target = target
            if target.rewrite:
                await self._begin_rewrite(target.id)
        before = self._briefing
        await self.refresh_briefing()
        assert self._briefing
        if not before or before.file != self._briefing.file:
            self._gives_up = False
            self.forget_check()
            await self._show_latest()
            self.turn_to("brief")
            self.query_one("#brief", Scroll).scroll_home(animate=False)

    # the brief

    async def _begin_rewrite(self, id: str) -> None:
        exercise = self.services.catalog.exercise(id)

        def begin(session: Session) -> None:
            session.workspace.begin_rewrite(exercise)
            self._saves.take(session.file(exercise, "rewrite"))  # a stub of ours is no save

        try:
            await self.services.session_thread.ask(begin)
        except OSError as error:
            self.notify(f"Cannot lay out the stub: {error.strerror}.", severity="warning")

    async def refresh_briefing(self) -> None:
        target = self._target
        found = await self.services.session_thread.ask(lambda session: briefing(session, target))
        self._briefing, self._target = found, found.target
        self.query_one(ExerciseHead).show(found)
        self.query_one(Brief).show(found)
        self.refresh_bindings()

    async def _show_latest(self) -> None:
        assert self._briefing
        verdict, latest = self.query_one(VerdictView), self._briefing.latest
        if latest is None:
            root = self.services.session_thread.session.workspace.root
            path = self._briefing.file.relative_to(root.parent)
            words = FROM_MEMORY if self._briefing.kind == "rewrite" else NO_VERDICT
            return await verdict.clear(words.format(path=path))
        at = latest.at.astimezone(self.services.clock().tzinfo)
        return await verdict.show(latest.report, latest.kind, at, self._briefing.is_passed)

    async def action_hint(self) -> None:
        if exercise := self._exercise:
            now = self.services.clock()
            await self.services.session_thread.ask(
                lambda session: show_hint(session, exercise, now)
            )
            await self.refresh_briefing()
            self.turn_to("brief")
            brief = self.query_one("#brief", Scroll)
            brief.call_after_refresh(brief.scroll_end, animate=False)

    # panes

    def action_turn(self) -> None:
        self.turn_to("brief" if self.has_class("-verdict") else "verdict")

    def turn_to(self, pane: str) -> None:
        """A narrow screen shows one pane at a time."""
        self.set_class(pane == "verdict", "-verdict")
        self.call_after_refresh(self.query_one(f"#{pane}").focus)

    # the file

    async def action_edit(self) -> None:
        if not self._briefing or not self._exercise:
            return
        file, exercise = self._briefing.file, self._exercise
        if self._briefing.has_lost_its_file:
            now = self.services.clock()
            await self.services.session_thread.ask(lambda s: s.workspace.reset(exercise, now))
            self.notify("The file was not there any more. It is the stub again.")
        try:
            self._edit(file, find_editor(file, os.environ))
        except SuspendNotSupported:
            self.notify("Open the file in your editor: this terminal cannot be lent to one.")
        except CourseError as error:
            self.notify(str(error), severity="warning")

    def _edit(self, file: Path, editor: list[str]) -> None:
        """An error must wait: one that leaves `lent` leaves the app without its terminal."""
        problem: CourseError | None = None
        with self.lent():
            try:
                edit(file, editor)
            except CourseError as error:
                problem = error
        if problem:
            raise problem

    def lent(self) -> AbstractContextManager[None]:
        """The terminal is the editor's meanwhile."""
        return self.app.suspend()

    async def action_compare(self) -> None:
        if not (exercise := self._exercise) or not await self._may_compare(exercise):
            return
        try:
            found = await self.services.session_thread.ask(
                lambda session: solutions(session, exercise)
            )
        except CourseError as error:
            self.notify(str(error), severity="warning")
        else:
            self.app.push_screen(SolutionScreen(exercise.title, found))

    async def _may_compare(self, exercise: Exercise) -> bool:
        """Who looks at ours gives up writing it from memory, and is asked whether they mean it."""
        assert self._briefing
        if self._briefing.kind != "rewrite":
            return True
        if not self._gives_up:
            self._gives_up = True
            self.notify("Press o once more to give this up and see ours. It comes back sooner.")
            return False
        from tui.study.rewrites import comes_back, give_up

        now = self.services.clock()

        def given_up(session: Session) -> str:
            give_up(session, exercise, now)
            return comes_back(session, exercise)

        try:
            self.notify(await self.services.session_thread.ask(given_up))
        except (CourseError, OSError) as error:
            self.notify(str(error), severity="warning")
        self._target = ExerciseTarget(exercise.id)
        await self.load()
        return True

    def action_lesson(self) -> None:
        if self._briefing and (latest := self._briefing.latest) and latest.explained_in:
            self.post_message(messages.Go.to(latest.explained_in))

    # what follows

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action in ("next", "compare"):
            return bool(self._briefing and self._briefing.is_passed)
        if parameters == ("submit",):
            return not (self._briefing and self._briefing.kind == "rewrite")
        if action == "stop":
            return self._awaited is not None
        latest = self._briefing.latest if self._briefing else None
        if action == "lesson":
            return bool(latest and latest.explained_in)
        if action == "trace":
            return bool(latest and latest.can_be_traced)
        return True

    async def action_next(self) -> None:
        now = self.services.clock()
        step = await self.services.session_thread.ask(lambda session: session.next_step(now))
        self.post_message(messages.Do(step))
