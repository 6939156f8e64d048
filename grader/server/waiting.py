"""What somebody who waits wants to know: how many are before them, and about how long it takes."""

import math
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import and_, func, or_, select

from grader.server.database import Database
from grader.server.queue import utc_now
from grader.server.schema import LEASED, NOW, WAITING, HandIn

PACE = timedelta(minutes=5)  # the last of which say how fast it goes


class Waiting:
    """Of the queue of a database, as of now."""

    def __init__(self, database: Database, clock: Callable[[], datetime] = utc_now) -> None:
        self._database = database
        self._clock = clock

    def told(self, one: HandIn) -> str:
        """Where it is on its way to a verdict, in words; empty where it has arrived."""
        if one.state != WAITING:
            return "being graded" if one.state == LEASED else ""
        before = self.place(one)
        time = self.time(before)
        told = f"waiting; {before} before it" if before else "waiting; it is the next"
        if time is None:
            return told
        minutes = math.ceil(time.total_seconds() / 60)
        return f"{told}, about {minutes} min" if minutes > 1 else f"{told}, less than a minute"

    def place(self, one: HandIn) -> int:
        """How many are before it."""
        before = or_(
            HandIn.priority < one.priority,
            and_(HandIn.priority == one.priority, HandIn.id < one.id),
        )
        with self._database.reading() as session:
            waiting = select(func.count()).select_from(HandIn).where(HandIn.state == WAITING)
            return session.scalar(waiting.where(before)) or 0

    def time(self, before: int) -> timedelta | None:
        """About how long it takes until as many `before` it and it are graded, at the pace since
        the first that waits came; None where nothing was graded since. Regrades make nobody wait.
        """
        now = self._clock()
        waits = and_(HandIn.state == WAITING, HandIn.priority == NOW)
        with self._database.reading() as session:
            first = session.scalar(select(func.min(HandIn.received_at)).where(waits))
            since = max(first or now, now - PACE)
            graded = session.scalar(
                select(func.count()).select_from(HandIn).where(HandIn.graded_at > since)
            )
        return (before + 1) * (now - since) / graded if graded else None
