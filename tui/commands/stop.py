"""`learn stop`: end the grader that stays warm between two commands."""

import os
from pathlib import Path

import click

from exercises.workspace import Workspace


@click.command("stop")
def stop_command() -> None:
    """End the warm grader, which otherwise waits ten minutes for your next check."""
    from tui.warm_grader.client import stop

    workspace = Workspace.find(Path.cwd(), os.environ)
    ended = stop(workspace.state)
    click.echo("The warm grader has ended." if ended else "No grader was waiting.")
