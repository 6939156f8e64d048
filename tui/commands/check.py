"""`learn check`: a verdict on one exercise, or a fresh one on each save."""

import click

from tui.arguments import exercise_argument, json_option
from tui.grading import grade, print_report
from tui.session import open_session


@click.command("check")
@exercise_argument
@click.option("--watch", is_flag=True, help="Check again on each save, until Ctrl-C.")
@json_option
def check_command(exercise: str | None, watch: bool, as_json: bool) -> int:
    """Check your file: the same questions each time, as often as you like."""
    from grader import Grader

    with open_session() as session:
        chosen = session.exercise(exercise)
        with Grader() as grader:
            if watch:
                from tui.watch import watch_exercise

                return watch_exercise(session, grader, chosen, as_json)
            report = grade(session, grader, chosen, "check")
    print_report(report, "check", as_json)
    return report.exit_code
