"""`learn check --watch` in a pseudo-terminal, and the noticing of saves under it."""

import re
import resource
import signal
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import pexpect
import pytest
import watchfiles
from driving import Small

from exercises.catalog import Exercise
from tui.study import save_watch
from tui.study.save_watch import SaveWatch

# Generous: the first verdict loads torch, perhaps on a busy machine.
PATIENCE = 90


Start = Callable[..., "pexpect.spawn[str]"]


@pytest.fixture
def start_with(workspace: Path, environment: Any) -> Iterator[Start]:
    started: list[pexpect.spawn[str]] = []

    def start(command: list[str], *arguments: str, **extra: str) -> "pexpect.spawn[str]":
        terminal = pexpect.spawn(
            command[0],
            [*command[1:], "check", "--watch", *arguments],
            cwd=workspace,
            env=environment(TERM="xterm-256color", **extra),
            encoding="utf-8",
            timeout=PATIENCE,
            dimensions=(24, 80),
        )
        started.append(terminal)
        return terminal

    yield start
    for terminal in started:
        terminal.close(force=True)


@pytest.fixture
def start(start_with: Start, learn_path: str) -> Start:
    return partial(start_with, [learn_path])


@pytest.fixture
def start_warm(start_with: Start, warm: Callable[..., list[str]]) -> Start:
    """Where the first verdict need not wait until torch is loaded."""
    return partial(start_with, warm("tui.cli"))


def leave(terminal: "pexpect.spawn[str]") -> int | None:
    terminal.sendintr()
    terminal.expect(pexpect.EOF)
    terminal.close()
    return terminal.exitstatus


def test_a_verdict_on_each_save_and_on_enter(
    start: Start, softmax: Path, right: str, wrong: str
) -> None:
    terminal = start("softmax")
    terminal.expect("Watching ch01_attention/softmax.py")
    terminal.expect("softmax: not passed")
    assert "\x1b[" in terminal.before + terminal.after, "colour on a terminal"
    terminal.expect("learn hint softmax")

    softmax.write_text(right)
    terminal.expect("softmax: passed")
    terminal.expect("learn submit softmax")

    # as many editors save: a new file, renamed over the old
    fresh = softmax.with_name("softmax.py.new")
    fresh.write_text(wrong)
    fresh.replace(softmax)
    terminal.expect("softmax: not passed")

    # as others do: the old file is moved away first
    softmax.rename(softmax.with_name("softmax.py~"))
    time.sleep(0.1)
    softmax.write_text(right)
    terminal.expect("softmax: passed")
    terminal.expect("learn submit softmax")

    terminal.send("\r")
    terminal.expect("softmax: passed")
    terminal.expect("learn submit softmax")
    # one save is one verdict, and nothing else makes one
    assert terminal.expect(["── ", pexpect.TIMEOUT], timeout=1) == 1
    assert leave(terminal) == 0


def test_a_long_verdict_begins_on_top_of_the_screen_and_fits(
    start_warm: Start, softmax: Path, wrong: str
) -> None:
    softmax.write_text("")  # fails in every test
    terminal = start_warm("softmax")
    terminal.expect("learn hint softmax")
    softmax.write_text(wrong)
    terminal.expect_exact("\x1b[2J")
    terminal.expect("learn hint softmax")
    shown = re.sub(r"\x1b\[[0-9;]*m", "", terminal.before).splitlines()
    assert any("softmax: not passed" in line for line in shown[:5])
    assert len(shown) <= 24
    assert "lines more: `learn check softmax`" in terminal.before
    leave(terminal)


def test_without_a_name_every_file_is_watched(
    start_warm: Start, softmax: Path, wrong: str, workspace: Path
) -> None:
    terminal = start_warm(NO_COLOR="1")
    terminal.expect("Watching all files")
    terminal.expect("Next: ")
    softmax.write_text(wrong)
    terminal.expect("softmax: not passed")
    terminal.expect("Next: `learn hint softmax`")
    assert "\x1b[" not in terminal.before, "no colour under NO_COLOR"

    softmax.write_bytes(b"\xff\xfe not UTF-8")
    terminal.expect("softmax: not passed")
    softmax.unlink()
    terminal.send("\r")
    terminal.expect("no file")
    softmax.write_text(wrong)
    terminal.expect("softmax: not passed")
    assert leave(terminal) == 1


