"""`learn reset`: the stub again; the learner's file goes into a backup."""

import click

from tui.arguments import exercise_argument, json_option
from tui.output import print_json, shown
from tui.session import now, open_session


@click.command("reset")
@exercise_argument
@json_option
def reset_command(exercise: str | None, as_json: bool) -> None:
    """Put the stub back, and keep your file as a backup."""
    with open_session() as session:
        chosen = session.exercise(exercise)
        # The time of the learner's clock: it is in the name of the backup.
        backup = session.workspace.reset(chosen, now().astimezone())
        file = session.workspace.file(chosen)
    if as_json:
        print_json({"exercise": chosen.id, "file": file, "backup": backup})
    elif backup:
        click.echo(f"{shown(file)} is the stub again. Yours is kept in {shown(backup)}.")
    else:
        click.echo(f"{shown(file)} is the stub. There was nothing of yours to keep.")
