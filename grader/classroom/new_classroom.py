"""Writes an assignment: what a student gets, and beside it the settings that are the teacher's.

    DIR/classroom.yaml      the teacher's: what counts, until when, for whom otherwise
    DIR/template/           a student's repository: stubs, a page, what CI systems run

Of the course only stubs are copied; no suite, solution or reference gets there.
"""

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from exercises.catalog import Catalog, Exercise
from exercises.files import write_all
from grader.classroom import ci_files
from grader.classroom.settings_text import settings_text
from grader.errors import UsageError

ASSIGNMENT = "assignment.yaml"
SETTINGS = "classroom.yaml"
TEMPLATE = "template"


@dataclass(frozen=True)
class Plan:
    """An assignment as a teacher asks for it. `due` is on the clock of `zone`; `package` is what
    pip installs in CI.
    """

    title: str
    points: Mapping[str, float]
    due: datetime | None
    zone: str
    package: str


def write_classroom(folder: Path, plan: Plan, catalog: Catalog) -> list[Path]:
    """What was written. Raises `UsageError` where the folder holds something already."""
    require_new(folder)
    files = {folder / SETTINGS: _settings(plan, _course_from(folder, catalog)).encode()}
    for name, content in _template(plan, catalog):
        files[folder / TEMPLATE / name] = content
    write_all(files)
    return list(files)


def require_new(folder: Path) -> None:
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"{folder} is there already. Name a folder that is new or empty.")


def _template(plan: Plan, catalog: Catalog) -> Iterator[tuple[str, bytes]]:
    exercises = [catalog.exercise(id) for id in plan.points]
    for exercise in exercises:
        yield f"{exercise.chapter}/{exercise.stub.name}", exercise.stub.read_bytes()
    readme = _readme(plan, exercises)
    texts = {".gitignore": ci_files.IGNORED}
    # A job that grades needs the suites. Ours come with the package; a teacher's own stay here.
    if catalog.course.folder is None:
        readme += ci_files.CHECKS.format(first=exercises[0].id)
        texts |= {
            ASSIGNMENT: _settings(plan),
            "requirements.txt": ci_files.REQUIREMENTS.format(package=plan.package),
            ".github/workflows/grade.yml": ci_files.GITHUB,
            ".gitlab-ci.yml": ci_files.GITLAB,
        }
    for name, text in {"README.md": readme, **texts}.items():
        yield name, text.encode()


def _readme(plan: Plan, exercises: Sequence[Exercise]) -> str:
    paths = {one.id: f"{one.chapter}/{one.stub.name}" for one in exercises}
    rows = (f"| [{path}]({path}) | {plan.points[id]:g} |\n" for id, path in paths.items())
    due = f"\nDue: {plan.due:%Y-%m-%d %H:%M} ({plan.zone}).\n" if plan.due else ""
    return ci_files.README.format(
        title=plan.title, files="".join(rows), due=due, first=exercises[0].id
    )


def _settings(plan: Plan, course: str = "") -> str:
    return settings_text(plan.title, plan.points, plan.due, plan.zone, course)


def _course_from(folder: Path, catalog: Catalog) -> str:
    own = catalog.course.folder
    return os.path.relpath(own, folder.resolve()) if own else ""
