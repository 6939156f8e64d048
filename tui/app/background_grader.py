"""The app's grader: that of the workspace, which the commands use too; no screen waits for it."""

from __future__ import annotations

import asyncio
import contextlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from grader import Grader, Report, Submission


class BackgroundGrader:
    """Starts its grader in the background: on `warm`, or else with the first submission.

    `state` is the workspace's `.learn`; without it, the grader is the app's own.
    """

    def __init__(self, state: Path | None = None) -> None:
        self._state = state
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="grader")
        self._grader: Grader | None = None
        self._closing = contextlib.ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        if self._grader:
            self._grader.abandon()
        self._thread.shutdown(cancel_futures=True)
        self._closing.close()

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
            from tui.warm_grader.client import warm_grader

            chosen = warm_grader(self._state) if self._state else Grader()
            self._grader = self._closing.enter_context(chosen)
        return self._grader
