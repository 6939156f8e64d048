"""What somebody who waits wants to know: how many are before them, and about how long it takes."""

import math
from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import and_, func, select

from grader.server.database import Database
from grader.server.queue import utc_now
from grader.server.schema import LEASED, NOW, WAITING, HandIn

PACE = timedelta(minutes=5)  # the last of which say how fast it goes


class Waiting:
    """Of the queue of a database, as of now."""

    def __init__(self, database: Database, clock: Callable[[], datetime] = utc_now) -> None:
        self._database = database
        self._clock = clock

    def told(self, those: Sequence[HandIn]) -> dict[int, str]:
        """Where each is on its way to a verdict, in words, by its id; who has arrived is left out.

        The queue is looked at once for all of them.
        """
        told = {one.id: "being graded" for one in those if one.state == LEASED}
        if waits := [one.id for one in those if one.state == WAITING]:
            pace = self.pace()
            told |= {id: _in_words(before, pace) for id, before in self.places(waits).items()}
        return told

    def places(self, ids: Collection[int]) -> dict[int, int]:
        """How many are before each of them that waits."""
        order = func.row_number().over(order_by=(HandIn.priority, HandIn.id))
        queue = (
            select(HandIn.id, (order - 1).label("before")).where(HandIn.state == WAITING).subquery()
        )
        with self._database.reading() as session:
            found = session.execute(select(queue).where(queue.c.id.in_(ids)))
            return {row.id: row.before for row in found}

    def pace(self) -> timedelta | None:
        """What one takes, since the first that waits came; None where nothing was graded since.
        Regrades make nobody wait.
        """
        now = self._clock()
        waits = and_(HandIn.state == WAITING, HandIn.priority == NOW)
        with self._database.reading() as session:
            first = session.scalar(select(func.min(HandIn.received_at)).where(waits))
            since = max(first or now, now - PACE)
            graded = session.scalar(
                select(func.count()).select_from(HandIn).where(HandIn.graded_at > since)
            )
        return (now - since) / graded if graded else None


def _in_words(before: int, pace: timedelta | None) -> str:
    told = f"waiting; {before} before it" if before else "waiting; it is the next"
    if pace is None:
        return told
    minutes = math.ceil((before + 1) * pace / timedelta(minutes=1))
    return f"{told}, about {minutes} min" if minutes > 1 else f"{told}, less than a minute"
