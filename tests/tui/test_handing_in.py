"""`learn check` and `learn submit` hand in all that belongs to an answer, wherever it is kept."""

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from exercises.catalog import load_catalog
from grader.examiner.answer_key import solution_path

LOOKUP = """\
from softmax import softmax


def soft_lookup(query, keys, values):
    return softmax(keys @ query, dim=0) @ values
"""


@pytest.fixture
def lookup(workspace: Path) -> Path:
    file = workspace / "ch01_attention" / "soft_lookup.py"
    file.write_text(LOOKUP)
    return file


@pytest.mark.parametrize("command", ["check", "submit"])
def test_ones_own_softmax_goes_along(
    command: str, warm_learn: Any, lookup: Path, softmax: Path, right: str, workspace: Path
) -> None:
    softmax.write_text(right)
    done = warm_learn(command, "soft_lookup", "--json")
    assert done.returncode == 0, done.stdout
    with sqlite3.connect(workspace / ".learn" / "progress.db") as db:
        ((_, kept),) = db.execute("SELECT * FROM sources")
    assert kept == LOOKUP.encode(), "the exercise's own file is the attempt"


def test_while_it_is_a_stub_it_is_named(warm_learn: Any, lookup: Path) -> None:
    done = warm_learn("check", "soft_lookup")
    assert done.returncode == 1
    assert "`softmax` in softmax.py is not written yet" in " ".join(done.stdout.split())


def test_a_file_may_be_kept_elsewhere(
    warm_learn: Any, softmax: Path, tmp_path: Path, right: str
) -> None:
    kept = tmp_path / "my answers" / "soft max.py"
    kept.parent.mkdir()
    kept.write_text(right)
    softmax.unlink()
    softmax.symlink_to(kept)
    done = warm_learn("check", "softmax", "--json")
    assert (done.returncode, json.loads(done.stdout)["outcome"]) == (0, "passed")


def test_a_link_to_our_solution_is_no_answer(learn: Any, softmax: Path) -> None:
    softmax.unlink()
    softmax.symlink_to(solution_path(load_catalog().exercise("softmax")))
    done = learn("submit", "softmax")
    assert (done.returncode, done.stdout) == (2, "")
    assert "hidden suites" in done.stderr and len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("command", ["check", "submit"])
def test_what_was_passed_may_be_imported_in_another_chapter(
    command: str, warm_learn: Any, softmax: Path, right: str, workspace: Path
) -> None:
    """As it was when it passed, whatever has become of its file since; and only if asked for."""
    softmax.write_text(right)
    assert warm_learn("submit", "softmax").returncode == 0
    softmax.write_text("def softmax(x, dim=-1): return x * 0\n")
    solution = solution_path(load_catalog().exercise("attention_cost")).read_text("utf-8")
    uses = "import torch\nfrom softmax import softmax\nassert softmax(torch.zeros(2))[0] == 0.5\n"
    (workspace / "ch02_self_attention" / "attention_cost.py").write_text(solution + uses)
    alone = warm_learn(command, "attention_cost")
    assert alone.returncode == 1 and "softmax" in alone.stdout
    assert warm_learn(command, "attention_cost", "--mine").returncode == 0


def test_what_was_not_passed_is_not_there_to_be_imported(
    warm_learn: Any, softmax: Path, right: str, workspace: Path
) -> None:
    softmax.write_text(right)
    file = workspace / "ch02_self_attention" / "attention_cost.py"
    file.write_text("from softmax import softmax\n")
    done = warm_learn("check", "attention_cost", "--mine")
    assert done.returncode == 1 and "softmax" in done.stdout
