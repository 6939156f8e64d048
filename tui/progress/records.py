"""What was recorded of a learner, as the planner reads it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

# A rewrite is one more check, of a file in which a passed exercise is written from memory.
AttemptKind = Literal["check", "submit", "rewrite"]


@dataclass(frozen=True)
class Latest:
    """The exercise that the learner turned to last, and how its latest attempt went, if any."""

    exercise: str
    kind: AttemptKind | None = None
    outcome: str | None = None


@dataclass(frozen=True)
class Standing:
    """`passed` are exercises; `read` and `tested_out` topics, or chapters with all of theirs.

    `just_read` is what was read last, if the learner has turned to no exercise since.
    """

    passed: frozenset[str] = frozenset()
    read: frozenset[str] = frozenset()
    latest: Latest | None = None
    tested_out: frozenset[str] = frozenset()
    just_read: str | None = None


@dataclass(frozen=True)
class Mistake:
    """What a verdict named, or a question that was answered wrongly (`exercise` is empty then).

    `last` is the day on which it was made last, there or when it came back; `times` counts the days
    on which it was made; `avoided` those on which it was avoided since, the last on `avoided_on`.
    """

    exercise: str
    name: str
    says: str
    see: str
    last: date
    times: int = 1
    avoided: int = 0
    avoided_on: date | None = None


@dataclass(frozen=True)
class Effort:
    """On how many days the learner turned to an exercise, and the last of them."""

    days: int
    last: date


@dataclass(frozen=True)
class Answered:
    """The last answer to a question; one given while reading a lesson fails no quiz."""

    right: bool
    on: date
    in_quiz: bool = True
