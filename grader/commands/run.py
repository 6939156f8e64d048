"""`grader run`: one answer, one report."""

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from grader.commands.output import format_option, output_option, wants_colour, write
from grader.formats import FORMATS, render
from grader.grader import Grader
from grader.submission import Submission


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--exercise", metavar="ID", help="The exercise; FILE's name says it otherwise.")
@click.option("--seed", type=int, help="Ask the same questions again; fresh ones otherwise.")
@click.option("--device", default="cpu", show_default=True, help="cpu or cuda.")
@click.option(
    "--allow-unsandboxed",
    is_flag=True,
    help="Run FILE even where a layer of the sandbox is missing. For code that you trust.",
)
@format_option(*FORMATS)
@output_option
def run(
    file: Path,
    exercise: str | None,
    seed: int | None,
    device: str,
    allow_unsandboxed: bool,
    form: str,
    output: Path | None,
) -> int:
    """Grade FILE, together with the files beside it that it imports."""
    submission = Submission.from_file(file, exercise, seed, device)
    submission = replace(submission, only_sandboxed=not allow_unsandboxed)
    with Grader() as grader:
        report = grader.grade(submission)
    layout = terminal_layout(output) if form == "text" else {}
    write(render(report, form, **layout), output)
    return report.exit_code


def terminal_layout(output: Path | None) -> dict[str, Any]:
    """How a text for people is laid out here."""
    width = shutil.get_terminal_size((100, 24)).columns
    return {"colour": output is None and wants_colour(), "width": width}
