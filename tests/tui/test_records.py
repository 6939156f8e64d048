"""Answers, schedules and settings in the progress file."""

import sqlite3
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quizzes.cards.scheduling import RATINGS, Rating, Review, ReviewedToday, Schedule, Scheduler
from tui.progress.answers import Answer, TestOut
from tui.progress.progress import Progress
from tui.progress.records import Answered
from tui.progress.schema import MIGRATIONS
from tui.progress.settings import SETTINGS, BadSetting

NOW = datetime(2025, 3, 3, 18, tzinfo=UTC)
scheduler = Scheduler()


def answer(question: str, right: bool, minutes: int = 0) -> Answer:
    return Answer(question, 7, " b c", right, "quiz", NOW + timedelta(minutes=minutes))


def rate(progress: Progress, card: str, rating: Rating, at: datetime) -> Review:
    before = progress.reviews.schedules().get(card)
    review = Review(card, rating, at, 1500, before)
    progress.reviews.record(review, scheduler.rate(before, rating, at))
    return review


def test_answers_are_kept(progress: Progress) -> None:
    given = [answer("a", False), answer("b", True, 1), answer("a", True, 2)]
    for one in given:
        progress.answers.record(one)
    assert progress.answers.all() == given
    assert progress.answers.latest() == {"b": given[1], "a": given[2]}
    assert list(progress.answers.latest()) == ["b", "a"], "oldest first"


def test_the_planner_reads_the_last_answers_by_the_learners_day(progress: Progress) -> None:
    progress.answers.record(answer("a", True))
    progress.answers.record(replace(answer("a", False, 1), context="lesson"))
    progress.answers.record(answer("b", True, 12 * 60))
    tokyo = NOW.astimezone(timezone(timedelta(hours=9)))  # 03:00 there, still the day before
    assert progress.answers.by_day(tokyo) == {
        "a": Answered(False, NOW.date(), in_quiz=False),
        "b": Answered(True, NOW.date() + timedelta(days=1)),
    }
    assert progress.history.asked_today(tokyo) == 1


def test_a_passed_testout_is_for_good(progress: Progress) -> None:
    assert progress.standing().tested_out == frozenset()
    progress.answers.record_testout(TestOut("ch01_attention", 9, 10, True, NOW))
    progress.answers.record_testout(TestOut("ch01_attention", 1, 10, False, NOW))
    progress.answers.record_testout(TestOut("ch02_self_attention", 1, 10, False, NOW))
    assert progress.standing().tested_out == {"ch01_attention"}


def test_a_review_replaces_the_schedule_and_is_logged(progress: Progress) -> None:
    first = rate(progress, "c", 3, NOW)
    second = rate(progress, "c", 1, NOW + timedelta(days=3))
    assert progress.reviews.log() == [first, second]
    assert (first.before, second.before) == (None, scheduler.rate(None, 3, NOW))
    (schedule,) = progress.reviews.schedules().values()
    assert (schedule.state, schedule.reviews, schedule.lapses) == ("relearning", 2, 1)


@settings(max_examples=20)
@given(
    st.lists(
        st.tuples(st.sampled_from("ab"), st.sampled_from(list(RATINGS)), st.integers(1, 10**7)),
        min_size=1,
        max_size=6,
    )
)
def test_undo_is_the_exact_inverse(history: list[tuple[str, Rating, int]]) -> None:
    with Progress(Path(":memory:")) as progress:
        states, reviews, at = [], [], NOW
        for card, rating, seconds in history:
            states.append((progress.reviews.schedules(), progress.reviews.log()))
            at += timedelta(seconds=seconds)
            reviews.append(rate(progress, card, rating, at))
        while reviews:
            progress.reviews.undo(reviews.pop())
            assert (progress.reviews.schedules(), progress.reviews.log()) == states.pop()


