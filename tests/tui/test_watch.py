"""`learn check --watch` in a pseudo-terminal, and the noticing of saves under it."""

import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

import pexpect
import pytest
import watchfiles

from tui.study import save_watcher
from tui.study.save_watcher import SaveWatcher

# Generous: the first verdict loads torch, perhaps on a busy machine.
PATIENCE = 90


@pytest.fixture
def start(
    learn_path: str, workspace: Path, environment: Any
) -> Iterator[Callable[..., "pexpect.spawn[str]"]]:
    started: list[pexpect.spawn[str]] = []

    def start(*arguments: str, **extra: str) -> "pexpect.spawn[str]":
        terminal = pexpect.spawn(
            learn_path,
            ["check", "--watch", *arguments],
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


def leave(terminal: "pexpect.spawn[str]") -> int | None:
    terminal.sendintr()
    terminal.expect(pexpect.EOF)
    terminal.close()
    return terminal.exitstatus


def test_a_verdict_on_each_save_and_on_enter(
    start: Any, softmax: Path, right: str, wrong: str
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


def test_without_a_name_every_file_is_watched(
    start: Any, softmax: Path, wrong: str, workspace: Path
) -> None:
    terminal = start(NO_COLOR="1")
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


def test_the_keyboard_may_end_it(start: Any) -> None:
    terminal = start("softmax")
    terminal.expect("Next: ")
    terminal.sendeof()
    terminal.expect(pexpect.EOF)
    terminal.close()
    assert terminal.exitstatus == 1


def test_ctrl_c_before_the_first_verdict(start: Any) -> None:
    terminal = start("softmax")
    terminal.expect("Watching")
    time.sleep(0.2)
    assert leave(terminal) == 128 + signal.SIGINT


# noticing saves


class Notices:
    """A watcher on one file in a folder, and what it has reported."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "softmax.py"
        self.file.write_text("0")
        self.saved: SimpleQueue[Path] = SimpleQueue()
        self.polling: SimpleQueue[str] = SimpleQueue()
        self.watcher = SaveWatcher(
            folder, [self.file], folder / "probe", self.saved.put, self.polling.put
        )

    def count(self, seconds: float) -> int:
        time.sleep(seconds)
        count = 0
        while True:
            try:
                assert self.saved.get_nowait() == self.file
            except Empty:
                return count
            count += 1


@pytest.fixture
def notices(tmp_path: Path) -> Notices:
    return Notices(tmp_path.resolve())


def no_events(*paths: Path, stop_event: threading.Event, **_: Any) -> Iterator[set[Any]]:
    """A file system that takes a watch and then never says a word."""
    stop_event.wait()
    yield from ()


def test_events_are_used_where_they_arrive(notices: Notices) -> None:
    with notices.watcher:
        time.sleep(0.5)
        (notices.file.parent / "other.py").write_text("")
        assert notices.count(0.3) == 0
        notices.file.write_text("1")
        assert notices.saved.get(timeout=5) == notices.file
    assert notices.polling.empty()
    assert not (notices.file.parent / "probe").exists()


def test_silence_is_noticed_announced_and_replaced_by_polling(
    notices: Notices, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watchfiles, "watch", no_events)
    monkeypatch.setattr(save_watcher, "PROBE_SECONDS", 0.3)
    monkeypatch.setattr(save_watcher, "POLL_SECONDS", 0.02)
    with notices.watcher:
        notices.file.write_text("during the probe")
        assert notices.polling.get(timeout=5) == "The file system sends no events"
        assert notices.saved.get(timeout=5) == notices.file
        # several within one second, of one length
        for text in "abcd":
            notices.file.write_text(text)
            assert notices.saved.get(timeout=5) == notices.file
        notices.file.unlink()
        assert notices.saved.get(timeout=5) == notices.file
        assert notices.count(0.2) == 0
    assert notices.polling.empty()


def test_a_watch_that_is_refused_is_replaced_by_polling(
    notices: Notices, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any, **__: Any) -> Iterator[set[Any]]:
        raise OSError("OS file watch limit reached")
        yield

    monkeypatch.setattr(watchfiles, "watch", refuse)
    monkeypatch.setattr(save_watcher, "PROBE_SECONDS", 0.3)
    with notices.watcher:
        assert "limit reached" in notices.polling.get(timeout=5)
        notices.file.write_text("1")
        assert notices.saved.get(timeout=5) == notices.file


def test_its_threads_end_with_it(notices: Notices, monkeypatch: pytest.MonkeyPatch) -> None:
    before = threading.active_count()
    with notices.watcher:
        assert threading.active_count() == before + 2
    assert threading.active_count() == before
