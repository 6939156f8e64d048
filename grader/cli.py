"""`grader`: the classroom's command. Results go to stdout, everything else to stderr.

Exit codes: 0 passed, 1 graded and not passed, 2 usage, 3 our error.
"""

import json
import os
import shutil
import sys
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click

from exercises.catalog import load_catalog
from exercises.errors import CourseError
from grader.errors import GraderError, UsageError
from grader.formats import FORMATS, render
from grader.grader import Grader
from grader.report import printable
from grader.submission import Submission

F = TypeVar("F", bound=Callable[..., Any])

output_option = click.option(
    "--output", type=click.Path(dir_okay=False, path_type=Path), help="Write to this file."
)


def format_option(*names: str) -> Callable[[F], F]:
    """`--format`, the first name being the default."""
    return click.option(
        "--format", "form", type=click.Choice(names), default=names[0], show_default=True
    )


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="learn-transformer")
def cli() -> None:
    """Grade exercises against their hidden suites."""


@cli.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--exercise", metavar="ID", help="The exercise; FILE's name says it otherwise.")
@click.option("--seed", type=int, help="Ask the same questions again; fresh ones otherwise.")
@click.option("--device", default="cpu", show_default=True, help="cpu or cuda.")
@format_option(*FORMATS)
@output_option
def run(
    file: Path, exercise: str | None, seed: int | None, device: str, form: str, output: Path | None
) -> int:
    """Grade FILE."""
    submission = Submission.from_file(file, exercise, seed, device)
    with Grader() as grader:
        report = grader.grade(submission)
    layout = terminal_layout(output) if form == "text" else {}
    write(render(report, form, **layout), output)
    return report.exit_code


@cli.command()
@click.argument("exercises", nargs=-1, metavar="[ID]...")
@click.option("--jobs", type=click.IntRange(1), default=2, show_default=True)
@format_option("text", "json")
@output_option
def audit(exercises: Sequence[str], jobs: int, form: str, output: Path | None) -> int:
    """Grade the suites: stubs fail, right answers pass, wrong ones are caught and named."""
    from grader.proving.audit import audit, select

    catalog = load_catalog()
    chosen = select(catalog, exercises)
    with Grader(jobs) as grader:
        result = audit(grader, catalog, chosen)
    if form == "json":
        write(json.dumps(result.to_dict(), indent=2, ensure_ascii=False) + "\n", output)
    else:
        lines = [f"{name.replace('_', ' '):<20} {value}" for name, value in result.counts().items()]
        write("\n".join([*lines, *result.problems]) + "\n", output)
    return 1 if result.problems else 0


@cli.command()
@format_option("text", "json")
@output_option
def doctor(form: str, output: Path | None) -> int:
    """Try to break each layer that holds learners' code, and say which ones hold here."""
    from grader.proving.doctor import examine

    found = examine()
    in_json = json.dumps(found.to_dict(), indent=2) + "\n"
    write(in_json if form == "json" else found.to_text(), output)
    return 0 if found.sandboxed else 1


@cli.command()
@click.option("--exercise", default="scaled_dot_product_attention", show_default=True)
@click.option("--runs", type=click.IntRange(2), default=50, show_default=True)
@format_option("text", "json")
@output_option
def bench(exercise: str, runs: int, form: str, output: Path | None) -> int:
    """Time a verdict, beside the suite without isolation and beside plain pytest."""
    from grader.proving.bench import bench

    result = bench(load_catalog().exercise(exercise), runs)
    in_json = json.dumps(result.to_dict(), indent=2) + "\n"
    write(in_json if form == "json" else result.to_text(), output)
    return 0


def terminal_layout(output: Path | None) -> dict[str, Any]:
    """How a text for people is laid out here."""
    width = shutil.get_terminal_size((100, 24)).columns
    return {"colour": output is None and wants_colour(), "width": width}


def wants_colour() -> bool:
    """Colour is for terminals, and for nobody who asked for none."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")


def write(content: str, output: Path | None) -> None:
    """To stdout, or to a file."""
    if output is None:
        click.echo(content, nl=False, color=True)
    else:
        try:
            output.write_text(content, encoding="utf-8")
        except OSError as error:
            raise UsageError(f"{output} cannot be written: {error.strerror}.") from None


def main() -> None:
    """Run the command; each kind of failure has its own exit code and one clear sentence."""
    try:
        status = cli.main(standalone_mode=False)
    except click.exceptions.Exit as error:
        status = error.exit_code
    except click.Abort:
        status = 130
    except click.ClickException as error:
        error.show()
        status = error.exit_code
    except (GraderError, CourseError) as error:
        click.echo(f"grader: {printable(str(error))}", err=True)
        status = error.exit_code
    except Exception:
        # Python's own exit code for this is 1, which would read as a failed submission.
        traceback.print_exc()
        click.echo("grader: This is our error, not the submission's.", err=True)
        status = 3
    sys.exit(status if isinstance(status, int) else 0)


if __name__ == "__main__":
    main()
