"""`learn search`: where the course speaks of something."""

from __future__ import annotations

from dataclasses import asdict

import click

from quizzes.search.index import DEFAULT_HITS, Found
from tui.commands.arguments import json_option
from tui.commands.exit_codes import NOTHING_FOUND
from tui.output import print_json, print_message
from tui.study.course_index import open_index
from tui.text.plain import one_line, shortened, wrapped


@click.command("search")
@click.argument("words", nargs=-1, required=True)
@click.option("--limit", type=click.IntRange(1, 100), default=DEFAULT_HITS, show_default=True)
@json_option
def search_command(words: tuple[str, ...], limit: int, as_json: bool) -> int:
    """Search lessons, exercises, cards, FAQ, glossary, timeline and resources for WORDS.

    The beginning of a word is enough, and formulas may be typed as √d_k or sqrt(d_k).
    """
    typed = " ".join(words)
    found = open_index().search(typed, limit)
    if as_json:
        print_json({"instead": found.instead, "hits": [asdict(hit) for hit in found.hits]})
    else:
        _print(found, typed)
    return 0 if found.hits else NOTHING_FOUND


def _print(found: Found, typed: str) -> None:
    if not found.hits:
        print_message(
            f"Nothing in the course speaks of {typed}. Try another word, or how it begins."
        )
        return
    if found.instead:
        print_message(f"Nothing holds {typed}. This is about {found.instead}:")
    for hit in found.hits:
        click.echo(f"{click.style(one_line(hit.title), bold=True)}  [{hit.sort}]")
        if hit.excerpt:
            click.echo(wrapped(shortened(hit.excerpt), "    "))
        click.secho(f"    {hit.command}", fg="cyan")
