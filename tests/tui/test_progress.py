"""Progress survives a kill at any moment, two processes at once, and an older schema."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from exercises.catalog import load_catalog
from exercises.workspace import Workspace
from tui.progress.progress import Attempt, Latest, Progress, ProgressError, Score, Standing
from tui.progress.schema import MIGRATIONS
from tui.progress.transfer import export, take_in
from tui.study.exercise_state import briefing
from tui.study.session import Session
from tui.study.targets import ExerciseTarget

ROOT = Path(__file__).parents[2]
NOW = datetime(2025, 3, 1, 14, 30, tzinfo=UTC)

# Attempts, answers and reviews as fast as it can; prints the number of each round once it is safe.
WRITER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from quizzes.cards.scheduling import Review, Schedule
from tui.progress.answers import Answer
from tui.progress.progress import Attempt, Progress
file, name = Path(sys.argv[1]), sys.argv[2]
number = 0
while number < int(sys.argv[3]):
    with Progress(file) as progress:
        for _ in range(5):
            now, each = datetime.now(UTC), f"{name} {number}"
            progress.record(Attempt(name, "submit", "passed", number, 100, 0, now, each.encode(),
                                    "{}" + " " * 5000))
            progress.answers.record(Answer(each, number, "4", True, "quiz", now))
            progress.reviews.record(Review(each, 3, now, 900, None),
                                    Schedule("review", None, 3.0, 5.0, now, now))
            print(number, flush=True)
            number += 1
"""
# How much of one writer is kept, by table. A review and the schedule after it go together.
KEPT = {
    "attempts": "attempts JOIN sources ON sha256 = source_sha256 WHERE exercise = :name",
    "answers": "answers WHERE question LIKE :name || ' %'",
    "reviews": "reviews JOIN schedules USING (card) WHERE card LIKE :name || ' %'",
    "schedules": "schedules WHERE card LIKE :name || ' %'",
}


def attempt(exercise: str, **changes: Any) -> Attempt:
    values: dict[str, Any] = {
        "kind": "submit",
        "outcome": "passed",
        "points": 3.0,
        "max_points": 3.0,
        "seed": 7,
        "at": NOW,
        "source": b"x = 1\n",
        "report": "{}",
    }
    return Attempt(exercise, **(values | changes))


def start_writer(file: Path, name: str, count: int) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, str(file), name, str(count)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )


def kept(file: Path, name: str) -> dict[str, int]:
    with sqlite3.connect(file) as db:
        return {
            table: db.execute(f"SELECT count(*) FROM {rows}", {"name": name}).fetchone()[0]
            for table, rows in KEPT.items()
        }


def test_a_new_file_knows_nothing(progress: Progress) -> None:
    assert progress.standing() == Standing()
    assert progress.best_scores() == {}
    assert progress.latest_pass() is None
    assert progress.passed_source("softmax") is None
    assert progress.hints_shown("softmax") == 0


def test_only_a_submission_passes(progress: Progress) -> None:
    progress.record(attempt("softmax", kind="check"))
    assert progress.standing().passed == frozenset()
    progress.record(attempt("softmax", outcome="failed", points=1))
    assert progress.standing().passed == frozenset()
    progress.record(attempt("softmax"))
    progress.record(attempt("softmax", outcome="failed", points=0))
    assert progress.standing().passed == {"softmax"}


def test_the_planner_counts_from_the_first_submission_that_passes(progress: Progress) -> None:
    kinds = (("submit", "failed"), ("check", "passed"), ("submit", "passed"), ("submit", "passed"))
    for days, (kind, outcome) in enumerate(kinds):
        at = NOW + timedelta(days=days)
        progress.record(attempt("softmax", kind=kind, outcome=outcome, at=at))
    assert progress.history.passed_on(NOW) == {"softmax": NOW.date() + timedelta(days=2)}


def test_the_best_submission_counts(progress: Progress) -> None:
    progress.record(attempt("softmax", kind="check", points=3))
    progress.record(attempt("softmax", outcome="failed", points=2))
    progress.record(attempt("softmax", outcome="failed", points=1))
    progress.record(attempt("softmax", outcome="error", points=0))
    assert progress.best_scores() == {"softmax": Score(2, 3)}


def test_the_passed_source_is_the_latest_that_passed(progress: Progress) -> None:
    progress.record(attempt("softmax", source=b"first"))
    progress.record(attempt("softmax", source="zweiter √".encode()))
    progress.record(attempt("softmax", source=b"broken", outcome="failed"))
    progress.record(attempt("softmax", source=b"tried", kind="check"))
    progress.record(attempt("other", source=b"first"))
    assert progress.passed_source("softmax") == "zweiter √"
    assert progress.latest_pass() == "other"


