"""The queue, on both databases: claimed once, taken over when silent, never tried without end."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from class_of_three import CLASSROOM, ROSTER
from sqlalchemy import event, update

from exercises.catalog import load_catalog
from grader.errors import UsageError
from grader.report import Problem, Report
from grader.server.database import Database
from grader.server.members import enrol, member_named, new_class, read_roster
from grader.server.queue import LEASE, MOST_TRIES, MOST_WAITING, Queue, Refused, unpacked
from grader.server.schema import DONE, FAILED, LATER, WAITING, Base, HandIn
from grader.server.waiting import Waiting

FILES = {"softmax.py": b"x = 1\n"}
BROKEN = Report.ungraded(
    load_catalog().exercise("softmax"), 0, "cpu", Problem("internal", "The examiner is lost.")
)
FAILED_REPORT = replace(BROKEN, outcome="failed", max_points=4)


@dataclass
class Clock:
    """Time goes on where the test says so."""

    now: datetime = field(default_factory=lambda: datetime(2026, 12, 1, 12, tzinfo=UTC))

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, time: timedelta) -> None:
        self.now += time


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def queue(database: Database, clock: Clock) -> Queue:
    return Queue(database, clock)


@pytest.fixture
def waiting(database: Database, clock: Clock) -> Waiting:
    return Waiting(database, clock)


@pytest.fixture
def ada(database: Database) -> int:
    made, _ = new_class(database, "ML", CLASSROOM)
    with database.writing() as session:
        enrol(session, made, read_roster(ROSTER))
        return member_named(session, made, "1").id


@pytest.fixture
def row(database: Database) -> Callable[[HandIn], HandIn]:
    """What the database has of a hand-in now."""

    def look(one: HandIn) -> HandIn:
        with database.reading() as session:
            return session.get_one(HandIn, one.id)

    return look


def test_the_tables_are_those_of_the_migrations(database: Database) -> None:
    with database.engine.connect() as connection:
        assert not compare_metadata(MigrationContext.configure(connection), Base.metadata)


def test_many_who_claim_at_once_never_get_the_same(queue: Queue, ada: int) -> None:
    sent = [queue.receive(ada, "softmax", FILES, f"key {n}").id for n in range(12)]
    with ThreadPoolExecutor(6) as threads:
        claimed = list(threads.map(lambda _: queue.claim(), range(18)))
    found = [one.id for one in claimed if one]
    assert sorted(found) == sent
    assert {unpacked(one.files)["softmax.py"] for one in claimed if one} == {b"x = 1\n"}


def test_what_is_sent_twice_at_once_is_there_once(queue: Queue, ada: int) -> None:
    with ThreadPoolExecutor(6) as threads:
        sent = threads.map(lambda _: queue.receive(ada, "softmax", FILES, "one").id, range(12))
    assert len(set(sent)) == 1
    assert queue.health().waiting == 1


def test_the_first_result_stays(
    queue: Queue, ada: int, clock: Clock, row: Callable[[HandIn], HandIn]
) -> None:
    queue.receive(ada, "softmax", FILES, "key")
    slow = queue.claim()
    clock.pass_by(LEASE + timedelta(seconds=1))
    quick = queue.claim()
    assert slow and quick and slow.id == quick.id, "a silent worker's is taken over"
    assert not queue.finish(slow, BROKEN)
    assert queue.finish(quick, FAILED_REPORT)
    assert not queue.finish(slow, FAILED_REPORT)
    assert (row(quick).state, row(quick).outcome, row(quick).tries) == (DONE, "failed", 2)


def test_who_lives_keeps_the_lease(queue: Queue, ada: int, clock: Clock) -> None:
    queue.receive(ada, "softmax", FILES, "key")
    held = queue.claim()
    assert held
    for _ in range(5):
        clock.pass_by(LEASE / 2)
        queue.renew(held)
    assert queue.claim() is None
    assert queue.finish(held, FAILED_REPORT)


@pytest.mark.parametrize("ends", ["silent", "broken"])
def test_nothing_is_tried_without_end(
    ends: str, queue: Queue, ada: int, clock: Clock, row: Callable[[HandIn], HandIn]
) -> None:
    sent = queue.receive(ada, "softmax", FILES, "key")
    for _ in range(MOST_TRIES):
        held = queue.claim()
        assert held
        if ends == "broken":
            queue.finish(held, BROKEN)
        clock.pass_by(LEASE + timedelta(seconds=1))
    assert queue.claim() is None
    assert row(sent).state == FAILED
    assert row(sent).failure
    assert queue.health().failed == 1
    assert queue.start_again(sent.id)
    again = queue.claim()
    assert again
    assert queue.finish(again, FAILED_REPORT)
    assert (row(sent).state, row(sent).failure) == (DONE, None)
    assert not queue.start_again(sent.id), "a verdict stays"


def test_what_is_given_back_was_not_tried(
    queue: Queue, ada: int, row: Callable[[HandIn], HandIn]
) -> None:
    sent = queue.receive(ada, "softmax", FILES, "key")
    for _ in range(MOST_TRIES + 1):
        held = queue.claim()
        assert held
        queue.give_back(held)
    assert (row(sent).state, row(sent).tries) == (WAITING, 0)


def test_one_worker_leaves_regrades_to_others(
    queue: Queue, waiting: Waiting, ada: int, database: Database, row: Callable[[HandIn], HandIn]
) -> None:
    regrade = queue.receive(ada, "softmax", FILES, "old")
    with database.writing() as session:
        session.execute(update(HandIn).values(priority=LATER))
    assert queue.claim(only_now=True) is None
    new = queue.receive(ada, "softmax", FILES, "new")
    assert waiting.places([regrade.id, new.id]) == {regrade.id: 1, new.id: 0}
    order = [queue.claim(), queue.claim()]
    assert [one.id for one in order if one] == [new.id, regrade.id]


def test_who_waits_is_told_for_how_long(
    queue: Queue, waiting: Waiting, ada: int, clock: Clock, row: Callable[[HandIn], HandIn]
) -> None:
    sent = [queue.receive(ada, "softmax", FILES, f"{number}") for number in range(8)]
    assert waiting.told(sent[-1:]) == {sent[-1].id: "waiting; 7 before it"}, "nobody knows the pace"
    for _ in range(4):
        clock.pass_by(timedelta(seconds=15))
        held = queue.claim()
        assert held
        queue.finish(held, FAILED_REPORT)
    assert waiting.pace() == timedelta(seconds=15)
    told = waiting.told([row(one) for one in sent])
    assert list(told) == [one.id for one in sent[4:]], "who has arrived does not wait"
    assert told[sent[4].id] == "waiting; it is the next, less than a minute"
    clock.pass_by(timedelta(seconds=30))
    assert waiting.told(sent[-1:])[sent[-1].id] == "waiting; 3 before it, about 2 min"
    clock.pass_by(timedelta(hours=1))
    assert waiting.pace() is None, "what was graded an hour ago says nothing of now"


def test_the_queue_is_looked_at_once_for_all_who_wait(
    queue: Queue, waiting: Waiting, ada: int, database: Database
) -> None:
    sent = [queue.receive(ada, "softmax", FILES, f"{number}") for number in range(8)]
    asked: list[str] = []
    event.listen(database.engine, "before_cursor_execute", lambda *of: asked.append(of[2]))
    assert len(waiting.told(sent[:1])) == 1
    once = len([one for one in asked if "hand_ins" in one])
    assert len(waiting.told(sent)) == 8
    assert len([one for one in asked if "hand_ins" in one]) == 2 * once


def test_nobody_fills_the_queue_alone(queue: Queue, ada: int) -> None:
    for number in range(MOST_WAITING):
        queue.receive(ada, "softmax", FILES, f"{number}")
    with pytest.raises(Refused, match="are waiting"):
        queue.receive(ada, "softmax", FILES, "one more")
    assert queue.receive(ada, "softmax", FILES, "0"), "what was received is said to be"


def test_bytes_arrive_as_they_were(queue: Queue, ada: int) -> None:
    source = bytes(range(256))
    queue.receive(ada, "softmax", {"softmax.py": source}, "key")
    held = queue.claim()
    assert held
    assert unpacked(held.files) == {"softmax.py": source}


@pytest.mark.parametrize(
    "url", ["nonsense", "mysql://a@b/c", "postgresql+psycopg://a@127.0.0.1:1/b"]
)
def test_a_database_that_is_none_is_told(url: str) -> None:
    with pytest.raises(UsageError, match="database"):
        Database(url)


def test_a_folder_that_holds_something_else_is_told(tmp_path: Path) -> None:
    (tmp_path / "class.sqlite").write_text("this is no database" * 1000)
    with pytest.raises(UsageError, match="database"):
        Database.in_folder(tmp_path)
