"""The verdict comes first. A progress file that cannot be used costs a note, nothing more."""

import asyncio
import json
import os
import resource
import shlex
import shutil
import signal
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pexpect
import pytest
from driving import WIDE, Pilot, Small, press, text
from processes import ENDLESS, below, comes_true, generations, gone, works
from terminal import Terminal

from grader import Submission
from tui.app.background_grader import BackgroundGrader
from tui.progress import database
from tui.progress.progress import Progress

Learn = Callable[..., "subprocess.CompletedProcess[str]"]
SOON = 5.0  # half of what the endless answer below may take
NOTE = "This verdict is not kept. The progress file"


@contextmanager
def locked(file: Path) -> Iterator[dict[str, Any]]:
    """Another program writes to it, and does not end."""
    with closing(sqlite3.connect(file, isolation_level=None)) as db:
        db.execute("BEGIN EXCLUSIVE")
        yield {}


@contextmanager
def damaged(file: Path) -> Iterator[dict[str, Any]]:
    file.write_bytes(b"this is no database" * 100)
    yield {}


@contextmanager
def a_folder(file: Path) -> Iterator[dict[str, Any]]:
    file.unlink(missing_ok=True)
    file.mkdir()
    yield {}


@contextmanager
def full_disk(file: Path) -> Iterator[dict[str, Any]]:
    """No file may grow."""
    yield {"preexec_fn": lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))}


@contextmanager
def nearly_full_disk(file: Path) -> Iterator[dict[str, Any]]:
    """What SQLite shares between processes still has room, what is written has none."""
    limit = 40_000
    yield {"preexec_fn": lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))}


@contextmanager
def read_only(file: Path) -> Iterator[dict[str, Any]]:
    """The whole workspace is, as on a disk that was mounted so."""
    there = str(file.parents[1])
    mount = f"mount --bind '{there}' '{there}' && mount -o remount,ro,bind '{there}'"
    hidden = ["unshare", "--mount", "sh", "-c", f'{mount} && cd "$PWD" && exec "$@"', "sh"]
    if not shutil.which("unshare") or subprocess.run([*hidden, "true"], check=False).returncode:
        pytest.skip("this container lets nobody mount anything")
    yield {"before": hidden}


TROUBLES = [locked, damaged, a_folder, full_disk, nearly_full_disk, read_only]


@pytest.mark.slow
@pytest.mark.parametrize("trouble", TROUBLES, ids=lambda each: each.__name__)
@pytest.mark.parametrize("command", ["check", "submit"])
def test_a_verdict_needs_no_progress_file(
    warm: Callable[..., list[str]],
    environment: Any,
    workspace: Path,
    softmax: Path,
    right: str,
    command: str,
    trouble: Callable[[Path], Any],
) -> None:
    softmax.write_text(right)
    with trouble(workspace / ".learn" / "progress.db") as options:
        done = subprocess.run(
            [*options.pop("before", []), *warm("tui.cli", command, "softmax", "--json")],
            cwd=workspace,
            env=environment(),
            capture_output=True,
            text=True,
            **options,
        )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["outcome"] == "passed"
    assert NOTE in done.stderr
    assert "mistake of the course" not in done.stderr


LOOKS = [
    *(["next"], ["status"], ["plan"], ["settings"], ["faq"], ["cards", "export"]),
    *(
        ["mistakes", "--list"],
        ["rewrite", "--list"],
        ["review", "--json"],
        ["read", "limits-of-rnns"],
    ),
]


@pytest.mark.slow
@pytest.mark.parametrize("trouble", [locked, full_disk, read_only], ids=lambda each: each.__name__)
@pytest.mark.parametrize("command", LOOKS, ids=" ".join)
def test_what_only_looks_needs_not_write(
    learn: Learn,
    warm: Callable[..., list[str]],
    environment: Any,
    workspace: Path,
    command: list[str],
    trouble: Callable[[Path], Any],
) -> None:
    learn("read", "limits-of-rnns", "--done")
    before = learn(*command, cwd=workspace)
    with trouble(workspace / ".learn" / "progress.db") as options:
        done = subprocess.run(
            [*options.pop("before", []), *warm("tui.cli", *command)],
            cwd=workspace,
            env=environment(),
            capture_output=True,
            text=True,
            **options,
        )
    assert done.returncode == 0, done.stderr
    assert done.stdout == before.stdout
    assert "Nothing can be kept now." in done.stderr or done.stderr == before.stderr


@pytest.mark.slow
def test_an_examiner_starts_where_no_file_may_grow(
    learn_path: str, environment: Any, workspace: Path, softmax: Path, right: str
) -> None:
    softmax.write_text(right)
    with full_disk(workspace) as options:
        done = subprocess.run(
            [learn_path, "check", "softmax"],
            cwd=workspace,
            env=environment(),
            capture_output=True,
            text=True,
            **options,
        )
    assert done.returncode == 0, done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("closed", ["<&-", ">&-", "<&- >&- 2>&-"])
@pytest.mark.parametrize(
    ("command", "code"), [("check softmax", 0), ("submit softmax", 0), ("next", 0), ("reset x", 2)]
)
def test_closed_streams_cost_no_verdict(
    warm: Callable[..., list[str]],
    environment: Any,
    workspace: Path,
    softmax: Path,
    right: str,
    closed: str,
    command: str,
    code: int,
) -> None:
    softmax.write_text(right)
    done = subprocess.run(
        f"{shlex.join(warm('tui.cli'))} {command} {closed}",
        shell=True,
        cwd=workspace,
        env=environment(),
        capture_output=True,
        text=True,
    )
    assert done.returncode == code, done.stderr
    assert "mistake of the course" not in done.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no device that is full")
