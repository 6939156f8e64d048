"""`learn check --watch`: a fresh verdict on each save.

Threads only report what happens; the main thread alone grades, so no two runs overlap:

    saves (events or polling) ──┐
                                ├── queue ──→ grade, print
    Enter on the keyboard ──────┘
"""

from __future__ import annotations

import os
import sys
import threading
from contextlib import closing
from dataclasses import dataclass
from queue import SimpleQueue
from typing import TYPE_CHECKING

import click

from exercises.catalog import Exercise
from exercises.errors import CourseError
from tui.commands.exit_codes import INTERRUPTED
from tui.output import shown, width
from tui.study.grading import grade, print_report
from tui.study.save_watch import SaveWatch
from tui.study.session import Session, now

if TYPE_CHECKING:
    from grader import Grader


@dataclass(frozen=True)
class SaveEvent:
    exercise: Exercise


@dataclass(frozen=True)
class PollingEvent:
    says: str


class EnterEvent:
    """Enter was pressed."""


class LeaveEvent:
    """The keyboard's end of file, Ctrl-D."""


Event = SaveEvent | PollingEvent | EnterEvent | LeaveEvent


class Watch:
    """Grades `current` at once and on Enter, and each of `exercises` when its file is saved."""

    def __init__(
        self,
        session: Session,
        grader: Grader,
        current: Exercise,
        exercises: tuple[Exercise, ...],
        as_json: bool,
    ) -> None:
        self._session = session
        self._grader = grader
        self._current = current
        self._as_json = as_json
        self._exercises = exercises
        self._events: SimpleQueue[Event] = SimpleQueue()
        self._saves = SaveWatch(
            session.workspace,
            exercises,
            on_save=lambda exercise: self._events.put(SaveEvent(exercise)),
            on_polling=lambda says: self._events.put(PollingEvent(says)),
        )
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
            pass
        return self._exit_code

    def _handle(self, event: Event) -> None:
        match event:
            case PollingEvent(says):
                click.echo(says, err=True)
            case EnterEvent():
                self._saves.take(self._current)
                self._check(self._current)
            case SaveEvent(exercise):
                if self._saves.take(exercise):
                    self._check(exercise)

    def _check(self, exercise: Exercise) -> None:
        from grader.errors import GraderError

        self._current = exercise
        self._print_rule(exercise)
        try:
            report = grade(self._session, self._grader, exercise, "check")
        except (CourseError, GraderError) as error:
            click.echo(f"{error}", err=True)
            self._exit_code = error.exit_code
            return
        print_report(report, "check", self._as_json)
        self._exit_code = report.exit_code

    def _greet(self) -> None:
        workspace = self._session.workspace
        what = (
            shown(workspace.file(self._current))
            if len(self._exercises) == 1
            else f"all files in {shown(workspace.root)}"
        )
        click.echo(
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
