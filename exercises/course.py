"""Where a course lies: what is taught, what grades it, what is asked.

Stub and hidden suite are paired by path, `exercises/C/E.py` ↔ `suites/C/E/`, and so are a chapter
and its questions. Ours is the default; a teacher's own course stands beside it, or in its place, in
the same form.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from exercises.errors import CatalogError
from exercises.yaml_mapping import Fields

SETTINGS = "course.yaml"


@dataclass(frozen=True)
class Course:
    """Three folders of chapters. `suites` may be missing: a learner's copy comes without.

    `folder` is where a teacher's own course lies, None for ours. What it stands beside, and comes
    after, is `after`.
    """

    exercises: Path
    suites: Path
    quizzes: Path
    folder: Path | None = None
    after: Course | None = None

    @classmethod
    def at(cls, root: Path) -> Course:
        """The course below `root`, in folders that are named as ours are."""
        return cls(root / "exercises", root / "grader" / "suites", root / "quizzes")

    @classmethod
    def in_folder(cls, folder: Path) -> Course:
        """A teacher's own. Raises `CatalogError` for what is wrong in its `course.yaml`."""
        after = OURS if _stands_beside_ours(folder / SETTINGS) else None
        return cls(folder / "exercises", folder / "suites", folder / "quizzes", folder, after)

    @property
    def parts(self) -> tuple[Course, ...]:
        """All that is taught, in order."""
        return (self.after, self) if self.after else (self,)


def _stands_beside_ours(file: Path) -> bool:
    if not file.exists():
        return False
    if not file.is_file():
        raise CatalogError(file, "must be a file")
    fields = Fields.of_file(file)
    beside = fields.flag("beside_ours")
    fields.finish()
    return beside


OURS = Course.at(Path(__file__).parents[1])
