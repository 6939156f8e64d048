"""What time it is, for the learner."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo
from functools import cache


def now() -> datetime:
    return datetime.now(UTC)


def local_now() -> datetime:
    """The time of the learner's clock, in their zone: a day ends by their night."""
    return now().astimezone(_zone())


@cache
def _zone() -> tzinfo | None:
    """The zone of this machine with its rules; None, where only its present offset is known."""
    import tzlocal

    try:
        return tzlocal.get_localzone()
    except (ValueError, OSError, LookupError):  # as with TZ=CET-1CEST, which names no place
        return None
