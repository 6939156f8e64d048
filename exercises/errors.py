"""What can go wrong with the course's own files and the learner's folder.

CourseError                 exit code 3: ours
├── CatalogError            a file of the course breaks the rules of docs/authoring.md
├── NoCourse                exit code 2: a folder that should hold a course holds none
├── ReplacesInput           exit code 2: a command would write to a file that it reads
├── UnknownName             exit code 2: nothing in the course has this name
│   ├── UnknownExercise
│   ├── UnknownChapter
│   └── UnknownTopic
└── WorkspaceError          exit code 2: the learner's folder is missing or cannot be used
    └── NoWorkspace
"""

import shlex
from pathlib import Path


class CourseError(Exception):
    """Carries one or two sentences for whoever has to act, and the exit code of the command."""

    exit_code = 3


class CatalogError(CourseError):
    def __init__(self, file: Path, says: str, line: int | None = None) -> None:
        super().__init__(file, says, line)  # as they came, so that the error can be pickled
        self.file = file
        self.says = says
        self.line = line

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else f"{self.file}"
        return f"{place}: {self.says}"


class NoCourse(CourseError):
    exit_code = 2

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.folder = folder

    def __str__(self) -> str:
        lacks = "has no exercises/ch…/chapter.yaml that names an exercise"
        return (
            f"There is no course in {self.folder}:"
            f" it {lacks if self.folder.is_dir() else 'is no folder'}."
            f" `grader new ID --course {shlex.quote(str(self.folder))}` begins one."
        )


class ReplacesInput(CourseError):
    exit_code = 2

    def __init__(self, file: Path) -> None:
        super().__init__(file)
        self.file = file

    def __str__(self) -> str:
        return f"{self.file} is read here: what is written would replace it. Give another name."


class UnknownName(CourseError):
    exit_code = 2
    kind = "name"
    advice = "`learn search WORDS` finds one."

    def __init__(self, name: str, closest: tuple[str, ...] = ()) -> None:
        super().__init__(name, closest)
        self.name = name
        self.closest = closest

    def __str__(self) -> str:
        return f"There is no {self.kind} {self.name!r}.{self._advice()}"

    def _advice(self) -> str:
        if not self.closest:
            return f" {self.advice}"
        *others, last = self.closest
        return f" Did you mean {', '.join(others) + ' or ' if others else ''}{last}?"


class UnknownExercise(UnknownName):
    kind = "exercise"
    advice = "`learn search WORDS` finds one; in a workspace, `learn status --all` lists them."


class UnknownChapter(UnknownName):
    kind = "chapter"
    advice = "In a workspace, `learn status` lists them."


class UnknownTopic(UnknownName):
    kind = "chapter or topic"


class WorkspaceError(CourseError):
    exit_code = 2


class NoWorkspace(WorkspaceError):
    def __init__(self, start: Path) -> None:
        super().__init__(
            f"There is no workspace in {start} or above it. Create one with `learn init`."
        )
