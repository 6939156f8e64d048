"""`learn check --watch`: a fresh verdict on each save.

Threads only report what happens; the main thread decides, and lets one check run at a time:

    saves (events or polling) ──┐
    Enter on the keyboard ──────┼── queue ──→ start a check, or print what came of one
    a check that has ended ─────┘
"""

from __future__ import annotations

import os
import shutil
import sys
import threading
from concurrent.futures import CancelledError, Future
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from queue import SimpleQueue
from typing import TYPE_CHECKING

import click

from exercises.catalog import Exercise
from exercises.errors import CourseError
from tui.commands.exit_codes import INTERRUPTED
from tui.output import colour_wanted, print_message, shown, width
from tui.progress.records import AttemptKind
from tui.study.clock import now
from tui.study.grading import read, tell
from tui.study.save_watch import SaveWatch
from tui.study.session import Session

if TYPE_CHECKING:
    from grader import Grader, GraderError, Report, Submission


BESIDE_VERDICT = 7  # rows for the rule above it, and for what comes next below
LEAST_ROWS = 8


@dataclass(frozen=True)
class SaveEvent:
    exercise: Exercise


@dataclass(frozen=True)
class PollingEvent:
    says: str


class EnterEvent:
    """Enter was pressed."""


@dataclass(frozen=True)
class CheckEvent:
    """A check that runs, or has ended."""

    exercise: Exercise
    submission: Submission
    running: Future[Report]


class LeaveEvent:
    """The keyboard's end of file, Ctrl-D."""


Event = SaveEvent | PollingEvent | EnterEvent | CheckEvent | LeaveEvent


def watch_saves(
    session: Session,
    current: Exercise,
    exercises: tuple[Exercise, ...],
    kind: AttemptKind,
    mine: bool,
    as_json: bool,
) -> int:
    """Grade on each save until the learner leaves; returns the exit code of the last verdict."""
    from tui.warm_grader.client import warm_grader

    with warm_grader(session.workspace.state) as grader:
        return Watch(session, grader, current, exercises, kind, mine, as_json).run()


class Watch:
    """Grades `current` at once and on Enter, and each of `exercises` when its file is saved.

    A check that runs while its file is saved again is out of date: the new one takes its place.
    """

    def __init__(
        self,
        session: Session,
        grader: Grader,
        current: Exercise,
        exercises: tuple[Exercise, ...],
        kind: AttemptKind,
        mine: bool,
        as_json: bool,
    ) -> None:
        self._session = session
        self._grader = grader
        self._current = current
        self._mine = mine
        self._as_json = as_json
        self._kind = kind
        self._exercises = {session.file(exercise, kind): exercise for exercise in exercises}
        self._events: SimpleQueue[Event] = SimpleQueue()
        self._saves = SaveWatch(
            session.workspace,
            self._exercises,
            on_save=lambda file: self._events.put(SaveEvent(self._exercises[file])),
            on_polling=lambda says: self._events.put(PollingEvent(says)),
        )
        self._wanted: dict[Exercise, None] = {}  # in the order in which they were asked for
        self._check: CheckEvent | None = None
        self._exit_code = INTERRUPTED

    def run(self) -> int:
        """Returns the exit code of the last verdict."""
        self._greet()
        self._events.put(EnterEvent())
        threading.Thread(target=_listen_to_keyboard, args=(self._events,), daemon=True).start()
        try:
            with closing(self._saves):
                self._saves.start()
                while not isinstance(event := self._events.get(), LeaveEvent):
                    self._handle(event)
        except KeyboardInterrupt:
            if sys.stdin.isatty():
                click.echo()  # the terminal has written ^C
        if self._check:
            self._check.running.cancel()  # nobody waits for that one any more
        return self._exit_code

    def _handle(self, event: Event) -> None:
        match event:
            case PollingEvent(says):
                print_message(says, err=True)
            case EnterEvent():
                self._take(self._current)
                self._want(self._current)
            case SaveEvent(exercise):
                if self._take(exercise):
                    self._want(exercise)
            case CheckEvent():
                self._check = None
                self._tell(event)
                self._start_next()

    def _take(self, exercise: Exercise) -> bool:
        return self._saves.take(self._session.file(exercise, self._kind))

    def _want(self, exercise: Exercise) -> None:
        self._wanted[exercise] = None
        if self._check is None:
            self._start_next()
        elif self._check.exercise == exercise:
            self._check.running.cancel()  # and when it has ended, the next one starts

    def _start_next(self) -> None:
        from grader.errors import GraderError

        while self._wanted and self._check is None:
            exercise = next(iter(self._wanted))
            del self._wanted[exercise]
            self._current = exercise
            self._print_rule(exercise)
            try:
                submission = read(self._session, exercise, self._kind, self._mine)
                running = self._grader.submit(submission)
            except (CourseError, GraderError) as error:
                self._excuse(error)
            else:
                self._check = CheckEvent(exercise, submission, running)
                if sys.stderr.isatty():
                    print_message("Checking …", err=True)
                running.add_done_callback(partial(self._report, self._check))

    def _report(self, check: CheckEvent, _: Future[Report]) -> None:
        """Called by another thread."""
        self._events.put(check)

    def _tell(self, check: CheckEvent) -> None:
        from grader.errors import GraderError

        try:
            report = self._grader.result(check.submission, check.running)
            self._exit_code = report.exit_code
            rows = self._begin_screen(check.exercise)
            tell(self._session, check.submission, self._kind, report, self._as_json, rows)
        except CancelledError:
            print_message("Given up for a newer check.", err=True)
        except (CourseError, GraderError) as error:
            self._excuse(error)  # also of a verdict that could not be kept
        else:
            if self._kind == "rewrite" and report.passed:
                self._events.put(LeaveEvent())  # its file is put away: nothing is left to watch

    def _begin_screen(self, exercise: Exercise) -> int | None:
        """On a terminal a verdict has the screen to itself, its headline on top. Gives the rows
        that it may take."""
        if self._as_json or not colour_wanted():
            return None
        click.clear()
        self._print_rule(exercise)
        return max(LEAST_ROWS, shutil.get_terminal_size().lines - BESIDE_VERDICT)

    def _excuse(self, error: CourseError | GraderError) -> None:
        print_message(f"{error}", err=True)
        self._exit_code = error.exit_code

    def _greet(self) -> None:
        what = (
            shown(self._session.file(self._current, self._kind))
            if len(self._exercises) == 1
            else f"all files in {shown(self._session.workspace.root)}"
        )
        print_message(
            f"Watching {what}. Save to check, Enter to check again, Ctrl-C to leave.", err=True
        )

    def _print_rule(self, exercise: Exercise) -> None:
        start = f"── {now().astimezone():%H:%M:%S} {exercise.id} "
        click.echo(f"\n{start:─<{width()}}", err=True)


def _listen_to_keyboard(events: SimpleQueue[Event]) -> None:
    # Unbuffered: a thread that waits inside `sys.stdin` makes the interpreter abort at its end.
    try:
        keyboard = sys.stdin.fileno()
        while os.read(keyboard, 1024):
            events.put(EnterEvent())
        if os.isatty(keyboard):
            events.put(LeaveEvent())
    except (OSError, ValueError):
        return  # there is no keyboard; saves and Ctrl-C still work
