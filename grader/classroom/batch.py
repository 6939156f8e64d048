"""Grades what a class handed in, and keeps each verdict the moment it is there."""

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass, replace
from datetime import datetime

from exercises.catalog import load_catalog
from grader.classroom.hand_ins import HandIn
from grader.classroom.settings import Classroom
from grader.classroom.store import Key, Store
from grader.digests import digest
from grader.errors import SubmissionError
from grader.grader import Grader
from grader.report import Report
from grader.repository import Answer, answers
from grader.source_files import as_text
from grader.submission import Submission
from grader.suite_versions import Versions

WINDOW = 2  # answers in flight for each process: enough that none waits, few to lose


@dataclass
class Progress:
    """How far a batch is, counted in hand-ins read and verdicts made now."""

    total: int
    read: int = 0
    graded: int = 0
    kept: int = 0  # verdicts that were there already
    errors: int = 0

    def line(self, seconds: float) -> str:
        """After so many seconds, what a person waits for."""
        left = seconds / self.read * (self.total - self.read) if self.read else 0
        told = f"{self.read} of {self.total} hand-ins, {self.graded} answers graded"
        if self.errors:
            told += f", {self.errors} errors of ours"
        return f"{told}, {_duration(left)} left" if self.read else told


@dataclass
class _InFlight:
    key: Key
    answer: Answer
    tries: int = 1


class Batch:
    """One run over hand-ins. What `store` has is not graded again."""

    def __init__(
        self,
        grader: Grader,
        store: Store,
        classroom: Classroom,
        seed: int,
        device: str,
        only_sandboxed: bool,
    ) -> None:
        self._grader = grader
        self._most = grader.jobs * WINDOW
        self._store = store
        self._seed, self._device, self._only_sandboxed = seed, device, only_sandboxed
        versions, catalog = Versions(), load_catalog()
        self._suites = {id: versions.of(catalog.exercise(id)) for id in classroom.points}
        self._running: dict[Future[Report], _InFlight] = {}

    def run(
        self,
        hand_ins: Sequence[HandIn],
        received: datetime | None,
        show: Callable[[str], None] = lambda line: None,
    ) -> Progress:
        """Grade all of them; those that tell no time of their own were `received` then."""
        self.progress = Progress(len(hand_ins))
        started = time.monotonic()
        for hand_in in hand_ins:
            for key, answer in self._noted(hand_in, received):
                self._start(_InFlight(key, answer))
                self._collect(self._most)
                show(self.progress.line(time.monotonic() - started))
            self.progress.read += 1
            show(self.progress.line(time.monotonic() - started))
        self._collect(1)
        return self.progress

    def _noted(self, hand_in: HandIn, received: datetime | None) -> Iterator[tuple[Key, Answer]]:
        """The answers that have no verdict yet, when the hand-in is written down."""
        asked = self._read(hand_in)
        keys = {answer.submission.exercise: self._key(answer) for answer in asked}
        content = digest(*(key.content for key in keys.values()))
        at = hand_in.handed_in or received
        for student in hand_in.students:
            self._store.hand_in(student, content, hand_in.name, at, hand_in.is_late, keys)
        running = {one.key for one in self._running.values()}
        for answer in asked:
            key = keys[answer.submission.exercise]
            if key in running or self._store.has_verdict(key):
                self.progress.kept += 1
            else:
                yield key, answer

    def _read(self, hand_in: HandIn) -> list[Answer]:
        """One answer for each exercise that counts, there or not."""
        try:
            with hand_in.opened() as folder:
                found = answers(folder, load_catalog(), self._suites, self._seed, self._device)
                # Where it was unpacked is of no interest, and another place each time.
                return [
                    replace(answer, refusal=as_text(answer.refusal.replace(f"{folder}/", "")))
                    for answer in found
                ]
        except (SubmissionError, OSError) as error:
            nothing = [Submission(id, {}, self._seed, self._device) for id in self._suites]
            return [Answer(submission, refusal=as_text(str(error))) for submission in nothing]

    def _key(self, answer: Answer) -> Key:
        submission = answer.submission
        parts = [submission.exercise, answer.refusal]
        for name, source in sorted(submission.files().items()):
            parts += [name, source.hex() if isinstance(source, bytes) else source]
        return Key(digest(*parts), self._suites[submission.exercise], self._seed, self._device)

    def _start(self, one: _InFlight) -> None:
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
                    self._start(replace(one, tries=2))
                    continue
                self._store.add(one.key, one.answer.told(report), _text(one.answer))
                self.progress.graded += 1
                self.progress.errors += report.outcome == "error"


def _text(answer: Answer) -> str | None:
    """The graded file as far as it is text; None where there is none."""
    source = answer.submission.files().get(f"{answer.submission.exercise}.py")
    if isinstance(source, bytes):
        source = source.decode("utf-8-sig", "replace")
    return source


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
