"""What the job of a CI system says about itself, for the formats that need it."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import click

from grader.errors import UsageError
from grader.formats import render
from grader.formats.classroom50 import IDENTITY
from grader.formats.facts import Found
from grader.formats.markdown import MAX_BYTES
from grader.notebooks.cells import is_notebook
from grader.repository import Answer


def paths_of(asked: Sequence[Answer], environment: Mapping[str, str]) -> dict[str, str]:
    """The file of each exercise from the root of the repository; those outside are left out.

    So are notebooks, whose lines are not those of a report.
    """
    root = Path(environment.get("GITHUB_WORKSPACE") or ".").resolve()
    files = {each.submission.exercise: each.file.resolve() for each in asked if each.file}
    return {
        exercise: file.relative_to(root).as_posix()
        for exercise, file in files.items()
        if file.is_relative_to(root) and not is_notebook(file)
    }


def summarise(found: Found, environment: Mapping[str, str]) -> None:
    """Add the reports to the job's summary, where there is one; what hinders that is only noted."""
    name = environment.get("GITHUB_STEP_SUMMARY")
    if not name:
        return
    try:
        with Path(name).open("ab") as file:
            room = MAX_BYTES - file.tell()
            summary = render(found, "markdown", most=room).encode()
            if len(summary) > room:
                click.echo("grader: The summary of this step has no room for the result.", err=True)
            else:
                file.write(summary)
    except OSError as error:
        click.echo(f"grader: The summary cannot be written: {error.strerror}.", err=True)


def identity(environment: Mapping[str, str]) -> dict[str, str]:
    """Which submission of Classroom 50 is graded. Raises `UsageError` outside of its jobs."""
    told = {field: environment.get(name, "").strip() for field, name in IDENTITY.items()}
    told["review"] = told["review"] or told["commit"]
    if missing := [IDENTITY[field] for field, value in told.items() if not value]:
        raise UsageError(
            f"This is no job of Classroom 50: {', '.join(missing)} is not set."
            " Its runner sets these variables for autograder.py."
        )
    return told
