"""What nearly every command needs: the course, the learner's folder and what they have done."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from exercises.catalog import Catalog, Chapter, Exercise, load_catalog
from exercises.errors import CourseError
from exercises.workspace import Workspace
from tui.next_step import Step, current_exercise, next_step
from tui.output import shown
from tui.progress import Progress


class NothingOpen(CourseError):
    exit_code = 2

    def __init__(self) -> None:
        super().__init__("You have passed every exercise. Name the one that you mean.")


class NotInWorkspace(CourseError):
    exit_code = 2

    def __init__(self, file: str) -> None:
        super().__init__(
            f"{file} is not in your workspace. `grader run {file}` grades a file anywhere."
        )


class MissingFile(CourseError):
    exit_code = 2

    def __init__(self, file: Path) -> None:
        super().__init__(f"There is no {shown(file)}. `learn init` brings it back.")


@dataclass(frozen=True)
class Session:
    catalog: Catalog
    workspace: Workspace
    progress: Progress

    def next_step(self) -> Step:
        return next_step(self.catalog, self.progress.standing())

    def exercise(self, text: str | None) -> Exercise:
        """The exercise that `text` means; without it, the current one."""
        if text is None:
            current = current_exercise(self.catalog, self.progress.standing())
            if current is None:
                raise NothingOpen
            return current
        exercise = self.catalog.find(text)
        if text.endswith(".py") and Path(text).exists():
            self._check_is_own(text, exercise)
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
            return self.catalog.find_chapter(text)
        step = self.next_step()
        if step.kind == "reading":
            return self.catalog.chapter(step.id)
        return self.catalog.chapter(self.exercise(None).chapter)

    def _check_is_own(self, text: str, exercise: Exercise) -> None:
        if Path(text).resolve() != self.workspace.file(exercise).resolve():
            raise NotInWorkspace(text)


@contextmanager
def open_session() -> Iterator[Session]:
    workspace = Workspace.find(Path.cwd(), os.environ)
    with Progress(workspace.state / "progress.db") as progress:
        yield Session(load_catalog(), workspace, progress)


def now() -> datetime:
    return datetime.now(UTC)


def local_now() -> datetime:
    """The time of the learner's clock, with its offset: a day ends at their midnight."""
    return now().astimezone()
