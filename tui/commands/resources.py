"""`learn resources`: what to read, watch and use besides the course."""

from __future__ import annotations

from dataclasses import asdict

import click

from exercises.course_here import catalog_here
from quizzes.bank import load_bank
from tui.commands.arguments import chapter_argument, json_option
from tui.output import print_json
from tui.text.plain import one_line, wrapped


@click.command("resources")
@chapter_argument
@json_option
def resources_command(chapter: str | None, as_json: bool) -> None:
    """Show papers, guides, lectures, tools and books, the most useful first; for CHAPTER only."""
    resources = load_bank(catalog_here()).resources
    if chapter:
        number = catalog_here().find_chapter(chapter).number
        resources = tuple(entry for entry in resources if number in entry.chapters)
    if as_json:
        print_json({"resources": [asdict(entry) for entry in resources]})
        return
    for entry in resources:
        click.echo(f"{click.style(one_line(entry.title), bold=True)}  [{entry.kind}]")
        click.echo(f"    {entry.about}")
        click.echo(wrapped(entry.why, "    "))
        click.secho(f"    {entry.url}", fg="cyan")
