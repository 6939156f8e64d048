"""What checks on Exercise: a save or a key starts it, its verdict is shown, and then kept."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, get_args

from exercises.catalog import Exercise
from exercises.errors import CourseError
from tui.app import messages
from tui.app.screens.page import Page
from tui.app.services import Services
from tui.app.widgets.exercise_head import ExerciseHead
from tui.app.widgets.verdict import VerdictView
from tui.progress.records import AttemptKind
from tui.study.exercise_state import Briefing
from tui.study.grading import counted, keep, read
from tui.study.handing_in import hand_in, keep_for_class
from tui.study.save_watch import SaveWatch
from tui.study.targets import ExerciseTarget

if TYPE_CHECKING:
    from grader import Report, Submission
    from tui.study.session import Session

# Only what takes longer than this is announced; most verdicts are there before.
PATIENCE = 0.2
TRACED = "r shows the verdict again, h a hint."


class CheckedPage(Page[ExerciseTarget]):
    """The part of the page that works on a file. Its head and its verdict are there; what else it
    shows is the subclass's: `refresh_briefing` and `turn_to`."""

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

    async def on_mount(self) -> None:
        """Start what takes a moment, before it is needed."""
        self.services.grader.warm()
        await self.services.session_thread.ask(lambda session: self._saves.start())

    async def on_unmount(self) -> None:
        await self.services.session_thread.ask(lambda session: self._saves.close())

    def _tell(self, message: messages.Saved | messages.Polling) -> None:
        """Called by other threads."""
        self.post_message(message)

    @property
    def _exercise(self) -> Exercise | None:
        return self._briefing.exercise if self._briefing else None

    async def refresh_briefing(self) -> None:
        """Ask for what is known of the exercise now, and show it."""
        raise NotImplementedError

    def turn_to(self, pane: str) -> None:
        """Bring "brief" or "verdict" to the front."""
        raise NotImplementedError

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
            await self._present_error(exercise, error)
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
            await self.refresh_briefing()

    async def _hand_in(self) -> None:
        """The network may be slow, and a newer submission stops nothing."""
        workspace = self.services.session_thread.session.workspace
        for sent in await asyncio.to_thread(lambda: list(hand_in(workspace))):
            self.notify(sent.says, severity="warning" if sent.exit_code else "information")

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
            await self._present_error(exercise, error)
            return
        text = render(report, width=verdict.scrollable_content_region.width)
        if report.trace and report.trace.steps:
            await self._present(exercise, partial(verdict.clear, f"{text}\n{TRACED}"))
        else:  # there is nothing to follow: the verdict says more
            now = self.services.clock()
            shown = partial(verdict.show, report, kind, now, self._briefing.is_passed)
            await self._present(exercise, shown)
            self.notify(text.strip())

    async def _present_error(self, exercise: Exercise, error: Exception) -> None:
        says = str(error)
        if self._briefing and self._briefing.has_lost_its_file:
            says += " `e` makes it anew, from the stub."
        await self._present(exercise, partial(self.query_one(VerdictView).clear, says))

    async def _present(self, exercise: Exercise, show: Callable[[], Awaitable[None]]) -> None:
        if exercise == self._exercise:  # the learner may have gone on to another meanwhile
            await show()
            self.turn_to("verdict")

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
            self.turn_to("verdict")

    def forget_check(self) -> None:
        """Of a file that is no longer shown; it is graded and kept all the same."""
        self._awaited = None
        self._show_check(None)

    def _show_check(self, began: float | None) -> None:
        """The head tells of a check that runs; the verdict beside it is old by then."""
        self.query_one(ExerciseHead).check_runs(began)
        self.query_one(VerdictView).set_class(began is not None, "-old")
        self.refresh_bindings()

    def action_stop(self) -> None:
        for kind in get_args(AttemptKind):
            self.workers.cancel_group(self, f"grading: {kind}")
        self.notify("Stopped. A save or r checks again.")
