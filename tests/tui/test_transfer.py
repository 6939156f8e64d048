"""Progress moves between machines: nothing is lost, nothing is there twice."""

from __future__ import annotations

import resource
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exercises.errors import CourseError
from quizzes.cards.scheduling import Review, Schedule
from tui.progress.answers import Answer, TestOut
from tui.progress.exams import ExamRecord, HandedIn
from tui.progress.progress import Attempt, Progress
from tui.progress.schema import MIGRATIONS
from tui.progress.transfer import TABLES, TransferError, clear, export, take_in

START = datetime(2025, 3, 1, 14, 30, tzinfo=UTC)
NAMES = st.sampled_from(["one", "two", "three"])
TIMES = st.integers(0, 50).map(lambda minutes: START + timedelta(minutes=minutes))


def do(progress: Progress, kind: str, name: str, at: datetime, number: int) -> None:
    """One of the things that a learner does."""
    if kind == "attempt":
        outcome = "passed" if number % 2 else "failed"
        source = f"x = {number}".encode()
        progress.record(Attempt(name, "submit", outcome, number, 9, 0, at, source, "{}"))
    elif kind == "hint":
        progress.show_hint(name, number, at)
    elif kind == "read":
        progress.mark_read(name, at)
    elif kind == "bookmark":
        progress.bookmarks.put(name, f"{name}/{number}", at)
    elif kind == "figure":
        progress.figures.put(name, {"length": number}, at)
    elif kind == "answer":
        progress.answers.record(Answer(name, number, "4", bool(number % 2), "quiz", at))
    elif kind == "testout":
        progress.answers.record_testout(TestOut(name, number, 9, number > 7, at))
    elif kind == "exam":
        # Begun at one moment, it is one exam; who takes it along may hand it in on both machines.
        exam = ExamRecord(at, at.minute, ("question",), ("exercise",))
        progress.exams.begin(exam)
        if number % 2:
            exam = replace(exam, finished=at + timedelta(days=number), correct=number)
            progress.exams.finish(exam, [HandedIn("exercise", "passed", b"x = 1", "{}")])
    elif kind == "setting":
        progress.settings.change("new_cards", str(number))
    else:
        before = progress.reviews.schedules().get(name)
        if not any(review.card == name and review.at == at for review in progress.reviews.log()):
            after = Schedule("review", None, number + 1.0, 5.0, at + timedelta(days=number), at)
            progress.reviews.record(Review(name, 3, at, 900, before), after)


def test_an_export_that_does_not_fit_is_told_of_the_export(tmp_path: Path) -> None:
    """And not of the progress, which is as it was."""
    with Progress(tmp_path / "progress.db") as progress:
        for number in range(300):
            do(progress, "attempt", "one", START + timedelta(seconds=number), number)
        file = tmp_path / "export.db"
        before = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, before[1]))
        try:
            with pytest.raises(CourseError, match=r"export\.db cannot be written") as caught:
                export(progress.database, file)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
        assert caught.value.exit_code == 3
        assert "progress.db" not in str(caught.value)
        assert not file.exists()


KINDS = (
    *("attempt", "hint", "read", "bookmark", "figure"),
    *("answer", "testout", "exam", "setting", "review"),
)
DEEDS = st.lists(st.tuples(st.sampled_from(KINDS), NAMES, TIMES, st.integers(0, 9)), max_size=12)


def content(file: Path) -> dict[str, set[Any]]:
    """What is known, whatever its numbers."""
    with closing(sqlite3.connect(file)) as db:
        columns = {
            table: [row[1] for row in db.execute(f"PRAGMA table_info({table})") if row[1] != "id"]
            for table in TABLES
        }
        return {
            table: set(db.execute(f"SELECT {', '.join(names)} FROM {table}"))
            for table, names in columns.items()
        }


def count(file: Path, table: str) -> int:
    with closing(sqlite3.connect(file)) as db:
        return int(db.execute(f"SELECT count(*) FROM {table}").fetchone()[0])


def test_every_table_is_moved(progress: Progress) -> None:
    rows = progress.database.rows("SELECT name FROM sqlite_master WHERE type = 'table'")
    assert {name for (name,) in rows if not name.startswith("sqlite_")} == set(TABLES)


@settings(max_examples=20, deadline=None)
@given(deeds=DEEDS)
def test_a_new_machine_knows_all_that_the_old_one_knew(
    tmp_path_factory: pytest.TempPathFactory, deeds: list[Any]
) -> None:
    folder = tmp_path_factory.mktemp("move")
    old, new, moved = folder / "old.db", folder / "new.db", folder / "moved.db"
    with Progress(old) as progress:
        for deed in deeds:
            do(progress, *deed)
        export(progress.database, moved)
    with Progress(new) as progress:
        take_in(progress.database, moved)
        assert content(new) == content(old) == content(moved)
        assert take_in(progress.database, moved) == 0, "twice is as good as once"
    assert content(new) == content(old)
    for table in TABLES:
        assert count(new, table) == len(content(new)[table])


