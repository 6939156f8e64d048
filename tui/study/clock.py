"""What time it is, for the learner."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo
from functools import cache

from quizzes.cards.scheduling import day_of, day_start


def now() -> datetime:
    return datetime.now(UTC)


def local_now() -> datetime:
    """The time of the learner's clock, in their zone: a day ends by their night."""
    return now().astimezone(_zone())


def still_yesterday(now: datetime) -> str:
    """After midnight, why a date is not that of the calendar; empty at any other time."""
    day = day_of(now)
    if day == now.date():
        return ""
    ends = day_start(now) + timedelta(days=1)
    return f"It is still {day:%A}, {day.day} {day:%B}: your day ends at {ends:%H:%M}."


@cache
def _zone() -> tzinfo | None:
    """The zone of this machine with its rules; None, where only its present offset is known."""
    import tzlocal

    try:
        return tzlocal.get_localzone()
    except (ValueError, OSError, LookupError):  # as with TZ=CET-1CEST, which names no place
        return None
