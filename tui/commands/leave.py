"""`learn leave`: out of the class, with what it keeps of the learner taken along or deleted."""

import os
from pathlib import Path

import click

from exercises import strict_json
from exercises.workspace import Workspace
from tui.output import print_message


@click.command("leave")
@click.option("--data", "is_asked", is_flag=True, help="Only print all that is kept of you there.")
@click.option("--leaderboard", "of_board", is_flag=True, help="Only stay out of its leaderboard.")
@click.option(
    "--delete", "own_id", metavar="ID", help="Delete who you are there; write your id once more."
)
def leave_command(is_asked: bool, of_board: bool, own_id: str | None) -> None:
    """Leave the class: from then on `learn submit` hands in nowhere.

    What was handed in stays there, and you can join again with a code of your own. With --delete
    your name, id, files, reports and posts are deleted at once, and nothing brings them back; bare
    numbers stay for a time, under a drawn name.
    """
    from tui.study.class_server import joined

    workspace = Workspace.find(Path.cwd(), os.environ)
    server = joined(workspace.state)
    if is_asked:
        click.echo(strict_json.dumps(server.own_data(), indent=1))
        return
    if of_board:
        server.leave_leaderboard()
        print_message(f"You stay out of the leaderboard of {server.name}. Its page lets you back.")
        return
    says = server.delete_me(own_id) if own_id is not None else f"You have left {server.name}."
    workspace.class_file.unlink()
    print_message(says)
