"""Grade a file of the workspace, keep the attempt, and print how it went and what to do next."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from exercises.catalog import Exercise
from exercises.streams import discard_output
from exercises.words import plural
from tui.output import colour_wanted, print_json, print_message, print_wrapped, shown, width
from tui.planning.unlocking import opened_by
from tui.progress.progress import Attempt, AttemptKind, ProgressError
from tui.study.advice import advice, commands
from tui.study.clock import now
from tui.study.handing_in import keep_for_class, tell_handed_in
from tui.study.session import Session

if TYPE_CHECKING:
    from grader import Report, Submission

# A check asks the same questions each time, so that feedback is steady; a submission asks new ones,
# so that hard-coded outputs fail.
SEEDS: dict[AttemptKind, int | None] = {"check": 0, "submit": None, "rewrite": 0}
MOST_NAMED = 3  # of the exercises that a pass opens; the first in the course


def grade(
    session: Session,
    exercise: Exercise,
    kind: AttemptKind,
    as_json: bool,
    mine: bool = False,
    full: bool = False,
) -> int:
    """Grade the file, tell the verdict, and give the exit code that goes with it."""
    from tui.warm_grader.client import warm_grader

    with warm_grader(session.workspace.state) as grader:
        submission = read(session, exercise, kind, mine)
        if kind == "submit":
            keep_for_class(session, submission)
        report = grader.grade(submission)
    tell(session, submission, kind, report, as_json, full=full)
    if kind == "submit":
        return max(report.exit_code, tell_handed_in(session.workspace))
    return report.exit_code


def tell(
    session: Session,
    submission: Submission,
    kind: AttemptKind,
    report: Report,
    as_json: bool,
    rows: int | None = None,
    full: bool = False,
) -> None:
    """The verdict comes first, the bookkeeping after, and last what to do.

    Of a long verdict, `rows` lines are printed; of each failure the call, where it is `full`.
    """
    try:
        print_report(report, as_json, rows, full)
    except BrokenPipeError:  # nobody reads on; the verdict counts all the same
        discard_output()
    except OSError:  # there is no room for it, say; that is told, and it counts as well
        keep(session, submission, kind, report)
        raise
    if note := keep(session, submission, kind, report):
        print_message(note, err=True)
    elif not as_json and (counts := counted(session, kind, report)):
        print_wrapped(counts)
    if not as_json:
        is_passed = report.exercise in session.progress.standing().passed
        print_wrapped(f"Next: {advice(report, kind, commands(report.exercise), is_passed)}")


def read(session: Session, exercise: Exercise, kind: AttemptKind, mine: bool = False) -> Submission:
    """The learner's file as it is now, and what it imports. They may keep it where they like.

    With `mine`, what they have passed in other chapters can be imported by its exercise's id.
    """
    return read_file(session, session.file(exercise, kind), exercise, SEEDS[kind], mine)


def read_file(
    session: Session, file: Path, exercise: Exercise, seed: int | None, mine: bool
) -> Submission:
    """As `read`, of any file."""
    from grader import Submission

    def passed(module: str) -> bytes | None:
        source = session.progress.passed_source(module) if mine and module != exercise.id else None
        return None if source is None else source.encode()

    return Submission.from_file(
        file,
        exercise.id,
        seed=seed,
        within=Path(file.anchor),
        elsewhere=passed,
        course=session.catalog.course.folder,
    )


def keep(session: Session, submission: Submission, kind: AttemptKind, report: Report) -> str:
    """Record the attempt for good; or a note for the learner on why that cannot be."""
    from grader.formats.facts import is_unwritten

    if session.unkept:
        return f"This verdict is not kept. {session.unkept}"
    source = submission.main
    attempt = Attempt(
        exercise=submission.exercise,
        kind=kind,
        outcome=report.outcome,
        points=report.points,
        max_points=report.max_points,
        seed=report.seed,
        at=now(),
        source=source if isinstance(source, bytes) else source.encode(),
        report=json.dumps(report.to_dict(), ensure_ascii=False),
        is_stub=is_unwritten(report),
    )
    try:
        session.progress.record(attempt)
        _note_mistake(session, report, attempt.at)
        if report.passed:
            _schedule(session, kind, report, attempt.at)
    except ProgressError as error:
        return f"This verdict is not kept. {error}"
    except OSError as error:
        return f"The file cannot be put away: {error.strerror}."
    return ""


def _schedule(session: Session, kind: AttemptKind, report: Report, at: datetime) -> None:
    """When what was passed is to be written again."""
    if kind == "check":
        return
    from tui.study.rewrites import end, schedule_passes  # loads fsrs, after the verdict

    if kind == "submit":
        schedule_passes(session.progress)
    else:
        end(session, session.catalog.exercise(report.exercise), at)


def counted(session: Session, kind: AttemptKind, report: Report) -> str:
    """That a pass counts and what it opens, or when it comes back; empty for all else."""
    if kind == "check" or not report.passed:
        return ""
    if kind == "rewrite":
        from tui.study.rewrites import comes_back

        again = comes_back(session, session.catalog.exercise(report.exercise))
        backups = shown(session.workspace.state / "backups")
        return f"You still know it. {again} The file is put away in {backups}."
    if _passed_before(session, report.exercise):
        return "It counted already. Of your answers that pass, this one is kept."
    opens = opened_by(session.catalog, session.progress.standing(), report.exercise)
    if not opens:
        return "It counts."
    names = ", ".join(exercise.named for exercise in opens[:MOST_NAMED])
    more = f", and {len(opens) - MOST_NAMED} more" if len(opens) > MOST_NAMED else ""
    return f"It counts. Opens: {names}{more}."


def _passed_before(session: Session, exercise: str) -> bool:
    """Whether its latest attempt is not its first pass."""
    latest = session.progress.latest_report(exercise)
    first = session.progress.first_passes().get(exercise)
    return latest is not None and first is not None and first < latest[2]


def _note_mistake(session: Session, report: Report, at: datetime) -> None:
    """What the verdict named is an event on its topic, and comes back in a few days. A stub is no
    mistake.
    """
    from grader.formats.facts import is_unwritten

    mistakes = session.progress.mistakes
    if named := report.diagnosis:
        mistakes.record(report.exercise, named.id, named.says, named.see, at)
    elif (symptom := report.symptom) and not is_unwritten(report):
        topic = session.catalog.exercise(report.exercise).topic
        mistakes.record(report.exercise, symptom.id, symptom.says, topic, at)


def print_report(
    report: Report, as_json: bool, rows: int | None = None, full: bool = False
) -> None:
    from grader.formats.text import render

    if as_json:
        print_json(report.to_dict())
        return
    lines = render(report, colour=colour_wanted(), width=width(), full=full).splitlines()
    if rows and len(lines) > rows:
        left = len(lines) - rows + 1
        lines[rows - 1 :] = [
            f"  … and {plural(left, 'line')} more: `learn check {report.exercise}`"
        ]
    click.echo("\n".join(lines) + "\n")
