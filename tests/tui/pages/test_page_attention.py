"""What the learner's own model attends to, over the Lab, with the real process and its sandbox."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from textual.widgets import Input

from exercises.workspace import Workspace
from tui.app.screens.attention import AttentionScreen
from tui.app.screens.lab import LabPage

Drive = Callable[..., None]
pytestmark = pytest.mark.usefixtures("warm_lab")


@pytest.mark.slow
def test_a_text_is_typed_and_layers_and_heads_are_turned(drive: Drive, course: Workspace) -> None:
    """Nothing has passed yet: all parts are filled in, and it says so."""

    async def script(driver: Any) -> None:
        async def until(words: str) -> None:
            while words not in driver.text:
                await driver.pilot.pause(0.1)
            await driver.settle()

        await driver.press("g", "l", "a")
        assert isinstance(driver.app.screen, AttentionScreen)
        await until("encoder.0.self_attention, head 0")
        said = " ".join(driver.text.split())
        assert "Every part is ours, not trained. You have passed none of the exercises" in said
        assert "Submit one of them, and your part takes the place of ours: embeddings," in said
        keys = driver.text.splitlines()[-1]
        assert "› layer" in driver.text, "the cursor is where the keys go"
        assert "↑↓ Choose  ←→ Turn" in keys and "v View  esc Close" in keys
        await driver.press("down", "right")
        await until("encoder.0.self_attention, head 1")
        await driver.press("up", "left")
        await until("decoder.1.cross_attention, head 1")

        driver.one(Input).value = ""
        driver.one(Input).focus()
        await driver.settle()
        assert "› layer" not in driver.text
        assert " v " not in driver.text.splitlines()[-1], "here it is a letter"
        await driver.type("9 8 x")
        await driver.press("enter")
        await until("Type 1 to 8 digits")
        await driver.press("backspace", "7", "enter")
        await until("Rows: what was written. Columns: what was read.")
        heads = next(line for line in driver.text.splitlines() if line.split() == ["9", "8", "7"])
        assert heads
        await driver.press("escape")
        assert isinstance(driver.app.screen, LabPage)

    drive(script)
