"""Pictures of the app for the README: `python -m tui.app.screenshots FOLDER`.

Real places, with the real course and a real verdict, in a workspace that is thrown away.
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from pathlib import Path

from textual.pilot import Pilot

from exercises.catalog import load_catalog
from exercises.lesson import load_lesson
from exercises.workspace import Workspace
from tui.app.app import LearnApp
from tui.app.background_grader import BackgroundGrader
from tui.app.session_thread import SessionThread
from tui.progress.progress import Attempt, Progress
from tui.study.session import Session
from tui.study.targets import ExerciseTarget, LessonTarget
from tui.text.lesson_pages import steps

NOW = datetime(2025, 6, 13, 10, 30, tzinfo=timezone(timedelta(hours=2)))
SIZE = (100, 30)
EXERCISE = "scaled_dot_product_attention"
# What many write first.
ATTEMPT = """\
import torch


def scaled_dot_product_attention(query, key, value, mask=None):
    scores = query @ key.transpose(-2, -1)
    if mask is not None:
        scores = scores.masked_fill(~mask, torch.finfo(scores.dtype).min)
    weights = torch.softmax(scores, dim=-1)
    if mask is not None:
        weights = weights.masked_fill(~mask, 0.0)
    return weights @ value, weights
"""


async def take(folder: Path) -> None:
    with tempfile.TemporaryDirectory() as home, BackgroundGrader() as grader:
        workspace = Workspace.create(Path(home) / "workspace")
        workspace.update(load_catalog())
        exercise = load_catalog().exercise(EXERCISE)
        workspace.file(exercise).write_text(ATTEMPT, "utf-8")
        with SessionThread(lambda: _learner(workspace)) as session_thread:
            app = LearnApp(session_thread, grader, lambda: NOW)
            async with app.run_test(size=SIZE) as pilot:
                await _settle(pilot)
                _save(app, folder, "today")
                app.action_go("exercise", ExerciseTarget(EXERCISE))
                await _settle(pilot)
                await pilot.press("r")
                await _settle(pilot)
                _save(app, folder, "exercise")
                await _lab(pilot, folder)
                app.action_go("read", LessonTarget(_step_with_a_figure()))
                await _settle(pilot)
                _save(app, folder, "lesson")


async def _lab(pilot: Pilot[None], folder: Path) -> None:
    await pilot.press("g", "l")
    await _settle(pilot)
    assert isinstance(pilot.app, LearnApp)
    _save(pilot.app, folder, "lab")


def _step_with_a_figure() -> str:
    """Of the third chapter, whose figures show a trained model."""
    chapter = load_catalog().chapters[2]
    found = steps(load_lesson(chapter.lesson), chapter)
    return next(step.id for step in found if step.figures)


@contextmanager
def _learner(workspace: Workspace) -> Iterator[Session]:
    """Somebody who has read two chapters and passed most exercises of the first."""
    with Progress(workspace.state / "progress.db") as progress:
        first, second = load_catalog().chapters[:2]
        progress.mark_read(first.id, NOW - timedelta(days=9))
        for days, exercise in enumerate(first.exercises[:8]):
            at = NOW - timedelta(days=8 - days)
            progress.record(Attempt(exercise.id, "submit", "passed", 1, 1, 0, at, b"", "{}"))
        progress.mark_read(second.id, NOW)
        progress.visit(EXERCISE, NOW)
        yield Session(load_catalog(), workspace, progress)


async def _settle(pilot: Pilot[None]) -> None:
    """Wait for what a page loads or grades, and for its last frame."""
    for _ in range(2):
        await pilot.pause(0.1)
        await pilot.app.workers.wait_for_complete()
    await pilot.pause(0.2)


def _save(app: LearnApp, folder: Path, name: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.svg").write_text(app.export_screenshot(simplify=True), "utf-8")


if __name__ == "__main__":
    # A picture has all colours, whatever the terminal that it is made in.
    os.environ |= {"TERM": "xterm-256color", "COLORTERM": "truecolor"}
    asyncio.run(take(Path(sys.argv[1])))
