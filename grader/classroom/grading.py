"""Answers on their way through the grader: a few in flight, each verdict kept when it is there."""

from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass, replace

from grader.classroom.store import Key, Store
from grader.grader import Grader
from grader.report import Report
from grader.repository import Answer

WINDOW = 2  # answers in flight for each process: enough that none waits, few to lose


@dataclass
class _InFlight:
    key: Key
    answer: Answer
    tries: int = 1


class Grading:
    """`done` hears of each verdict. Our own error is tried once more before it is one."""

    def __init__(
        self,
        grader: Grader,
        store: Store,
        only_sandboxed: bool,
        done: Callable[[Key, Report], None],
    ) -> None:
        self._grader, self._store, self._done = grader, store, done
        self._most = grader.jobs * WINDOW
        self._only_sandboxed = only_sandboxed
        self._running: dict[Future[Report], _InFlight] = {}

    def __contains__(self, key: Key) -> bool:
        return any(one.key == key for one in self._running.values())

    def start(self, key: Key, answer: Answer) -> None:
        """Waits where enough are in flight."""
        self._submit(_InFlight(key, answer))
        self._collect(self._most)

    def finish(self) -> None:
        self._collect(1)

    def _submit(self, one: _InFlight) -> None:
        submission = replace(one.answer.submission, only_sandboxed=self._only_sandboxed)
        self._running[self._grader.submit(submission)] = one

    def _collect(self, most: int) -> None:
        """Keep what is done, until fewer than `most` are in flight."""
        while len(self._running) >= most:
            done, _ = wait(self._running, return_when=FIRST_COMPLETED)
            for future in done:
                one = self._running.pop(future)
                report = self._grader.result(one.answer.submission, future)
                if report.outcome == "error" and one.tries == 1:
                    self._submit(replace(one, tries=2))
                    continue
                told = one.answer.told(report)
                self._store.add(one.key, told)
                self._done(one.key, told)
