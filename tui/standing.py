"""Where the learner stands: all that decides what is open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["check", "submit"]


@dataclass(frozen=True)
class Latest:
    """The exercise that the learner turned to last, and how its latest attempt went, if any."""

    exercise: str
    kind: Kind | None = None
    outcome: str | None = None


@dataclass(frozen=True)
class Standing:
    """`passed` are exercises; `tested_out` are chapters, as are those in `read`."""

    passed: frozenset[str] = frozenset()
    read: frozenset[str] = frozenset()
    latest: Latest | None = None
    tested_out: frozenset[str] = frozenset()
