"""What the commands share: which format, and where it goes."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import click

from exercises.files import spare, write_output
from exercises.streams import discard_output
from grader.errors import UsageError

F = TypeVar("F", bound=Callable[..., Any])


class OutputFile(click.Path):
    """The type of a file that a command writes; those of other types it reads."""

    def __init__(self) -> None:
        super().__init__(dir_okay=False, path_type=Path)


class WritingCommand(click.Command):
    """A command with an `OutputFile`. Raises `ReplacesInput` where it was given that to read."""

    def invoke(self, context: click.Context) -> Any:
        named = [one for parameter in self.params for one in _files(parameter, context)]
        written = [file for kind, file in named if isinstance(kind, OutputFile)]
        spare(written, [file for kind, file in named if not isinstance(kind, OutputFile)])
        return super().invoke(context)


def _files(parameter: click.Parameter, context: click.Context) -> Iterator[tuple[object, Path]]:
    """Each path that the parameter was given, with its type."""
    value, kind = context.params[parameter.name or ""], parameter.type
    for one in value if parameter.multiple or parameter.nargs == -1 else [value]:
        kinds, files = (kind.types, one) if isinstance(kind, click.Tuple) else ([kind], [one])
        for each, file in zip(kinds, files or (), strict=False):
            if isinstance(file, Path):
                yield each, file


output_option = click.option("--output", type=OutputFile(), help="Write to this file.")
existing_file = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))


def format_option(*names: str) -> Callable[[F], F]:
    """`--format`, the first name being the default."""
    return click.option(
        "--format", "form", type=click.Choice(names), default=names[0], show_default=True
    )


def wants_colour() -> bool:
    """Colour is for terminals, and for nobody who asked for none."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")


@contextmanager
def status_line() -> Iterator[Callable[[str], None]]:
    """A line on stderr that is replaced by the next, and gone at the end. Only for a terminal."""
    if not sys.stderr.isatty():
        yield lambda line: None
        return
    clear = "\r\x1b[K"
    try:
        yield lambda line: click.echo(f"{clear}{line}", nl=False, err=True)
    finally:
        click.echo(clear, nl=False, err=True)


def write(content: str, output: Path | None) -> None:
    """To stdout, or to a file. Raises `UsageError` where it cannot be written."""
    try:
        if output is None:
            click.echo(content, nl=False, color=True)
        else:
            write_output(output, content.encode())
    except BrokenPipeError:  # nobody reads on; what the command ends with says enough
        discard_output()
    except OSError as error:
        if output is None:
            discard_output()
        name = "The standard output" if output is None else output
        raise UsageError(f"{name} cannot be written: {error.strerror}.") from None
