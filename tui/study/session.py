"""What nearly every command needs: the course, the learner's folder and what they have done."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path

import click

from exercises.catalog import Catalog, Chapter, Exercise, Topic
from exercises.errors import CourseError
from exercises.names import is_guess
from exercises.workspace import Workspace
from quizzes.cards.scheduling import DailyLimits
from quizzes.ids import Summary, summaries
from tui.output import print_message, shown
from tui.planning.describe import Step, worded
from tui.planning.planner import next_task
from tui.planning.snapshot import Facts, Snapshot, snapshot
from tui.planning.tasks import Pace
from tui.planning.unlocking import current_exercise
from tui.progress.progress import AttemptKind, Progress, ProgressError
from tui.study.clock import local_now


class NothingOpen(CourseError):
    exit_code = 2

    def __init__(self) -> None:
        super().__init__("You have passed every exercise. Name the one that you mean.")


class NotInWorkspace(CourseError):
    exit_code = 2

    def __init__(self, file: str) -> None:
        super().__init__(
            f"{file} is not in your workspace. `grader run {shlex.quote(file)}` grades a file"
            " anywhere."
        )


class NoSuchFile(CourseError):
    exit_code = 2

    def __init__(self, file: str) -> None:
        super().__init__(
            f"There is no file {file}. Name a file of your workspace, or an exercise by its id;"
            " `learn status --all` lists them."
        )


class MissingFile(CourseError):
    exit_code = 2

    def __init__(self, file: Path) -> None:
        super().__init__(f"There is no {shown(file)}. `learn init` brings it back.")


@dataclass(frozen=True)
class Session:
    """`unkept` says why nothing is kept, where the progress file cannot be opened."""

    catalog: Catalog
    workspace: Workspace
    progress: Progress
    unkept: str = ""

    @cached_property
    def asks(self) -> dict[str, Summary]:
        """What each chapter asks."""
        return summaries(self.catalog)

    def next_step(self, now: datetime | None = None) -> Step:
        """What is next; `now` is in the learner's time zone."""
        return self.step_from(self.snapshot(now or local_now()))

    def step_from(self, known: Snapshot) -> Step:
        """The one place where it is decided what is next."""
        return worded(self.catalog, known, next_task(self.catalog, known, self.pace()))

    def snapshot(self, now: datetime) -> Snapshot:
        """What the planner knows of the learner."""
        progress = self.progress
        facts = Facts(
            now=now,
            standing=progress.standing(),
            read_on=progress.history.read_on(now),
            passed_on=progress.history.passed_on(now),
            efforts=progress.history.efforts(now),
            answers=progress.answers.by_day(now),
            asked_today=progress.history.asked_today(now),
            schedules=progress.reviews.schedules(),
            cards_done=progress.reviews.done(now),
            mistakes=progress.mistakes.all(now),
            met_today=progress.mistakes.met_today(now),
            rewrites=progress.rewrites.schedules(),
            rewritten_on=progress.rewrites.rewritten_on(now),
        )
        return snapshot(self.catalog, self.asks, facts)

    def pace(self) -> Pace:
        settings = self.progress.settings
        limits = DailyLimits(new=int(settings["new_cards"]), due=int(settings["due_cards"]))
        return Pace(
            float(settings["minutes"]),
            limits,
            str(settings["days"]),
            float(settings["rewrite_minutes"]),
        )

    def file(self, exercise: Exercise, kind: AttemptKind) -> Path:
        """The file that an attempt of this kind grades."""
        if kind == "rewrite":
            return self.workspace.rewrite_file(exercise)
        return self.workspace.file(exercise)

    def exercise(self, text: str | None) -> Exercise:
        """The exercise that `text` means; without it, the current one."""
        if text is None:
            current = current_exercise(self.catalog, self.progress.standing())
            if current is None:
                raise NothingOpen
            return current
        if text.endswith(".py") or os.sep in text:
            self._check_is_there(text)
            exercise = self.catalog.find(text)
            if Path(text).exists():
                self._check_is_own(text, exercise)
            return exercise
        exercise = self.catalog.find(text)
        tell_guess(text, exercise.id)
        return exercise

    def exercise_to_grade(self, text: str | None) -> Exercise:
        """As `exercise`, and its file is there: known before a grader is started for it."""
        exercise = self.exercise(text)
        file = self.workspace.file(exercise)
        if not file.exists():
            raise MissingFile(file)
        return exercise

    def chapter(self, text: str | None) -> Chapter:
        """The chapter that `text` means; without it, the one to read next or to work on."""
        if text is not None:
            chapter = self.catalog.find_chapter(text)
            tell_guess(text, chapter.id)
            return chapter
        step = self.next_step()
        if step.kind == "reading":
            return self.catalog.topics[step.id][0]
        return self.catalog.chapter(self.exercise(None).chapter)

    def reading(self, text: str | None) -> tuple[Chapter, Topic | None]:
        """The topic or chapter that `text` means; without it, the topic to read next."""
        if text is not None:
            return self.part(text)
        read = self.catalog.topics_in(self.progress.standing().read)
        step = self.next_step()
        here = step.id if step.kind == "reading" else ""
        unread = (id for id in (here, *self.catalog.topics) if id and id not in read)
        return self.catalog.topics[next(unread, next(iter(self.catalog.topics)))]

    def part(self, text: str) -> tuple[Chapter, Topic | None]:
        """The topic or chapter that `text` means."""
        chapter, topic = self.catalog.find_part(text)
        tell_guess(text, topic.id if topic else chapter.id)
        return chapter, topic

    def _check_is_there(self, text: str) -> None:
        """A file's name alone may stand for an exercise, from whatever folder."""
        files = {self.workspace.file(exercise).resolve() for exercise in self.catalog.exercises}
        here = Path(text)
        is_known = here.name in {file.name for file in files} if here.name == text else False
        if not here.exists() and not is_known and here.resolve() not in files:
            raise NoSuchFile(text)

    def _check_is_own(self, text: str, exercise: Exercise) -> None:
        if Path(text).resolve() != self.workspace.file(exercise).resolve():
            raise NotInWorkspace(text)


