"""`learn init`: make the workspace, or bring in what is new in the course."""

import os
from dataclasses import asdict
from pathlib import Path

import click

from exercises.errors import NoWorkspace
from exercises.workspace import DEFAULT_NAME, VARIABLE, Update, Workspace
from tui.commands.arguments import json_option
from tui.output import print_json, print_message, shown


@click.command("init")
@click.argument("folder", required=False, type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "--course",
    type=click.Path(path_type=Path, resolve_path=True),
    metavar="DIR",
    help="A teacher's own course, from now on.",
)
@click.option("--quiet", is_flag=True, help="Print only what was not updated.")
@json_option
def init_command(folder: Path | None, course: Path | None, quiet: bool, as_json: bool) -> None:
    """Create the workspace in FOLDER, or bring in what is new in the course.

    A file that you have changed is never touched.
    """
    workspace = Workspace.create(folder or _default_folder(), course)
    done = workspace.update(workspace.catalog())
    if as_json:
        print_json({"workspace": workspace.root, **asdict(done)})
        return
    if not quiet:
        _print_done(workspace, done)
    for left in done.left:
        print_message(f"Left {shown(left.file)} as it is: {left.why}.")


def _default_folder() -> Path:
    """The workspace that is here already; else the place where a new one belongs."""
    try:
        return Workspace.find(Path.cwd(), os.environ).root
    except NoWorkspace:
        return Path(os.environ.get(VARIABLE) or DEFAULT_NAME)


def _print_done(workspace: Workspace, done: Update) -> None:
    counts = {
        "new": done.added,
        "updated": done.updated,
        "restored": done.restored,
        "moved": done.moved,
    }
    said = [f"{len(files)} {name}" for name, files in counts.items() if files]
    print_message(f"Workspace {shown(workspace.root)}: {', '.join(said) or 'nothing new'}.")
    print_message("Go on with `learn next`.")
