"""Progress: what was done, and the mistakes that can be read of."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from driving import NOW

from exercises.catalog import load_catalog
from quizzes.bank import load_bank
from tui.app.screens.progress import LATEST
from tui.progress.answers import Answer

Drive = Callable[..., None]
QUESTIONS = load_bank().chapter(load_catalog().chapters[0].id).questions


def answer_wrongly(session: Any, count: int) -> None:
    with session() as opened:
        for ago, question in enumerate(QUESTIONS[:count]):
            at = NOW - timedelta(minutes=ago)
            opened.progress.answers.record(Answer(question.id, 0, "x", False, "quiz", at))


def test_a_mistake_leads_to_what_explains_it(drive: Drive, session: Any) -> None:
    answer_wrongly(session, 2)

    async def script(driver: Any) -> None:
        await driver.go("progress")
        await driver.press("tab", "down", "enter")
        assert type(driver.app.screen).__name__ == "ReadPage"
        topic = next(t for t in load_catalog().chapters[0].topics if t.id == QUESTIONS[1].topic)
        assert topic.title in driver.text.splitlines()[2]

    drive(script)


def test_all_mistakes_are_there_on_demand(drive: Drive, session: Any) -> None:
    answer_wrongly(session, LATEST + 3)

    async def script(driver: Any) -> None:
        await driver.go("progress")
        await driver.press("tab")
        assert "3 more …" in driver.text
        await driver.press("G", "enter", "G")
        assert "more …" not in driver.text and driver.text.count("comes back") >= LATEST + 3

    drive(script, (100, 60))


def test_the_lines_of_a_mistake_hang_under_its_first(drive: Drive, session: Any) -> None:
    answer_wrongly(session, LATEST)

    async def script(driver: Any) -> None:
        await driver.go("progress")
        await driver.press("tab")
        lines = driver.text.splitlines()
        begin, end = (
            next(place for place, line in enumerate(lines) if line.strip().startswith(title))
            for title in ("Mistakes", "Topics")
        )
        listed = [line for line in lines[begin + 1 : end] if line.strip()]
        marked = [line for line in listed if "›" in line]
        (left,) = {line.index("›") for line in marked}
        assert len(marked) == 1 and len(listed) > 2 * LATEST, "some are wrapped"
        assert all(
            line[: left + 2].strip() in ("", "›") and line[left + 2] != " " for line in listed
        )

    drive(script, (60, 90))


def test_without_a_mistake_it_says_what_will_be_here(drive: Drive) -> None:
    async def script(driver: Any) -> None:
        await driver.go("progress")
        assert "None is known." in driver.text

    drive(script, (100, 60))
