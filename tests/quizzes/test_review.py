"""Spaced repetition over simulated days: caps, breaks, leeches, and nothing at random."""

import random
import subprocess
import sys
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quizzes.cards.scheduling import (
    LEECH_LAPSES,
    RATINGS,
    DailyLimits,
    Rating,
    ReviewedToday,
    Schedule,
    Scheduler,
    day_of,
    day_start,
    is_due,
    plan,
    soon,
)

START = datetime(2025, 3, 3, 18, tzinfo=UTC)
DAY = timedelta(days=1)
LIMITS = DailyLimits(new=5, due=20)

scheduler = Scheduler(0.9)
ratings = st.sampled_from(list(RATINGS))


def learnt(days_ago: float, stability: float, now: datetime = START) -> Schedule:
    last = now - timedelta(days=days_ago)
    return Schedule("review", None, stability, 5.0, last + stability * DAY, last)


# FSRS


@given(st.lists(ratings, min_size=1, max_size=12), st.data())
@settings(max_examples=60)
def test_every_history_gives_a_schedule(history: list[Rating], data: st.DataObject) -> None:
    schedule, at = None, START
    for count, rating in enumerate(history, start=1):
        after = scheduler.rate(schedule, rating, at)
        assert after.due > at
        assert after.last_review == at
        assert after.reviews == count
        assert after.stability > 0
        assert 1 <= after.difficulty <= 10
        assert after == scheduler.rate(schedule, rating, at), "nothing is drawn at random"
        schedule, at = after, after.due + data.draw(st.timedeltas(timedelta(0), 30 * DAY))


def test_a_better_rating_means_a_longer_wait() -> None:
    for before in (None, learnt(10, 10)):
        waits = list(scheduler.intervals(before, START).values())
        assert waits == sorted(waits)
        assert waits[0] == timedelta(minutes=10)
        assert waits[3] > 2 * DAY


def test_a_higher_retention_means_shorter_waits() -> None:
    waits = [Scheduler(r).intervals(learnt(10, 10), START)[3] for r in (0.8, 0.9, 0.95)]
    assert waits == sorted(waits, reverse=True)
    assert len(set(waits)) == 3


def test_recall_fades() -> None:
    schedule = learnt(0, 10)
    recalls = [scheduler.recall(schedule, START + days * DAY) for days in (0, 5, 10, 50)]
    assert recalls[0] == 1
    assert recalls[2] == pytest.approx(0.9)
    assert recalls == sorted(recalls, reverse=True)


def test_a_card_that_is_forgotten_again_and_again_is_a_leech() -> None:
    schedule, at = scheduler.rate(None, 3, START), START
    for lapse in range(1, LEECH_LAPSES + 1):
        at = schedule.due
        schedule = scheduler.rate(schedule, 1, at)
        assert schedule.lapses == lapse
        assert schedule.is_leech == (lapse == LEECH_LAPSES)
        again = scheduler.rate(schedule, 1, at + timedelta(minutes=10))
        assert again.lapses == lapse, "failing while learning it again is no new lapse"
        schedule = scheduler.rate(schedule, 3, at + timedelta(minutes=10))
    assert schedule.is_leech


# a day


def test_a_day_ends_in_the_night_of_the_learners_clock() -> None:
    tokyo = timezone(timedelta(hours=9))
    late = datetime(2025, 3, 4, 1, 30, tzinfo=tokyo)
    assert day_of(late).day == 3
    assert day_of(late.replace(hour=4)).day == 4
    assert day_start(late) == datetime(2025, 3, 3, 4, tzinfo=tokyo)


def test_a_card_of_today_is_due_all_day() -> None:
    schedule = learnt(2, 2, START.replace(hour=23))
    assert is_due(schedule, START.replace(hour=5))
    assert not is_due(schedule, START - DAY)


def test_a_card_in_learning_is_due_by_the_minute() -> None:
    schedule = scheduler.rate(None, 1, START)
    assert not is_due(schedule, START + timedelta(minutes=9))
    assert is_due(schedule, START + timedelta(minutes=10))
    assert soon({"a": schedule}, ["a", "b"], START) == ("a",)
    assert soon({"a": schedule}, ["a"], START - DAY) == ()


def test_new_cards_come_in_their_order_up_to_the_cap() -> None:
    ids = [f"c{n}" for n in range(30)]
    assert plan(ids, {}, START, ReviewedToday(), LIMITS).new == ("c0", "c1", "c2", "c3", "c4")
    assert plan(ids, {}, START, ReviewedToday(new=3), LIMITS).new == ("c0", "c1")
    assert plan(ids, {}, START, ReviewedToday(new=9), LIMITS).new == ()


