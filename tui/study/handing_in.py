"""What is submitted goes to the class as well, where the learner has joined one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from exercises.workspace import Workspace
from tui.output import print_message

if TYPE_CHECKING:
    from grader import Submission
    from tui.study.outbox import Sent
    from tui.study.session import Session


def keep_for_class(session: Session, submission: Submission) -> None:
    """Before anything else is done with it, so that nothing that happens then loses it."""
    if session.workspace.class_file.exists():
        from tui.study.outbox import keep

        keep(session.workspace.state, submission.exercise, submission.files())


def hand_in(workspace: Workspace) -> Iterator[Sent]:
    """To the class that the learner has joined, after the verdict: nobody waits for a network.

    Yields what became of all that waits; nothing where no class was joined.
    """
    if workspace.class_file.exists():
        from tui.study.class_server import ClassServerError
        from tui.study.outbox import Sent, send

        try:
            yield from send(workspace.state)
        except ClassServerError as error:
            yield Sent(str(error), error.exit_code)


def tell_handed_in(workspace: Workspace, err: bool = True) -> int:
    """As `hand_in`, printed, and what is refused to stderr. The exit code that goes with all."""
    exit_code = 0
    for sent in hand_in(workspace):
        print_message(sent.says, err=err or sent.exit_code != 0)
        exit_code = max(exit_code, sent.exit_code)
    return exit_code
