"""A Dask cluster that grades for the server, and may go and come back while that runs.

The database stays the truth: a row is leased here, the cluster only computes. So a cluster that is
lost takes nothing along: what it had is given back to the queue, and waits until it is there again.
"""

import logging
import time
from concurrent.futures import Future
from threading import Lock

from sqlalchemy import select

from grader.classroom.cluster import Cluster, ClusterLost
from grader.errors import UsageError
from grader.report import Report
from grader.server.database import Database
from grader.server.members import classroom
from grader.server.schema import Class
from grader.submission import Submission

PAUSE = 5.0  # seconds between two looks for a cluster that is away
log = logging.getLogger(__name__)


class Remote(Cluster):
    """As `Cluster`, for all classes of a database. `name` is of this server, and stays the same
    when it is started again.
    """

    def __init__(self, database: Database, address: str, name: str) -> None:
        super().__init__(address, (), None, name)
        self._looks = Lock()
        self._is_away = False
        self._next = 0.0  # look for it, on the monotonic clock
        try:
            with database.reading() as session:
                for settings in map(classroom, session.scalars(select(Class.settings))):
                    self.check(settings.points, settings.catalog.course.folder)
        except BaseException:
            self.close()
            raise

    def is_ready(self) -> bool:
        """Looks for a cluster that is away; of several threads one, and none waits for it."""
        if not self._looks.acquire(blocking=False):
            return not self._is_away
        try:
            if not self._is_away and not self.is_there:
                log.warning("The cluster is lost. What is handed in waits until it is back.")
                self._is_away = True
            if self._is_away and time.monotonic() >= self._next:
                self._find()
            return not self._is_away
        finally:
            self._looks.release()

    def submit(self, submission: Submission) -> Future[Report]:
        if self._is_away:
            raise ClusterLost
        return super().submit(submission)

    def _find(self) -> None:
        try:
            self.connect_again()
        except UsageError as error:
            log.warning("%s", error)
            self._next = time.monotonic() + PAUSE
        else:
            log.warning("The cluster is back.")
            self._is_away = False
