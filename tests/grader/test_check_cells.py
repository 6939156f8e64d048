"""`check("softmax")` in the cells of a notebook, in IPython itself."""

import subprocess
import sys
from collections.abc import Callable

import pytest
from IPython.core.interactiveshell import InteractiveShell

from grader import Grader, checking
from grader.checking import Checked

WRONG = "def softmax(x, dim=-1):\n    return x\n"
HELPED = "def softmax(x, dim=-1):\n    e = shifted(x, dim).exp()\n    return e / e.sum(dim, True)\n"
HELPER = "def shifted(x, dim):\n    return x - x.amax(dim, keepdim=True)\n"
CHECK = 'from grader.checking import check\ncheck("softmax")'


@pytest.fixture
def run(grader: Grader, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Checked]:
    """`run(*cells)`: what the last of these cells shows, run one after the other."""
    monkeypatch.setattr(checking, "_grader", lambda: grader)
    shell = InteractiveShell.instance()
    shell.reset()
    shell.history_manager.reset()

    def start(*cells: str) -> Checked:
        for cell in cells:
            result = shell.run_cell(cell, store_history=True)
        shown = result.result
        assert isinstance(shown, Checked)
        return shown

    return start


def test_the_cells_that_were_run_are_graded(run: Callable[..., Checked]) -> None:
    shown = run("%matplotlib_ inline\n" + HELPER, "%%time\n" + HELPED, CHECK)
    assert shown.report.passed
    assert "✓ softmax: passed" in repr(shown)
    assert "softmax: passed</strong>" in shown._repr_html_()


def test_of_a_cell_that_was_run_again_the_last_text_counts(run: Callable[..., Checked]) -> None:
    assert not run(HELPED, HELPER, WRONG, CHECK).report.passed
    assert run(HELPED, CHECK).report.passed
    again = run("def shifted(x, dim): return 1 / 0", CHECK).report
    assert "ZeroDivisionError" in repr(Checked(again))


def test_a_cell_that_breaks_or_is_missing_is_told_in_words(run: Callable[..., Checked]) -> None:
    assert "No cell defines softmax" in repr(run("x = 1", CHECK))
    assert "No cell defines softmax" not in repr(run("def softmax(x:", CHECK))
    assert run("1 / 0", HELPER, HELPED, CHECK).report.passed


def test_outside_of_a_notebook_another_command_is_named() -> None:
    call = "from grader.checking import check; check('softmax')"
    done = subprocess.run([sys.executable, "-P", "-c", call], capture_output=True, text=True)
    assert "UsageError: `check` is for a cell of a notebook. Use `learn check`" in done.stderr
