"""`grader dispute`: tell a teacher that a verdict is wrong."""

from pathlib import Path

import click

from exercises.files import unused_path
from grader.commands.course import course_option
from grader.commands.output import OutputFile, WritingCommand, existing_file, write
from grader.dispute import dispute as packed
from grader.grader import Grader
from grader.submission import Submission

reason_option = click.option(
    "--reason", required=True, metavar="TEXT", help="Why the verdict is wrong."
)


@click.command(cls=WritingCommand)
@existing_file
@reason_option
@click.option("--exercise", metavar="ID", help="FILE's name says it otherwise.")
@course_option
@click.option("--seed", type=int, help="Of the report that is wrong; fresh numbers otherwise.")
@click.option("--output", type=OutputFile(), help="EXERCISE.dispute.json else.")
def dispute(
    file: Path,
    reason: str,
    exercise: str | None,
    course: Path | None,
    seed: int | None,
    output: Path | None,
) -> int:
    """Grade FILE once more, and pack it with the report and your reason, for your teacher.

    `grader settle` reads what this writes.
    """
    submission = Submission.from_file(file, exercise, seed, course=course).with_seed()
    with Grader() as grader:
        report = grader.grade(submission)
    output = output or unused_path(Path(f"{submission.exercise}.dispute.json"))
    write(packed(submission, report, reason), output)
    click.echo(f"wrote  {output}\nSend it to your teacher.")
    return 0
