"""`grader audit`: are the suites right?"""

import json
from collections.abc import Sequence
from pathlib import Path

import click

from exercises.catalog import load_catalog
from grader.commands.output import format_option, output_option, status_line, write
from grader.grader import Grader


@click.command()
@click.argument("exercises", nargs=-1, metavar="[ID]...")
@click.option("--all", "is_all", is_flag=True, help="Grade what has not changed, too.")
@click.option("--jobs", type=click.IntRange(1), default=2, show_default=True)
@format_option("text", "json")
@output_option
def audit(exercises: Sequence[str], is_all: bool, jobs: int, form: str, output: Path | None) -> int:
    """Grade the suites: stubs fail, right answers pass, wrong ones are caught and named.

    What passed before and has not changed since is not graded again, except in CI.
    """
    # Now: it loads torch, and the other commands of this process are to start without.
    from grader.proving.audit import audit as audit_suites
    from grader.proving.audit import select
    from grader.proving.audit_cache import local_cache

    catalog = load_catalog()
    chosen = select(catalog, exercises)
    cache = None if is_all else local_cache()
    with Grader(jobs) as grader, status_line() as show:
        result = audit_suites(grader, catalog, chosen, cache, show)
    if form == "json":
        write(json.dumps(result.to_dict(), indent=2, ensure_ascii=False) + "\n", output)
    else:
        lines = [f"{name.replace('_', ' '):<20} {value}" for name, value in result.counts().items()]
        write("\n".join([*lines, *result.problems]) + "\n", output)
    return 1 if result.problems else 0