def test_the_keyboard_may_end_it(start_warm: Start) -> None:
    terminal = start_warm("softmax")
    terminal.expect("Next: ")
    terminal.sendeof()
    terminal.expect(pexpect.EOF)
    terminal.close()
    assert terminal.exitstatus == 1


def test_ctrl_c_before_the_first_verdict(start: Start) -> None:
    terminal = start("softmax")
    terminal.expect("Watching")
    time.sleep(0.2)
    assert leave(terminal) == 128 + signal.SIGINT


def test_where_events_cannot_be_tested_saves_are_checked_all_the_same(
    start_warm: Start, softmax: Path, right: str, workspace: Path
) -> None:
    (workspace / ".learn" / "probe").mkdir()
    terminal = start_warm("softmax")
    terminal.expect("a save is noticed a moment later")
    softmax.write_text(right)
    terminal.expect("softmax: passed")
    assert leave(terminal) == 0


def test_a_verdict_that_cannot_be_kept_is_said_and_the_watch_goes_on(
    start_warm: Start, softmax: Path, wrong: str, workspace: Path
) -> None:
    terminal = start_warm("softmax")
    terminal.expect("Next: ")
    with closing(sqlite3.connect(workspace / ".learn" / "progress.db")) as db:
        db.execute("ALTER TABLE attempts RENAME TO lost")
        softmax.write_text(wrong)
        terminal.expect("cannot be used")
        db.execute("ALTER TABLE lost RENAME TO attempts")
    terminal.send("\r")
    terminal.expect("softmax: not passed")
    assert leave(terminal) == 1


# noticing saves


class Notices:
    """A watch on the files of a small course, and what it has told."""

    def __init__(self, small: Small) -> None:
        self.exercises = small.catalog.exercises
        self.exercise = self.exercises[1]
        self.file = small.workspace.file(self.exercise)
        self.probe = small.workspace.state / "probe"
        self.saved: SimpleQueue[Path] = SimpleQueue()
        self.polling: SimpleQueue[str] = SimpleQueue()
        self.of_file = {small.workspace.file(exercise): exercise for exercise in self.exercises}
        self.watch = SaveWatch(small.workspace, self.of_file, self.saved.put, self.polling.put)

    def __enter__(self) -> "Notices":
        self.watch.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self.watch.close()

    def next(self) -> Exercise:
        """What is saved next, as one who grades would learn of it."""
        while True:
            file = self.saved.get(timeout=5)
            if self.watch.take(file):
                return self.of_file[file]

    def count(self, seconds: float) -> int:
        time.sleep(seconds)
        count = 0
        while not self.saved.empty():
            count += self.watch.take(self.saved.get())
        return count


@pytest.fixture
def notices(small: Small) -> Notices:
    return Notices(small)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(save_watch, "PROBE_SECONDS", 0.3)
    monkeypatch.setattr(save_watch, "POLL_SECONDS", 0.02)


def no_events(*paths: Path, stop_event: threading.Event, **_: Any) -> Iterator[set[Any]]:
    """A file system that takes a watch and then never says a word."""
    stop_event.wait()
    yield from ()


def test_events_are_used_where_they_arrive(notices: Notices) -> None:
    with notices:
        time.sleep(0.5)
        (notices.file.parent / "other.py").write_text("")
        assert notices.count(0.3) == 0
        notices.file.write_text("1")
        assert notices.next() == notices.exercise
    assert notices.polling.empty()
    assert not notices.probe.exists()


