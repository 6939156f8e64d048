"""What grades the queue: a thread for each examining process of the server's `Grader`.

A thread only waits. Whatever happens to it or to the whole process, the row's lease ends and
another takes it. Where a cluster grades and is lost, its rows go back into the queue untried.
"""

import logging
from collections.abc import Callable
from concurrent.futures import CancelledError, Future
from concurrent.futures import TimeoutError as NotYet
from functools import partial
from threading import Condition, Thread

from sqlalchemy.exc import SQLAlchemyError

from exercises.errors import CourseError
from grader.errors import GraderError
from grader.grader import Grader
from grader.report import Report
from grader.server.keeping import keep
from grader.server.members import classroom
from grader.server.queue import LEASE, Queue, unpacked
from grader.server.schema import HandIn
from grader.submission import Submission

LOOKS = 1.0  # seconds between two looks at the queue when nobody calls
RENEWS = LEASE.total_seconds() / 3
log = logging.getLogger(__name__)


class Workers:
    """`jobs` threads. Of several, the first takes no regrades, so that who waits is served."""

    def __init__(self, queue: Queue, grader: Grader, jobs: int, only_sandboxed: bool) -> None:
        self._queue = queue
        self._grader = grader
        self._only_sandboxed = only_sandboxed
        self._called = Condition()
        self._ends = False
        self.can_grade = True  # as the last thread that asked has found
        free_of_regrades = [number == 0 < jobs - 1 for number in range(jobs)]
        self._threads = [Thread(target=self._work, args=(only,)) for only in free_of_regrades]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def call(self) -> None:
        """Something was handed in."""
        with self._called:
            self._called.notify()

    def close(self) -> None:
        """End at once; what is being graded goes back into the queue. The grader is left."""
        with self._called:
            self._ends = True
            self._called.notify_all()
        for thread in self._threads:
            thread.join()

    def _work(self, only_now: bool) -> None:
        while not self._ends:
            try:
                self.can_grade = self._grader.is_ready()
                if self.can_grade and (hand_in := self._queue.claim(only_now)):
                    self._grade(hand_in)
                    continue
            except SQLAlchemyError as error:
                log.warning("The database does not answer: %s", error)
            self._pause()

    def _grade(self, hand_in: HandIn) -> None:
        keep(self._outcome(hand_in), self._pause, LEASE, f"hand-in {hand_in.id}")

    def _outcome(self, hand_in: HandIn) -> Callable[[], object]:
        """What the queue is to note: a report, an error of ours, or that nothing came of it."""
        try:
            submission = self._submission(hand_in)
            future = self._grader.submit(submission)
            if self._wait(future, hand_in):
                report = self._grader.result(submission, future)
                return partial(self._queue.finish, hand_in, report)
            future.cancel()
            return partial(self._queue.give_back, hand_in)
        except CancelledError:
            return partial(self._queue.give_back, hand_in)
        except (GraderError, CourseError) as error:
            log.warning("Hand-in %d: %s", hand_in.id, error)
            return partial(self._queue.fail, hand_in, str(error))
        except SQLAlchemyError:
            raise
        except Exception as error:  # what we did not think of must not end the thread
            log.exception("Hand-in %d cannot be graded", hand_in.id)
            return partial(self._queue.fail, hand_in, f"{type(error).__name__}: {error}")

    def _submission(self, hand_in: HandIn) -> Submission:
        return Submission(
            hand_in.exercise,
            unpacked(hand_in.files),
            hand_in.seed,
            only_sandboxed=self._only_sandboxed,
            course=classroom(hand_in.membership.class_.settings).catalog.course.folder,
        )

    def _wait(self, future: "Future[Report]", hand_in: HandIn) -> bool:
        """Whether it was graded before the end of all work."""
        waited = 0.0
        while not self._ends:
            try:
                future.exception(timeout=LOOKS)
                return True
            except NotYet:
                waited += LOOKS
                if waited >= RENEWS:
                    self._renew(hand_in)
                    waited = 0.0
        return False

    def _renew(self, hand_in: HandIn) -> None:
        """If it cannot, the verdict may still be the first."""
        try:
            self._queue.renew(hand_in)
        except SQLAlchemyError as error:
            log.warning("The lease of hand-in %d was not renewed: %s", hand_in.id, error)

    def _pause(self) -> bool:
        """Whether there is more to do after it."""
        with self._called:
            if not self._ends:
                self._called.wait(LOOKS)
            return not self._ends
