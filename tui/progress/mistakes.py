"""What went wrong, and how it went when it came back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from tui.progress.answers import TOLD
from tui.progress.database import Database, timestamp
from tui.progress.records import Mistake


@dataclass(frozen=True)
class Event:
    """Of one thing on one day: it was made, or avoided."""

    exercise: str
    name: str
    says: str
    see: str
    avoided: bool
    on: date


class Mistakes:
    def __init__(self, db: Database) -> None:
        self._db = db

    def record(self, exercise: str, name: str, says: str, see: str, at: datetime) -> None:
        """A verdict has named it."""
        with self._db.change() as db:
            db.execute(
                "INSERT INTO mistakes (exercise, name, says, see, at) VALUES (?, ?, ?, ?, ?)",
                (exercise, name, says, see, timestamp(at)),
            )

    def meet(self, exercise: str, name: str, avoided: bool, at: datetime) -> None:
        """It came back."""
        with self._db.change() as db:
            db.execute(
                "INSERT INTO encounters (exercise, name, avoided, at) VALUES (?, ?, ?, ?)",
                (exercise, name, avoided, timestamp(at)),
            )

    def all(self, now: datetime) -> tuple[Mistake, ...]:
        """Each mistake that was ever made; the latest first."""
        rows = self._db.rows_by_day(
            now,
            "SELECT exercise, name, says, see, 0, day(at), at FROM mistakes"
            " UNION ALL SELECT exercise, name, '', '', avoided, day(at), at FROM encounters"
            " UNION ALL SELECT '', question, '', '', is_right, day(at), at FROM answers"
            f" WHERE context != 'prerequisites' AND {TOLD} ORDER BY at",
        )
        events = (
            Event(exercise, name, says, see, bool(avoided), date.fromisoformat(day))
            for exercise, name, says, see, avoided, day, _ in rows
        )
        return tuple(sorted(_gathered(events), key=lambda mistake: mistake.last, reverse=True))

    def met_today(self, now: datetime) -> int:
        """How many came back on this day."""
        rows = self._db.rows_by_day(
            now, "SELECT count(*) FROM encounters WHERE day(at) = day(?)", timestamp(now)
        )
        return int(rows[0][0])


def _gathered(events: Iterable[Event]) -> list[Mistake]:
    """Whatever was right before it was ever wrong is no mistake."""
    found: dict[tuple[str, str], Mistake] = {}
    for event in events:
        key = event.exercise, event.name
        known = found.get(key)
        if not event.avoided:
            found[key] = _made(known, event)
        elif known and known.last < event.on and known.avoided_on != event.on:
            found[key] = replace(known, avoided=known.avoided + 1, avoided_on=event.on)
    return list(found.values())


def _made(known: Mistake | None, event: Event) -> Mistake:
    if known is None:
        return Mistake(event.exercise, event.name, event.says, event.see, event.on)
    return replace(
        known,
        says=event.says or known.says,
        see=event.see or known.see,
        last=event.on,
        times=known.times + (known.last != event.on),
        avoided=0,
        avoided_on=None,
    )
