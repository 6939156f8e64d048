"""`learn edit`: the current file in the learner's own editor."""

import os

import click

from tui.commands.arguments import exercise_argument
from tui.output import print_wrapped
from tui.study.clock import now
from tui.study.editor import edit, find_editor
from tui.study.session import open_session_to_look


@click.command("edit")
@exercise_argument
def edit_command(exercise: str | None) -> None:
    """Open the file in $VISUAL or $EDITOR, or in an editor that is found.

    That may be vi: there, Esc and `:wq` keep what you wrote and end it, Esc and `:q!` only end it.
    """
    with open_session_to_look() as session:
        chosen = session.exercise(exercise)
        file = session.workspace.file(chosen)
        session.progress.visit(chosen.id, now())
    edit(file, find_editor(file, os.environ))
    print_wrapped(
        f"Next: `learn check {chosen.id}`. With `--watch`, in a terminal of its own, it checks at"
        " each save."
    )
