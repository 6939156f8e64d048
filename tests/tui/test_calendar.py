"""A day is the learner's own: neither summer time nor a journey moves what was done before."""

import os
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizzes.cards.scheduling import DAY_STARTS, day_of
from tui.progress.activity import streak
from tui.progress.calendar import Calendar, zone, zone_name
from tui.progress.progress import Progress

DAYS = 11
# On both sides of both changes, in both hemispheres.
CHANGES = [
    ("Europe/Paris", date(2025, 3, 30)),
    ("Europe/Paris", date(2025, 10, 26)),
    ("America/New_York", date(2025, 3, 9)),
    ("America/New_York", date(2025, 11, 2)),
    ("Australia/Sydney", date(2025, 4, 6)),
    ("Australia/Sydney", date(2025, 10, 5)),
    ("America/Santiago", date(2025, 4, 6)),
    ("America/Santiago", date(2025, 9, 7)),
]
# The first and the last minutes of a learner's day, where an hour makes the difference.
HOURS = [time(4, 30), time(12), time(23, 30), time(3, 30)]


@pytest.fixture
def progress(tmp_path: Path) -> Iterator[Progress]:
    with Progress(tmp_path / "progress.db") as opened:
        yield opened


@pytest.mark.parametrize("hour", HOURS, ids=str)
@pytest.mark.parametrize(("name", "change"), CHANGES)
def test_a_change_of_the_clock_breaks_no_streak(
    progress: Progress, name: str, change: date, hour: time
) -> None:
    """The same hour on eleven days in a row, the change in their midst."""
    place = ZoneInfo(name)
    first = change - timedelta(days=DAYS // 2)
    days = [datetime.combine(first + timedelta(days=n), hour, place) for n in range(DAYS)]
    for at in days:
        progress.visit("softmax", at)
    now = days[-1]
    assert set(progress.activity.days(now).values()) == {1}
    assert streak(progress.activity.days(now).keys(), day_of(now)) == DAYS
    assert progress.history.began(now) == day_of(days[0])


def test_a_journey_breaks_no_streak(progress: Progress) -> None:
    """From Tokyo over Paris to Honolulu, a lesson each evening by the clock on the wall."""
    route = ["Asia/Tokyo"] * 3 + ["Europe/Paris"] * 3 + ["Pacific/Honolulu"] * 3
    for day, name in enumerate(route, 1):
        at = datetime(2025, 6, day, 21, tzinfo=ZoneInfo(name))
        progress.stay(at)
        progress.visit("softmax", at)
    days = progress.activity.days(at)
    assert streak(days.keys(), day_of(at)) == len(route)
    assert progress.history.efforts(at)["softmax"].days == len(route)


def test_what_was_before_the_first_zone_was_known_was_in_it(progress: Progress) -> None:
    place = ZoneInfo("Pacific/Auckland")
    morning = datetime(2025, 6, 1, 9, tzinfo=place)
    progress.visit("softmax", morning)
    progress.stay(morning + timedelta(days=1))
    assert list(progress.activity.days(morning)) == [date(2025, 6, 1)]


@given(
    st.datetimes(datetime(2000, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC)),
    st.sampled_from(["Asia/Kathmandu", "Australia/Lord_Howe", "America/St_Johns", "UTC"]),
)
def test_the_file_and_the_calendar_agree_on_every_moment(at: datetime, name: str) -> None:
    """Also where a zone is off by a quarter of an hour."""
    here = at.astimezone(ZoneInfo(name))
    with Progress(Path(":memory:")) as progress:
        for minutes in (-31, -1, 0, 1, 14, 16):
            progress.visit("softmax", here + timedelta(minutes=minutes))
        moments = [here + timedelta(minutes=minutes) for minutes in (-31, -1, 0, 1, 14, 16)]
        days = progress.activity.days(here)
    expected = [(moment.astimezone(here.tzinfo) - DAY_STARTS).date() for moment in moments]
    assert days == {day: expected.count(day) for day in expected}


@pytest.mark.parametrize("text", ["Europe/Paris", "+02:00", "-03:30", "+00:00"])
def test_a_zone_is_found_again_by_its_name(text: str) -> None:
    place = zone(text)
    assert place and zone_name(datetime(2025, 6, 1, tzinfo=place)) == text


@pytest.mark.parametrize("text", ["Atlantis/Capital", "", "../etc/passwd", "+x", "/etc/passwd"])
def test_a_zone_that_nobody_knows_is_that_of_now(text: str) -> None:
    now = datetime(2025, 6, 1, 12, tzinfo=ZoneInfo("Asia/Tokyo"))
    assert zone(text) is None
    assert Calendar([(now, text)], now).day(now) == date(2025, 6, 1)


@pytest.mark.parametrize(
    ("variable", "kept"),
    [("Asia/Tokyo", "Asia/Tokyo"), ("XYZ-1", "+01:00"), ("No/Where", "+00:00")],
)
def test_a_command_keeps_the_zone_of_its_clock(
    learn_path: str,
    environment: Callable[..., Any],
    workspace: Path,
    variable: str,
    kept: str,
) -> None:
    for _ in range(2):
        done = subprocess.run(
            [learn_path, "read", "limits-of-rnns", "--done"],
            cwd=workspace,
            env=environment(TZ=variable),
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0 and not done.stderr, done.stderr
    with closing(sqlite3.connect(os.fspath(workspace / ".learn" / "progress.db"))) as db:
        assert db.execute("SELECT zone FROM stays").fetchall() == [(kept,)]
