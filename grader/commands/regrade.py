"""`grader regrade`: what a class gets by suites that have changed."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from exercises import strict_json
from exercises.words import plural
from grader.commands.batch import (
    classroom_option,
    dask_option,
    grader_of,
    jobs_option,
    opened_store,
    store_option,
    unsandboxed_option,
    warn_unsandboxed,
)
from grader.commands.course import course_option, named_catalog
from grader.commands.output import OutputFile, WritingCommand, status_line, write

if TYPE_CHECKING:
    from grader.classroom.regrade import Change, Regrade


@click.command(cls=WritingCommand)
@classroom_option
@course_option
@store_option
@click.option("--dry-run", is_flag=True, help="Only show what would change.")
@click.option("--never-lower", is_flag=True, help="Keep the old verdict where the new is worse.")
@click.option(
    "--messages",
    type=OutputFile(),
    metavar="FILE",
    help="Write for each student what changed, as JSON lines.",
)
@jobs_option
@dask_option
@unsandboxed_option
def regrade(
    settings: Path,
    course: Path | None,
    file: Path,
    dry_run: bool,
    never_lower: bool,
    messages: Path | None,
    jobs: int,
    dask: str | None,
    allow_unsandboxed: bool,
) -> int:
    """Grade again what `grader batch` keeps, by the suites as they are now.

    Shows whose score changes and why, test by test. With --dry-run nothing changes, and what was
    graded for it need not be graded again. Without, `grader results` gives the new scores.
    """
    from grader.classroom.batch import suites_of
    from grader.classroom.regrade import Regrade
    from grader.classroom.regrade_text import lines, message
    from grader.classroom.settings import read_classroom

    classroom = read_classroom(settings, named_catalog(course))
    warn_unsandboxed(allow_unsandboxed)
    with opened_store(file, is_new=False) as store, store.held():
        run = Regrade(store, classroom, suites_of(classroom))
        if run.asked:
            with grader_of(jobs, dask, classroom) as grader, status_line() as show:
                run.grade(grader, not allow_unsandboxed, show)
        moved = run.moved(never_lower)
        changes = list(run.changes(moved))
        for change in changes:
            click.echo("\n".join(lines(change)))
        if messages:
            told = ({"id": one.after["id"], "message": message(one)} for one in changes)
            text = "".join(f"{strict_json.dumps(one, ensure_ascii=False)}\n" for one in told)
            write(text, messages)
        if not dry_run:
            store.move(moved)
    click.echo(summary(run, changes, len(moved), dry_run))
    return 3 if run.errors else 0


def summary(run: "Regrade", changes: "list[Change]", moved: int, dry_run: bool) -> str:
    """What was done in all, and what was not."""
    if not run.asked:
        return "Every verdict is of the suites as they are now. There is nothing to grade again."
    both = [(one.before["score"], one.after["score"]) for one in changes]
    known = [(old, new) for old, new in both if old is not None and new is not None]
    higher = sum(new > old for old, new in known)
    asked = plural(len(run.asked), "answer was", "answers were")
    one, many = ("would be", "would be") if dry_run else ("is now", "are now")
    now = plural(moved, f"of them {one}", f"of them {many}")
    told = [
        f"{asked} judged by earlier suites, {now} judged by the new ones."
        f" {plural(len(changes), 'score changes', 'scores change')}:"
        f" {higher} higher, {len(known) - higher} lower."
    ]
    if run.errors:
        told.append(
            f"{run.errors} could not be graded again, which is our error; they keep theirs."
        )
    if run.without_files:
        told.append(
            f"Of {run.without_files} the files are not kept: run `grader batch` once more on what"
            " was handed in."
        )
    if dry_run:
        told.append("Nothing is changed yet. Without --dry-run it is.")
    return " ".join(told)