@settings(max_examples=20, deadline=None)
@given(here=DEEDS, there=DEEDS)
def test_two_machines_come_to_know_the_same_and_lose_nothing(
    tmp_path_factory: pytest.TempPathFactory, here: list[Any], there: list[Any]
) -> None:
    folder = tmp_path_factory.mktemp("merge")
    files = folder / "here.db", folder / "there.db"
    for file, deeds in zip(files, (here, there), strict=True):
        with Progress(file) as progress:
            for deed in deeds:
                do(progress, *deed)
            export(progress.database, file.with_suffix(".moved"))
    before = [content(file) for file in files]
    for file, other in zip(files, reversed(files), strict=True):
        with Progress(file) as progress:
            take_in(progress.database, other.with_suffix(".moved"))
    ours, theirs = (content(file) for file in files)
    for table in ("attempts", "visits", "answers", "testouts", "sources"):
        assert ours[table] == theirs[table] == before[0][table] | before[1][table]
    for table in ("hints", "sections_read", "steps_seen", "schedules", "bookmarks", "figures"):
        keys = [{row[0] for row in known[table]} for known in (*before, ours, theirs)]
        assert keys[0] | keys[1] == keys[2] == keys[3]
    reviews = [{row[0:1] + row[2:3] for row in k["reviews"]} for k in (*before, ours, theirs)]
    assert reviews[0] | reviews[1] == reviews[2] == reviews[3]


def test_what_is_latest_is_told_by_time_after_a_merge(tmp_path: Path) -> None:
    with Progress(tmp_path / "old.db") as old:
        do(old, "attempt", "one", START, 1)
        do(old, "answer", "q", START, 2)
        export(old.database, tmp_path / "moved.db")
    with Progress(tmp_path / "new.db") as new:
        do(new, "attempt", "two", START + timedelta(days=1), 3)
        do(new, "answer", "q", START + timedelta(days=1), 3)
        assert take_in(new.database, tmp_path / "moved.db") == 4
        assert new.latest_pass() == "two"
        latest = new.standing().latest
        assert latest and latest.exercise == "two"
        assert new.answers.latest()["q"].right
        assert new.passed_source("one") == "x = 1"


def test_a_setting_of_here_stays_and_one_of_there_comes(tmp_path: Path) -> None:
    with Progress(tmp_path / "old.db") as old:
        old.settings.change("new_cards", "5")
        old.settings.change("due_cards", "30")
        export(old.database, tmp_path / "moved.db")
    with Progress(tmp_path / "new.db") as new:
        new.settings.change("new_cards", "7")
        take_in(new.database, tmp_path / "moved.db")
        assert (new.settings["new_cards"], new.settings["due_cards"]) == (7, 30)


def test_the_export_of_an_older_course_is_brought_up_to_date(
    tmp_path: Path, progress: Progress
) -> None:
    old = tmp_path / "old.db"
    with closing(sqlite3.connect(old)) as db:
        for statement in MIGRATIONS[0]:
            db.execute(statement)
        db.execute("INSERT INTO chapters_read VALUES ('ch01_attention', '2025-01-01T00:00:00')")
        db.execute("PRAGMA user_version = 1")
        db.commit()
    was = old.read_bytes()
    assert take_in(progress.database, old) == 1
    assert progress.standing().read == {"ch01_attention"}
    assert old.read_bytes() == was


def test_the_export_of_a_newer_course_is_refused(tmp_path: Path, progress: Progress) -> None:
    export(progress.database, tmp_path / "new.db")
    with closing(sqlite3.connect(tmp_path / "new.db")) as db:
        db.execute("PRAGMA user_version = 99")
    with pytest.raises(TransferError, match="newer version of the course"):
        take_in(progress.database, tmp_path / "new.db")


@pytest.mark.parametrize("damage", ["text", "empty", "other", "torn", "columns", "folder", "gone"])
def test_what_is_no_export_changes_nothing(
    tmp_path: Path, progress: Progress, file: Path, damage: str
) -> None:
    do(progress, "attempt", "one", START, 1)
    bad = tmp_path / "bad.db"
    if damage == "text":
        bad.write_text("this is no database " * 500)
    elif damage == "empty":
        bad.touch()
    elif damage == "other":
        with closing(sqlite3.connect(bad)) as db:
            db.execute("CREATE TABLE recipes (id INTEGER)")
    elif damage == "torn":
        for number in range(300):
            do(progress, "answer", "one", START + timedelta(seconds=number), number)
        export(progress.database, bad)
        whole = bad.read_bytes()
        bad.write_bytes(whole[: len(whole) // 2])
    elif damage == "columns":
        export(progress.database, bad)
        with closing(sqlite3.connect(bad)) as db:
            db.execute("ALTER TABLE hints DROP COLUMN at")
    elif damage == "folder":
        bad.mkdir()
    before = content(file)
    with pytest.raises(TransferError, match=r"bad\.db"):
        take_in(progress.database, bad)
    assert content(file) == before


def test_an_export_overwrites_nothing(tmp_path: Path, progress: Progress) -> None:
    mine = tmp_path / "mine.txt"
    mine.write_text("mine")
    with pytest.raises(TransferError, match="exists"):
        export(progress.database, mine)
    assert mine.read_text() == "mine"


def test_an_export_into_no_folder_is_told(learn: Any, workspace: Path, tmp_path: Path) -> None:
    done = learn("export", str(tmp_path / "nope" / "x.json"))
    assert done.returncode == 2
    assert f"Cannot write to {tmp_path}/nope: there is no such folder." in done.stderr


def test_an_export_is_one_file(tmp_path: Path, progress: Progress) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    export(progress.database, folder / "mine.db")
    assert [path.name for path in folder.iterdir()] == ["mine.db"]


def test_clearing_keeps_the_settings_and_an_import_brings_all_back(
    tmp_path: Path, progress: Progress, file: Path
) -> None:
    for number, kind in enumerate(KINDS):
        do(progress, kind, "one", START, number)
    before = content(file)
    export(progress.database, tmp_path / "kept.db")
    clear(progress.database)
    assert {table for table, rows in content(file).items() if rows} == {"settings"}
    take_in(progress.database, tmp_path / "kept.db")
    assert content(file) == before
