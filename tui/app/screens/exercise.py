"""Exercise: the brief, the hints, and a verdict whenever the file is saved."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, get_args

from textual.app import ComposeResult, SuspendNotSupported
from textual.binding import Binding
from textual.containers import Container

from exercises.catalog import Exercise
from exercises.errors import CourseError
from tui.app import messages
from tui.app.screens.page import Page
from tui.app.screens.solution import SolutionScreen
from tui.app.services import Services
from tui.app.widgets.brief import Brief
from tui.app.widgets.exercise_head import ExerciseHead
from tui.app.widgets.scroll import Scroll
from tui.app.widgets.verdict import VerdictView
from tui.progress.records import AttemptKind
from tui.study.advice import can_be_traced
from tui.study.editor import edit, find_editor
from tui.study.exercise_state import Briefing, LatestVerdict, briefing
from tui.study.grading import counted, hand_in, keep, keep_for_class, read
from tui.study.hints import show_hint
from tui.study.save_watch import SaveWatch
from tui.study.solutions import solutions
from tui.study.targets import ExerciseTarget

if TYPE_CHECKING:
    from grader import Report, Submission
    from tui.study.session import Session

# Only what takes longer than this is announced; most verdicts are there before.
PATIENCE = 0.2
NO_VERDICT = "No verdict yet. Write {path}: each save is checked."
TRACED = "r shows the verdict again, h a hint."
FROM_MEMORY = (
    "From memory: write {path} without a look at your first answer. Each save is checked."
    " If it is gone, o gives it up and shows ours."
)


def _has_steps(latest: LatestVerdict) -> bool:
    return latest.report.outcome == "failed" and can_be_traced(latest.report)


class ExercisePage(Page[ExerciseTarget]):
    PLACE = "exercise"
    CSS_PATH = "../styles/exercise.tcss"
    AUTO_FOCUS = ""
    BINDINGS = [
        Binding("e", "edit", "Edit", tooltip="Open the file in your editor"),
        Binding("r", "grade('check')", "Run", tooltip="Check the file now; a save does it, too"),
        Binding("t", "trace", "Trace", tooltip="Which line is the first to go wrong"),
        Binding("h", "hint", "Hint", tooltip="Show one more hint"),
        Binding("s", "grade('submit')", "Submit", tooltip="Submit: fresh numbers, and it counts"),
        Binding("tab", "turn", "Switch", tooltip="From the brief to the verdict and back"),
        Binding("escape", "stop", "Stop", show=False, tooltip="End the check that is running"),
        Binding("enter", "next", "Next", tooltip="On to the next step"),
        Binding("o", "compare", "Ours", show=False, tooltip="Our solution beside yours"),
    ]

    def __init__(self, services: Services) -> None:
        super().__init__(services)
        self._target: ExerciseTarget | None = None
        self._briefing: Briefing | None = None
        session = services.session_thread.session
        self._saves = SaveWatch(
            session.workspace,
            [
                session.file(exercise, kind)
                for exercise in session.catalog.exercises
                for kind in ("check", "rewrite")
            ],
            on_save=lambda file: self._tell(messages.Saved(file)),
            on_polling=lambda says: self._tell(messages.Polling(says)),
        )
        self._awaited: object | None = None  # the run whose verdict is not there yet
        self._can_be_traced = False
        self._gives_up = False  # o was pressed, which once more ends a rewrite

    def content(self) -> ComposeResult:
        yield ExerciseHead()
        with Container(id="panes"):
            with Scroll(id="brief"):
                yield Brief()
            yield VerdictView(id="verdict")

    async def on_mount(self) -> None:
        """Start what takes a moment, before it is needed."""
        self.services.grader.warm()
        await self.services.session_thread.ask(lambda session: self._saves.start())

    async def on_unmount(self) -> None:
        await self.services.session_thread.ask(lambda session: self._saves.close())

    def _tell(self, message: messages.Saved | messages.Polling) -> None:
        """Called by other threads."""
        self.post_message(message)

    async def load(self) -> None:
        if target := self.take_target():
            self._target = target
            if target.rewrite:
                await self._begin_rewrite(target.id)
        before = self._briefing
        await self._refresh()
        assert self._briefing
        if not before or before.file != self._briefing.file:
            self._awaited = None
            self._gives_up = False
            self._show_check(None)
            await self._show_latest()
            self._turn_to("brief")
            self.query_one("#brief", Scroll).scroll_home(animate=False)

    # the brief

    @property
    def _exercise(self) -> Exercise | None:
        return self._briefing.exercise if self._briefing else None

    async def _begin_rewrite(self, id: str) -> None:
        exercise = self.services.catalog.exercise(id)

        def begin(session: Session) -> None:
            session.workspace.begin_rewrite(exercise)
            self._saves.take(session.file(exercise, "rewrite"))  # a stub of ours is no save

        try:
            await self.services.session_thread.ask(begin)
        except OSError as error:
            self.notify(f"Cannot lay out the stub: {error.strerror}.", severity="warning")

    async def _refresh(self) -> None:
        target = self._target
        found = await self.services.session_thread.ask(lambda session: briefing(session, target))
        self._briefing, self._target = found, found.target
        self._can_be_traced = found.latest is not None and _has_steps(found.latest)
        self.query_one(ExerciseHead).show(found)
        self.query_one(Brief).show(found.exercise, found.stub, found.hints)
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
            await self._refresh()
            self._turn_to("brief")
            brief = self.query_one("#brief", Scroll)
            brief.call_after_refresh(brief.scroll_end, animate=False)

    # panes

    def action_turn(self) -> None:
        self._turn_to("brief" if self.has_class("-verdict") else "verdict")

    def _turn_to(self, pane: str) -> None:
        """A narrow screen shows one pane at a time."""
        self.set_class(pane == "verdict", "-verdict")
        self.call_after_refresh(self.query_one(f"#{pane}").focus)

    # the file

    def action_edit(self) -> None:
        if not self._briefing:
            return
        file = self._briefing.file
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

    # the verdict

    async def on_saved(self, message: messages.Saved) -> None:
        file = message.file
        if (
            self._briefing
            and file == self._briefing.file
            and await self.services.session_thread.ask(lambda session: self._saves.take(file))
        ):
            self.action_grade("check")

    def on_polling(self, message: messages.Polling) -> None:
        self.notify(message.says)

    def action_grade(self, kind: AttemptKind) -> None:
        """A newer check takes the place of an older one; a submission goes on beside it."""
        if self._briefing:
            kind = self._briefing.kind if kind == "check" else kind
            work = self._grade(self._briefing.exercise, kind)
            self.run_worker(work, group=f"grading: {kind}", exclusive=True)

    async def _grade(self, exercise: Exercise, kind: AttemptKind) -> None:
        """The verdict first; then the bookkeeping, which may cost a note."""
        from grader.errors import GraderError

        verdict = self.query_one(VerdictView)
        try:
            submission, report = await self._checked(exercise, kind)
        except (CourseError, GraderError) as error:
            await self._present(exercise, partial(verdict.clear, str(error)))
            return
        is_passed = bool(self._briefing and self._briefing.is_passed)
        shown = partial(verdict.show, report, kind, self.services.clock(), is_passed)
        await self._present(exercise, shown)
        # What has been shown is kept, though a newer check may take the place of this one.
        keeping = self.services.session_thread.ask(
            lambda session: keep(session, submission, kind, report)
        )
        if kind == "submit":
            self.run_worker(self._hand_in(), group="handing in")
        if note := await asyncio.shield(keeping):
            self.notify(note, severity="warning")
        elif exercise == self._exercise:
            counts = await self.services.session_thread.ask(
                lambda session: counted(session, kind, report)
            )
            await verdict.add(report, counts)
            if kind == "rewrite" and report.passed:
                self._target = ExerciseTarget(exercise.id)  # its file is put away
            await self._refresh()

    async def _hand_in(self) -> None:
        """The network may be slow, and a newer submission stops nothing."""
        workspace = self.services.session_thread.session.workspace
        for told in await asyncio.to_thread(lambda: list(hand_in(workspace))):
            self.notify(told)

    def action_trace(self) -> None:
        """As a check, and then line by line."""
        if exercise := self._exercise:
            self.run_worker(self._trace(exercise), group="grading: check", exclusive=True)

    async def _trace(self, exercise: Exercise) -> None:
        from grader.errors import GraderError
        from grader.formats.trace import render

        verdict = self.query_one(VerdictView)
        assert self._briefing
        kind = self._briefing.kind
        try:
            _, report = await self._checked(exercise, kind, traced=True)
        except (CourseError, GraderError) as error:
            await self._present(exercise, partial(verdict.clear, str(error)))
            return
        text = render(report, width=verdict.scrollable_content_region.width)
        if report.trace and report.trace.steps:
            await self._present(exercise, partial(verdict.clear, f"{text}\n{TRACED}"))
        else:  # there is nothing to follow: the verdict says more
            now = self.services.clock()
            shown = partial(verdict.show, report, kind, now, self._briefing.is_passed)
            await self._present(exercise, shown)
            self.notify(text.strip())

    async def _present(self, exercise: Exercise, show: Callable[[], Awaitable[None]]) -> None:
        if exercise == self._exercise:  # the learner may have gone on to another meanwhile
            await show()
            self._turn_to("verdict")

    async def _checked(
        self, exercise: Exercise, kind: AttemptKind, traced: bool = False
    ) -> tuple[Submission, Report]:
        """Grade the file; who waits longer than a moment is told so."""
        self._awaited = run = object()
        began = time.monotonic()
        waiting = self.set_timer(PATIENCE, lambda: self._announce(run, began))

        def taken(session: Session) -> Submission:
            self._saves.take(session.file(exercise, kind))
            submission = read(session, exercise, kind)
            if kind == "submit":
                keep_for_class(session, submission)
            return submission

        try:
            submission = await self.services.session_thread.ask(taken)
            submission = replace(submission, traced=traced)
            return submission, await self.services.grader.grade(submission)
        finally:
            waiting.stop()
            if self._awaited is run:
                self._awaited = None
                self._show_check(None)

    def _announce(self, run: object, began: float) -> None:
        """A timer that was stopped may have sent its message before: then the verdict is there."""
        if self._awaited is run:
            self._show_check(began)
            self._turn_to("verdict")

    def _show_check(self, began: float | None) -> None:
        """The head tells of a check that runs; the verdict beside it is old by then."""
        self.query_one(ExerciseHead).check_runs(began)
        self.query_one(VerdictView).set_class(began is not None, "-old")
        self.refresh_bindings()

    def action_stop(self) -> None:
        for kind in get_args(AttemptKind):
            self.workers.cancel_group(self, f"grading: {kind}")
        self.notify("Stopped. A save or r checks again.")

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

    # what follows

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action in ("next", "compare"):
            return bool(self._briefing and self._briefing.is_passed)
        if parameters == ("submit",):
            return not (self._briefing and self._briefing.kind == "rewrite")
        if action == "stop":
            return self._awaited is not None
        if action == "trace":  # what passes leaves nothing to look for
            return self._can_be_traced
        return True

    async def action_next(self) -> None:
        now = self.services.clock()
        step = await self.services.session_thread.ask(lambda session: session.next_step(now))
        self.post_message(messages.Do(step))
