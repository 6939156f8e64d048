"""`learn solution`: how we did it, once the learner has passed."""

import difflib
from collections.abc import Iterator

import click

from exercises.catalog import Exercise
from exercises.errors import CourseError
from tui.commands.arguments import exercise_argument, json_option
from tui.output import print_json
from tui.study.session import Session, open_session

DIFF_COLOURS = {"+": "green", "-": "red", "@": "cyan"}


class NotPassed(CourseError):
    exit_code = 2

    def __init__(self, exercise: Exercise) -> None:
        super().__init__(f"The solution of {exercise.id} opens once `learn submit` has passed it.")


class NothingPassed(CourseError):
    exit_code = 2

    def __init__(self) -> None:
        super().__init__("Solutions open once you have passed an exercise. See `learn next`.")


class NoSolution(CourseError):
    exit_code = 2

    def __init__(self, exercise: Exercise) -> None:
        super().__init__(f"This copy of the course has no solution of {exercise.id}.")


@click.command("solution")
@exercise_argument
@click.option("--diff", is_flag=True, help="Show what would turn your file into ours.")
@json_option
def solution_command(exercise: str | None, diff: bool, as_json: bool) -> None:
    """Show our solution of an exercise that you have passed; without a name, of the latest."""
    with open_session() as session:
        chosen = _chosen(session, exercise)
        mine = session.progress.passed_source(chosen.id)
    if mine is None:
        raise NotPassed(chosen)
    ours = _solution(chosen)
    if as_json:
        print_json({"exercise": chosen.id, "solution": ours, "mine": mine})
    elif diff:
        for line in _diff(mine, ours):
            click.secho(line, fg=DIFF_COLOURS.get(line[:1]))
    else:
        click.echo(ours)


def _chosen(session: Session, text: str | None) -> Exercise:
    if text is not None:
        return session.exercise(text)
    latest = session.progress.latest_pass()
    if latest is None:
        raise NothingPassed
    return session.catalog.exercise(latest)


def _solution(exercise: Exercise) -> str:
    from grader.examiner.answer_key import solution_path

    path = solution_path(exercise)
    if not path.exists():
        raise NoSolution(exercise)
    return path.read_text("utf-8")


def _diff(mine: str, ours: str) -> Iterator[str]:
    return difflib.unified_diff(mine.splitlines(), ours.splitlines(), "yours", "ours", lineterm="")
