"""`grader report`: what a class did not understand, as a page to be read in a browser."""

import secrets
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from exercises.catalog import Catalog, catalog_in
from exercises.errors import UnknownExercise
from grader.commands.course import course_option
from grader.commands.output import existing_file, output_option, write
from grader.errors import UsageError
from grader.formats.facts import unprotected

if TYPE_CHECKING:
    from grader.classroom.graded import Graded
    from grader.classroom.likeness import Likeness
    from grader.classroom.progress import Works

SQLITE = b"SQLite format 3\0"  # how each of its files begins


@click.command()
@existing_file
@output_option
@course_option
@click.option("--anonymous", is_flag=True, help="Other names for the students, drawn at random.")
def report(file: Path, output: Path | None, course: Path | None, anonymous: bool) -> int:
    """Write one HTML page: grades, where people stop and why, and answers that are alike.

    FILE is what `grader batch` keeps, classroom.sqlite; or JSON lines, {"student": "1042",
    "report": …}, the report as `grader run --format json` writes it. `attempt`, `at` and `source`
    are used where they are there.
    """
    try:
        from grader.classroom.class_page import ClassReport, class_page
    except ModuleNotFoundError as error:
        if error.name != "jinja2":
            raise
        raise UsageError(
            "The page needs the extra: pip install 'learn-transformer[classroom]'."
        ) from None
    from grader.classroom.graded import read_graded
    from grader.classroom.progress import distribution, rows, standings, works
    from grader.classroom.reasons import reasons

    graded = from_store(file) if is_database(file) else read_graded(file)
    if anonymous:
        graded = renamed(graded)
    catalog = catalog_in(course)
    found = works(graded, [exercise.id for exercise in catalog.exercises])
    if not found:
        raise UsageError(f"{file.name} has nothing that was handed in and graded.")
    people = rows(found, dict.fromkeys(one.student for one in graded))
    page = ClassReport(
        standings=standings(found),
        rows=people,
        hand_ins=sum(one.is_there for one in graded),
        distribution=distribution(people),
        reasons=reasons(found),
        likenesses=likenesses(found, catalog),
        is_anonymous=anonymous,
        unprotected=unprotected([one.report for one in graded]),
    )
    write(class_page(page), output)
    return 0


def is_database(file: Path) -> bool:
    with file.open("rb") as stream:
        return stream.read(len(SQLITE)) == SQLITE


def from_store(file: Path) -> list["Graded"]:
    from grader.classroom.store import Store

    store = Store(file)
    try:
        return list(store.graded())
    finally:
        store.close()


def renamed(graded: Sequence["Graded"]) -> list["Graded"]:
    """Drawn, and not computed from the ids: those can be guessed, one after the other."""
    students = list(dict.fromkeys(one.student for one in graded))
    secrets.SystemRandom().shuffle(students)
    width = len(str(len(students)))
    names = {id: f"Student {n:0{width}}" for n, id in enumerate(students, start=1)}
    return [replace(one, student=names[one.student]) for one in graded]


def likenesses(works: "Works", catalog: Catalog) -> list["Likeness"] | None:
    """Of all exercises, the most alike first. None where no text was given."""
    from grader.classroom.likeness import alike

    texts = {
        id: {student: text for student, work in people.items() if (text := work.latest.source)}
        for id, people in works.items()
    }
    if not any(texts.values()):
        return None
    found = [group for id in texts for group in alike(id, texts[id], given(id, catalog))]
    return sorted(found, key=lambda group: (-group.share, -group.shared, group.students))


def given(id: str, catalog: Catalog) -> list[str]:
    """The stub and our right answers, where the exercise is ours and the suites are here."""
    try:
        exercise = catalog.exercise(id)
    except UnknownExercise:
        return []
    suite = exercise.suite
    files = [exercise.stub, suite / "solution.py", *sorted((suite / "alternatives").glob("*.py"))]
    return [file.read_text("utf-8") for file in files if file.is_file()]
