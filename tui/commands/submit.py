"""`learn submit`: the verdict that counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from exercises.catalog import Exercise
from tui.commands.arguments import exercise_argument, json_option
from tui.study.grading import grade, print_report
from tui.study.session import Session, open_session

if TYPE_CHECKING:
    from grader import Report


@click.command("submit")
@exercise_argument
@json_option
def submit_command(exercise: str | None, as_json: bool) -> int:
    """Submit your file: fresh numbers each time, and a pass counts."""
    with open_session() as session:
        report = _submit(session, session.exercise_to_grade(exercise))
    print_report(report, "submit", as_json)
    return report.exit_code


def _submit(session: Session, exercise: Exercise) -> Report:
    from grader import Grader

    with Grader() as grader:
        return grade(session, grader, exercise, "submit")
