"""The sentences of a review, the same for the command and for the page."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import tui
from quizzes.cards.scheduling import LEECH_LAPSES, DailyReview, Schedule
from tui.study import review_words
from tui.study.review_words import leech_note, postponed_note, span

NOW = datetime(2025, 6, 11, 12, tzinfo=UTC)
SENTENCES = (
    "No card is waiting",
    "The cards that gain most",
    "You have forgotten this card",
    " months",
)


@pytest.mark.parametrize(
    ("interval", "says"),
    [
        (timedelta(minutes=10), "10 min"),
        (timedelta(seconds=5), "1 min"),
        (timedelta(days=1), "1 day"),
        (timedelta(days=8), "8 days"),
        (timedelta(days=90), "3 months"),
        (timedelta(days=1000), "2.7 years"),
    ],
)
def test_intervals_in_words(interval: timedelta, says: str) -> None:
    assert span(interval) == says


def test_what_waits_is_told_and_nothing_where_nothing_waits() -> None:
    assert postponed_note(DailyReview((), (), ())) == ""
    assert postponed_note(DailyReview((), (), (), 1)).startswith(
        "1 more is due and waits for the next"
    )
    assert postponed_note(DailyReview((), (), (), 7)).startswith(
        "7 more are due and wait for the next"
    )


def test_a_leech_is_told_how_often_it_was_forgotten() -> None:
    def schedule(lapses: int) -> Schedule:
        return Schedule("review", None, 3.0, 5.0, NOW, NOW, 9, lapses)

    assert leech_note(None) == leech_note(schedule(LEECH_LAPSES - 1)) == ""
    assert f"forgotten this card {LEECH_LAPSES + 2} times" in leech_note(schedule(LEECH_LAPSES + 2))


def test_no_sentence_of_a_review_is_written_twice() -> None:
    sources = {file: file.read_text("utf-8") for file in Path(tui.__path__[0]).rglob("*.py")}
    for sentence in SENTENCES:
        holding = [file for file, text in sources.items() if sentence in text]
        assert holding == [Path(review_words.__file__)], sentence
