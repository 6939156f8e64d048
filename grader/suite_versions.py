"""Which version of a suite a verdict is from: a digest of all that the verdict depends on.

Neither the audit nor a batch grades again what was graded with the same version.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from platform import python_version

from exercises.catalog import Exercise, catalog_in
from grader.digests import digest, files
from grader.provenance import LIBRARIES

# No verdict depends on these: the import contracts keep what grades from knowing them.
NOT_GRADING = {
    "checking.py",
    "classroom",
    "cli.py",
    "commands",
    "dispute.py",
    "formats",
    "homes.py",
    "notebooks",
    "repository.py",
    "server",
}
# Of the course, only what one exercise consists of counts, and that exercise's key has it.
CONTENT = re.compile(r"suites|ch\d\d_.*")


class Versions:
    """The code is read once, when this is made."""

    def __init__(self) -> None:
        self._code = digest(*grading_code(), *map(version, LIBRARIES), python_version())

    def of(self, exercise: Exercise) -> str:
        """Another one as soon as anything has changed that a verdict on this exercise depends on.

        Raises OSError where a file of the exercise cannot be read.
        """
        entry = repr(replace(exercise, stub=Path(), suite=Path()))
        return digest(self._code, entry, exercise.stub, *files(exercise.suite))

    def all_of(self, exercises: Iterable[str], course: Path | None) -> dict[str, str]:
        """By id; `course` is the folder of a teacher's own."""
        catalog = catalog_in(course)
        return {id: self.of(catalog.exercise(id)) for id in exercises}


def grading_code() -> Iterator[Path]:
    """The code that a verdict depends on. None of it is loaded for being read."""
    for package in ("exercises", "grader", "reference"):
        spec = find_spec(package)
        assert spec and spec.submodule_search_locations
        (root,) = map(Path, spec.submodule_search_locations)
        for top in sorted(root.iterdir()):
            if top.name not in NOT_GRADING and not CONTENT.fullmatch(top.name):
                yield from (path for path in files(top) if path.suffix == ".py")
