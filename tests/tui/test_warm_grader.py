"""One grader stays warm between a workspace's commands, and is gone when it should be."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import stat
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError
from pathlib import Path
from typing import Any

import pytest
from command_line import LEARN, OVERFLOWING, SOFTMAX, clean_environment
from processes import below, comes_true, gone

from grader import Grader, Report, Submission
from grader.errors import UsageError
from tui.app.background_grader import BackgroundGrader
from tui.warm_grader.client import PROGRAM, WarmExaminer, _connected, may_stay, stop
from tui.warm_grader.wire import SOCKET, receive, request, send

ENDLESS = "def softmax(x, dim=-1):\n    while True: pass\n"


class Workspace:
    """A workspace in which a grader may stay."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.state = root / ".learn"
        assert self.learn("init", "--quiet", str(root)).returncode == 0
        self.softmax = root / "ch01_attention" / "softmax.py"
        self.softmax.write_text(SOFTMAX)

    def learn(self, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [LEARN, *words],
            cwd=self.root.parent,
            env=clean_environment(**{"CI": "", "LEARN_WORKSPACE": str(self.root), **environment}),
            capture_output=True,
            text=True,
            timeout=120,
        )

    def servers(self) -> list[int]:
        """The processes that serve this workspace."""
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                words = (folder / "cmdline").read_bytes().split(b"\0")
            except OSError:
                continue
            if str(self.state).encode() in words and PROGRAM.encode() in words:
                found.append(int(folder.name))
        return found


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """Where one stays for all tests of this file, unless one of them ends it."""
    workspace = Workspace(tmp_path_factory.mktemp("warm") / "my workspace")
    yield workspace
    stop(workspace.state)
    comes_true(lambda: not workspace.servers())


@pytest.fixture
def serve(place: Workspace) -> Iterator[Callable[..., Any]]:
    """`serve(source)`: the report of the workspace's warm grader."""
    with WarmExaminer(place.state) as examiner:
        grader = Grader(executor=examiner)
        yield lambda source, **options: grader.grade(Submission("softmax", source, 0, **options))


def test_a_check_leaves_one_grader_and_the_next_ones_use_it(place: Workspace) -> None:
    first = place.learn("check", "softmax")
    assert first.returncode == 0, first.stderr
    servers = place.servers()
    assert len(servers) == 1
    place.softmax.write_text(OVERFLOWING)
    second = place.learn("check", "softmax")
    assert (second.returncode, second.stderr) == (1, "")
    assert "largest score" in second.stdout
    place.softmax.write_text(SOFTMAX)
    assert place.learn("submit", "softmax").returncode == 0
    assert place.servers() == servers


def test_it_says_what_a_cold_one_says(place: Workspace) -> None:
    def verdict(**environment: str) -> Any:
        report = json.loads(place.learn("check", "softmax", "--json", **environment).stdout)
        return [(test["name"], test["outcome"], test["message"]) for test in report["tests"]]

    place.softmax.write_text(OVERFLOWING)
    assert verdict() == verdict(CI="1")
    place.softmax.write_text(SOFTMAX)


def test_only_the_owner_may_ask(place: Workspace, serve: Callable[..., Any]) -> None:
    assert serve(SOFTMAX).passed
    status = (place.state / SOCKET).stat()
    assert stat.S_IMODE(status.st_mode) == 0o600
    assert status.st_uid == os.getuid()


def test_the_app_uses_the_same_one(place: Workspace) -> None:
    place.learn("check", "softmax")
    servers = place.servers()

    async def graded() -> Report:
        with BackgroundGrader(place.state) as grader:
            return await grader.grade(Submission("softmax", SOFTMAX, 0))

    assert asyncio.run(graded()).passed
    assert place.servers() == servers


def test_reasons_are_left_out_where_nobody_asks_for_them(serve: Callable[..., Any]) -> None:
    told, untold = serve(OVERFLOWING), serve(OVERFLOWING, explained=False)
    assert told.diagnosis and not (untold.diagnosis or untold.symptom or untold.smallest)
    assert not any(test.diagnosis or test.symptom for test in untold.tests)
    results = [[(test.name, test.points) for test in report.tests] for report in (told, untold)]
    assert results[0] == results[1]


