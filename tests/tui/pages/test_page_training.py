"""The learner's model in training, over the Lab. Its process is made up here: the real one is in
test_training_commands.py."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any, ClassVar

import pytest

from exercises.workspace import Workspace
from grader.training import client
from grader.training.folder import Plan, RunFolder, Update
from grader.worker.training.settings import Settings
from tui.app.screens.lab import LabPage
from tui.app.screens.overlay import Panel
from tui.app.screens.training import TrainingScreen

Drive = Callable[..., None]
pytestmark = pytest.mark.usefixtures("warm_lab")


class MadeUp:
    """Ten updates, a sample, and then as many more as it takes until it is stopped."""

    made: ClassVar[list[MadeUp]] = []

    def __init__(self, plan: Plan, folder: RunFolder) -> None:
        self.made.append(self)
        self.has_ended = False
        self._folder, self._stopped = folder, threading.Event()
        folder.start.touch()  # it begins

    def events(self) -> Iterator[dict[str, Any]]:
        for step in range(1, 11):
            update = Update(step, 3.0 - step / 10, 0.001, 0.5)
            self._folder.append([update])
            yield {"event": "updates", "updates": [[step, update.loss, 0.001, 0.5]]}
        yield {"event": "sample", "step": 10, "right": 0.25, "rows": [["1 2 3", "3 2 1", True]]}
        self._stopped.wait()
        yield {"event": "saved", "step": 10}

    def stop(self) -> None:
        self._stopped.set()

    def __enter__(self) -> MadeUp:
        return self

    def __exit__(self, *_: object) -> None:
        self.has_ended = True
        self._stopped.set()


@pytest.fixture
def made_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "Training", MadeUp)


def last_line(driver: Any) -> str:
    return str(driver.text.splitlines()[-1])


def test_what_is_missing_is_said_and_f_fills_in(
    drive: Drive, size: Any, course: Workspace, made_up: None
) -> None:
    async def script(driver: Any) -> None:
        await driver.press("g", "l", "t")
        assert isinstance(driver.app.screen, TrainingScreen)
        assert "Your model lacks what you have not passed yet" in driver.text
        assert "f lets our own parts stand in" in driver.text
        assert "`learn" not in driver.text and "--" not in driver.text, "keys, where keys are typed"
        assert last_line(driver).split() == ["esc", "Close", "f", "Fill", "in"]
        await driver.press("f")
        while "25%" not in driver.text:
            await driver.settle()
        overflows = driver.one(Panel).max_scroll_y > 0
        scroll = ["↑↓", "Scroll"] if overflows else []
        assert last_line(driver).split() == [*scroll, "esc", "Stop"]
        for words in ("loss, in nats a token", "step 10", "3 2 1", "Esc stops"):
            assert words in driver.text
        await driver.press("escape")
        while "Stopped, and kept" not in driver.text:
            await driver.settle()
        assert last_line(driver).endswith("a Start over")
        await driver.press("escape")
        assert isinstance(driver.app.screen, LabPage)

    drive(script, size)


def test_a_run_that_is_done_is_shown(drive: Drive, course: Workspace, made_up: None) -> None:
    run = RunFolder(course.state / "training" / "reverse")
    run.create(Plan(Settings(task="reverse", steps=3)))
    run.start.touch()
    run.append(Update(step, 2.0, 0.001, 0.5) for step in (1, 2, 3))

    async def script(driver: Any) -> None:
        await driver.press("g", "l", "t")
        assert "Done. Esc closes this, a starts over." in " ".join(driver.text.split())
        assert "step 3   loss 2.0000" in driver.text
        await driver.press("a")  # parts are missing: what is kept stays
        while "Your model lacks" not in driver.text:
            await driver.settle()
        assert run.curve()
        await driver.press("escape")
        assert isinstance(driver.app.screen, LabPage)

    drive(script)


def test_leaving_the_app_while_it_trains_ends_it(
    drive: Drive, course: Workspace, made_up: None
) -> None:
    async def script(driver: Any) -> None:
        await driver.press("g", "l", "t", "f")
        while "step 10" not in driver.text:
            await driver.settle()

    drive(script)
    assert MadeUp.made[-1].has_ended
