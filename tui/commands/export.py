"""`learn export`: all progress in one file."""

from pathlib import Path

import click

from tui.output import print_message, shown
from tui.progress.transfer import export
from tui.study.session import open_session_to_look


@click.command("export")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def export_command(file: Path) -> None:
    """Write all progress into FILE, for `learn import` on another machine.

    Attempts with their sources, answers, cards and settings are in it. Your files are not: copy
    the folder, too, if you want them.
    """
    with open_session_to_look() as session:
        export(session.progress.database, file)
    print_message(f"All progress is in {shown(file)}. Take it in elsewhere with `learn import`.")
