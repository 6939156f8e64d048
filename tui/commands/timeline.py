"""`learn timeline`: how it came about, year by year."""

from __future__ import annotations

from dataclasses import asdict

import click

from exercises.course_here import catalog_here
from quizzes.bank import load_bank
from tui.commands.arguments import json_option
from tui.output import print_json
from tui.text.plain import one_line, wrapped


@click.command("timeline")
@json_option
def timeline_command(as_json: bool) -> None:
    """Show how attention and the Transformer came about, year by year."""
    timeline = load_bank(catalog_here()).timeline
    if as_json:
        print_json({"timeline": [asdict(event) for event in timeline]})
        return
    for event in timeline:
        chapter = f"  (chapter {event.chapter})" if event.chapter else ""
        click.echo(f"{event.year}  {click.style(one_line(event.title), bold=True)}{chapter}")
        click.echo(wrapped(event.text, "      "))
        click.secho(wrapped(event.source, "      "), dim=True)
