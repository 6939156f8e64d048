"""Grading may go on in somebody else's process: its environment stays as it was found."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from grader import Submission
from grader.errors import GraderError
from grader.grader import grade

# What would break a suite that heeded it, and what pytest-xdist tells its workers.
CALLERS = {
    "PYTEST_ADDOPTS": "--no-such-option",
    "PYTEST_PLUGINS": "nobody",
    "PYTEST_XDIST_WORKER": "gw0",
    "PYTEST_XDIST_WORKER_COUNT": "2",
    "PYTEST_XDIST_TESTRUNUID": "0123abcd",
}
LOOK = """
import json, os, pathlib

def test_look(submission):
    pathlib.Path({path!r}).write_text(json.dumps(dict(os.environ)))
"""


@pytest.fixture(params=["1", None], ids=["autoload-off", "autoload-on"])
def busy(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment is that of a process that has tests of its own."""
    for name, value in CALLERS.items():
        monkeypatch.setenv(name, value)
    if request.param:
        monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", request.param)
    else:
        monkeypatch.delenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", raising=False)


def test_grading_here_leaves_the_environment_as_it_was(
    busy: None, solution: Callable[[str], str]
) -> None:
    before = dict(os.environ)
    assert grade(Submission("softmax", solution("softmax"), seed=1)).passed
    assert dict(os.environ) == before


def test_while_a_suite_runs_only_the_current_test_is_another(
    busy: None, examine: Callable[..., Any], tmp_path: Path
) -> None:
    before = dict(os.environ)
    seen = tmp_path / "seen.json"
    results = examine(LOOK.format(path=str(seen)), "x = 1")
    assert results["test_look"].outcome == "passed", results["test_look"].message
    during = json.loads(seen.read_text())
    assert "test_look" in during.pop("PYTEST_CURRENT_TEST")
    assert during == {key: value for key, value in before.items() if key != "PYTEST_CURRENT_TEST"}
    assert dict(os.environ) == before


def test_a_suite_that_cannot_be_run_leaves_it_too(busy: None, examine: Callable[..., Any]) -> None:
    before = dict(os.environ)
    with pytest.raises(GraderError, match="cannot be run"):
        examine("import nothing_of_this_name", "x = 1")
    assert dict(os.environ) == before


def test_where_nothing_is_set_nothing_is_left(
    monkeypatch: pytest.MonkeyPatch, examine: Callable[..., Any]
) -> None:
    for name in [name for name in os.environ if name.startswith("PYTEST_")]:
        monkeypatch.delenv(name)
    before = dict(os.environ)
    examine("def test_one(submission): pass", "x = 1")
    assert dict(os.environ) == before
    monkeypatch.setenv("PYTEST_CURRENT_TEST", "this one")  # our own pytest removes it later
