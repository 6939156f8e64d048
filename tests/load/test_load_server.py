"""The scripts that measure a class on the server run, with a class of three."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TINY = ("--students", "3", "--seconds", "1", "--jobs", "1", "--patience", "120")


@pytest.mark.slow
def test_all_is_received_and_graded_once() -> None:
    command = [sys.executable, "-m", "tests.load.server", *TINY, "--allow-unsandboxed"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "3 of 3 received" in done.stdout
    assert "lost 0, there twice 0, without the right verdict 0" in done.stdout


@pytest.mark.slow
def test_each_page_of_a_class_is_drawn_and_counted() -> None:
    command = [sys.executable, "-m", "tests.load.class_page", "--students", "3"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    for told in ("3 students", "/class: ", "/class/report: ", "a look for news: "):
        assert told in done.stdout
