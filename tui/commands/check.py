"""`learn check`: a verdict on one exercise, or a fresh one on each save."""

import click

from exercises.catalog import Exercise
from tui.commands.arguments import exercise_argument, json_option, mine_option
from tui.study.grading import grade
from tui.study.session import Session, open_session_to_grade


@click.command("check")
@exercise_argument
@click.option("--watch", is_flag=True, help="Check on each save of EXERCISE, or else of any.")
@mine_option
@json_option
def check_command(exercise: str | None, watch: bool, mine: bool, as_json: bool) -> int:
    """Check your file: the same questions each time, as often as you like."""
    with open_session_to_grade(exercise) as session:
        chosen = session.exercise_to_grade(exercise)
        if watch:
            watched = (chosen,) if exercise else session.catalog.exercises
            return _watch(session, chosen, watched, mine, as_json)
        return _check(session, chosen, mine, as_json)


def _check(session: Session, exercise: Exercise, mine: bool, as_json: bool) -> int:
    from tui.warm_grader.client import warm_grader

    with warm_grader(session.workspace.state) as grader:
        return grade(session, grader, exercise, "check", as_json, mine)


def _watch(
    session: Session, current: Exercise, watched: tuple[Exercise, ...], mine: bool, as_json: bool
) -> int:
    from tui.commands.watch import Watch
    from tui.warm_grader.client import warm_grader

    with warm_grader(session.workspace.state) as grader:
        return Watch(session, grader, current, watched, mine, as_json).run()
