"""`learn reset`: the stub again, or with --all the first day; what was yours goes into a backup."""

from __future__ import annotations

import shlex
import sys

import click

from exercises.files import unused_path
from tui.commands.arguments import exercise_argument, json_option
from tui.commands.prompt import confirm
from tui.output import print_json, print_message, shown
from tui.study.clock import local_now
from tui.study.session import Session, open_session


@click.command("reset")
@exercise_argument
@click.option("--all", "everything", is_flag=True, help="Every stub, and all progress.")
@click.option("--yes", is_flag=True, help="With --all: do not ask.")
@json_option
def reset_command(exercise: str | None, everything: bool, yes: bool, as_json: bool) -> None:
    """Put the stub back, and keep your file as a backup.

    With --all, everything is as on the first day, but for your settings. Your files and your
    progress are kept in the workspace's .learn/backups.
    """
    if everything and exercise:
        raise click.UsageError("Name an exercise, or give --all.")
    with open_session() as session:
        if everything:
            _ask(yes)
            _reset_all(session, as_json)
        else:
            _reset(session, exercise, as_json)


def _reset(session: Session, name: str | None, as_json: bool) -> None:
    exercise = session.exercise(name)
    backup = session.workspace.reset(exercise, local_now())
    file = session.workspace.file(exercise)
    if as_json:
        print_json({"exercise": exercise.id, "file": file, "backup": backup})
    elif backup:
        print_message(f"{shown(file)} is the stub again. Yours is kept in {shown(backup)}.")
    else:
        print_message(f"{shown(file)} is the stub. There was nothing of yours to keep.")


def _ask(yes: bool) -> None:
    if yes:
        return
    if not sys.stdin.isatty():
        raise click.UsageError("--all needs --yes where nobody can be asked.")
    if not confirm("Put every stub back and forget all progress? A backup is kept."):
        raise click.Abort


def _reset_all(session: Session, as_json: bool) -> None:
    from tui.progress.transfer import clear, export

    now, workspace, progress = local_now(), session.workspace, session.progress
    kept = unused_path(workspace.state / "backups" / f"progress-{now:%Y%m%d-%H%M%S}.db")
    kept.parent.mkdir(exist_ok=True)
    export(progress.database, kept)
    backups = [workspace.reset(exercise, now) for exercise in session.catalog.exercises]
    files = [backup for backup in backups if backup]
    clear(progress.database)
    if as_json:
        print_json({"progress": kept, "files": files})
        return
    print_message("Everything is as on the first day, but for your settings.")
    print_message(f"`learn import {shlex.quote(shown(kept))}` brings your progress back.")
    if files:
        print_message(f"{len(files)} of your files are kept in {shown(kept.parent)}.")
