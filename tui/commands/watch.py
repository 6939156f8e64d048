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
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from typing import TYPE_CHECKING

import click

from exercises.catalog import Exercise
from tui.commands.exit_codes import INTERRUPTED
from tui.output import shown, width
from tui.study.grading import grade, print_report
from tui.study.save_watcher import SaveWatcher, Stamp, stamp
from tui.study.session import Session, now

if TYPE_CHECKING:
    from grader import Grader


@dataclass(frozen=True)
class SaveEvent:
    file: Path


@dataclass(frozen=True)
class PollingEvent:
    reason: str


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
        self._by_file = {session.workspace.file(exercise): exercise for exercise in exercises}
        self._graded: dict[Path, Stamp | None] = {}
        self._events: SimpleQueue[Event] = SimpleQueue()
        self._exit_code = INTERRUPTED

    def run(self) -> int:
        """Returns the exit code of the last verdict."""
        workspace, put = self._session.workspace, self._events.put
        watcher = SaveWatcher(
            root=workspace.root,
            files=self._by_file.keys(),
            probe=workspace.state / "probe",
            on_save=lambda file: put(SaveEvent(file)),
            on_polling=lambda reason: put(PollingEvent(reason)),
        )
        self._greet()
        put(EnterEvent())
        threading.Thread(target=_listen_to_keyboard, args=(self._events,), daemon=True).start()
        try:
            with watcher:
                while not isinstance(event := self._events.get(), LeaveEvent):
                    self._handle(event)
        except KeyboardInterrupt:
            pass
        return self._exit_code

    def _handle(self, event: Event) -> None:
        match event:
            case PollingEvent(reason):
                click.echo(f"{reason}; looking at your files every moment instead.", err=True)
            case EnterEvent():
                self._check(self._current)
            case SaveEvent(file):
                # One save may be reported more than once, and a rename starts with no file at all.
                if stamp(file) not in (None, self._graded.get(file)):
                    self._check(self._by_file[file])

    def _check(self, exercise: Exercise) -> None:
        from grader.errors import GraderError

        self._current = exercise
        file = self._session.workspace.file(exercise)
        self._graded[file] = stamp(file)
        self._print_rule(exercise)
        try:
            report = grade(self._session, self._grader, exercise, "check")
        except GraderError as error:
            click.echo(f"{error}", err=True)
            self._exit_code = error.exit_code
            return
        print_report(report, "check", self._as_json)
        self._exit_code = report.exit_code

    def _greet(self) -> None:
        files = list(self._by_file)
        what = (
            shown(files[0])
            if len(files) == 1
            else f"all files in {shown(self._session.workspace.root)}"
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
