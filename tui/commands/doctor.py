"""`learn doctor`: does everything work on this machine?"""

import click

from exercises.errors import CourseError
from tui.commands.arguments import json_option
from tui.output import print_json
from tui.study.session import open_session_to_look


@click.command("doctor")
@json_option
def doctor_command(as_json: bool) -> None:
    """Examine the workspace, and the sandbox that your code runs in."""
    from grader.proving.doctor import examine

    found = examine()
    workspace = _workspace()
    if as_json:
        print_json({"workspace": workspace, "sandbox": found.to_dict()})
        return
    click.echo(workspace)
    for line in found.lines():
        click.echo(line)


def _workspace() -> str:
    """One line on the learner's folder. What is wrong with it is a finding, not a failure."""
    try:
        with open_session_to_look() as session:
            files = [session.workspace.file(exercise) for exercise in session.catalog.exercises]
    except CourseError as error:
        return str(error)
    missing = sum(not file.exists() for file in files)
    advice = f"{missing} missing, `learn init` brings them back" if missing else "none missing"
    return f"Workspace {session.workspace.root}: {len(files)} exercises, {advice}."
