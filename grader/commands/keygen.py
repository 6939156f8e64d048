"""`grader keygen`: a classroom's pair of keys."""

from pathlib import Path

import click


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def keygen(file: Path) -> None:
    """Make a key that signs, in FILE, and the one that verifies, in FILE.pub.

    Keep FILE to yourself and a copy of it safe. FILE.pub may be given to everybody.
    """
    from grader.classroom.keys import new_key

    public, id = new_key(file)
    click.echo(f"{file} signs: keep it to yourself.")
    click.echo(f"{public} verifies: give it to everybody. Its id is {id}.")
