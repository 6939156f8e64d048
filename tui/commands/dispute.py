"""`learn dispute`: tell a teacher that a verdict is wrong."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click

from exercises.catalog import Exercise
from exercises.files import spare, unused_path, write_output
from tui.commands.arguments import exercise_argument, mine_option, seed_option
from tui.output import print_message
from tui.study.grading import read
from tui.study.handing_in import tell_handed_in
from tui.study.session import Session, open_session_to_grade


@click.command("dispute")
@exercise_argument
@click.option("--reason", required=True, metavar="TEXT", help="Why the verdict is wrong.")
@mine_option
@seed_option
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write a file, also in a class; without one EXERCISE.dispute.json otherwise.",
)
def dispute_command(
    exercise: str | None, reason: str, mine: bool, seed: int | None, output: Path | None
) -> int:
    """This verdict is wrong: pack your file, its report and your reason for a teacher.

    In a class that you have joined, say so there, of what you handed in last. The exit code is 2
    where the class refuses it.
    """
    with open_session_to_grade(exercise) as session:
        if session.workspace.class_file.exists() and output is None:
            if mine or seed is not None:
                raise click.UsageError("--mine and --seed go with --output: they are of a file.")
            return _at_class(session, session.exercise_to_grade(exercise), reason)
        from grader.dispute import dispute
        from tui.warm_grader.client import warm_grader

        asked = session.exercise_to_grade(exercise)
        spare([output] if output else [], [session.workspace.file(asked)])
        submission = read(session, asked, "submit", mine)
        submission = replace(submission, seed=seed).with_seed()
        with warm_grader(session.workspace.state) as grader:
            report = grader.grade(submission)
    file = output or unused_path(Path(f"{submission.exercise}.dispute.json"))
    write_output(file, dispute(submission, report, reason).encode())
    print_message(f"Wrote {file}. Send it to your teacher; it holds your file as it is now.")
    return 0


def _at_class(session: Session, exercise: Exercise, reason: str) -> int:
    from tui.study.outbox import keep_dispute

    keep_dispute(session.workspace.state, exercise.id, reason)
    return tell_handed_in(session.workspace, err=False)
