"""Review: recall, look, rate; take back; and a kind word at the end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, timedelta
from typing import Any

import pytest
from driving import NOW

from exercises.catalog import load_catalog
from quizzes.bank import load_bank
from quizzes.cards.scheduling import LEECH_LAPSES, Review, Scheduler
from tui.app.screens.read import ReadPage
from tui.app.screens.review import ReviewPage
from tui.app.widgets.card_view import CardView

Drive = Callable[..., None]
CHAPTER = load_catalog().chapters[0]
CARDS = load_bank().chapter(CHAPTER.id).cards


@pytest.fixture
def read(session: Any) -> None:
    """Chapter 1 was read yesterday, so its cards are open."""
    with session() as opened:
        opened.progress.mark_read(CHAPTER.id, NOW - timedelta(days=1))


def test_without_a_card_it_says_where_they_come_from(drive: Drive, size: Any) -> None:
    async def script(driver: Any) -> None:
        await driver.press("g", "v")
        assert isinstance(driver.app.screen, ReviewPage)
        assert "No card is waiting." in driver.text
        assert "Enter goes on with what is next." in driver.text and "Go on" in driver.text
        await driver.press("enter")
        assert isinstance(driver.app.screen, ReadPage)

    drive(script, size)


@pytest.mark.parametrize(
    ("days", "words", "page"),
    [
        (0, "no cards due\n", "New ones come tomorrow"),
        (1, "no cards due, 10 new", "10 left · new"),
    ],
)
def test_today_and_the_review_tell_of_new_cards_from_the_day_after_reading(
    drive: Drive, session: Any, days: int, words: str, page: str
) -> None:
    with session() as opened:
        opened.progress.mark_read(CHAPTER.id, NOW - timedelta(days=days))

    async def script(driver: Any) -> None:
        assert words in driver.text
        await driver.go("review")
        assert page in driver.text

    drive(script)


@pytest.mark.usefixtures("read")
def test_the_answer_comes_with_the_next_intervals(drive: Drive, size: Any) -> None:
    async def script(driver: Any) -> None:
        await driver.go("review")
        assert "10 left · new" in driver.text
        assert "again" not in driver.text
        await driver.press("3")  # not before the answer was seen
        assert "10 left" in driver.text
        await driver.press("space")
        for part in ("1 again 10 min", "2 hard", "3 good", "4 easy"):
            assert part in driver.text
        await driver.press("3")
        assert "9 left" in driver.text

    drive(script, size)


@pytest.mark.usefixtures("read")
def test_a_rating_is_kept_and_can_be_taken_back(drive: Drive, session: Any) -> None:
    async def script(driver: Any) -> None:
        await driver.go("review")
        first = driver.one(CardView).card
        await driver.press("space", "4")
        assert driver.one(CardView).card != first
        await driver.press("u")
        assert driver.one(CardView).card == first
        await driver.press("space", "3")

    drive(script)
    with session() as opened:
        [kept] = opened.progress.reviews.log()
        assert (kept.card, kept.rating) == (CARDS[0].id, 3)


@pytest.mark.usefixtures("read")
def test_what_comes_again_today_is_among_what_is_left(drive: Drive) -> None:
    """The number never grows while one answers, and a rating that is taken back gives it back."""

    async def script(driver: Any) -> None:
        await driver.go("review")
        left = []
        for rating in (*"1333333333", "4"):
            await driver.press("space", rating)
            left.append(driver.text.split(" left")[0].split()[-1])
        assert left[:10] == ["10", "9", "8", "7", "6", "5", "4", "3", "2", "1"]
        assert "Done for today: 11 reviewed." in driver.text
        await driver.press("u")
        assert "1 left" in driver.text

    drive(script)


@pytest.mark.usefixtures("read")
def test_the_day_has_an_end(drive: Drive) -> None:
    async def script(driver: Any) -> None:
        await driver.go("review")
        for _ in range(10):
            await driver.press("space", "4")
        assert "Done for today: 10 reviewed." in driver.text
        await driver.press("space", "1")  # nothing is left to rate
        assert "Done for today" in driver.text

    drive(script)


@pytest.mark.usefixtures("read")
def test_a_card_leads_to_its_section(drive: Drive) -> None:
    async def script(driver: Any) -> None:
        await driver.go("review")
        await driver.press("l")
        title = next(t.title for t in CHAPTER.topics if t.id == CARDS[0].topic)
        assert title[:40] in driver.text.splitlines()[2]

    drive(script)


@pytest.mark.usefixtures("read")
def test_a_leech_is_pointed_out(drive: Drive, session: Any) -> None:
    then = NOW.astimezone(UTC) - timedelta(days=30)
    schedule = Scheduler().rate(None, 4, then)
    with session() as opened:
        review = Review(CARDS[0].id, 1, then, 1000, None)
        opened.progress.reviews.record(review, replace(schedule, lapses=LEECH_LAPSES))

    async def script(driver: Any) -> None:
        await driver.go("review")
        assert f"forgotten this card {LEECH_LAPSES} times" in driver.text

    drive(script)


@pytest.mark.usefixtures("read")
def test_what_is_beyond_the_day_waits(drive: Drive, session: Any) -> None:
    then = NOW.astimezone(UTC) - timedelta(days=90)
    with session() as opened:
        opened.progress.settings.change("due_cards", "5")
        for card in list({card.note: card for card in CARDS}.values())[:8]:
            schedule = Scheduler().rate(None, 4, then)
            opened.progress.reviews.record(Review(card.id, 4, then, 1000, None), schedule)

    async def script(driver: Any) -> None:
        await driver.go("review")
        for _ in range(5):
            await driver.press("space", "4")
        assert "3 more are due and wait for the next days." in " ".join(driver.text.split())

    drive(script)
