"""Reads what is handed in: one file, and the files beside it that it imports.

Whoever hands it in may not be allowed to read all that we may. So a link is followed only as far as
the caller says, never to the hidden suites, and only ordinary files are read.
"""

import errno
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
_IMPORTS_BY_NAME = re.compile(r"\b(?:import_module|__import__)\(\s*['\"](\w+)['\"]")

SHOWN_NAME = 200  # letters of a name that no file system takes

Module = Callable[[str], bytes | None]  # the source of a module, where it is known


def read_with_imports(
    path: Path,
    name: str,
    within: Path,
    most: int,
    hidden: Sequence[Path],
    elsewhere: Module = lambda module: None,
) -> dict[str, bytes]:
    """The file at `path` as `name`; by their own names those beside it that it imports, or they do.

    `elsewhere` may know a module that is not beside it.

    A link is followed if it leads to a file below `within`, and neither to our suites nor into one
    of the folders `hidden`. Of more than `most` bytes, only so much is read that this can be seen.
    Raises `SubmissionError` where there is nothing that may be read.
    """
    main = read_file(path, within, most, hidden)
    return with_imports(name, main, most, beside(path, within, most, hidden), elsewhere)


def with_imports(name: str, main: bytes, most: int, *places: Module) -> dict[str, bytes]:
    """The source `main` as `name`, and the modules that it imports, or they do.

    Each is taken from the first of the `places` that knows it. Once there are more than `most`
    bytes, no more are looked for.
    """
    files = {name: main}
    waiting = [name]
    while waiting and sum(map(len, files.values())) <= most:
        for module in imported_modules(files[waiting.pop()]):
            if f"{module}.py" in files:
                continue
            known = (place(module) for place in places)
            if (source := next((one for one in known if one is not None), None)) is not None:
                files[f"{module}.py"] = source
                waiting.append(f"{module}.py")
    return files


def beside(path: Path, within: Path, most: int, hidden: Sequence[Path] = ()) -> Module:
    """The modules in the folder of `path`, but for itself; read as `read_with_imports` does."""

    def read(module: str) -> bytes | None:
        file = path.with_name(f"{module}.py")
        if file == path or not is_there(file):
            return None
        return read_file(file, within, most, hidden)

    return read


def lines(source: bytes | str) -> list[str]:
    """For comparing: neither the kind of line ends nor empty lines at the end count."""
    text = source.decode("utf-8-sig", "replace") if isinstance(source, bytes) else source
    return text.rstrip().splitlines()


def as_text(name: str) -> str:
    """What has a file's name in it. That may be no text: what is none of it is told by numbers."""
    return name.encode("utf-8", "backslashreplace").decode("utf-8")


def imported_modules(source: bytes) -> Iterator[str]:
    """The modules that a file seems to import, by their first names."""
    text = source.decode("utf-8", "replace")
    yield from _IMPORTS_BY_NAME.findall(text)
    for origin, several in _IMPORTS.findall(text):
        yield from (
            part.split()[0].partition(".")[0] for part in several.split(",") if part.strip()
        )
        if origin:
            yield origin


def is_there(path: Path) -> bool:
    """Whether a file or a link has this name, or where we may not look: `read_file` tells."""
    try:
        return path.is_file() or path.is_symlink()
    except OSError as error:
        return error.errno != errno.ENAMETOOLONG  # nothing has such a name


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
