"""`learn glossary`: what a term means, and where it becomes code."""

from __future__ import annotations

from dataclasses import asdict

import click

from exercises.course_here import catalog_here
from exercises.errors import UnknownName
from exercises.names import look_up
from quizzes.bank import load_bank
from quizzes.study_aids import Term
from tui.commands.arguments import json_option
from tui.output import print_json, print_labelled, print_message
from tui.text.plain import one_line, wrapped


class UnknownTerm(UnknownName):
    kind = "term"

    def _advice(self) -> str:
        return super()._advice() if self.closest else " `learn glossary` lists them."


@click.command("glossary")
@click.argument("term", nargs=-1)
@json_option
def glossary_command(term: tuple[str, ...], as_json: bool) -> None:
    """Explain TERM; without it, list all terms."""
    glossary = load_bank(catalog_here()).glossary
    chosen = (_find(glossary, " ".join(term)),) if term else glossary
    if as_json:
        print_json({"terms": [asdict(entry) for entry in chosen]})
    elif term:
        _print(chosen[0])
    else:
        for entry in chosen:
            name = click.style(one_line(entry.term), bold=True)
            print_message(f"{name}: {one_line(entry.short)}")


def _find(glossary: tuple[Term, ...], text: str) -> Term:
    closest: tuple[str, ...] = ()
    for by_name in ({entry.term: entry for entry in glossary}, {e.id: e for e in glossary}):
        found, near = look_up(text, tuple(by_name))
        if found:
            return by_name[found]
        closest = closest or near
    raise UnknownTerm(text, closest)


def _print(entry: Term) -> None:
    click.secho(one_line(entry.term), bold=True)
    click.echo(wrapped(entry.short))
    click.echo(wrapped(entry.long))
    if entry.lesson:
        print_labelled("Lesson", f"learn read {entry.lesson}")
    if entry.exercise:
        print_labelled("Exercise", f"learn check --watch {entry.exercise}")
