"""When the learner was here: what the calendar, the streak and the hours are drawn from."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta

from quizzes.cards.scheduling import DAY_STARTS, day_of
from tui.progress.database import Database, moment

# An attempt and a hint are visits as well.
MOMENTS_QUERY = " UNION ALL ".join(
    f"SELECT at FROM {table}" for table in ("visits", "sections_read", "answers", "reviews")
)
# A longer silence was spent elsewhere.
BREAK = timedelta(minutes=10)


def day_shift(now: datetime) -> str:
    """What turns a time of the file, in UTC, into the day that it belongs to in `now`'s zone."""
    offset = (now.utcoffset() or timedelta()) - DAY_STARTS
    return f"{offset.total_seconds():+.0f} seconds"


class Activity:
    def __init__(self, db: Database) -> None:
        self._db = db

    def days(self, now: datetime) -> dict[date, int]:
        """How many things were done on each day, in the time zone of `now`."""
        rows = self._db.rows(
            f"SELECT date(at, ?) AS day, count(*) FROM ({MOMENTS_QUERY}) GROUP BY day",
            day_shift(now),
        )
        return {date.fromisoformat(day): count for day, count in rows}

    def moments(self) -> list[datetime]:
        """Every event, oldest first."""
        return [moment(at) for (at,) in self._db.rows(f"{MOMENTS_QUERY} ORDER BY at")]


def streak(days: Collection[date], today: date) -> int:
    """How many days in a row, up to today; a day that has only begun does not break it."""
    day = today if today in days else today - timedelta(days=1)
    length = 0
    while day in days:
        length += 1
        day -= timedelta(days=1)
    return length


def hours_by_day(moments: Iterable[datetime], now: datetime) -> dict[date, float]:
    """Time between events that follow each other closely: less than was spent, never more."""
    hours: dict[date, float] = {}
    before: datetime | None = None
    for at in moments:
        if before and at - before <= BREAK:
            day = day_of(before.astimezone(now.tzinfo))
            hours[day] = hours.get(day, 0.0) + (at - before).total_seconds() / 3600
        before = at
    return hours