def test_errors_come_back_as_they_are(serve: Callable[..., Any]) -> None:
    with pytest.raises(UsageError, match="There is no device 'abacus'"):
        serve(SOFTMAX, device="abacus")
    assert "is not UTF-8" in serve(b"\xff\xfe\x00").problem.message


def test_what_is_taken_back_makes_room(place: Workspace) -> None:
    with WarmExaminer(place.state) as examiner:
        grader = Grader(executor=examiner)
        running = grader.submit(Submission("softmax", ENDLESS, 0))
        threading.Timer(0.3, running.cancel).start()
        with pytest.raises(CancelledError):
            running.result()
        assert grader.grade(Submission("softmax", SOFTMAX, 0)).passed


def test_one_that_was_killed_is_replaced_without_a_word(place: Workspace) -> None:
    place.learn("check", "softmax")
    (before,) = place.servers()
    os.kill(before, signal.SIGKILL)
    done = place.learn("check", "softmax")
    assert (done.returncode, done.stderr) == (0, "")
    (after,) = place.servers()
    assert after != before


def test_one_that_has_loaded_another_course_is_replaced(place: Workspace) -> None:
    place.learn("check", "softmax")
    (before,) = place.servers()
    with _connected(place.state) as connection:
        send(connection, {**request(Submission("softmax", SOFTMAX, 0)), "version": "an older one"})
        assert receive(connection) == {"outdated": True}
    done = place.learn("check", "softmax")
    assert (done.returncode, done.stderr) == (0, "")
    assert comes_true(lambda: before not in place.servers())
    assert len(place.servers()) == 1


def test_of_two_at_once_one_stays(place: Workspace) -> None:
    place.learn("stop")
    assert comes_true(lambda: not place.servers())
    threads = [threading.Thread(target=place.learn, args=("check", "softmax")) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert comes_true(lambda: len(place.servers()) == 1)


def test_stop_ends_it_with_all_its_processes(place: Workspace) -> None:
    place.learn("check", "softmax")
    (server,) = place.servers()
    family = {server, *below(server)}
    assert len(family) > 2
    assert place.learn("stop").stdout == "The warm grader has ended.\n"
    assert gone(family)
    assert not (place.state / SOCKET).exists()
    assert place.learn("stop").stdout == "No grader was waiting.\n"


def test_in_ci_and_in_the_folder_of_another_none_stays(place: Workspace) -> None:
    place.learn("stop")
    assert comes_true(lambda: not place.servers())
    assert place.learn("check", "softmax", CI="true").returncode == 0
    assert place.servers() == []
    assert not may_stay(place.state, {"CI": "true"})
    assert may_stay(place.state, {})
    assert not may_stay(place.state / "gone", {})
    if os.getuid() == 0:
        other = place.state / "other"
        other.mkdir()
        os.chown(other, 12345, 12345)
        assert not may_stay(other, {})


def test_a_path_that_is_too_long_for_a_socket(tmp_path: Path) -> None:
    folder = tmp_path / ("a" * 60) / ("b" * 60)
    folder.mkdir(parents=True)
    workspace = Workspace(folder / "workspace")
    assert workspace.learn("check", "softmax").returncode == 0
    assert len(workspace.servers()) == 1
    assert stop(workspace.state)
    assert comes_true(lambda: not workspace.servers())


@pytest.mark.parametrize("why", ["idle", "the workspace is gone"])
def test_it_ends_by_itself(tmp_path: Path, why: str) -> None:
    state = tmp_path / ".learn"
    state.mkdir()
    seconds = "0.1" if why == "idle" else "600"
    command = [sys.executable, "-P", "-c", PROGRAM, str(state), seconds]
    with subprocess.Popen(command, cwd="/") as server:
        if why != "idle":
            assert comes_true((state / SOCKET).exists)
            (state / SOCKET).unlink()
        assert server.wait(timeout=60) == 0
    assert not (state / SOCKET).exists()
