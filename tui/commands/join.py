"""`learn join`: from then on, `learn submit` hands in to a class as well."""

import os
from pathlib import Path

import click

from exercises.workspace import Workspace


@click.command("join")
@click.argument("address", metavar="URL")
@click.argument("code")
@click.option("--name", default="", help="Your name or id, as your teacher has listed it.")
def join_command(address: str, code: str, name: str) -> None:
    """Join a class at URL, with the CODE that your teacher gave, or one of your own.

    With the code of a class, say who you are. What you submit from then on is handed in there as
    well; without a connection it is kept, and sent with the next one.
    """
    from tui.study.class_server import join

    server, known_as = join(Workspace.find(Path.cwd(), os.environ).state, address, code, name)
    click.echo(f"You are in {server.name}, as {known_as}. `learn submit` hands in there as well.")
