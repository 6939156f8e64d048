"""`learn cards`: take cards and their schedules elsewhere, and back."""

from __future__ import annotations

from pathlib import Path
from typing import TextIO

import click

from exercises.course_here import catalog_here
from exercises.files import write_output
from exercises.words import plural
from quizzes.cards import backup
from tui.output import print_message, shown
from tui.study.clock import now
from tui.study.session import open_session, open_session_to_look

PACKAGE = ".apkg"  # what Anki reads


@click.group("cards")
def cards_command() -> None:
    """Export cards to Anki, or move schedules and reviews between machines."""


@cards_command.command("export")
@click.argument("file", required=False, type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--anki",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write all cards as an Anki package (.apkg).",
)
def export_command(file: Path | None, anki: Path | None) -> None:
    """Write schedules and reviews as JSON to FILE, or to the output where none is given.

    A FILE that ends in .apkg becomes an Anki package of all cards.
    """
    if file and file.suffix.lower() == PACKAGE:
        anki, file = file, None
    if anki:
        _export_to_anki(anki)
        return
    with open_session_to_look() as session:
        reviews = session.progress.reviews
        text = backup.dump(reviews.schedules(), reviews.log())
    if file:
        write_output(file, text.encode())
        print_message(f"Wrote {shown(file)}. `learn cards import` reads it on another machine.")
    else:
        click.echo(text, nl=False)


@cards_command.command("import")
@click.argument("file", type=click.File(encoding="utf-8-sig"))  # some editors begin with a mark
def import_command(file: TextIO) -> None:
    """Take in an export. Of two schedules of a card, the one with the later review wins."""
    try:
        schedules, reviews = backup.load(file.read())
    except UnicodeDecodeError as error:
        raise backup.ExchangeError("it is not text in UTF-8") from error
    with open_session() as session:
        added = session.progress.reviews.merge(schedules, reviews)
    print_message(f"{plural(added, 'review was', 'reviews were')} new here, of {len(reviews):,}.")


def _export_to_anki(file: Path) -> None:
    from quizzes.bank import load_bank
    from quizzes.cards.anki import package

    notes = load_bank(catalog_here()).notes
    write_output(file, package(notes, catalog_here(), now()))
    print_message(f"Wrote {len(notes)} notes to {shown(file)}. In Anki: File, Import.")
