"""Search: what is typed is found, and Enter goes there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from textual.widgets import Input

from quizzes.bank import load_bank
from tui.app.screens.search import SearchPage
from tui.study.targets import SearchTarget

Drive = Callable[..., None]


def test_with_nothing_typed_there_is_the_glossary(drive: Drive, size: Any) -> None:
    async def script(driver: Any) -> None:
        await driver.press("g", "s")
        assert isinstance(driver.app.screen, SearchPage)
        assert f"{len(load_bank().glossary)} terms" in driver.text
        assert "Additive score" in driver.text

    drive(script, size)


def test_a_term_opens_and_leads_to_its_lesson(drive: Drive, size: Any) -> None:
    term = next(term for term in load_bank().glossary if term.lesson and term.exercise)

    async def script(driver: Any) -> None:
        await driver.go("search")
        await driver.type(term.term.lower())
        await driver.press("enter")
        assert term.term in driver.text
        assert "Lesson: " in driver.text and "Exercise: " in driver.text
        assert "reference/" not in driver.text  # which a learner cannot open
        await driver.press("enter")
        assert type(driver.app.screen).__name__ == "ReadPage"

    drive(script, size)


def test_who_comes_back_types_something_else(drive: Drive) -> None:
    async def script(driver: Any) -> None:
        await driver.go("search")
        await driver.type("softmax")
        await driver.press("escape", "g", "s")
        await driver.type("mask")
        assert driver.one(Input).value == "mask"

    drive(script)


def test_escape_leads_back_to_what_was_found(drive: Drive) -> None:
    async def script(driver: Any) -> None:
        await driver.go("search")
        await driver.type("softmax")
        assert "esc Back" in driver.text.splitlines()[-1]
        await driver.press("enter")
        assert "esc Back" in driver.text.splitlines()[-1]
        found = driver.app.screen.query_one("#hits")
        assert not found.display
        await driver.press("escape")
        assert found.display and driver.one(Input).has_focus
        await driver.press("escape")
        assert type(driver.app.screen).__name__ == "TodayPage"

    drive(script)


@pytest.mark.parametrize("away", [("escape",), ("enter", "ctrl+p", "escape")])
def test_back_in_search_what_is_typed_is_a_word(drive: Drive, away: tuple[str, ...]) -> None:
    """`q` quits elsewhere."""

    async def script(driver: Any) -> None:
        await driver.go("search")
        await driver.type("softmax")
        await driver.press("enter", *away)
        await driver.go("today")
        await driver.go("search")
        if driver.app.screen._article:
            await driver.press("escape")
        await driver.type("query")
        assert driver.app.is_running
        assert driver.one(Input).value.endswith("query")

    drive(script)


@pytest.mark.parametrize(
    ("words", "sort", "place"),
    [("scores and weights", "lesson", "ReadPage"), ("softmax", "exercise", "ExercisePage")],
)
def test_a_hit_leads_to_its_place(drive: Drive, words: str, sort: str, place: str) -> None:
    async def script(driver: Any) -> None:
        await driver.go("search", SearchTarget(words))
        hits = driver.app.screen._hits
        at = next(index for index, hit in enumerate(hits) if hit.sort == sort)
        await driver.press("down", *["down"] * at, "enter")  # the first "down" enters the list
        assert type(driver.app.screen).__name__ == place

    drive(script)


def test_what_is_not_there_is_told_and_a_slip_is_forgiven(drive: Drive) -> None:
    async def script(driver: Any) -> None:
        await driver.go("search")
        await driver.type("zzzzqqq")
        assert "Nothing in the course speaks of that." in driver.text
        await driver.press(*["backspace"] * 7)
        await driver.type("sofmtax")
        assert "Nothing holds these words. This is about" in driver.text

    drive(script)


def test_what_finds_nothing_offers_no_list_and_keeps_the_keyboard(drive: Drive) -> None:
    async def script(driver: Any) -> None:
        await driver.go("search")
        await driver.type("zzqx")
        assert not {"List", "The first"} & set(driver.text.splitlines()[-1].split())
        await driver.press("down", "enter")
        assert driver.one(Input).has_focus
        await driver.press(*["backspace"] * 4)
        await driver.type("softmax")
        assert "↓ List  ⏎ The first" in driver.text.splitlines()[-1]
        await driver.press("down")
        assert not driver.one(Input).has_focus

    drive(script)


def test_formulas_are_rendered_among_the_hits(drive: Drive) -> None:
    async def script(driver: Any) -> None:
        await driver.go("search", SearchTarget("√d_k"))
        assert "found" in driver.text
        assert "\\sqrt" not in driver.text and "$" not in driver.text

    drive(script)
