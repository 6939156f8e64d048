"""On which day of the learner's something was.

A day ends by the clock of the place where the learner was at that moment. So the zone is kept
whenever it changes, and neither summer time nor a journey moves what was done before.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from datetime import date, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from quizzes.cards.scheduling import day_of


def zone_name(now: datetime) -> str:
    """Of the zone of `now`: "Europe/Paris", or where it has no name its offset, "+02:00"."""
    key = getattr(now.tzinfo, "key", None)
    return key or f"{now:%z}"[:3] + ":" + f"{now:%z}"[3:5]


def zone(name: str) -> tzinfo | None:
    """What `zone_name` names; None where this machine does not know it."""
    try:
        if name.startswith(("+", "-")):
            hours, minutes = int(name[:3]), int(name[0] + name[4:])
            return timezone(timedelta(hours=hours, minutes=minutes))
        return ZoneInfo(name)
    except (ValueError, OSError, ZoneInfoNotFoundError):
        return None


class Calendar:
    """`stays` says since when the learner has been in which zone, oldest first.

    What was before the first of them was in its zone. Where there is none, `now` says the zone.
    """

    def __init__(self, stays: Iterable[tuple[datetime, str]], now: datetime) -> None:
        known = [(since, zone(name) or now.tzinfo) for since, name in stays]
        self._since = [since for since, _ in known[1:]]
        self._zones = [place for _, place in known] or [now.tzinfo]

    def day(self, at: datetime) -> date:
        return day_of(at.astimezone(self._zones[bisect_right(self._since, at)]))