def test_cards_of_one_note_come_on_different_days() -> None:
    ids = ["a#1", "a#2", "b#1", "b#2", "c"]
    assert plan(ids, {}, START, ReviewedToday(), LIMITS).new == ("a#1", "b#1", "c")
    schedules = {"a#1": scheduler.rate(None, 4, START), "b#1": learnt(5, 5), "b#2": learnt(6, 5)}
    today = plan(ids, schedules, START, ReviewedToday(), LIMITS)
    assert (today.due, today.new, today.postponed) == (("b#1",), ("c",), 0)


def test_a_backlog_is_cut_to_the_cap_and_new_cards_wait() -> None:
    schedules = {f"c{n}": learnt(40, 3 + n) for n in range(30)}
    today = plan([*schedules, "new"], schedules, START, ReviewedToday(due=5), LIMITS, scheduler)
    assert (len(today.due), today.new, today.postponed) == (15, (), 15)
    cleared = plan(
        [*schedules, "new"], schedules, START, ReviewedToday(), DailyLimits(5, 100), scheduler
    )
    assert (len(cleared.due), cleared.new, cleared.postponed) == (30, ("new",), 0)


def test_the_most_valuable_come_first() -> None:
    """What is nearly forgotten gains more by a review than what is still known."""
    schedules = {"known": learnt(30, 100), "fading": learnt(30, 10), "fresh": learnt(5, 5)}
    today = plan(schedules, schedules, START, ReviewedToday(), DailyLimits(0, 2), scheduler)
    assert today.due[0] == "fading"
    values = {id: scheduler.value(schedules[id], START) for id in schedules}
    assert values["fading"] > values["known"] > 0


def test_what_is_being_learnt_comes_before_all_and_beyond_the_cap() -> None:
    step = scheduler.rate(None, 1, START - timedelta(hours=1))
    schedules = {"due": learnt(5, 5), "step": step}
    today = plan(schedules, schedules, START, ReviewedToday(due=20), LIMITS)
    assert (today.learning, today.due, today.cards) == (("step",), (), ("step",))


def test_a_card_that_left_the_course_is_forgotten_but_kept() -> None:
    schedules = {"gone": learnt(5, 5)}
    assert plan(["here"], schedules, START, ReviewedToday(), LIMITS).cards == ("here",)


def simulate(days: int, breaks: range, ids: list[str], seed: int = 1) -> list[dict[str, int]]:
    """A learner who reviews every evening but those in `breaks`, and forgets as FSRS expects."""
    chance = random.Random(seed)
    schedules: dict[str, Schedule] = {}
    log = []
    for day in range(days):
        now = START + day * DAY
        counts = {"new": 0, "due": 0, "postponed": 0}
        if day not in breaks:
            today = plan(ids, schedules, now, ReviewedToday(), LIMITS, scheduler)
            counts |= {"new": len(today.new), "postponed": today.postponed, "due": len(today.due)}
            for id in today.cards:
                before = schedules.get(id)
                known = chance.random() < (scheduler.recall(before, now) if before else 0.7)
                schedules[id] = scheduler.rate(before, 3 if known else 1, now)
                if not known:
                    later = now + timedelta(minutes=10)
                    schedules[id] = scheduler.rate(schedules[id], 3, later)
        log.append(counts)
    assert len(schedules) == sum(day["new"] for day in log)
    return log


def test_sixty_days_bring_every_card_and_never_more_than_the_cap() -> None:
    log = simulate(60, range(0), [f"c{n}" for n in range(120)])
    assert sum(day["new"] for day in log) == 120
    assert all(day["new"] <= LIMITS.new and day["due"] <= LIMITS.due for day in log)


def test_after_a_break_the_backlog_shrinks_day_by_day_without_burying_anyone() -> None:
    log = simulate(70, range(25, 46), [f"c{n}" for n in range(250)])
    back = log[46:]
    assert back[0]["postponed"] > 0
    assert back[0]["new"] == 0, "new cards wait"
    assert all(day["due"] <= LIMITS.due for day in back)
    cleared = next(place for place, day in enumerate(back) if day["postponed"] == 0)
    assert cleared < 15
    assert any(day["new"] > 0 for day in back[cleared:]), "then they come again"


def test_planning_does_not_load_fsrs() -> None:
    code = "import sys, quizzes.cards.scheduling; assert 'fsrs' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)
