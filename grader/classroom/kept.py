"""What the store of a batch holds: who handed in what, and how it was judged."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Key:
    """What a verdict depends on. `content` is a digest of the answer's files and its exercise."""

    content: str
    suite: str
    seed: int
    device: str


@dataclass(frozen=True)
class HandedIn:
    """One answer as it came: its files by name, or why it has none that can be graded."""

    key: Key
    refusal: str
    files: Mapping[str, bytes]


@dataclass(frozen=True)
class Verdict:
    """`share` of the points, from 0 to 1; `unprotected` names missing layers of the sandbox."""

    outcome: str
    share: float
    unprotected: tuple[str, ...] = ()


@dataclass(frozen=True)
class Kept:
    """A hand-in and its verdicts by exercise; None where one is not graded yet."""

    student: str
    name: str
    handed_in: datetime | None
    is_late: bool
    verdicts: Mapping[str, Verdict | None]
    content: str = ""  # a digest of all that was handed in


# Answers that are judged by another version of their suite: the content, the old one, the new one.
Moved = Mapping[tuple[str, str], str]
NOTHING_MOVED: Moved = {}
