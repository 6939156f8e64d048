"""`learn join`: from then on, `learn submit` hands in to a class as well."""

import os
from pathlib import Path

import click

from exercises.workspace import Workspace
from tui.output import print_message


@click.command("join")
@click.argument("address", metavar="URL")
@click.argument("code")
@click.option("--name", default="", help="Your name or id, as your teacher has listed it.")
@click.option("--login", is_flag=True, help="Log in at your institution, in a browser.")
def join_command(address: str, code: str, name: str, login: bool) -> None:
    """Join a class at URL, with the CODE that your teacher gave, or one of your own.

    With the code of a class, say who you are. What you submit from then on is handed in there as
    well; without a connection it is kept, and sent with the next one. With --login, a page of the
    class lets you log in at your institution, and gives you a code of your own to type here.
    """
    from tui.study.class_server import join, login_page

    if login:
        click.echo(f"Log in there, in any browser:\n\n    {login_page(address, code)}\n")
        code = click.prompt("The code that it shows you then")
    server, known_as = join(Workspace.find(Path.cwd(), os.environ).state, address, code, name)
    print_message(
        f"You are in {server.name}, as {known_as}. `learn submit` hands in there as well."
    )