def test_the_latest_exercise_and_how_it_went(progress: Progress) -> None:
    progress.record(attempt("one", kind="check", outcome="failed"))
    progress.visit("two", NOW)
    assert progress.standing().latest == Latest("two")
    progress.visit("one", NOW)
    assert progress.standing().latest == Latest("one", "check", "failed")
    progress.record(attempt("one", kind="check"))
    assert progress.standing().latest == Latest("one", "check", "passed")
    progress.record(attempt("one", outcome="error"))
    assert progress.standing().latest == Latest("one", "check", "passed")


def test_a_look_at_what_a_stub_is_told_turns_to_nothing(progress: Progress) -> None:
    progress.visit("b", NOW)
    progress.record(attempt("a", kind="check", outcome="failed", is_stub=True))
    assert progress.standing().latest == Latest("b")
    assert progress.latest_report("a") is not None


def test_hints_and_reading_are_counted_once(progress: Progress) -> None:
    for number in (1, 2, 2):
        progress.show_hint("softmax", number, NOW)
    for _ in range(2):
        progress.mark_read("ch01_attention", NOW)
    assert progress.hints_shown("softmax") == 2
    assert progress.standing().read == {"ch01_attention"}


def test_times_are_kept_in_utc(progress: Progress, file: Path) -> None:
    progress.mark_read("ch01_attention", NOW.astimezone() + timedelta(hours=1))
    with sqlite3.connect(file) as db:
        assert db.execute("SELECT at FROM sections_read").fetchall() == [
            ("2025-03-01T15:30:00.000+00:00",)
        ]


def test_it_is_all_there_after_reopening(file: Path) -> None:
    with Progress(file) as progress:
        progress.record(attempt("softmax"))
    with Progress(file) as progress:
        assert progress.standing().passed == {"softmax"}


def test_two_processes_write_at_once(file: Path) -> None:
    writers = [start_writer(file, name, 40) for name in ("one", "two")]
    for writer in writers:
        printed, _ = writer.communicate(timeout=60)
        assert writer.returncode == 0
        assert printed.split() == [str(number) for number in range(40)]
    for name in ("one", "two"):
        assert kept(file, name) == dict.fromkeys(KEPT, 40)


def test_two_processes_may_be_the_first(file: Path) -> None:
    """One holds the lock of a file that has no tables yet; the other waits for it."""
    with closing(sqlite3.connect(file, isolation_level=None)) as first:
        first.execute("BEGIN IMMEDIATE")
        second = start_writer(file, "second", 5)
        with pytest.raises(subprocess.TimeoutExpired):
            second.wait(timeout=1)
        first.execute("ROLLBACK")
    second.communicate(timeout=60)
    assert second.returncode == 0
    assert kept(file, "second") == dict.fromkeys(KEPT, 5)


def test_a_kill_at_any_moment_loses_nothing(file: Path) -> None:
    for round_number in range(6):
        writer = start_writer(file, f"round{round_number}", 10**6)
        assert writer.stdout is not None
        writer.stdout.readline()
        time.sleep(0.013 * round_number)
        os.kill(writer.pid, signal.SIGKILL)
        acknowledged = len(writer.stdout.read().split()) + 1
        writer.wait()
        with Progress(file) as progress:
            assert f"round{round_number}" in progress.standing().passed
        with sqlite3.connect(file) as db:
            assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        # the last ones may have been kept without having been acknowledged
        counts = kept(file, f"round{round_number}")
        assert set(counts.values()) <= {acknowledged, acknowledged + 1}
        assert counts["reviews"] == counts["schedules"]


def test_an_export_and_an_import_while_another_process_writes(file: Path, tmp_path: Path) -> None:
    with Progress(file) as progress, Progress(tmp_path / "other.db") as other:
        writer = start_writer(file, "busy", 10**6)
        assert writer.stdout is not None
        writer.stdout.readline()
        other.mark_read("ch01_attention", NOW)
        export(other.database, tmp_path / "other.moved")
        take_in(progress.database, tmp_path / "other.moved")
        export(progress.database, tmp_path / "busy.moved")
        assert writer.poll() is None, "the writer was not disturbed"
        writer.kill()
        acknowledged = len(writer.stdout.read().split()) + 1
        writer.wait()
        assert progress.standing().read == {"ch01_attention"}
    assert min(kept(file, "busy").values()) >= acknowledged
    whole = kept(tmp_path / "busy.moved", "busy")
    assert max(whole.values()) - min(whole.values()) <= 1, "it is of one moment"


