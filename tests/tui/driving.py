"""Drive the app in the test's process, with real keys, a fixed clock and a grader that is made up.

def test_it(small: Small) -> None:
    async def script(pilot: Pilot) -> None:
        await pilot.press("g", "m")
        ...
    small.drive(script)
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any, get_args

from textual.pilot import Pilot as TextualPilot
from textual.worker import WorkerCancelled

from exercises.catalog import Catalog
from exercises.workspace import Workspace
from grader import Report, Submission
from grader.report import Comparison, Diagnosis, TestResult
from quizzes.cards.scheduling import Review, Schedule
from tui.app.app import LearnApp
from tui.app.background_grader import BackgroundGrader
from tui.app.session_thread import SessionThread
from tui.progress.answers import Answer
from tui.progress.progress import Attempt, AttemptKind, Progress
from tui.study.session import Session
from tui.study.targets import ExerciseTarget

NOW = datetime(2025, 6, 13, 10, 30, tzinfo=timezone(timedelta(hours=2)))
NARROW, WIDE = (80, 24), (120, 40)
SETTLING = (
    "load",
    "search",
    "figures",
    "leaf",
    *(f"grading: {kind}" for kind in get_args(AttemptKind)),
)

Pilot = TextualPilot[None]
Script = Callable[[Pilot], Awaitable[None]]

GOT = tuple(tuple(round(0.1 * i + 0.05 * j, 3) for j in range(4)) for i in range(3))
EXPECTED = tuple(tuple(round(0.1 * i + 0.04 * j, 3) for j in range(4)) for i in range(2))
EXPECTED += ((0.2, 0.24, 0.28, 0.3),)
TESTS = (
    TestResult("test_sum", "Each row sums to 1.", 1, 1, "passed"),
    TestResult(
        "test_values",
        "The weights are exponentials, divided by their sum along the dimension that is asked for.",
        0,
        2,
        "failed",
        message="9 of 12 numbers differ; the most at [2, 3]: yours 0.35, expected 0.3.",
        call="weights(float32[3, 4], dim=1)",
        got="float32[3, 4]",
        expected="float32[3, 4]",
        comparison=Comparison((), (0, 0), GOT, EXPECTED),
    ),
    TestResult(
        "test_large",
        "Large scores do not overflow.",
        0,
        1,
        "failed",
        message="It should be 0.5; yours is nan.",
        call="weights(tensor([1000, 1000]))",
        got="tensor([nan, nan])",
        expected="tensor([0.5, 0.5])",
    ),
)
DIAGNOSIS = Diagnosis(
    "last",
    "Your softmax always runs along the last dimension.",
    "ch01-weights",
    section="About weights",
    chapter=1,
)


class MadeUpGrader(BackgroundGrader):
    """Grades without running anything: what holds `right` passes."""

    def __init__(self) -> None:
        super().__init__()
        self.graded: list[Submission] = []

    def warm(self) -> None:
        pass

    async def grade(self, submission: Submission) -> Report:
        self.graded.append(submission)
        (source,) = submission.files().values()
        return made_up_report(submission.exercise, b"right" in source)  # type: ignore[operator]


def made_up_report(exercise: str, passes: bool) -> Report:
    report = Report(
        exercise, "", "failed", 1, 4, 0, "cpu", TESTS, DIAGNOSIS, layers={}, duration_ms=42.0
    )
    if not passes:
        return report
    tests = tuple(
        TestResult(test.name, test.title, test.max_points, test.max_points, "passed")
        for test in TESTS
    )
    return replace(report, outcome="passed", points=4, tests=tests, diagnosis=None)


@dataclass(frozen=True)
class Small:
    """The small course in a folder of its own."""

    catalog: Catalog
    workspace: Workspace
    grader: MadeUpGrader

    @contextmanager
    def session(self) -> Iterator[Session]:
        with Progress(self.workspace.state / "progress.db") as progress:
            yield Session(self.catalog, self.workspace, progress)

    def drive(self, script: Script, size: tuple[int, int] = NARROW, **options: Any) -> None:
        asyncio.run(self._drive(script, size, options))

    async def _drive(self, script: Script, size: tuple[int, int], options: dict[str, Any]) -> None:
        with SessionThread(self.session) as session_thread, self.grader as grader:
            app = LearnApp(session_thread, grader, lambda: NOW, **options)
            async with app.run_test(size=size) as pilot:
                await settled(pilot)
                await script(pilot)

    def record_something(self) -> None:
        """A learner of three weeks: two chapters under way, and cards that come back."""
        with self.session() as session:
            _record_exercises(session.progress)
            _record_cards(session.progress)
            session.progress.answers.record(
                Answer("sum-of-weights", 0, "1", True, "quiz", NOW - timedelta(days=4))
            )


async def opened(pilot: Pilot, id: str = "weights") -> None:
    """Go to one exercise."""
    pilot.app.action_go("exercise", ExerciseTarget(id))  # type: ignore[attr-defined]
    await settled(pilot)


async def settled(pilot: Pilot) -> None:
    """Wait for what the page loads, and for its last frame."""
    await pilot.pause()
    while running := [worker for worker in pilot.app.workers if worker.group in SETTLING]:
        with suppress(WorkerCancelled):  # a newer one has taken its place
            await pilot.app.workers.wait_for_complete(running)
        await pilot.pause()


async def press(pilot: Pilot, *keys: str) -> None:
    for key in keys:
        await pilot.press(key)
        await settled(pilot)


def text(pilot: Pilot) -> str:
    """What is on the screen, line by line."""
    strips = pilot.app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in strip).rstrip() for strip in strips)


def _record_exercises(progress: Progress) -> None:
    start = NOW.astimezone(UTC) - timedelta(days=20)
    progress.mark_read("ch01_scores", start)
    for number, exercise in enumerate(("costs", "weights", "lookup", "masks")):
        at = start + timedelta(days=3 * number, minutes=7)
        for minutes, kind in ((0, "check"), (6, "check"), (9, "submit")):
            passes = minutes > 0
            report = made_up_report(exercise, passes)
            progress.record(
                Attempt(
                    exercise=exercise,
                    kind=kind,  # type: ignore[arg-type]
                    outcome=report.outcome,
                    points=report.points,
                    max_points=report.max_points,
                    seed=0,
                    at=at + timedelta(minutes=minutes),
                    source=b"right" if passes else b"wrong",
                    report=json.dumps(report.to_dict()),
                )
            )
    progress.show_hint("masks", 1, start + timedelta(days=9))
    progress.mark_read("ch02_inside", NOW.astimezone(UTC) - timedelta(days=2))
    progress.visit("scaled", NOW.astimezone(UTC) - timedelta(days=1))


def _record_cards(progress: Progress) -> None:
    for number in range(24):
        at = NOW.astimezone(UTC) - timedelta(days=18 - 0.75 * number)
        before = Schedule("review", None, 8.0, 5.0, at, at - timedelta(days=8), 3, 0)
        after = Schedule("review", None, 20.0, 5.0, at + timedelta(days=20), at, 4, 0)
        rating: Any = 1 if number % 6 == 0 else 3
        progress.reviews.record(Review(f"card-{number}", rating, at, 4000, before), after)


def make_small(folder: Path, catalog: Catalog) -> Small:
    workspace = Workspace.create(folder / "workspace")
    workspace.update(catalog)
    return Small(catalog, workspace, MadeUpGrader())