@pytest.mark.parametrize("command", [["next"], ["status"], ["search", "softmax"], ["sheet"]])
def test_an_output_without_room_is_no_mistake_of_the_course(
    learn_path: str, environment: Any, workspace: Path, command: list[str]
) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [learn_path, *command],
            cwd=workspace,
            env=environment(),
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
        )
    assert done.returncode == 3
    assert done.stderr == "Something could not be read or written: No space left on device.\n"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no device that is full")
@pytest.mark.parametrize(
    ("command", "is_stdout_full", "status"),
    [
        (["check", "softmax"], True, 3),
        (["check", "softmx"], False, 0),  # it is told what that is taken for
        (["check", "nosuch"], False, 2),
        (["nosuch"], False, 2),
        (["--help"], True, 3),
    ],
)
def test_messages_without_room_change_no_exit_code(
    warm: Callable[..., list[str]],
    environment: Any,
    workspace: Path,
    softmax: Path,
    right: str,
    command: list[str],
    is_stdout_full: bool,
    status: int,
) -> None:
    softmax.write_text(right)
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            warm("tui.cli", *command),
            cwd=workspace,
            env=environment(),
            stdout=full if is_stdout_full else subprocess.DEVNULL,
            stderr=full,
        )
    assert done.returncode == status


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no device that is full")
def test_a_verdict_without_room_on_the_screen_counts(
    warm: Callable[..., list[str]], environment: Any, workspace: Path, softmax: Path, right: str
) -> None:
    softmax.write_text(right)
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            warm("tui.cli", "submit", "softmax"),
            cwd=workspace,
            env=environment(),
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
        )
    assert done.returncode == 3 and "No space left" in done.stderr
    with Progress(workspace / ".learn" / "progress.db") as progress:
        assert progress.standing().passed == {"softmax"}


@pytest.mark.parametrize("command", [["--help"], ["check", "--help"], ["sheet"]], ids=" ".join)
def test_what_nobody_reads_is_no_failure(
    learn_path: str, environment: Any, workspace: Path, command: list[str]
) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [learn_path, *command],
        cwd=workspace,
        env=environment(),
        stdout=writer,
        stderr=subprocess.PIPE,
    )
    os.close(writer)
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.parametrize(
    "command", [["cards", "export"], ["cards", "export", "--anki"], ["export"]], ids=" ".join
)
def test_a_file_without_room_is_not_there_at_all(
    learn_path: str, environment: Any, workspace: Path, tmp_path: Path, command: list[str]
) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    with full_disk(workspace) as options:
        done = subprocess.run(
            [learn_path, *command, str(folder / "file")],
            cwd=workspace,
            env=environment(),
            capture_output=True,
            text=True,
            **options,
        )
    assert done.returncode == 3
    assert "mistake of the course" not in done.stderr
    assert list(folder.iterdir()) == []


def test_the_app_shows_a_verdict_that_it_cannot_keep(
    small: Small, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.1)

    async def script(pilot: Pilot) -> None:
        await press(pilot, "g", "e")
        with locked(small.workspace.state / "progress.db"):
            await press(pilot, "r")
            assert "not passed" in text(pilot)
            (note,) = pilot.app._notifications
            assert note.message.startswith(NOTE)
        await press(pilot, "r")
        assert "not passed" in text(pilot)

    small.drive(script, WIDE)
    with small.session() as session:
        assert len(session.progress.database.rows("SELECT * FROM attempts")) == 1


# A check that nobody waits for any more


@pytest.mark.slow
def test_a_new_save_takes_the_place_of_a_check_that_runs(
    learn_path: str, environment: Any, workspace: Path, softmax: Path, right: str
) -> None:
    softmax.write_text(ENDLESS)
    watch = pexpect.spawn(
        learn_path, ["check", "--watch", "softmax"], cwd=workspace, env=environment(), timeout=90
    )
    watch.expect("Watching")
    assert comes_true(lambda: any(map(works, below(watch.pid))))
    softmax.write_text(right)
    watch.expect("Given up for a newer check.")
    watch.expect("softmax: passed")
    watch.close(force=True)


def test_the_apps_grader_gives_up_what_nobody_awaits() -> None:
    """Its exercise has so much time that nobody here waits until it is up."""
    endless = ENDLESS.replace("softmax(x, dim=-1)", "attention_cost(*_, **__)")
    worker: set[int] = set()

    async def script() -> None:
        with BackgroundGrader() as grader:
            running = asyncio.create_task(grader.grade(Submission("attention_cost", endless)))
            while not worker:
                await asyncio.sleep(0.05)
                workers = (*generations(os.getpid()), [], [], [])[3]  # below examiner and zygote
                worker.update(filter(works, workers))
            running.cancel()
            assert await asyncio.to_thread(gone, worker, SOON)
            report = await grader.grade(Submission("attention_cost", "attention_cost = 1"))
            assert report.problem and report.problem.kind == "entry"

    asyncio.run(script())


@pytest.mark.slow
def test_who_ends_the_app_finds_the_terminal_as_it_was(
    learn_path: str, environment: Any, workspace: Path
) -> None:
    with Terminal([learn_path], workspace, environment()) as app:
        app.sees("Next:")
        app.press("g", "e")
        app.sees("What a layer costs")
        started = below(app.pid)
        os.kill(app.pid, signal.SIGTERM)
        assert app.ends() == 128 + signal.SIGTERM
        assert not app.is_on_alternate_screen
        assert gone(started)
