"""What may be handed in, in words for who does; and that it is received."""

import re
from collections.abc import Mapping
from datetime import datetime

from grader.errors import SubmissionError
from grader.server.members import classroom
from grader.server.queue import Queue
from grader.server.schema import HandIn, Membership
from grader.submission import MAX_SOURCE_BYTES

MOST_FILES = 20
MAX_BYTES = 1024 * 1024  # of all files
MOST_KEY = 64
FILE_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,99}\.py")


def hand_in(
    queue: Queue,
    member: Membership,
    exercise: str,
    files: Mapping[str, bytes],
    key: str,
    made_at: datetime | None = None,
) -> HandIn:
    """The row that is in the queue now. Raises `SubmissionError` and `Refused`."""
    asked = classroom(member.class_.settings).points
    if exercise not in asked:
        raise SubmissionError(
            f"{member.class_.name} does not ask for {exercise!r}. It asks for {', '.join(asked)}."
        )
    _check(exercise, files)
    if not 0 < len(key) <= MOST_KEY:
        raise SubmissionError(f"The key of a hand-in has 1 to {MOST_KEY} letters.")
    return queue.receive(member.id, exercise, files, key, made_at)


def _check(exercise: str, files: Mapping[str, bytes]) -> None:
    if f"{exercise}.py" not in files:
        raise SubmissionError(f"The file {exercise}.py is missing: it is the one that is graded.")
    if len(files) > MOST_FILES:
        raise SubmissionError(f"{len(files)} files are too many. {MOST_FILES} can be handed in.")
    for name, source in files.items():
        if not FILE_NAME.fullmatch(name):
            raise SubmissionError(
                f"{name!r} is no name for a file here: letters, digits and _, then .py."
            )
        if len(source) > MAX_SOURCE_BYTES:
            raise SubmissionError(f"{name} has more than {MAX_SOURCE_BYTES // 1024} KB.")
    if sum(map(len, files.values())) > MAX_BYTES:
        raise SubmissionError(f"All files together have more than {MAX_BYTES // 1024**2} MB.")
