"""`learn exam`: the final exam, in as many sittings as one likes."""

from __future__ import annotations

import secrets

import click

from tui.commands.arguments import json_option, seed_option
from tui.commands.prompt import confirm
from tui.commands.quiz_console import JsonLines, PlainLines, play
from tui.output import print_json, print_message
from tui.study.clock import now
from tui.study.exam import Exam, ExamError, ExamResult, begin, latest
from tui.study.exam_words import details, outcome, what_it_asks, what_to_write
from tui.study.quiz_round import MAX_SEED
from tui.study.session import Session, open_session
from tui.text.plain import wrapped

NOT_PASSED = 1


@click.command("exam")
@click.option("--new", is_flag=True, help="Begin another exam; one that is going on is given up.")
@click.option("--hand-in", is_flag=True, help="Hand in: once, when all is answered and written.")
@seed_option
@json_option
def exam_command(new: bool, hand_in: bool, seed: int | None, as_json: bool) -> int:
    """The final exam: 60 questions over all chapters, and five exercises.

    Nothing is explained before the end. Ctrl-D leaves, and `learn exam` goes on where you were.
    The exercises are files of the exam's own folder; you may look things up. 48 right answers and
    4 passed exercises pass; `learn certificate` then writes a certificate.
    """
    with open_session() as session:
        exam = _exam(session, new, seed)
        if hand_in:
            result = _hand_in(session, exam, as_json)
        elif exam.record.finished:
            result = exam.result()
        else:
            _sit(session, exam, as_json)
            return 0
    _print_result(result, as_json)
    return 0 if result.record.passed else NOT_PASSED


def _exam(session: Session, new: bool, seed: int | None) -> Exam:
    """The one that was begun last, or another."""
    exam = None if new else latest(session)
    if exam is None:
        return begin(session, secrets.randbelow(MAX_SEED) if seed is None else seed, now())
    if seed not in (None, exam.record.seed):
        raise ExamError(
            f"Your exam has seed {exam.record.seed}."
            f" `learn exam --new --seed {seed}` begins another."
        )
    return exam


def _sit(session: Session, exam: Exam, as_json: bool) -> None:
    """Ask what is not answered yet, then say what is to be written."""
    round = exam.round
    total = len(round.questions)
    if as_json:
        print_json(
            {
                "event": "exam",
                "seed": exam.record.seed,
                "answered": len(round.verdicts),
                "of": total,
                "needed": exam.needed,
                "exercises": [exercise.id for exercise in exam.exercises],
                "exercises_needed": exam.exercises_needed,
            }
        )
    else:
        print_message(what_it_asks(exam))
        if round.current:
            print_message("Nothing is explained before you hand in. Ctrl-D leaves.")
    play(round, JsonLines() if as_json else PlainLines(session.catalog), now)
    if round.current is None:
        exam.write_stubs()
        _print_exercises(exam, as_json)
    elif not as_json:
        print_message(
            f"{len(round.verdicts)} of {total} answered. `learn exam` goes on from there."
        )


def _print_exercises(exam: Exam, as_json: bool) -> None:
    files = {exercise.id: str(exam.file(exercise)) for exercise in exam.exercises}
    if as_json:
        print_json({"event": "exercises", "files": files})
        return
    print_message(f"\n{what_to_write(exam)}")
    print_message("They are graded once, when you hand in: `learn exam --hand-in`.")


def _hand_in(session: Session, exam: Exam, as_json: bool) -> ExamResult:
    from tui.warm_grader.client import warm_grader

    submissions = exam.submissions()
    unwritten = exam.unwritten()
    if unwritten and not as_json:
        names = ", ".join(exercise.id for exercise in unwritten)
        if not confirm(f"Still stubs, which cannot pass: {names}. Hand in all the same?"):
            raise click.Abort
    with warm_grader(session.workspace.state) as grader:
        graded = [(submission, grader.grade(submission)) for submission in submissions]
    return exam.finish(graded, now())


def _print_result(result: ExamResult, as_json: bool) -> None:
    record = result.record
    asked = len(record.questions)
    if as_json:
        print_json(
            {
                "event": "exam_result",
                "passed": record.passed,
                "seed": record.seed,
                "finished": record.finished,
                "correct": record.correct,
                "of": asked,
                "needed": result.needed,
                "chapters": {
                    score.chapter.id: {"correct": score.right, "of": score.asked}
                    for score in result.chapters
                },
                "exercises": {exercise.id: passed for exercise, passed in result.outcomes},
                "exercises_needed": result.exercises_needed,
                "revisit": result.revisit,
            }
        )
        return
    click.secho(wrapped(outcome(result)), bold=True)
    click.echo(f"\n{details(result)}")
    if result.revisit:
        click.echo("\nTo look at again:")
    for topic in result.revisit:
        click.echo(f"  learn read {topic}")
    after = "`learn certificate` writes your certificate." if record.passed else ""
    print_message(
        f"\n{after or 'What went wrong comes back: `learn mistakes`.'}"
        " `learn exam --new` begins another exam."
    )
