"""`learn check`: a verdict on one exercise, or a fresh one on each save."""

import click

from tui.commands.arguments import exercise_argument, full_option, json_option, mine_option
from tui.study.grading import grade
from tui.study.session import open_session_to_grade


@click.command("check")
@exercise_argument
@click.option("--watch", is_flag=True, help="Check on each save of EXERCISE, or else of any.")
@mine_option
@full_option
@json_option
def check_command(exercise: str | None, watch: bool, mine: bool, full: bool, as_json: bool) -> int:
    """Check your file: the same questions each time, as often as you like."""
    with open_session_to_grade(exercise) as session:
        chosen = session.exercise_to_grade(exercise)
        if watch and full:
            raise click.UsageError("--watch shows a screenful; check once with --full.")
        if watch:
            from tui.commands.watch import watch_saves

            watched = (chosen,) if exercise else session.catalog.exercises
            return watch_saves(session, chosen, watched, "check", mine, as_json)
        return grade(session, chosen, "check", as_json, mine, full)
