"""`learn solution`: how we did it, once the learner has passed."""

import click

from exercises.catalog import Exercise
from exercises.errors import CourseError
from tui.commands.arguments import exercise_argument, json_option
from tui.output import print_json
from tui.study.session import Session, open_session_to_look
from tui.study.solutions import solutions

DIFF_COLOURS = {"+": "green", "-": "red", "@": "cyan"}


class NothingPassed(CourseError):
    exit_code = 2

    def __init__(self) -> None:
        super().__init__("Solutions open once you have passed an exercise. See `learn next`.")


@click.command("solution")
@exercise_argument
@click.option("--diff", is_flag=True, help="Show what would turn your file into ours.")
@json_option
def solution_command(exercise: str | None, diff: bool, as_json: bool) -> None:
    """Show our solution of an exercise that you have passed; without a name, of the latest."""
    with open_session_to_look() as session:
        chosen = _chosen(session, exercise)
        found = solutions(session, chosen)
    if as_json:
        print_json({"exercise": chosen.id, "solution": found.ours, "mine": found.mine})
    elif diff:
        for line in found.diff():
            click.secho(line, fg=DIFF_COLOURS.get(line[:1]))
    else:
        click.echo(found.ours)


def _chosen(session: Session, text: str | None) -> Exercise:
    if text is not None:
        return session.exercise(text)
    latest = session.progress.latest_pass()
    if latest is None:
        raise NothingPassed
    return session.catalog.exercise(latest)
