"""What a dry run says of an edit is what a learner who hands it in is told."""

from dataclasses import replace

import pytest

from exercises.catalog import load_catalog
from grader import Grader, Submission
from grader.proving.audit import trials_of
from grader.proving.dry_run import dry_run
from grader.report import Report

CATALOG = load_catalog()
EACH = 4  # edits of an exercise


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("softmax", id="numbers"),
        pytest.param("sublayer_connection", id="random numbers beside those of the solution"),
        pytest.param("mask_tokens", id="random numbers that are counted"),
        pytest.param("kv_cache", id="objects that keep something"),
        pytest.param("beam_search", id="functions that are passed"),
    ],
)
def test_a_dry_run_tells_what_the_worker_tells(grader: Grader, name: str) -> None:
    exercise = CATALOG.exercise(name)
    trials = [one for one in trials_of(CATALOG, exercise, []) if one.role == "misconception"]
    some = trials[:: max(1, len(trials) // EACH)]
    dry = dry_run([trial.submission for trial in some], exercise)
    for trial, report in zip(some, dry, strict=True):
        assert report
        assert _told(report) == _told(grader.grade(trial.submission))
        assert report.outcome == "failed"


def test_what_would_not_be_run_has_no_dry_run() -> None:
    exercise = CATALOG.exercise("softmax")
    calls = "import torch\n\n\ndef softmax(x, dim=-1):\n    return torch.softmax(x, dim)\n"
    sources = [calls, "def softmax(x, dim=-1) return x"]
    submissions = [Submission(exercise.id, source, seed=1) for source in sources]
    assert dry_run(submissions, exercise) == [None, None]


def _told(report: Report) -> str:
    """All but how long it took, and reasons beside a name; as text, in which NaN equals NaN."""
    tests = [
        replace(test, duration_ms=0.0, symptom=None, frames=(), output="") for test in report.tests
    ]
    named = [replace(test.diagnosis, section="", chapter=0) for test in tests if test.diagnosis]
    plain = [replace(test, diagnosis=None) for test in tests]
    return repr([report.outcome, report.points, plain, named])
