"""The folders of a hand-in where answers lie."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from exercises.workspace import DEFAULT_NAME
from grader.errors import SubmissionError
from grader.notebooks.cells import is_notebook
from grader.source_files import is_there

MOST_NOTEBOOKS = 50  # of one hand-in; reading them takes time and memory
MOST_FOLDERS = 1_000  # that are looked at below


def homes(folder: Path, chapter: str) -> tuple[Path, ...]:
    """Where the answers of a chapter are looked for first."""
    return folder / chapter, folder / DEFAULT_NAME / chapter, folder


def below(folder: Path) -> list[Path]:
    """The folders in it, those that are near first. No link is followed and no hidden one is
    looked at, and after some all others are left out.
    """
    found = [folder]
    for each in found:  # which grows meanwhile
        found += _folders(each)[: MOST_FOLDERS - len(found)]
    return found[1:]


def named(name: str, folders: Iterable[Path]) -> Iterator[Path]:
    for home in folders:
        if is_there(home / name):
            yield home / name


def notebooks(folder: Path, homes: Iterable[Path]) -> list[Path]:
    """Those in `homes` and in the workspace of `folder`. Raises `SubmissionError` for too many."""
    found = [
        file
        for home in sorted({*homes, folder / DEFAULT_NAME})
        if home == folder or not home.is_symlink()
        for file in _entries(home)
        if is_notebook(file) and not file.name.startswith(".") and not file.is_dir()
    ]
    if len(found) > MOST_NOTEBOOKS:
        raise SubmissionError(
            f"There are more than {MOST_NOTEBOOKS} notebooks. Keep those with answers."
        )
    return found


def _folders(folder: Path) -> list[Path]:
    try:
        with os.scandir(folder) as entries:
            names = [entry.name for entry in entries if entry.is_dir(follow_symlinks=False)]
    except OSError:
        return []
    return [folder / name for name in sorted(names) if not name.startswith((".", "__"))]


def _entries(folder: Path) -> list[Path]:
    """None of a folder that is not there, or where we may not look."""
    try:
        return sorted(folder.iterdir())
    except OSError:
        return []