def test_many_processes_may_create_it_at_once(file: Path) -> None:
    writers = [start_writer(file, f"w{number}", 1) for number in range(4)]
    for writer in writers:
        writer.communicate(timeout=60)
        assert writer.returncode == 0
    with sqlite3.connect(file) as db:
        assert db.execute("PRAGMA user_version").fetchone() == (len(MIGRATIONS),)
        assert db.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_a_failed_migration_changes_nothing(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Progress(file) as progress:
        progress.mark_read("ch01_attention", NOW)
    broken = (*MIGRATIONS, ("CREATE TABLE later (id INTEGER)", "CREATE NONSENSE"))
    with monkeypatch.context() as patch:
        patch.setattr("tui.progress.database.MIGRATIONS", broken)
        with pytest.raises(ProgressError):
            Progress(file)
    with Progress(file) as progress:
        assert progress.standing().read == {"ch01_attention"}
    with sqlite3.connect(file) as db:
        assert "later" not in [
            name for (name,) in db.execute("SELECT name FROM sqlite_master").fetchall()
        ]


def test_a_later_migration_keeps_what_is_there(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Progress(file) as progress:
        progress.record(attempt("softmax"))
    monkeypatch.setattr(
        "tui.progress.database.MIGRATIONS", (*MIGRATIONS, ("CREATE TABLE later (id TEXT)",))
    )
    with Progress(file) as progress:
        assert progress.standing().passed == {"softmax"}
    with sqlite3.connect(file) as db:
        assert db.execute("SELECT count(*) FROM later").fetchone() == (0,)


def test_a_file_of_a_newer_course_is_left_alone(file: Path) -> None:
    with sqlite3.connect(file) as db:
        db.execute("PRAGMA user_version = 99")
    with pytest.raises(ProgressError, match="Update the course"):
        Progress(file)


def test_a_damaged_file_is_left_alone(file: Path) -> None:
    garbage = b"this is no database " * 500
    file.write_bytes(garbage)
    with pytest.raises(ProgressError, match="damaged"):
        Progress(file)
    assert file.read_bytes() == garbage
    assert [other.name for other in file.parent.iterdir()] == [file.name]


def test_a_file_that_cannot_be_opened(file: Path) -> None:
    file.mkdir()
    with pytest.raises(ProgressError, match="cannot be used"):
        Progress(file)


def test_a_busy_file_is_waited_for_and_then_named(
    file: Path, progress: Progress, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.progress.database.BUSY_SECONDS", 0.1)
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with Progress(file) as impatient, pytest.raises(ProgressError, match="locked"):
        impatient.mark_read("ch01_attention", NOW)
    other.execute("ROLLBACK")
    progress.mark_read("ch01_attention", NOW)


@pytest.mark.parametrize("report", ["rubbish", "null", "{}", '{"schema": "report/v2"}', "[1]"])
def test_a_stored_report_that_is_none_is_as_no_verdict(tmp_path: Path, report: str) -> None:
    with Progress(tmp_path / "progress.db") as progress:
        progress.record(attempt("softmax", report=report))
        session = Session(load_catalog(), Workspace(tmp_path), progress)
        found = briefing(session, ExerciseTarget("softmax"))
        assert found.is_passed and found.latest is None


def test_the_figure_that_was_open_last_comes_last(progress: Progress) -> None:
    for minute, (name, length) in enumerate([("masks", 4), ("attention", 6), ("masks", 8)]):
        progress.figures.put(name, {"length": length}, NOW + timedelta(minutes=minute))
    assert list(progress.figures.all().items()) == [
        ("attention", {"length": 6}),
        ("masks", {"length": 8}),
    ]


def test_what_was_read_last_is_known_until_an_exercise_is_turned_to(progress: Progress) -> None:
    progress.visit("softmax", NOW)
    progress.mark_read("one", NOW + timedelta(minutes=1))
    progress.mark_read("two", NOW + timedelta(minutes=2))
    assert progress.standing().just_read == "two"
    progress.mark_read("three", NOW + timedelta(minutes=2))
    assert progress.standing().just_read is None, "they were marked together"
    progress.visit("softmax", NOW + timedelta(minutes=3))
    assert progress.standing().just_read is None
