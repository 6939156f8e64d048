"""How many cards a day brings is said in many places, and they all say the same."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from exercises.catalog import load_catalog
from exercises.workspace import Workspace
from quizzes.cards.opening import open_cards, opens_cards
from quizzes.cards.scheduling import DailyLimits, Portion, Rating, ReviewedToday, portion
from tui.cli import cli
from tui.progress.progress import Progress
from tui.study.overview import overview
from tui.study.review_session import ReviewSession
from tui.study.review_words import NO_CARD_WAITING, TOMORROW
from tui.study.session import Session

NOON = datetime(2025, 6, 11, 12, tzinfo=UTC)
FIRST, SECOND = (chapter.id for chapter in load_catalog().chapters[:2])
Opened = Callable[[], Any]


@pytest.fixture
def opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Opened:
    workspace = Workspace.create(tmp_path / "workspace")
    monkeypatch.setenv("LEARN_WORKSPACE", str(workspace.root))

    @contextmanager
    def session() -> Iterator[Session]:
        with Progress(workspace.state / "progress.db") as progress:
            yield Session(load_catalog(), workspace, progress)

    return session


def command(*words: str) -> Any:
    done = CliRunner().invoke(cli, [*words, "--json"])
    assert done.exit_code == 0, done.output
    return json.loads(done.output)


def numbers(opened: Opened, now: datetime, monkeypatch: pytest.MonkeyPatch) -> tuple[int, int]:
    """Due and new cards, the same on every face."""
    monkeypatch.setattr("tui.study.clock.now", lambda: now)
    with opened() as session:
        local = now.astimezone()
        today = overview(session, local)
        plan = ReviewSession(session, local).plan
    said = today.due, today.new
    assert (len(plan.learning) + len(plan.due), len(plan.new)) == said
    waiting = command("review")
    assert (len(waiting["learning"]) + len(waiting["due"]), len(waiting["new"])) == said
    status = command("status")["cards"]
    assert (status["due"], status["new"]) == said
    tasks = [t for t in command("plan")["week"][0]["tasks"] if t["kind"] == "review"]
    step = command("next")
    if not any(said):
        assert not tasks and step["kind"] != "review"
    elif tasks:
        assert (tasks[0].get("due", 0), tasks[0].get("new", 0)) == said
        due, new = (re.search(rf"(\d+) {word}", step["title"]) for word in ("due", "new"))
        assert (int(due[1]) if due else 0, int(new[1]) if new else 0) == said
        assert step["command"] == "learn review"
    else:  # what was just not known comes again within minutes, and breaks off nothing
        assert waiting["learning"] and not waiting["due"] and not waiting["new"]
    return said


def review(opened: Opened, now: datetime, *ratings: Rating) -> None:
    with opened() as session:
        reviews = ReviewSession(session, now.astimezone())
        for rating in ratings:
            reviews.rate(rating, now.astimezone(), 1000)


def test_every_face_names_the_same_numbers(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    def said(at: datetime) -> tuple[int, int]:
        return numbers(opened, at, monkeypatch)

    assert said(NOON) == (0, 0)
    with opened() as session:
        session.progress.mark_read(FIRST, NOON)
    assert said(NOON + timedelta(hours=1)) == (0, 0)

    day = NOON + timedelta(days=1)
    assert said(day) == (0, 10)
    review(opened, day, 3, 3, 4)
    assert said(day) == (0, 7)
    review(opened, day, 1, 3, 3, 3, 3, 3)
    assert said(day + timedelta(minutes=5)) == (0, 1)
    assert said(day + timedelta(minutes=11)) == (1, 1), "one was not known, and comes again"
    review(opened, day + timedelta(minutes=11), 3)
    assert said(day + timedelta(minutes=12)) == (0, 1)
    review(opened, day + timedelta(minutes=12), 1)
    assert said(day + timedelta(minutes=30)) == (1, 0), "nothing but what is being learnt"

    day += timedelta(days=1)
    due, new = said(day)
    assert due > 0 and new == 10
    with opened() as session:
        session.progress.mark_read(SECOND, day)
    assert said(day) == (due, new)

    day += timedelta(days=20)
    with opened() as session:
        session.progress.settings.change("due_cards", "5")
    assert said(day) == (1 + 5, 0), "no limit counts what is being learnt; new cards wait"
    review(opened, day, 3, 3)
    assert said(day)[1] == 0
    with opened() as session:
        session.progress.settings.change("due_cards", "60")
    assert said(day)[1] == 10


@pytest.mark.parametrize("limit", [0, 10])
def test_an_empty_page_says_when_cards_come(opened: Opened, limit: int) -> None:
    with opened() as session:
        assert ReviewSession(session, NOON).when_empty == NO_CARD_WAITING
        session.progress.settings.change("new_cards", str(limit))
        session.progress.mark_read(FIRST, NOON)
        reviews = ReviewSession(session, NOON)
        assert reviews.current is None
        assert reviews.when_empty == (TOMORROW if limit else NO_CARD_WAITING)


def test_cards_open_on_the_day_after_reading() -> None:
    today = date(2025, 6, 11)
    read_on = {"a": today, "b": today - timedelta(days=1)}
    assert [opens_cards(id, read_on, {"d"}, today) for id in "abcd"] == [False, True, False, True]
    cards = {f"{id}{number}": id for id in "abc" for number in (1, 2)}
    assert open_cards(cards, {"a2", "gone"}, read_on, (), today) == ("a2", "b1", "b2")


def test_new_cards_wait_until_the_due_ones_fit() -> None:
    limits = DailyLimits(new=10, due=60)
    assert portion(60, 12, ReviewedToday(), limits) == Portion(60, 10, 0)
    assert portion(61, 12, ReviewedToday(), limits) == Portion(60, 0, 1)
    assert portion(5, 12, ReviewedToday(new=8, due=70), limits) == Portion(0, 0, 5)
    assert portion(0, 12, ReviewedToday(new=8, due=70), limits) == Portion(0, 2, 0)