def test_a_save_before_anybody_listens_is_not_missed(
    notices: Notices, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on a busy machine, where the listener's imports alone take a second."""
    watch = watchfiles.watch

    def late(*paths: Path, **options: Any) -> Iterator[set[Any]]:
        time.sleep(0.5)
        yield from watch(*paths, **options)

    monkeypatch.setattr(watchfiles, "watch", late)
    with notices:
        notices.file.write_text("1")
        assert notices.next() == notices.exercise
        assert notices.count(0.3) == 0
    assert notices.polling.empty()


def test_a_save_is_the_one_of_its_exercise(notices: Notices) -> None:
    """Also where an editor saves all files at once."""
    first, *_, last = notices.exercises
    with notices:
        for exercise in (last, first):
            (notices.file.parents[1] / exercise.chapter / exercise.stub.name).write_text("1")
        assert {notices.next(), notices.next()} == {first, last}
        assert notices.count(0.3) == 0


def test_what_leaves_the_text_alone_is_no_save(notices: Notices) -> None:
    with notices:
        time.sleep(0.5)
        notices.file.chmod(0o600)
        assert notices.saved.get(timeout=5) == notices.file
        assert not notices.watch.take(notices.file)


def test_what_was_read_meanwhile_is_not_new(notices: Notices) -> None:
    """Somebody pressed Enter between the save and its news; the next save is new again."""
    with notices:
        notices.file.write_text("1")
        assert notices.saved.get(timeout=5) == notices.file
        assert notices.watch.take(notices.file)
        assert not notices.watch.take(notices.file)
        notices.file.write_text("22")
        assert notices.next() == notices.exercise
        notices.file.unlink()
        assert notices.count(0.3) == 0


@pytest.mark.usefixtures("impatient")
def test_silence_is_noticed_announced_and_replaced_by_polling(
    notices: Notices, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watchfiles, "watch", no_events)
    with notices:
        notices.file.write_text("during the probe")
        assert notices.polling.get(timeout=5).startswith("The file system sends no events:")
        assert notices.next() == notices.exercise
        # several within one second, of one length
        for text in "abcd":
            notices.file.write_text(text)
            assert notices.next() == notices.exercise
        notices.file.unlink()
        assert notices.count(0.2) == 0
    assert notices.polling.empty()


@pytest.mark.filterwarnings("error::pytest.PytestUnhandledThreadExceptionWarning")
@pytest.mark.usefixtures("impatient")
def test_a_watch_that_is_refused_is_replaced_by_polling(notices: Notices) -> None:
    """As where other programs hold all the watches, or the kernel has none to give."""
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, limits[1]))
    try:
        with notices:
            assert "cannot be watched" in notices.polling.get(timeout=5)
            resource.setrlimit(resource.RLIMIT_NOFILE, limits)
            notices.file.write_text("1")
            assert notices.next() == notices.exercise
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, limits)


@pytest.mark.filterwarnings("error::pytest.PytestUnhandledThreadExceptionWarning")
@pytest.mark.usefixtures("impatient")
def test_a_watch_that_breaks_is_replaced_by_polling(
    notices: Notices, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = threading.Event()

    def breaks(*_: Any, **__: Any) -> Iterator[set[Any]]:
        yield {(1, str(notices.probe))}
        broken.wait()
        raise RuntimeError("error in underlying watcher")

    monkeypatch.setattr(watchfiles, "watch", breaks)
    with notices:
        time.sleep(0.5)
        assert notices.polling.empty(), "the probe was heard"
        broken.set()
        assert "underlying watcher" in notices.polling.get(timeout=5)
        notices.file.write_text("1")
        assert notices.next() == notices.exercise


@pytest.mark.filterwarnings("error::pytest.PytestUnhandledThreadExceptionWarning")
@pytest.mark.usefixtures("impatient")
def test_where_no_probe_can_be_written_files_are_polled(notices: Notices) -> None:
    """As on a disk that is full, or that lets nobody write."""
    notices.probe.mkdir()
    with notices:
        assert "cannot be tested" in notices.polling.get(timeout=5)
        notices.file.write_text("1")
        assert notices.next() == notices.exercise


def test_its_threads_end_with_it(notices: Notices) -> None:
    before = threading.active_count()
    with notices:
        assert threading.active_count() == before + 2
    assert threading.active_count() == before