def tell_guess(typed: str, taken: str) -> None:
    """Say for what a mistyped name was taken; a part of a name, or a number, needs no word."""
    is_number = typed.lower().removeprefix("ch").isdigit()
    if not is_number and is_guess(typed, taken):
        click.echo(f"I take {typed!r} for {taken}.", err=True)


@contextmanager
def open_session() -> Iterator[Session]:
    workspace = Workspace.find(Path.cwd(), os.environ)
    with Progress(_file(workspace)) as progress:
        with suppress(ProgressError):  # what has more to keep says so itself
            progress.stay(local_now())
        yield Session(workspace.catalog(), workspace, progress)


@contextmanager
def open_session_to_look() -> Iterator[Session]:
    """As `open_session`; but where nothing can be kept, what was kept is enough, and said to be."""
    workspace = Workspace.find(Path.cwd(), os.environ)
    try:
        progress = Progress(_file(workspace))
    except ProgressError as error:
        progress = Progress.copy_of(_file(workspace))
        print_message(f"Nothing can be kept now. {error}", err=True)
    with progress:
        with suppress(ProgressError):  # what is looked at is there all the same
            progress.stay(local_now())
        yield Session(workspace.catalog(), workspace, progress)


@contextmanager
def open_session_to_grade(exercise: str | None) -> Iterator[Session]:
    """As `open_session`; but for a verdict on an exercise that is named, no progress is needed."""
    workspace, unkept = Workspace.find(Path.cwd(), os.environ), ""
    try:
        progress = Progress(_file(workspace))
    except ProgressError as error:
        if exercise is None:  # which one is current can only be read in there
            raise
        progress, unkept = Progress(Path(":memory:")), str(error)
    with progress:
        yield Session(workspace.catalog(), workspace, progress, unkept)


def _file(workspace: Workspace) -> Path:
    return workspace.state / "progress.db"
