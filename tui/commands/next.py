"""`learn next`: one thing to do, the reason, and the command that does it."""

import os
import shlex
import sys
from dataclasses import asdict
from pathlib import Path

import click

from tui.commands.arguments import json_option
from tui.output import print_json, print_labelled, shown
from tui.planning.describe import Step, time_of
from tui.study.session import Session, open_session_to_look

TASK_LABELS = {
    "review": "Review",
    "mistakes": "Again",
    "rewrite": "Rewrite",
    "reading": "Read",
    "quiz": "Quiz",
    "exercise": "Exercise",
    "done": "Done",
}


@click.command("next")
@json_option
def next_command(as_json: bool) -> None:
    """Say what to do next, and why."""
    with open_session_to_look() as session:
        step = session.next_step()
        if as_json:
            file = _file(session, step)
            print_json({**asdict(step), "file": str(file) if file else None})
        else:
            print_step(session, step)


def print_step(session: Session, step: Step) -> None:
    """Also what ends another command: nobody has to ask what is next."""
    named = f"{step.title} ({step.id})" if step.kind == "exercise" else step.title
    print_labelled(TASK_LABELS[step.kind], click.style(named, bold=True))
    print_labelled("", step.summary)
    known = f" You know the chapter? `learn testout {step.testout}` goes past it."
    print_labelled("Why", step.reason + (known if step.testout else ""))
    if step.estimate:
        print_labelled("Time", time_of(step))
    if file := _file(session, step):
        opens = f"learn edit {step.id}"
        ways = "or in an editor of your own" if step.command == opens else f"`{opens}` opens it"
        print_labelled("File", f"{shown(file)}   {ways}")
    if not _is_on_path():
        # A newcomer who ran `make learn` has no `learn` in the shell yet.
        activate = os.path.relpath(Path(sys.prefix, "bin", "activate"))
        print_labelled(
            "First", f"source {shlex.quote(activate)}   so that your shell finds `learn`"
        )
    print_labelled("Run", click.style(step.command, fg="cyan"))


def _file(session: Session, step: Step) -> Path | None:
    if step.kind != "exercise":
        return None
    return session.workspace.file(session.catalog.exercise(step.id))


def _is_on_path() -> bool:
    return any(os.access(Path(folder, "learn"), os.X_OK) for folder in os.get_exec_path())
