"""The verdict comes first. A progress file that cannot be used costs a note, nothing more."""

import json
import resource
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

Learn = Callable[..., "subprocess.CompletedProcess[str]"]
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
    learn_path: str,
    environment: Any,
    learn: Learn,
    workspace: Path,
    softmax: Path,
    right: str,
    command: str,
    trouble: Callable[[Path], Any],
) -> None:
    softmax.write_text(right)
    with trouble(workspace / ".learn" / "progress.db") as options:
        done = subprocess.run(
            [*options.pop("before", []), learn_path, command, "softmax", "--json"],
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
