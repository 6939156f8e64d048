"""`grader audit`: are the suites right?"""

from collections.abc import Sequence
from pathlib import Path

import click

from exercises import strict_json
from exercises.catalog import Catalog, Exercise, catalog_in
from grader.commands.course import course_option
from grader.commands.output import WritingCommand, format_option, output_option, status_line, write
from grader.errors import UsageError
from grader.grader import Grader


@click.command(cls=WritingCommand)
@click.argument("exercises", nargs=-1, metavar="[ID]...")
@course_option
@click.option("--all", "is_all", is_flag=True, help="Grade what has not changed, too.")
@click.option("--jobs", type=click.IntRange(1), default=2, show_default=True)
@format_option("text", "json")
@output_option
def audit(
    exercises: Sequence[str],
    course: Path | None,
    is_all: bool,
    jobs: int,
    form: str,
    output: Path | None,
) -> int:
    """Grade the suites: stubs fail, right answers pass, wrong ones are caught and named.

    What passed before and has not changed since is not graded again, except in CI.
    """
    catalog = catalog_in(course)
    chosen = select(catalog, exercises)
    from grader.proving.audit import audit as audit_suites
    from grader.proving.audit_cache import local_cache

    cache = None if is_all else local_cache()
    with Grader(jobs) as grader, status_line() as show:
        result = audit_suites(grader, catalog, chosen, cache, show)
    if form == "json":
        write(strict_json.dumps(result.to_dict(), indent=2, ensure_ascii=False) + "\n", output)
    else:
        lines = [f"{name.replace('_', ' '):<20} {value}" for name, value in result.counts().items()]
        write("\n".join([*lines, *result.problems]) + "\n", output)
    return 1 if result.problems else 0


def select(catalog: Catalog, names: Sequence[str]) -> tuple[Exercise, ...]:
    """The exercises that `names` mean, ids or chapters; for no name the course's own."""
    if not names:
        return catalog.own_exercises
    chosen: list[Exercise] = []
    for name in names:
        chapter = [chapter for chapter in catalog.chapters if name in (chapter.id, chapter.id[:4])]
        chosen += chapter[0].exercises if chapter else [catalog.exercise(name)]
    if not chosen:
        raise UsageError("There is nothing to audit.")
    return tuple(dict.fromkeys(chosen))
