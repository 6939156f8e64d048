"""Sheet: a tab per chapter, the whole, the timeline, the resources."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from typing import Any

import pytest

from exercises.catalog import load_catalog
from quizzes.bank import load_bank
from tui.app.screens.sheet import SheetPage
from tui.study.cheat_sheet import SheetTab, chapters, tabs
from tui.study.targets import SheetTarget

Drive = Callable[..., None]
TABS = tabs(load_catalog(), load_bank())


def test_the_arrows_turn_the_leaves(drive: Drive, size: Any) -> None:
    async def script(driver: Any) -> None:
        await driver.press("g", "h")
        assert isinstance(driver.app.screen, SheetPage)
        assert "Course" in driver.text and "Resources" in driver.text
        await driver.press("right")
        assert TABS[1].text.splitlines()[0].lstrip("# ") in driver.text
        await driver.press("left", "left")
        assert load_bank().resources[0].title in driver.text

    drive(script, size)


@pytest.mark.parametrize("pause", [0.0, 0.05])
def test_turning_quickly_ends_on_the_last_leaf(drive: Drive, pause: float) -> None:
    """As where a key is held down: each turn comes while the leaf before is being taken away."""

    async def script(driver: Any) -> None:
        await driver.go("sheet", SheetTarget(TABS[0].id))
        for _ in range(5):
            driver.app.screen.action_turn(1)
            await asyncio.sleep(pause)
        await driver.press("home")
        assert TABS[5].text.splitlines()[0].lstrip("# ") in driver.text

    drive(script)


@pytest.mark.parametrize("tab", TABS, ids=lambda tab: tab.id)
def test_every_leaf_can_be_read(drive: Drive, tab: Any) -> None:
    async def script(driver: Any) -> None:
        await driver.go("sheet", SheetTarget(tab.id))
        await driver.press("end", "home")
        assert "$" not in driver.text and "\\" not in driver.text
        shown = [heading.source.rstrip() for heading in driver.app.screen.query("MarkdownH2")]
        assert shown == re.findall("^## .*", tab.text, re.MULTILINE)

    drive(script)


def test_each_chapter_has_its_part_of_the_sheet_and_its_takeaways() -> None:
    by_id = {tab.id: tab.text for tab in TABS}
    for chapter in load_catalog().chapters:
        assert f"{chapter.number} · " in by_id[chapter.id]
        assert "Key takeaways" in by_id[chapter.id]


def test_a_leaf_is_filled_in_parts_that_make_all_of_it() -> None:
    for tab in TABS:
        assert "".join(tab.sections) == tab.text
    assert len(TABS[0].sections) > len(load_catalog().chapters)
    assert SheetTab("own", "Own", "").sections == [""], "a course without a timeline"


def test_a_sheet_is_parted_at_its_chapters() -> None:
    sheet = "# All\n\nFirst.\n\n## 1 · One\n\na\n\n## 2 · Two\n\nb\n\n## Afterwards\n\nc\n"
    assert chapters(sheet) == {1: "## 1 · One\n\na", 2: "## 2 · Two\n\nb"}
    assert chapters("") == {}
