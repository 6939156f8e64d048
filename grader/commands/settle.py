"""`grader settle`: what a teacher makes of a disputed verdict."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from exercises.catalog import Catalog, Exercise, catalog_in
from exercises.files import write_atomically
from exercises.words import plural
from grader.commands.batch import opened_store, path, store_option
from grader.commands.course import course_option, named_catalog
from grader.commands.output import status_line
from grader.errors import UsageError
from grader.grader import Grader
from grader.report import Report, printable
from grader.submission import Submission

if TYPE_CHECKING:
    from grader.classroom.settings import Classroom
    from grader.classroom.settlement import Disputed

TRUSTED = (
    "This code becomes part of the suite, and then runs on your side of the sandbox, with all that"
    " you may do. Have you read it, and is there nothing in it but an answer?"
)


@click.command()
@click.argument(
    "sent", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="FILE"
)
@click.option(
    "--as",
    "kind",
    type=click.Choice(["alternative", "misconception"]),
    help="One more right way, or one more known mistake. Without it, the dispute is only shown.",
)
@click.option("--name", metavar="ID", help="Its name in the suite, such as summed-rows.")
@click.option("--says", metavar="TEXT", help="Of a misconception: the sentence to the learner.")
@click.option("--see", metavar="ANCHOR", help="Of a misconception: the section that explains it.")
@course_option
@click.option("--classroom", "settings", type=path, metavar="FILE", help="Whom else it touches.")
@store_option
@click.option("--yes", is_flag=True, help="I have read the code, and it may run on my side.")
def settle(
    sent: Path,
    kind: str | None,
    name: str | None,
    says: str | None,
    see: str | None,
    course: Path | None,
    settings: Path | None,
    file: Path | None,
    yes: bool,
) -> int:
    """Show the dispute in FILE, or make its answer part of the suite.

    The exercise is audited at once. If it does not pass, nothing is kept: where a right answer
    fails, change the suite first. With --classroom, shows whose verdict changes.
    """
    from grader.classroom import settlement
    from grader.classroom.settings import read_classroom

    classroom = read_classroom(settings, named_catalog(course)) if settings else None
    catalog = classroom.catalog if classroom else catalog_in(course)
    disputed = settlement.read_disputed(sent)
    exercise = catalog.exercise(disputed.exercise)
    click.echo(shown(disputed, now(disputed, catalog)))
    if not kind:
        return 0
    if kind == "alternative":
        changed, text = settlement.alternative(exercise, disputed, name or "")
    elif says and see:
        changed, text = settlement.misconception(exercise, disputed, name or "", says, see)
    else:
        raise UsageError("--as misconception needs --says and --see.")
    if not yes:
        click.confirm(TRUSTED, abort=True)
    with Grader(os.cpu_count() or 1) as grader:  # another one: it reads the suite as it is then
        problems = audited(grader, catalog, exercise, changed, text)
        if problems:
            click.echo("\n".join(["The audit does not pass, and nothing is kept:", *problems]))
            return 1
        click.echo(f"wrote  {changed}\nThe audit passes.")
        if classroom and file:
            click.echo("\n".join(touched(grader, classroom, exercise, file)))
    return 0


def now(disputed: "Disputed", catalog: Catalog) -> Report:
    """The verdict of today's suite, with the questions of the report that is disputed."""
    files = {name: text.encode("utf-8", "surrogateescape") for name, text in disputed.files.items()}
    submission = Submission(
        disputed.exercise,
        files,
        disputed.report.seed,
        only_sandboxed=True,
        course=catalog.course.folder,
    )
    with Grader() as grader:
        return grader.grade(submission)


def shown(disputed: "Disputed", report: Report) -> str:
    from grader.formats import render

    source = "\n\n".join(f"{name}:\n{text}" for name, text in disputed.files.items())
    return "\n".join(
        [
            f"Disputed: {printable(disputed.exercise)}, seed {disputed.report.seed}",
            f"Reason: {printable(disputed.reason)}",
            "",
            printable(source),
            "The verdict of the suite as it is now:",
            render(report, "text"),
        ]
    )


def audited(
    grader: Grader, catalog: Catalog, exercise: Exercise, file: Path, text: str
) -> list[str]:
    """Write the file, and audit; where that finds a problem, all is as it was before."""
    from grader.proving.audit import audit

    before = file.read_bytes() if file.exists() else None
    file.parent.mkdir(exist_ok=True)
    write_atomically(file, text.encode())
    problems = ["The audit was broken off."]
    try:
        with status_line() as show:
            problems = audit(grader, catalog, [exercise], None, show).problems
    finally:
        if problems and before is not None:
            write_atomically(file, before)
        elif problems:
            file.unlink()
    return problems


def touched(
    grader: Grader,
    classroom: "Classroom",
    exercise: Exercise,
    file: Path,
) -> Iterator[str]:
    """Whose score or reason is another one by the suite as it is now."""
    from grader.classroom.batch import suites_of
    from grader.classroom.regrade import Regrade
    from grader.classroom.regrade_text import lines

    suites = {id: suite for id, suite in suites_of(classroom).items() if id == exercise.id}
    with opened_store(file, is_new=False) as store, store.held():
        run = Regrade(store, classroom, suites)
        with status_line() as show:
            run.grade(grader, True, show)
        moved = run.moved(never_lower=False)
        changes = list(run.changes(moved))
        for change in changes:
            yield from lines(change)
        others = [f"{printable(one.student)}: is told {one.after}" for one in run.renamed(moved)]
        yield from others
    yield (
        f"{plural(len(changes), 'score')} would change, and {plural(len(others), 'reason')}."
        " Nothing is changed yet: `grader regrade` does it."
    )
