"""`grader run`: one file, one report."""

import shutil
from pathlib import Path

import click

from grader.commands.output import format_option, output_option, wants_colour, write
from grader.formats import json as json_format
from grader.formats import junit, text
from grader.grader import Grader
from grader.report import Report
from grader.submission import Submission


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--exercise", metavar="ID", help="The exercise; FILE's name says it otherwise.")
@click.option("--seed", type=int, help="Ask the same questions again; fresh ones otherwise.")
@click.option("--device", default="cpu", show_default=True, help="cpu or cuda.")
@format_option("text", "json", "junit")
@output_option
def run(
    file: Path, exercise: str | None, seed: int | None, device: str, form: str, output: Path | None
) -> int:
    """Grade FILE."""
    submission = Submission.from_file(file, exercise, seed, device)
    with Grader() as grader:
        report = grader.grade(submission)
    write(render(report, form, colour=output is None and wants_colour()), output)
    return report.exit_code


def render(report: Report, form: str, colour: bool = False) -> str:
    """The report in one of the formats of `grader run`."""
    if form == "json":
        return json_format.render(report)
    if form == "junit":
        return junit.render(report)
    return text.render(report, colour, shutil.get_terminal_size((100, 24)).columns)
