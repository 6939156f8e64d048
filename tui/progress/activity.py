"""When the learner was here: what the calendar, the streak and the hours are drawn from."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta

from tui.progress.calendar import Calendar
from tui.progress.database import Database, moment

# An attempt and a hint are visits as well.
MOMENTS_QUERY = " UNION ALL ".join(
    f"SELECT at FROM {table}"
    for table in ("visits", "sections_read", "answers", "reviews", "rewrites")
)
# A longer silence was spent elsewhere.
BREAK = timedelta(minutes=10)


class Activity:
    def __init__(self, db: Database) -> None:
        self._db = db

    def days(self, now: datetime) -> dict[date, int]:
        """How many things were done on each day."""
        rows = self._db.rows_by_day(
            now, f"SELECT day(at) AS day, count(*) FROM ({MOMENTS_QUERY}) GROUP BY 1"
        )
        return {date.fromisoformat(day): count for day, count in rows}

    def hours(self, now: datetime) -> dict[date, float]:
        """Time between events that follow each other closely: less than was spent, never more."""
        moments = [moment(at) for (at,) in self._db.rows(f"{MOMENTS_QUERY} ORDER BY at")]
        return hours_by_day(moments, self._db.calendar(now))


def streak(days: Collection[date], today: date) -> int:
    """How many days in a row, up to today; a day that has only begun does not break it."""
    day = today if today in days else today - timedelta(days=1)
    length = 0
    while day in days:
        length += 1
        day -= timedelta(days=1)
    return length


def hours_by_day(moments: Iterable[datetime], calendar: Calendar) -> dict[date, float]:
    hours: dict[date, float] = {}
    before: datetime | None = None
    for at in moments:
        if before and at - before <= BREAK:
            day = calendar.day(before)
            hours[day] = hours.get(day, 0.0) + (at - before).total_seconds() / 3600
        before = at
    return hours
