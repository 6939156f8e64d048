"""Lab: figures under the arrow keys; torch stays in a process of its own."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import pytest

from tui.app.screens.lab import LabPage
from tui.app.widgets.dials import Dials
from tui.app.widgets.drawing import scale
from tui.figures import lab_process
from tui.study.targets import FigureTarget

Drive = Callable[..., None]

# The real process, which takes a second to start, is in test_no_torch.py and test_figures.py.
pytestmark = pytest.mark.usefixtures("warm_lab")


def test_a_figure_follows_the_arrow_keys(drive: Drive, size: Any) -> None:
    async def script(driver: Any) -> None:
        await driver.press("g", "l")
        assert isinstance(driver.app.screen, LabPage)
        assert "Attention weights" in driver.text and "animal" in driver.text
        before = driver.text
        await driver.press("down", "left")  # not scaled
        assert driver.text != before and " no " in driver.text
        await driver.press("d", "up")
        assert driver.text == before
        await driver.press("right")
        assert "Softmax temperature" in driver.text and "█" in driver.text

    drive(script, size)


def test_values_end_where_they_end_and_figures_go_round(drive: Drive) -> None:
    async def script(driver: Any) -> None:
        await driver.go("lab", FigureTarget("masks", {"kind": "block", "length": 4}))
        assert "block" in driver.text
        page = driver.app.screen
        await driver.press("down", "right", "right")
        assert page._settings()["kind"] == "block"
        await driver.press("up")
        for _ in page._entries:
            await driver.press("right")
        assert page._entry.name == "masks"
        assert page._settings()["length"] == 4

    drive(script)


def test_it_is_as_it_was_left_when_the_app_is_started_again(drive: Drive) -> None:
    async def leave(driver: Any) -> None:
        await driver.go("lab", FigureTarget("masks", {"kind": "block"}))
        await driver.press("down", "down", "left")
        left.append((driver.app.screen._entry.name, driver.app.screen._settings()))

    async def come_back(driver: Any) -> None:
        await driver.go("lab")
        assert (driver.app.screen._entry.name, driver.app.screen._settings()) == left[0]

    left: list[Any] = []
    drive(leave)
    drive(come_back)


def test_the_view_turns(drive: Drive) -> None:
    async def script(driver: Any) -> None:
        await driver.go("lab", FigureTarget("attention_weights", {}))
        assert ".80" in driver.text
        await driver.press("v")
        assert ".80" not in driver.text and "█" in driver.text
        await driver.press("v")
        assert "▀" in driver.text
        await driver.press("v")
        assert ".80" in driver.text

    drive(script)


@pytest.mark.parametrize("theme", ["light", "high-contrast"])
def test_it_is_drawn_in_every_theme(drive: Drive, theme: str) -> None:
    async def script(driver: Any) -> None:
        driver.app.theme = theme
        await driver.go("lab", FigureTarget("masks", {}))
        assert scale(driver.app) is not None
        assert "Mask" in driver.text or "Masks" in driver.text

    drive(script)


def test_a_click_turns_a_dial(drive: Drive) -> None:
    async def script(driver: Any) -> None:
        await driver.go("lab", FigureTarget("masks", {}))
        before = driver.app.screen._settings()["kind"]
        line = driver.text.splitlines()[3]
        dials = driver.one(Dials)
        await driver.pilot.click(dials, offset=(line.index("›") - dials.region.x, 1))
        await driver.settle()
        assert driver.app.screen._settings()["kind"] != before

    drive(script)


def test_a_process_that_cannot_start_is_told(drive: Drive, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lab_process, "COMMAND", ("/no/such/program",))

    async def script(driver: Any) -> None:
        await driver.go("lab")
        assert "cannot start" in " ".join(driver.text.split())

    drive(script)


def test_a_process_that_dies_is_told_and_started_again(
    drive: Drive, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = lab_process.COMMAND
    monkeypatch.setattr(lab_process, "COMMAND", (sys.executable, "-c", "raise SystemExit"))

    async def script(driver: Any) -> None:
        await driver.go("lab")
        assert "has ended" in " ".join(driver.text.split())
        monkeypatch.setattr(lab_process, "COMMAND", right)
        await driver.go("today")
        await driver.go("lab")
        assert "animal" in driver.text

    drive(script)


def test_without_colour_each_view_is_another(drive: Drive, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")

    async def script(driver: Any) -> None:
        await driver.go("lab", FigureTarget("attention_weights", {}))
        seen = [driver.text]
        for _ in range(2):
            await driver.press("v")
            seen.append(driver.text)
        assert seen[0] != seen[1] and seen[2] == seen[0], "there are two"
        await driver.press("right")  # bars: these have one
        assert " View" not in driver.text.splitlines()[-1]

    drive(script)