def test_a_day_counts_each_card_once(progress: Progress) -> None:
    tokyo = timezone(timedelta(hours=9))
    now = datetime(2025, 3, 5, 20, tzinfo=tokyo)
    for card in ("a", "b"):
        rate(progress, card, 4, (now - timedelta(days=30)).astimezone(UTC))
    assert progress.reviews.done(now) == ReviewedToday()
    rate(progress, "a", 1, now.astimezone(UTC))
    rate(progress, "a", 3, (now + timedelta(minutes=10)).astimezone(UTC))
    rate(progress, "new", 3, now.astimezone(UTC))
    assert progress.reviews.done(now) == ReviewedToday(new=1, due=1)
    assert progress.reviews.done(now + timedelta(hours=7)) == ReviewedToday(new=1, due=1)
    assert progress.reviews.done(now + timedelta(hours=8)) == ReviewedToday(), "a day ends at four"


def test_two_machines_are_brought_together(tmp_path: Path) -> None:
    with Progress(tmp_path / "a.db") as here, Progress(tmp_path / "b.db") as there:
        for progress in (here, there):
            rate(progress, "both", 3, NOW)
        rate(here, "both", 3, NOW + timedelta(days=2))
        rate(there, "both", 1, NOW + timedelta(days=3))
        rate(there, "only-there", 3, NOW)
        rate(here, "only-here", 3, NOW)
        known, log = there.reviews.schedules(), there.reviews.log()
        assert here.reviews.merge(known, log) == 2
        assert here.reviews.merge(known, log) == 0, "a second time changes nothing"
        merged = here.reviews.schedules()
        assert merged["both"] == known["both"], "the later review wins"
        assert set(merged) == {"both", "only-there", "only-here"}
        assert len(here.reviews.log()) == 5
        there.reviews.merge(merged, here.reviews.log())
        assert there.reviews.schedules() == merged
        assert sorted(map(repr, there.reviews.log())) == sorted(map(repr, here.reviews.log()))


def test_times_are_kept_to_the_millisecond(progress: Progress) -> None:
    at = NOW.replace(microsecond=123_000)
    rate(progress, "c", 2, at)
    assert progress.reviews.log()[0].at == at
    assert isinstance(progress.reviews.schedules()["c"], Schedule)


def test_settings(progress: Progress) -> None:
    assert progress.settings.all() == {name: one.default for name, one in SETTINGS.items()}
    assert progress.settings.change("retention", "0.85") == 0.85
    assert progress.settings.change("new_cards", "0") == 0
    assert (progress.settings["retention"], progress.settings["new_cards"]) == (0.85, 0)


@pytest.mark.parametrize("stored", ["rubbish", '"purple"', "null", "1e9"])
def test_a_stored_setting_that_is_none_counts_as_not_chosen(
    progress: Progress, stored: str
) -> None:
    with progress.database.change() as db:
        for name in SETTINGS:
            db.execute("INSERT INTO settings VALUES (?, ?)", (name, stored))
    assert progress.settings.all() == {name: one.default for name, one in SETTINGS.items()}


@pytest.mark.parametrize(
    ("name", "typed", "says"),
    [
        ("retention", "1", "a number from 0.7 to 0.97"),
        ("retention", "much", "a number from 0.7 to 0.97"),
        ("retention", "nan", "a number from 0.7 to 0.97"),
        ("new_cards", "2.5", "a number from 0 to 100"),
        ("due_cards", "-1", "a number from 5 to 1000"),
        ("colour", "red", "There is no setting 'colour'"),
    ],
)
def test_a_bad_setting_is_refused(progress: Progress, name: str, typed: str, says: str) -> None:
    before = progress.settings.all()
    with pytest.raises(BadSetting, match=says):
        progress.settings.change(name, typed)
    assert progress.settings.all() == before


def test_a_file_of_the_first_version_is_brought_up(tmp_path: Path) -> None:
    file = tmp_path / "progress.db"
    with sqlite3.connect(file) as db:
        for statement in MIGRATIONS[0]:
            db.execute(statement)
        db.execute("INSERT INTO chapters_read VALUES ('ch01_attention', '2025-01-01')")
        db.execute("PRAGMA user_version = 1")
    with Progress(file) as progress:
        assert progress.standing().read == {"ch01_attention"}
        rate(progress, "c", 3, NOW)
    with sqlite3.connect(file) as db:
        assert db.execute("PRAGMA user_version").fetchone() == (len(MIGRATIONS),)
