"""`learn import`: take in the progress of another machine."""

from pathlib import Path

import click

from tui.output import print_message, shown
from tui.progress.transfer import take_in
from tui.study.session import open_session


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def import_command(file: Path) -> None:
    """Add the progress in FILE, which `learn export` wrote, to what is here.

    Nothing that is here is lost, and doing it twice changes nothing.
    """
    with open_session() as session:
        added = take_in(session.progress.database, file)
    entries = {0: "no new entries", 1: "1 new entry"}.get(added, f"{added} new entries")
    print_message(f"{shown(file)} held {entries}.")
