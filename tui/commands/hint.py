"""`learn hint`: one more hint each time, from a nudge to nearly the answer."""

import click

from exercises.catalog import Exercise
from tui.commands.arguments import exercise_argument, json_option
from tui.output import print_json, print_wrapped
from tui.study.clock import now
from tui.study.hints import show_hint
from tui.study.session import open_session_to_look


@click.command("hint")
@exercise_argument
@json_option
def hint_command(exercise: str | None, as_json: bool) -> None:
    """Show one more hint. The first gives nothing away."""
    with open_session_to_look() as session:
        chosen = session.exercise(exercise)
        shown = session.progress.hints_shown(chosen.id)
        number = show_hint(session, chosen, now())
    if as_json:
        texts = chosen.hints[:number]
        print_json({"exercise": chosen.id, "hints": texts, "of": len(chosen.hints)})
    elif shown >= len(chosen.hints):
        _print_all(chosen)
    else:
        _print_hint(chosen, number)


def _print_hint(exercise: Exercise, number: int) -> None:
    total = len(exercise.hints)
    click.secho(f"{exercise.named}: hint {number} of {total}", bold=True)
    print_wrapped(exercise.hints[number - 1])
    if number < total:
        click.secho(f"One more: learn hint {exercise.id}", dim=True)
    else:
        click.secho("This was the last one.", dim=True)


def _print_all(exercise: Exercise) -> None:
    click.secho(f"{exercise.named}: there are no more hints. These were they:", bold=True)
    for number, hint in enumerate(exercise.hints, start=1):
        print_wrapped(f"{number}. {hint}", "", "   ")
