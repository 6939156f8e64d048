"""`grader classroom`: begin an assignment."""

import re
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import click

from exercises.catalog import Catalog, catalog_in
from exercises.files import write_all, write_output
from grader.commands.batch import classroom_option
from grader.commands.course import course_option, named_catalog
from grader.commands.output import OutputFile, WritingCommand
from grader.errors import UsageError
from grader.provenance import COURSE, course_version

TIME = "%Y-%m-%d %H:%M"


@click.group()
def classroom() -> None:
    """Begin an assignment, for students and for the platform that grades them."""


install_option = click.option(
    "--install",
    metavar="PACKAGE",
    default=f"{COURSE}=={course_version()}",
    show_default=True,
    help="What pip installs there: the course, as a requirements file names it.",
)


@classroom.command("new")
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
@click.option("--chapters", metavar="1-4", help="Whose exercises count: 3, 1-4 or 1,3-4.")
@click.option("--exercise", "ids", multiple=True, metavar="ID", help="One; may be given again.")
@course_option
@click.option(
    "--points",
    multiple=True,
    metavar="N|ID=N",
    help="Of each exercise, 1 otherwise; ID=N of one. May be given again.",
)
@click.option("--due", type=click.DateTime([TIME]), metavar='"2026-12-01 23:59"')
@click.option("--zone", metavar="NAME", help="Of --due: Europe/Berlin; this machine's otherwise.")
@click.option("--title", help="Of the assignment; the chapters' otherwise.")
@install_option
def new(
    folder: Path,
    chapters: str | None,
    ids: Sequence[str],
    course: Path | None,
    points: Sequence[str],
    due: datetime | None,
    zone: str | None,
    title: str | None,
    install: str,
) -> None:
    """Write into DIR what a student gets, and the teacher's classroom.yaml.

    DIR/template is a student's repository: the stubs, a page that says what counts, and what GitHub
    Actions and GitLab CI run. Only stubs are copied. DIR/classroom.yaml is for `grader batch`.
    """
    from grader.classroom.new_classroom import Plan, write_classroom

    catalog = catalog_in(course)
    chosen = exercises_of(catalog, chapters, ids)
    plan = Plan(
        title=" ".join((title or _title(catalog, chosen)).split()),
        points=points_of(chosen, points),
        due=due,
        zone=_zone(zone) if due else "",
        package=install,
    )
    for file in write_classroom(folder, plan, catalog):
        click.echo(f"wrote  {file}")
    if course:
        click.echo(
            "Without CI: to grade there, a student's job would need your suites. Grade with"
            " `grader batch`."
        )
    else:
        click.echo(f"A student's CI installs {install}. Is it there? Else give --install.")


@classroom.command(cls=WritingCommand)
@click.argument("file", type=OutputFile(), metavar="ZIP")
@classroom_option
@course_option
@install_option
def gradescope(file: Path, settings: Path, course: Path | None, install: str) -> None:
    """Write ZIP, the autograder of a programming assignment on Gradescope.

    It grades what counts in classroom.yaml, for the points that stand there. A course of your own
    is in it, with its suites: only Gradescope and your colleagues there can read it.
    """
    from grader.classroom.gradescope_zip import gradescope_zip
    from grader.classroom.settings import read_classroom

    write_output(file, gradescope_zip(read_classroom(settings, named_catalog(course)), install))
    click.echo(f"wrote  {file}\nIts setup.sh installs {install}. Is it there? Else give --install.")


@classroom.command()
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
@classroom_option
@click.option("--image", metavar="NAME", help="A container that has the course; it is written how.")
@install_option
def classroom50(folder: Path, settings: Path, image: str | None, install: str) -> None:
    """Write into DIR the autograder of an assignment of Classroom 50, and its runtime."""
    from grader.classroom.classroom50_files import classroom50_files
    from grader.classroom.new_classroom import require_new
    from grader.classroom.settings import read_classroom

    require_new(folder)
    texts = classroom50_files(read_classroom(settings), install, image)
    files = {folder / name: text.encode() for name, text in texts.items()}
    write_all(files)
    for file in files:
        click.echo(f"wrote  {file}")


def exercises_of(catalog: Catalog, chapters: str | None, ids: Sequence[str]) -> list[str]:
    """The ids of all that was named, in the order of the course."""
    named = {catalog.exercise(id).id for id in ids}
    for part in (chapters or "").split(",") if chapters else ():
        numbers = re.fullmatch(r"\s*(\d{1,3})(?:\s*-\s*(\d{1,3}))?\s*", part)
        if not numbers:
            raise UsageError(f"--chapters takes numbers, such as 3, 1-4 or 1,3-4, not {part!r}.")
        first, last = int(numbers[1]), int(numbers[2] or numbers[1])
        for number in range(first, last + 1):
            named |= {exercise.id for exercise in catalog.find_chapter(str(number)).exercises}
    if not named:
        raise UsageError("Which exercises count? Name --chapters or --exercise.")
    return [exercise.id for exercise in catalog.exercises if exercise.id in named]


def points_of(chosen: Sequence[str], given: Sequence[str]) -> dict[str, float]:
    from grader.classroom.results import MOST_POINTS

    found = dict.fromkeys(chosen, 1.0)
    for text in sorted(given, key=lambda text: "=" in text):  # what is said of one comes last
        id, _, number = text.rpartition("=")
        try:
            value = float(number)
        except ValueError:
            value = -1
        if not 0 <= value <= MOST_POINTS:
            raise UsageError(f"--points takes 4 or softmax=4, from 0 to {MOST_POINTS:,}.")
        if id and id not in found:
            raise UsageError(f"--points {text}: {id} is not among what counts.")
        found |= {id: value} if id else dict.fromkeys(found, value)
    return found


def _zone(name: str | None) -> str:
    from tzlocal import get_localzone_name

    from grader.classroom.settings import time_zone

    name = name or get_localzone_name()
    if not name or time_zone(name) is None:
        raise UsageError(f"--zone must be a time zone such as Europe/Berlin or UTC, not {name!r}.")
    return name


def _title(catalog: Catalog, chosen: Sequence[str]) -> str:
    """The titles of the chapters, each once."""
    chapters = dict.fromkeys(catalog.exercise(id).chapter for id in chosen)
    return ", ".join(catalog.chapter(id).title for id in chapters)
