"""`grader gradebook`: results into the gradebook that a teacher's platform exported."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.commands.output import WritingCommand, output_option, write
from grader.errors import UsageError

if TYPE_CHECKING:
    from grader.classroom.gradebook import Gradebook
    from grader.classroom.sheet import Sheet

file_argument = click.argument("file", type=click.Path(path_type=Path), metavar="EXPORTED")
results_option = click.option(
    "--results",
    required=True,
    type=click.Path(path_type=Path),
    help='JSON lines, one a person: {"id": "1042", "score": 10.5, "max_score": 12}.',
)
column_option = click.option("--column", required=True, metavar="TITLE", help="What to fill.")
by_option = click.option("--by", metavar="TITLE", help="The column that has the results' ids.")
write_option = click.option("--write", "is_wanted", is_flag=True, help="Fill EXPORTED itself.")


@click.group()
def gradebook() -> None:
    """Fill the gradebook that Canvas or Moodle exported; see first what would change.

    Nobody and no assignment is ever added, and people are found by an id, never by name.
    """


@gradebook.command()
@file_argument
@results_option
@column_option
@by_option
@write_option
def canvas(file: Path, results: Path, column: str, by: str | None, is_wanted: bool) -> int:
    """Fill a column of the CSV file that Canvas exported under Grades."""
    from grader.classroom.canvas import read

    return fill_file(read, file, results, column, by, is_wanted)


@gradebook.command()
@file_argument
@results_option
@column_option
@by_option
@write_option
def moodle(file: Path, results: Path, column: str, by: str | None, is_wanted: bool) -> int:
    """Fill a column of a grading worksheet, or of the grades that Moodle exported."""
    from grader.classroom.moodle import read

    return fill_file(read, file, results, column, by, is_wanted)


@gradebook.command(cls=WritingCommand)
@results_option
@output_option
def nbgrader(results: Path, output: Path | None) -> int:
    """Write the results as nbgrader exports grades. Each needs an `assignment`, too."""
    from grader.classroom.nbgrader import table
    from grader.classroom.results import read_results

    write(table(read_results(existing(results))), output)
    return 0


def fill_file(
    read: "Callable[[Sheet, str, str | None], Gradebook]",
    file: Path,
    results: Path,
    column: str,
    by: str | None,
    is_wanted: bool,
) -> int:
    from grader.classroom.gradebook import content, fill
    from grader.classroom.gradebook_text import described
    from grader.classroom.results import one_each, read_results
    from grader.classroom.sheet import Sheet

    book = read(Sheet.read(file.name, existing(file).read_bytes()), column, by)
    filling = fill(book, one_each(read_results(existing(results))))
    write(described(book, filling), None)
    if not filling.changes:
        click.echo(f"Nothing is to be written; {file} is filled already.")
    elif is_wanted:
        write(content(book, filling), file)
        click.echo(f"{file} is written.")
    else:
        click.echo("Nothing is written yet. Add --write to fill the file.")
    return 0


def existing(file: Path) -> Path:
    if not file.is_file():
        raise UsageError(f"There is no file {file}.")
    return file
