"""The app's grader: one, warm, in processes of its own, and never waited for by a screen."""

from __future__ import annotations

import asyncio
import contextlib
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from grader import Grader, Report, Submission


class BackgroundGrader:
    """Starts its grader in the background: on `warm`, or else with the first submission."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="grader")
        self._grader: Grader | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        if self._grader:
            self._grader.abandon()
        self._thread.shutdown(cancel_futures=True)
        if self._grader:
            self._grader.close()

    def warm(self) -> None:
        self._thread.submit(self._started)

    async def grade(self, submission: Submission) -> Report:
        """Where whoever awaits this is cancelled, the grading is, too: it makes room at once."""
        from grader.errors import ExaminerLost

        grader = await asyncio.wrap_future(self._thread.submit(self._started))
        submission = submission.with_seed()
        running = grader.submit(submission)
        with contextlib.suppress(ExaminerLost):
            await asyncio.wrap_future(running)
        return grader.result(submission, running)

    def _started(self) -> Grader:
        if self._grader is None:
            from grader import Grader

            self._grader = Grader()
        return self._grader
