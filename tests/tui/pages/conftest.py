"""The app in a workspace of its own, driven by real keys."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import pytest
from driving import NARROW, NOW, WIDE, MadeUpGrader, settled, text
from textual.pilot import Pilot
from textual.widget import Widget

from exercises.catalog import load_catalog
from exercises.workspace import Workspace
from tui.app.app import LearnApp
from tui.app.session_thread import SessionThread
from tui.progress.progress import Progress
from tui.study.session import Session
from tui.study.targets import Target

SIZES = (NARROW, WIDE)

T = TypeVar("T", bound=Widget)


@dataclass
class Driver:
    """A running app and its keyboard."""

    app: LearnApp
    pilot: Pilot[None]

    async def press(self, *keys: str) -> None:
        for key in keys:
            await self.pilot.press(key)
            await self.settle()

    async def type(self, text: str) -> None:
        await self.pilot.press(*text)
        await self.settle()

    async def go(self, place: str, target: Target | None = None) -> None:
        self.app.action_go(place, target)
        await self.settle()

    async def settle(self) -> None:
        await settled(self.pilot)

    @property
    def text(self) -> str:
        """What is on the screen, as it would be read."""
        return text(self.pilot)

    def one(self, kind: type[T]) -> T:
        return self.app.screen.query_one(kind)


Script = Callable[[Driver], Awaitable[None]]


@pytest.fixture
def course(tmp_path: Path) -> Workspace:
    workspace = Workspace.create(tmp_path / "workspace")
    workspace.update(load_catalog())
    return workspace


@pytest.fixture
def session(course: Workspace) -> Callable[[], Any]:
    @contextmanager
    def opened() -> Iterator[Session]:
        with Progress(course.state / "progress.db") as progress:
            yield Session(load_catalog(), course, progress)

    return opened


@pytest.fixture
def drive(
    session: Any, course: Workspace, all_colours: None, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., None]:
    """Run a script in the app. Called again, it is the app started again."""
    monkeypatch.setenv("LEARN_WORKSPACE", str(course.root))

    def run(script: Script, size: tuple[int, int] = SIZES[0]) -> None:
        async def running() -> None:
            with SessionThread(session) as session_thread, MadeUpGrader() as grader:
                app = LearnApp(session_thread, grader, lambda: NOW)
                async with app.run_test(size=size) as pilot:
                    driver = Driver(app, pilot)
                    await driver.settle()
                    await script(driver)

        asyncio.run(running())

    return run


@pytest.fixture(params=SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def size(request: pytest.FixtureRequest) -> Any:
    return request.param
