"""`learn faq`: questions that people ask, and answers."""

from __future__ import annotations

from dataclasses import asdict

import click

from exercises.course_here import catalog_here
from exercises.errors import NoWorkspace
from quizzes.bank import load_bank
from quizzes.study_aids import Faq
from tui.commands.arguments import json_option
from tui.commands.exit_codes import NOTHING_FOUND
from tui.output import print_json, print_message
from tui.study.course_index import open_index
from tui.study.session import open_session_to_look
from tui.text.plain import one_line, wrapped

MANY = 3


@click.command("faq")
@click.argument("words", nargs=-1)
@json_option
def faq_command(words: tuple[str, ...], as_json: bool) -> int:
    """Answer what WORDS ask, an id or a few words; without them, list all questions."""
    faq = load_bank(catalog_here()).faq_after(_passed())
    chosen = _find(faq, " ".join(words)) if words else faq
    if as_json:
        print_json({"faq": [asdict(entry) for entry in chosen]})
    elif not words:
        for entry in chosen:
            print_message(f"{click.style(entry.id, fg='cyan')}: {one_line(entry.question)}")
    else:
        _print(chosen, " ".join(words))
    return 0 if chosen or not words else NOTHING_FOUND


def _passed() -> frozenset[str]:
    """An answer that would spoil an exercise waits until that is passed."""
    try:
        with open_session_to_look() as session:
            return session.progress.standing().passed
    except NoWorkspace:
        return frozenset()


def _find(faq: tuple[Faq, ...], text: str) -> tuple[Faq, ...]:
    by_id = {entry.id: entry for entry in faq}
    if text in by_id:
        return (by_id[text],)
    hits = open_index().search(text, MANY, sort="faq").hits
    return tuple(by_id[hit.id] for hit in hits)


def _print(chosen: tuple[Faq, ...], text: str) -> None:
    if not chosen:
        print_message(f"No question speaks of {text}. `learn search {text}` looks everywhere.")
    for place, entry in enumerate(chosen):
        if place:
            click.echo()
        click.secho(wrapped(entry.question), bold=True)
        click.echo(wrapped(entry.answer))
