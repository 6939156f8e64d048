"""Finished reports, as the tests of formats lay them out."""

from dataclasses import replace

from grader.report import Diagnosis, Frame, Problem, Report, Symptom, TestResult

UNSCALED = Diagnosis(
    "unscaled",
    "Your scores are not divided by √d_k, so the softmax is too sharp.",
    "scores-and-weights",
    section="Scores and weights",
    chapter=1,
)
NEGATED = Diagnosis("negated", "The sign is turned around.", "a-section-of-its-own")
PASSED = TestResult("test_sums", "Rows sum to 1.", 2, 2, "passed", duration_ms=4)
DIFFERS = TestResult(
    "test_values",
    "The weights are right.",
    0,
    1,
    "failed",
    message="2 of 2 numbers differ; the most at [0]: yours 0.75, expected 0.5.",
    call="softmax(tensor([1, 1]))",
    got="tensor([0.75, 0.25])",
    expected="tensor([0.5, 0.5])",
    diagnosis=UNSCALED,
    output="called\nonce\n",
)
RAISES = TestResult(
    "test_raises",
    "Every dim is taken.",
    0,
    1.5,
    "failed",
    message="IndexError: Dimension out of range",
    call="softmax(tensor([1, 1]), dim=0)",
    frames=(Frame("softmax.py", 12, "softmax", "return x.amax(dim)"),),
    diagnosis=NEGATED,
)
BROKEN = TestResult("test_ours", "We fail.", 0, 1, "error", message="The grader failed: KeyError")
REPORT = Report(
    "softmax",
    "Softmax",
    "failed",
    2,
    4.5,
    7,
    "cpu",
    (PASSED, DIFFERS, RAISES),
    UNSCALED,
    duration_ms=41.6,
)


SCALED = Symptom("scale", "Your result is the expected one times 2.", "Holds for 2 calls.")


def problem(message: str, line: int | None, code: str) -> Report:
    tests = tuple(
        replace(test, outcome="failed", points=0, message="Not run.", diagnosis=None)
        for test in (PASSED, DIFFERS)
    )
    return replace(
        REPORT, tests=tests, diagnosis=None, points=0, problem=Problem("load", message, line, code)
    )
