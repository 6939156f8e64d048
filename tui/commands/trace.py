"""`learn trace`: which line of a wrong answer is the first to go wrong."""

from __future__ import annotations

from dataclasses import replace

import click

from exercises.catalog import Exercise
from tui.commands.arguments import exercise_argument, json_option
from tui.output import colour_wanted, print_json, width
from tui.study.grading import read
from tui.study.session import Session, open_session_to_grade


@click.command("trace")
@exercise_argument
@json_option
def trace_command(exercise: str | None, as_json: bool) -> int:
    """Follow the smallest call that goes wrong, line by line, beside right ways to do it."""
    with open_session_to_grade(exercise) as session:
        return _trace(session, session.exercise_to_grade(exercise), as_json)


def _trace(session: Session, exercise: Exercise, as_json: bool) -> int:
    from grader.formats.trace import render
    from tui.warm_grader.client import warm_grader

    with warm_grader(session.workspace.state) as grader:
        report = grader.grade(replace(read(session, exercise, "check"), traced=True))
    if as_json:
        print_json(report.to_dict())
    else:
        click.echo(render(report, colour=colour_wanted(), width=width()), nl=False)
    return report.exit_code
