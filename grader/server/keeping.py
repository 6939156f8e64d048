"""A verdict waits for a database that comes back: to lose it would cost a try, and grading anew."""

import logging
import time
from collections.abc import Callable
from datetime import timedelta

from sqlalchemy.exc import SQLAlchemyError

log = logging.getLogger(__name__)


def keep(
    write: Callable[[], object], pause: Callable[[], bool], lease: timedelta, what: str
) -> None:
    """Write it, now or once the database is back.

    `pause` waits a moment, and is false when the server ends. Then, and after a lease's time, when
    another has the row, the database's error is raised.
    """
    ends = time.monotonic() + lease.total_seconds()
    while True:
        try:
            write()
            return
        except SQLAlchemyError as error:
            log.warning("What came of %s cannot be kept yet: %s", what, error)
            if not pause() or time.monotonic() > ends:
                raise
