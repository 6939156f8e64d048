"""Grades what a class handed in, and keeps each verdict the moment it is there."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from exercises.words import plural
from grader.classroom.grading import Grading
from grader.classroom.hand_ins import HandIn
from grader.classroom.settings import Classroom
from grader.classroom.store import HandedIn, Key, Store
from grader.digests import digest
from grader.errors import SubmissionError
from grader.grader import Grader
from grader.report import Report
from grader.repository import Answer, answers
from grader.source_files import as_text
from grader.submission import Submission
from grader.suite_versions import Versions


def suites_of(classroom: Classroom) -> dict[str, str]:
    """The version of each suite that counts, as it is now."""
    return Versions().all_of(classroom.points, classroom.catalog.course.folder)


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
        told = f"{self.read} of {self.total} hand-ins, {plural(self.graded, 'answer')} graded"
        if self.errors:
            told += f", {plural(self.errors, 'error')} of ours"
        return f"{told}, {_duration(left)} left" if self.read else told


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
        noted: Callable[[str, str], None] = lambda student, hand_in: None,
    ) -> None:
        """`noted` hears of each student's hand-in, and by which digest the store knows it."""
        self._store, self._hear = store, noted
        self._seed, self._device = seed, device
        self._catalog = classroom.catalog
        self._suites = suites_of(classroom)
        self._grading = Grading(grader, store, only_sandboxed, self._count)

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
                self._grading.start(key, answer)
                show(self.progress.line(time.monotonic() - started))
            self.progress.read += 1
            show(self.progress.line(time.monotonic() - started))
        self._grading.finish()
        return self.progress

    def judged_by_earlier_suites(self) -> int:
        """How many answers keep such a verdict."""
        return len(list(self._store.judged_by_others(self._suites)))

    def _count(self, key: Key, report: Report) -> None:
        self.progress.graded += 1
        self.progress.errors += report.outcome == "error"

    def _noted(self, hand_in: HandIn, received: datetime | None) -> Iterator[tuple[Key, Answer]]:
        """The answers that have no verdict yet, when the hand-in is written down."""
        asked = self._read(hand_in)
        came = {answer.submission.exercise: self._handed_in(answer) for answer in asked}
        waiting = self._note(hand_in, came, received)
        for answer in asked:
            key = came[answer.submission.exercise].key
            is_known = answer.submission.exercise not in waiting or self._store.has_verdict(key)
            if is_known or key in self._grading:
                self.progress.kept += 1
            else:
                yield key, answer

    def _note(
        self, hand_in: HandIn, came: Mapping[str, HandedIn], received: datetime | None
    ) -> set[str]:
        """Returns the exercises that have no verdict yet."""
        content = digest(*(one.key.content for one in came.values()))
        at = hand_in.handed_in or received
        waiting: set[str] = set()
        for student in hand_in.students:
            known_as, asked = self._store.hand_in(
                student, content, hand_in.name, at, hand_in.is_late, came
            )
            self._hear(student, known_as)
            waiting |= asked
        return waiting

    def _read(self, hand_in: HandIn) -> list[Answer]:
        """One answer for each exercise that counts, there or not."""
        try:
            with hand_in.opened() as folder:
                found = answers(folder, self._catalog, self._suites, self._seed, self._device)
                # Where it was unpacked is of no interest, and another place each time.
                return [
                    replace(answer, refusal=as_text(answer.refusal.replace(f"{folder}/", "")))
                    for answer in found
                ]
        except (SubmissionError, OSError) as error:
            nothing = Submission(
                "", {}, self._seed, self._device, course=self._catalog.course.folder
            )
            return [
                Answer(replace(nothing, exercise=id), refusal=as_text(str(error)))
                for id in self._suites
            ]

    def _handed_in(self, answer: Answer) -> HandedIn:
        submission = answer.submission
        files = {
            name: source if isinstance(source, bytes) else source.encode("utf-8", "surrogatepass")
            for name, source in submission.files().items()
        }
        parts = [submission.exercise, answer.refusal]
        for name, content in sorted(files.items()):
            parts += [name, content.hex()]
        suite = self._suites[submission.exercise]
        key = Key(digest(*parts), suite, self._seed, self._device)
        return HandedIn(key, answer.refusal, files)


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
