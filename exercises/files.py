"""Files that are written whole or not at all, and what is said of those that cannot be read."""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from typing import Any

from exercises.errors import CatalogError, ReplacesInput


def course_text(file: Path) -> str:
    """A text of the course. Raises `CatalogError` for what is none, and FileNotFoundError."""
    try:
        return file.read_text("utf-8")
    except UnicodeDecodeError as error:
        raise CatalogError(file, f"is no text in UTF-8, from byte {error.start} on") from error
    except IsADirectoryError as error:
        raise CatalogError(file, "must be a file") from error


def kept_json(file: Path) -> Any:
    """What was kept as JSON. Raises ValueError for whatever else stands there."""
    try:
        return json.loads(file.read_text("utf-8"))
    except (RecursionError, IsADirectoryError) as error:
        raise ValueError(f"{file} holds no JSON of ours") from error


def write_atomically(file: Path, content: bytes) -> None:
    """A kill at any moment, or a full disk, leaves the old content or the new one.

    The folder must be there.
    """
    with replaced_at_end(file) as temporary:
        temporary.write_bytes(content)


def write_private(file: Path, content: bytes) -> None:
    """As `write_atomically`; at no moment can anybody but its owner read it."""
    with replaced_at_end(file, mode=0o600) as temporary:
        temporary.touch(0o600)
        temporary.write_bytes(content)


def write_output(file: Path, content: bytes) -> None:
    """As `write_atomically`, for a name that a person gave: of a link, a device or a pipe, too."""
    with output_at_end(file) as temporary:
        temporary.write_bytes(content)


def spare(written: Iterable[Path], read: Collection[Path]) -> None:
    """Raise `ReplacesInput` where a command would write to a file that it reads, by any name."""
    for file in written:
        if any(_are_one(file, other) for other in read):
            raise ReplacesInput(file)


def _are_one(file: Path, other: Path) -> bool:
    try:
        return file.is_file() and other.samefile(file)
    except OSError:  # there is no such file; or what is wrong with it, opening it tells
        return False


@contextmanager
def output_at_end(file: Path) -> Iterator[Path]:
    """As `replaced_at_end`, for a name that a person gave."""
    if file.exists() and not file.is_file():
        yield file  # to be written to, not to be replaced by a file of its name
        return
    with replaced_at_end(file.resolve()) as temporary:
        yield temporary


@contextmanager
def replaced_at_end(file: Path, mode: int | None = None) -> Iterator[Path]:
    """A file beside `file` to write to, which takes its place if all went well.

    It gets `mode`; without one, that of the file whose place it takes.

    An OSError names `file`: of the one beside it nobody has heard.
    """
    # The process id keeps two commands apart that write the same file at the same time.
    temporary = file.with_name(f".{file.name}.{os.getpid()}")
    temporary.unlink(missing_ok=True)  # of a process that had this id, and was killed
    try:
        yield temporary
        if mode is None and file.exists():
            mode = file.stat().st_mode & 0o7777
        if mode is not None:
            temporary.chmod(mode)
        temporary.replace(file)
    except OSError as error:
        if error.filename in (None, str(temporary), temporary):
            error.filename, error.filename2 = str(file), None
        raise
    finally:
        temporary.unlink(missing_ok=True)


@contextmanager
def all_or_none(files: Mapping[Path, bytes]) -> Iterator[None]:
    """Writes the files, with folders that are missing. Where one of them or the block fails, all is
    as it was before.
    """
    before = {file: file.read_bytes() if file.is_file() else None for file in files}
    made: list[Path] = []
    try:
        for file, content in files.items():
            for folder in reversed([one for one in file.parents if not one.exists()]):
                folder.mkdir()
                made.append(folder)
            write_atomically(file, content)
        yield
    except BaseException:
        for file, old in before.items():
            with suppress(OSError):
                file.unlink(missing_ok=True) if old is None else write_atomically(file, old)
        for folder in reversed(made):
            with suppress(OSError):  # somebody else put something there
                folder.rmdir()
        raise


def write_all(files: Mapping[Path, bytes]) -> None:
    """All of them, or none."""
    with all_or_none(files):
        pass


def unused_path(file: Path) -> Path:
    """`file` itself, or `name-2.suffix` and so on, where there is no file yet."""
    others = (file.with_name(f"{file.stem}-{number}{file.suffix}") for number in count(2))
    return file if not file.exists() else next(path for path in others if not path.exists())
