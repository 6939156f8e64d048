"""The weeks ahead are the rules of a day, unrolled; and they are told without blame."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from learners import FIRST_DAY, Learner, course, questions

from exercises.catalog import Catalog, load_catalog
from quizzes.ids import Summary, summaries
from tui.commands.plan import Outlook, _sentences
from tui.planning.course_plan import course_plan, pace_to_end_by, planned_end
from tui.planning.snapshot import Facts, Snapshot, snapshot
from tui.planning.tasks import Pace

TODAY = FIRST_DAY.date()
CATALOG = course()
ASKS = questions(CATALOG)


def fresh(catalog: Catalog = CATALOG, asks: dict[str, Summary] = ASKS) -> Snapshot:
    return snapshot(catalog, asks, Facts(FIRST_DAY))


def ten_chapters() -> tuple[Catalog, dict[str, Summary]]:
    """A course of full size, made of the chapters that are there."""
    catalog = load_catalog()
    known = summaries(catalog)
    chapters, asks = [], {}
    for place in range(10):
        like = catalog.chapters[place % len(catalog.chapters)]
        id = f"ch{place + 1:02}_part"
        exercises = tuple(
            replace(
                e,
                id=f"{e.id}_{place}",
                chapter=id,
                topics=tuple(f"{topic}-{place}" for topic in e.topics),
                needs=(),
            )
            for e in like.exercises
        )
        topics = tuple(replace(topic, id=f"{topic.id}-{place}") for topic in like.topics)
        chapters.append(replace(like, id=id, number=place + 1, topics=topics, exercises=exercises))
        asks[id] = Summary(
            {f"{id}-{place}": f"{of}-{place}" for id, of in known[like.id].questions.items()},
            {f"{id}-{place}": f"{of}-{place}" for id, of in known[like.id].cards.items()},
        )
    return Catalog(tuple(chapters)), asks


def test_ten_chapters_take_six_to_eight_weeks() -> None:
    catalog, asks = ten_chapters()
    ends = course_plan(catalog, fresh(catalog, asks), Pace()).ends
    assert ends
    days = (ends - TODAY).days + 1  # as it is said: today included
    assert 6 * 7 <= days <= 8 * 7


def test_everything_is_in_the_plan_once_and_in_order() -> None:
    plan = course_plan(CATALOG, fresh(), Pace())
    tasks = [task for day in plan.days for task in day.tasks]
    passed = [task.id for task in tasks if task.kind == "exercise"]
    assert list(dict.fromkeys(passed)) == [exercise.id for exercise in CATALOG.exercises]
    assert [task.id for task in tasks if task.kind == "reading"] == list(CATALOG.topics)
    asked = sum(task.count for task in tasks if task.kind == "quiz")
    assert asked >= sum(len(asked.questions) for asked in ASKS.values())
    for day in plan.days:  # code that comes back has minutes of its own
        assert sum(t.minutes for t in day.tasks if t.kind != "rewrite") <= Pace().minutes
    assert [day.date for day in plan.days] == [
        TODAY + timedelta(days=place) for place in range(len(plan.days))
    ]
    begins = [span.begins for span in plan.spans if span.begins]
    assert len(begins) == len(plan.spans) and begins == sorted(begins)


@pytest.mark.parametrize(("days", "free"), [("weekdays", {5, 6}), ("weekends", {0, 1, 2, 3, 4})])
def test_free_days_are_free(days: str, free: set[int]) -> None:
    plan = course_plan(CATALOG, fresh(), Pace(days=days))
    assert all(bool(day.tasks) != (day.date.weekday() in free) for day in plan.days)


def test_a_week_is_shown_even_when_less_is_left() -> None:
    learner = Learner(CATALOG, ASKS)
    while learner.plan():
        learner.learn()
        learner.sleep()
    plan = course_plan(CATALOG, learner.snapshot(), Pace())
    assert len(plan.week) == 7
    assert plan.ends is None or plan.ends >= learner.today


def test_the_pace_for_a_date_is_the_slowest_that_meets_it() -> None:
    end = TODAY + timedelta(days=20)
    pace = pace_to_end_by(end, CATALOG, fresh(), Pace())
    assert pace
    slower = replace(pace, minutes=pace.minutes - 5)
    meets, misses = (course_plan(CATALOG, fresh(), p).ends for p in (pace, slower))
    assert meets and misses and meets <= end < misses
    assert pace_to_end_by(TODAY, CATALOG, fresh(), Pace()) is None


def test_who_follows_the_plan_is_where_it_said() -> None:
    learner = Learner(CATALOG, ASKS)
    planned = planned_end(CATALOG, ASKS, TODAY, Pace())
    assert planned == course_plan(CATALOG, fresh(), Pace()).ends
    for _ in range(7):
        learner.learn()
        learner.sleep()
    ends = course_plan(CATALOG, learner.snapshot(), Pace()).ends
    assert planned and ends
    assert abs((ends - planned).days) <= 1


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (0, "That is as planned when you began on 3 Mar."),
        (2, "That is 2 days earlier than planned when you began on 3 Mar."),
        (-1, "it was 16 Mar: 1 day earlier. 80 minutes a day would still meet that date."),
    ],
)
def test_behind_and_ahead_are_said_plainly(days: int, said: str) -> None:
    plan = course_plan(CATALOG, fresh(), Pace())
    assert plan.ends
    planned = plan.ends + timedelta(days=days)
    outlook = Outlook(plan, Pace(), TODAY, TODAY, planned, Pace(80) if days < 0 else None)
    text = " ".join(_sentences(outlook, None))
    assert said.replace("16 Mar", f"{planned.day} {planned:%b}") in text
    assert not {"behind", "late", "should", "must"} & set(text.split())


def test_at_the_end_there_is_nothing_to_blame() -> None:
    empty = Catalog(())
    plan = course_plan(empty, snapshot(empty, {}, Facts(FIRST_DAY)), Pace())
    outlook = Outlook(plan, Pace(), TODAY, TODAY, date(2025, 1, 1))
    assert next(iter(_sentences(outlook, None))).startswith(
        "Lessons, quizzes and exercises are done"
    )
