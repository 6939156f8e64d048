"""Who loads what: no torch before grading, and no answer beside a learner's code."""

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from grader import Grader, Submission

LOOK_AROUND = """
import json, os, sys

def softmax(x, dim=-1):
    print(json.dumps({
        "packages": sorted({name.partition(".")[0] for name in sys.modules}),
        "ours": sorted(n for n in sys.modules if n.partition(".")[0] in ("grader", "exercises")),
        "environment": dict(os.environ),
        "arguments": [sys.argv, sys.orig_argv],
        "path": sys.path,
    }))
"""
# What every shell has, the same for everybody.
COMMON = {
    "HOME": "/",
    "PATH": os.defpath,
    "USER": "learner",
    "MPLBACKEND": "agg",
    "MPLCONFIGDIR": "/tmp",
}
LIBRARIES = ("OMP_", "MKL_", "OPENBLAS_", "MALLOC_", "TORCH", "CUDA_")
UNTRUSTED = ("grader.worker", "grader.lockdown")


@pytest.mark.parametrize(
    "module", ["grader", "grader.cli", "exercises", "exercises.catalog", "tui.cli", "quizzes"]
)
def test_torch_is_not_loaded_before_it_is_needed(module: str) -> None:
    heavy = {"torch", "numpy", "pytest", "textual", "reference", "safetensors"}
    script = f"import sys, {module}; print(*sorted(set(sys.modules) & {heavy!r}))"
    found = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert (found.stdout.split(), found.stderr) == ([], "")


@pytest.mark.parametrize("module", ["tui.cli", "tui.study.grading", "grader.formats.text"])
def test_who_learns_alone_loads_nothing_of_a_classroom(module: str) -> None:
    script = f"import sys, {module}; print(*sorted(n for n in sys.modules if 'grader' in n))"
    found = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    loaded = {name for name in found.stdout.split() if name.startswith("grader.")}
    assert found.stderr == ""
    ours = {"grader.formats.facts", "grader.formats.page", "grader.formats.text"}
    assert {name for name in loaded if name.startswith("grader.formats.")} <= ours
    others = ("grader.classroom", "grader.commands", "grader.server")
    assert not {name for name in loaded if name.startswith(others)}


@pytest.fixture(scope="module")
def surroundings(grader: Grader) -> Any:
    """What a submission sees of its own process."""
    report = grader.grade(Submission("softmax", LOOK_AROUND, seed=1))
    return json.loads(report.tests[0].output.splitlines()[0])


def test_a_worker_holds_nothing_that_knows_an_answer(surroundings: Any) -> None:
    present = set(surroundings["packages"])
    assert {"torch", "numpy", "grader"} <= present
    assert not present & {"reference", "quizzes", "tui", "pytest", "_pytest"}
    assert not {name for name in present if name.startswith(("test_", "solution", "misconception"))}
    others = {name for name in surroundings["ours"] if not name.startswith(UNTRUSTED)}
    assert others <= {"grader", "grader.errors"}


def test_a_worker_is_told_no_path_of_ours(surroundings: Any) -> None:
    told = surroundings["environment"]
    settings = {name for name in told if name.startswith(("LANG", "LC_CTYPE", *LIBRARIES))}
    assert {name: told[name] for name in told if name not in settings} == COMMON
    assert "suites" not in json.dumps(surroundings)
    assert "PYTEST" not in json.dumps(surroundings)
