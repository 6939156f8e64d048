"""`learn mistakes`: meet again what once went wrong."""

from __future__ import annotations

import secrets
from dataclasses import asdict

import click

from quizzes.cards.scheduling import day_of
from tui.commands.arguments import json_option, seed_option
from tui.output import print_json, print_message, print_wrapped
from tui.planning.mistakes import comes_back_on
from tui.study.clock import local_now, now
from tui.study.mistake_words import questions_in, read_in, what, when
from tui.study.session import Session, open_session, open_session_to_look
from tui.text.plain import wrapped


@click.command("mistakes")
@click.option("--list", "only_list", is_flag=True, help="List them, and when they come back.")
@seed_option
@json_option
def mistakes_command(only_list: bool, seed: int | None, as_json: bool) -> None:
    """Meet again what once went wrong: in a colleague's file, or as a question.

    A mistake comes back two days after it was made, if the exercise is passed by then, and five
    days later once more. Ctrl-D leaves.
    """
    with (open_session_to_look if only_list else open_session)() as session:
        if only_list:
            _list(session, as_json)
            return
        from tui.commands.quiz_console import JsonLines, PlainLines, play
        from tui.study.mistakes_round import MistakesRound, NoMistake
        from tui.study.quiz_round import MAX_SEED

        seed = secrets.randbelow(MAX_SEED) if seed is None else seed
        try:
            chosen = MistakesRound(session, local_now(), seed)
        except NoMistake as nothing:  # which is no error here
            _tell_nothing(str(nothing), as_json)
            return
        play(chosen, JsonLines() if as_json else PlainLines(session.catalog), now)


def _tell_nothing(says: str, as_json: bool) -> None:
    if as_json:
        print_json({"event": "result", "correct": 0, "answered": 0, "of": 0, "revisit": []})
    else:
        print_wrapped(says)


def _list(session: Session, as_json: bool) -> None:
    now = local_now()
    found = session.progress.mistakes.all(now)
    passed = session.progress.standing().passed
    questions = questions_in(session, found)
    if as_json:
        told = [
            {
                **asdict(mistake),
                "says": what(mistake, questions),
                "see": read_in(session, mistake),
                "comes_back": comes_back_on(mistake),
            }
            for mistake in found
        ]
        print_json({"mistakes": told})
        return
    if not found:
        print_message("No mistake is known. What your checks and quizzes name will be listed here.")
    for exercise in dict.fromkeys(mistake.exercise for mistake in found):  # the latest first
        click.secho(_heading(session, exercise), bold=True)
        for mistake in found:
            if mistake.exercise != exercise:
                continue
            click.echo(wrapped(what(mistake, questions), "  "))
            print_wrapped(f"{when(mistake, passed, day_of(now))}.", "    ")
            if see := read_in(session, mistake):
                click.echo(f"    learn read {see}")


def _heading(session: Session, exercise: str) -> str:
    """What was wrong in its code, and which hints were needed for it; or questions."""
    if not exercise:
        return "Questions"
    known = {each.id: each for each in session.catalog.exercises}  # a course may drop one
    return known[exercise].named if exercise in known else exercise
