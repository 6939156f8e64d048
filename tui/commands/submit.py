"""`learn submit`: the verdict that counts."""

from __future__ import annotations

import click

from exercises.catalog import Exercise
from tui.commands.arguments import exercise_argument, json_option, mine_option
from tui.study.grading import grade
from tui.study.session import Session, open_session_to_grade


@click.command("submit")
@exercise_argument
@mine_option
@json_option
def submit_command(exercise: str | None, mine: bool, as_json: bool) -> int:
    """Submit your file: fresh numbers each time, and a pass counts."""
    with open_session_to_grade(exercise) as session:
        return _submit(session, session.exercise_to_grade(exercise), mine, as_json)


def _submit(session: Session, exercise: Exercise, mine: bool, as_json: bool) -> int:
    from tui.warm_grader.client import warm_grader

    with warm_grader(session.workspace.state) as grader:
        return grade(session, grader, exercise, "submit", as_json, mine)
