"""`grader audit`: are the suites right?"""

import json
from collections.abc import Sequence
from pathlib import Path

import click

from exercises.catalog import load_catalog
from grader.commands.output import format_option, output_option, write
from grader.grader import Grader


@click.command()
@click.argument("exercises", nargs=-1, metavar="[ID]...")
@click.option("--jobs", type=click.IntRange(1), default=2, show_default=True)
@format_option("text", "json")
@output_option
def audit(exercises: Sequence[str], jobs: int, form: str, output: Path | None) -> int:
    """Grade the suites: stubs fail, right answers pass, wrong ones are caught and named."""
    # Now: it loads torch, and the other commands of this process are to start without.
    from grader.proving.audit import audit as audit_suites
    from grader.proving.audit import select

    catalog = load_catalog()
    chosen = select(catalog, exercises)
    with Grader(jobs) as grader:
        result = audit_suites(grader, catalog, chosen)
    if form == "json":
        write(json.dumps(result.to_dict(), indent=2, ensure_ascii=False) + "\n", output)
    else:
        lines = [f"{name.replace('_', ' '):<20} {value}" for name, value in result.counts().items()]
        write("\n".join([*lines, *result.problems]) + "\n", output)
    return 1 if result.problems else 0
