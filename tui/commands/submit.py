"""`learn submit`: the verdict that counts."""

from __future__ import annotations

from pathlib import Path

import click

from tui.commands.arguments import exercise_argument, full_option, json_option, mine_option
from tui.study.grading import grade
from tui.study.notebook_grading import submit_notebook
from tui.study.session import open_session_to_grade


@click.command("submit")
@exercise_argument
@mine_option
@full_option
@json_option
def submit_command(exercise: str | None, mine: bool, full: bool, as_json: bool) -> int:
    """Submit your file: fresh numbers each time, and a pass counts.

    Of a notebook, FILE.ipynb, all that its cells answer is submitted. The exit code is 0 for a
    pass, 1 for none, and 2 where your class refuses what is handed in, after a pass as well.
    """
    if exercise and exercise.lower().endswith(".ipynb"):
        for option, is_given in (("--mine", mine), ("--full", full)):
            if is_given:
                raise click.UsageError(
                    f"{option} goes with one exercise; a notebook has its own cells."
                )
        with open_session_to_grade(exercise) as session:
            return submit_notebook(session, Path(exercise), as_json)
    with open_session_to_grade(exercise) as session:
        chosen = session.exercise_to_grade(exercise)
        return grade(session, chosen, "submit", as_json, mine, full)
