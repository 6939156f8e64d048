"""`learn rewrite`: code that comes back, to be written once more from memory."""

from __future__ import annotations

import click

from exercises.catalog import Exercise
from quizzes.cards.scheduling import day_of
from tui.commands.arguments import exercise_argument, json_option, mine_option
from tui.output import print_json, print_message, print_wrapped, shown
from tui.study.clock import local_now, now
from tui.study.grading import grade
from tui.study.session import Session, open_session, open_session_to_look

BEGUN = """{file} is the empty stub of {title}. Write it without a look at your first answer;\
 `learn rewrite` checks it, and with --watch on each save. If it is gone:\
 `learn rewrite --give-up`."""


@click.command("rewrite")
@exercise_argument
@click.option("--watch", is_flag=True, help="Check on each save.")
@click.option("--give-up", is_flag=True, help="Put the file away; it comes back sooner.")
@click.option("--list", "only_list", is_flag=True, help="List what comes back, and when.")
@mine_option
@json_option
def rewrite_command(
    exercise: str | None, watch: bool, give_up: bool, only_list: bool, mine: bool, as_json: bool
) -> int:
    """Write an exercise again, from memory, that you have passed.

    Passed exercises come back when they are nearly forgotten. The first call lays out the empty
    stub in a file of its own, the next ones check it. Your pass stays, whatever comes of it.
    """
    from tui.study import rewrites

    with (open_session_to_look if only_list else open_session)() as session:
        if only_list:
            return _list(session, as_json)
        try:
            chosen = rewrites.chosen(session, exercise, local_now())
        except rewrites.NothingComesBack as nothing:  # which is no error here
            print_json({"exercise": None}) if as_json else print_wrapped(str(nothing))
            return 0
        if give_up:
            rewrites.give_up(session, chosen, now())
            again = rewrites.comes_back(session, chosen)
            backups = shown(session.workspace.state / "backups")
            print_wrapped(
                f"Put away in {backups}. {again} `learn solution {chosen.id}` shows ours."
            )
            return 0
        begun = session.workspace.begin_rewrite(chosen)
        if begun:
            _tell_begun(session, chosen, as_json)
        if watch:
            from tui.commands.watch import watch_saves

            return watch_saves(session, chosen, (chosen,), "rewrite", mine, as_json)
        return 0 if begun else grade(session, chosen, "rewrite", as_json, mine)


def _tell_begun(session: Session, exercise: Exercise, as_json: bool) -> None:
    file = session.workspace.rewrite_file(exercise)
    if as_json:
        print_json({"exercise": exercise.id, "file": str(file)})
    else:
        text = BEGUN.format(file=shown(file), title=exercise.named)
        print_wrapped(text)


def _list(session: Session, as_json: bool) -> int:
    known = session.snapshot(local_now()).comes_back
    ordered = sorted((day, id) for id, day in known.items())
    if as_json:
        print_json({"rewrites": [{"exercise": id, "comes_back": day} for day, id in ordered]})
        return 0
    if not ordered:
        print_message("Nothing yet. An exercise comes back some days after you have passed it.")
    today = day_of(local_now())
    for day, id in ordered:
        begun = session.workspace.rewrite_file(session.catalog.exercise(id)).exists()
        when = "begun" if begun else "today" if day <= today else f"{day.day} {day:%B}"
        click.echo(f"{when:<14}{session.catalog.exercise(id).named}")
    return 0
