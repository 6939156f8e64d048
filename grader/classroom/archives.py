"""Unpacks zips that students made. Nothing but answers and zips inside is ever written.

The names of a zip may lead anywhere and its sizes may be lies, so names are judged one by one and
bytes are counted while they are unpacked.
"""

import re
import stat
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from zipfile import ZipFile, ZipInfo

from grader.errors import SubmissionError
from grader.notebooks.cells import MAX_BYTES as MAX_NOTEBOOK_BYTES
from grader.submission import MAX_SOURCE_BYTES

STEP = 1 << 16
MOST_BYTES = {".py": MAX_SOURCE_BYTES, ".ipynb": MAX_NOTEBOOK_BYTES}
MOST_NAMES = 20_000  # of one zip; reading their list takes memory
MOST_PARTS = 12  # folders within folders
MOST_NAME_BYTES = 255  # of one part of a path, on Linux and elsewhere
MOST_END_BYTES = 10  # `.ipynb` is one


def unpack(file: Path, into: Path, most_bytes: int, wanted: Callable[[str], int | None]) -> None:
    """Write what is `wanted` of a zip below the folder `into`, at most `most_bytes` in all.

    `wanted` gives for a name how many bytes are to be read of it: 0 leaves an empty file, None
    leaves nothing. Raises `SubmissionError` for what is no zip, holds too much, or has a name that
    leads out of it.
    """
    try:
        with ZipFile(file) as archive:
            infos = archive.infolist()
            if len(infos) > MOST_NAMES:
                raise SubmissionError(f"{file.name} holds more than {MOST_NAMES:,} files.")
            paths = [(_fitting(_inside(info, file.name)), info) for info in infos]
            left = most_bytes
            for path, info in paths:
                most = wanted(path.as_posix())
                if _is_file(info) and most is not None:
                    left -= _write(archive, info, into / path, min(most, left + 1))
                    if left < 0:
                        raise SubmissionError(
                            f"{file.name} unpacks to more than {most_bytes:,} bytes."
                        )
    except SubmissionError:
        raise
    except Exception as error:  # whatever a hostile zip provokes in its reader and unpackers
        reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
        raise SubmissionError(f"{file.name} cannot be unpacked: {reason}.") from None


def most_of_an_answer(name: str) -> int | None:
    """For a Python file or notebook, how much of it counts and a byte, so that more can be seen."""
    most = MOST_BYTES.get(PurePosixPath(name).suffix.lower())
    return None if most is None or is_hidden(name) else most + 1


def is_hidden(name: str) -> bool:
    return any(part.startswith((".", "__")) for part in PurePosixPath(name).parts)  # `__MACOSX` too


def _inside(info: ZipInfo, archive: str) -> PurePosixPath:
    # zipfile cuts a name at a zero character; what it was before stands in `orig_filename`
    name = info.orig_filename.replace("\\", "/")
    path = PurePosixPath(name)
    leads_out = path.is_absolute() or ".." in path.parts or re.match("[A-Za-z]:", name)
    if leads_out or "\0" in name or len(path.parts) > MOST_PARTS:
        raise SubmissionError(
            f"{archive} has a file named {name[:200]!r}, which leads out of it. Pack it anew."
        )
    return path


def _fitting(path: PurePosixPath) -> PurePosixPath:
    """Names that no file system here takes are cut before their ending: they stop nobody."""
    return PurePosixPath(*map(_cut, path.parts))


def _cut(part: str) -> str:
    name = part.encode("utf-8", "surrogateescape")
    if len(name) <= MOST_NAME_BYTES:
        return part
    end = PurePosixPath(part).suffix.encode("utf-8", "surrogateescape")[:MOST_END_BYTES]
    return (name[: MOST_NAME_BYTES - len(end)] + end).decode("utf-8", "surrogateescape")


def _is_file(info: ZipInfo) -> bool:
    """No folder, link or device."""
    mode = info.external_attr >> 16
    return not info.is_dir() and (stat.S_IFMT(mode) in (0, stat.S_IFREG))


def _write(archive: ZipFile, info: ZipInfo, path: Path, most: int) -> int:
    """Returns how many bytes were written; what lies behind `most` is not unpacked."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not most:
        path.touch()
        return 0
    written = 0
    with archive.open(info) as source, path.open("xb") as target:  # a name that is there twice
        while written < most and (part := source.read(min(STEP, most - written))):
            written += target.write(part)
    return written
