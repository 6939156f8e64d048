"""`grader report`: what a class did not understand, as a page to be read in a browser."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from exercises.catalog import catalog_in
from grader.commands.course import course_option
from grader.commands.extra import extra
from grader.commands.output import WritingCommand, existing_file, output_option, write
from grader.errors import UsageError

if TYPE_CHECKING:
    from grader.classroom.graded import Graded

SQLITE = b"SQLite format 3\0"  # how each of its files begins


@click.command(cls=WritingCommand)
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
    with extra("classroom", "The page", "jinja2"):
        from grader.classroom.class_page import class_page
        from grader.classroom.class_report import class_report
    from grader.classroom.graded import read_graded

    graded = from_store(file) if is_database(file) else read_graded(file)
    found = class_report(graded, catalog_in(course), anonymous)
    if found is None:
        raise UsageError(f"{file.name} has nothing that was handed in and graded.")
    write(class_page(found), output)
    return 0


def is_database(file: Path) -> bool:
    with file.open("rb") as stream:
        return stream.read(len(SQLITE)) == SQLITE


def from_store(file: Path) -> list["Graded"]:
    from grader.classroom.store import Store

    with Store(file) as store:
        return list(store.graded())
