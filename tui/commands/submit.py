"""`learn submit`: the verdict that counts."""

import click

from tui.arguments import exercise_argument, json_option
from tui.grading import grade, print_report
from tui.session import open_session


@click.command("submit")
@exercise_argument
@json_option
def submit_command(exercise: str | None, as_json: bool) -> int:
    """Submit your file: fresh numbers each time, and a pass counts."""
    with open_session() as session:
        chosen = session.exercise(exercise)
        from grader import Grader

        with Grader() as grader:
            report = grade(session, grader, chosen, "submit")
    print_report(report, "submit", as_json)
    return report.exit_code
