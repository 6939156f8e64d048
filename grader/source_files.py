"""Reads what is handed in: one file, and the files beside it that it imports.

Whoever hands it in may not be allowed to read all that we may. So a link is followed only as far as
the caller says, never to the hidden suites, and only ordinary files are read.
"""

import os
import re
import stat
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from exercises.course import OURS
from grader.errors import SubmissionError

# A line is read, not parsed: a parser can be crashed by what it reads, and this is our own process.
# To bring along a file that is only imported in a text does no harm.
_IMPORTS = re.compile(
    r"^(?:.*[;:])?[ \t]*(?:from[ \t]+(\w+)(?:\.\w+)*[ \t]+import\b|import[ \t]+([^#;\n]+))", re.M
)

SHOWN_NAME = 200  # letters of a name that no file system takes


def read_with_imports(
    path: Path,
    name: str,
    within: Path,
    most: int,
    hidden: Sequence[Path],
    elsewhere: Callable[[str], bytes | None] = lambda module: None,
) -> dict[str, bytes]:
    """The file at `path` as `name`; by their own names those beside it that it imports, or they do.

    `elsewhere` may know a module that is not beside it.

    A link is followed if it leads to a file below `within`, and neither to our suites nor into one
    of the folders `hidden`. Of more than `most` bytes, only so much is read that this can be seen.
    Raises `SubmissionError` where there is nothing that may be read.
    """
    files = {name: read_file(path, within, most, hidden)}
    waiting = [name]
    while waiting and sum(map(len, files.values())) <= most:
        for module in imported_modules(files[waiting.pop()]):
            beside = path.with_name(f"{module}.py")
            if beside.name in files or beside == path:
                continue
            source = (
                read_file(beside, within, most, hidden) if _is_there(beside) else elsewhere(module)
            )
            if source is not None:
                files[beside.name] = source
                waiting.append(beside.name)
    return files


def imported_modules(source: bytes) -> Iterator[str]:
    """The modules that a file seems to import, by their first names."""
    for origin, several in _IMPORTS.findall(source.decode("utf-8", "replace")):
        yield from (
            part.split()[0].partition(".")[0] for part in several.split(",") if part.strip()
        )
        if origin:
            yield origin


def _is_there(path: Path) -> bool:
    return path.is_file() or path.is_symlink()


def read_file(path: Path, within: Path, most: int, hidden: Sequence[Path] = ()) -> bytes:
    """At most one byte more than `most` of an ordinary file; `SubmissionError` for all else."""
    try:
        if path.is_dir():
            raise SubmissionError(f"{path} is a folder. Name the file to grade.")
        # Without O_NONBLOCK, a named pipe would let us wait for somebody who writes into it.
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK
        descriptor = os.open(_followed(path, within, hidden), flags)
        with os.fdopen(descriptor, "rb") as file:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise SubmissionError(f"{path} is no ordinary file.")
            return file.read(most + 1)
    except FileNotFoundError:
        raise SubmissionError(f"There is no file {path}.") from None
    except OSError as error:
        name = str(path)[:SHOWN_NAME]
        raise SubmissionError(f"{name} cannot be read: {error.strerror}.") from None
    except ValueError:  # a zero character, which no file system has in names
        raise SubmissionError(f"{path} is no name of a file.") from None


def _followed(path: Path, within: Path, hidden: Sequence[Path]) -> Path:
    """Where the file really lies."""
    try:
        real = path.resolve(strict=True)
    except RuntimeError:  # how Python says before 3.13 that links lead in a circle
        raise SubmissionError(f"{path} is a symbolic link that leads to itself.") from None
    named = path.absolute()
    is_hidden = any(
        real.is_relative_to(suites.resolve()) and not named.is_relative_to(suites)
        for suites in (OURS.suites, *hidden)
    )
    if is_hidden or not real.is_relative_to(within.resolve()):
        raise SubmissionError(
            f"{path} is a symbolic link. Name the file itself."
            f" Only links that stay within {within} are followed, and none to the hidden suites."
        )
    return real
