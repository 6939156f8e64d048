"""`grader new`: begin an exercise of one's own."""

import shlex
from pathlib import Path

import click

from exercises.catalog import catalog_in
from grader.commands.course import course_argument
from grader.commands.output import status_line
from grader.grader import Grader


@click.command()
@click.argument("id")
@course_argument
@click.option("--chapter", metavar="NAME", help="Such as ch02_slopes; the last one otherwise.")
def new(id: str, course: Path, chapter: str | None) -> int:
    """Add the exercise ID to the course in DIR, and audit it.

    What is written is a small exercise that is sound. Turn it into yours part by part, and run
    `grader audit ID --course DIR` after each.
    """
    from grader.classroom.new_exercise import write_exercise

    written = write_exercise(course, id, chapter)
    for file in written:
        click.echo(f"wrote  {file}")
    from grader.proving.audit import audit

    catalog = catalog_in(course)
    with Grader(2) as grader, status_line() as show:
        result = audit(grader, catalog, [catalog.exercise(id)], None, show)
    for problem in result.problems:
        click.echo(problem)
    if not result.problems:
        again = shlex.join(["grader", "audit", id, "--course", str(course)])
        click.echo(f"The audit passes. Now make it yours: `{again}`.")
    return 1 if result.problems else 0
