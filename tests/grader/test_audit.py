"""The audit can fail: each thing that may be wrong with an exercise gets its own sentence."""

import sys
import types
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from audited_course import (
    CHAPTER,
    COURSE,
    HIDDEN,
    LESSON,
    MISCONCEPTIONS,
    STUB,
    SUITE,
    audit_course,
    write_course,
)

from exercises.catalog import load_catalog
from exercises.course import Course
from grader.commands.audit import select
from grader.examiner.sandbox import Sandbox
from grader.proving.audit import AuditResult, AuditTrial
from grader.proving.by_heart import fresh_test
from grader.proving.empty_answers import empty_answers

LENIENT = SUITE.replace(".matches(2 * x)", ".is_between(-9.0, 9.0)")
FOURS = '''
def test_fours(submission, expect):
    """So are fours."""
    expect(submission.double(4.0)).matches(8.0)
'''
EMPTY_TEST = '''
def test_runs(submission):
    """It runs."""
    for x in (1.0, 2.0):
        try:
            submission.double(x)
        except Exception as failure:
            if "not written yet" in str(failure):
                raise
'''


@pytest.fixture
def audited(tmp_path: Path, sandbox: Sandbox) -> Callable[..., AuditResult]:
    """`audited({path: text})`: the audit of the small course with these files instead."""

    def run(changes: dict[str, str | None]) -> AuditResult:
        write_course(tmp_path, changes)
        return audit_course(tmp_path, sandbox)[0]

    return run


def test_a_sound_exercise_has_no_problem(audited: Callable[..., AuditResult]) -> None:
    assert audited({}) == AuditResult(
        exercises=1,
        stubs_failed=1,
        empty_answers=5,
        empty_answers_failed=5,
        solutions_passed=1,
        alternatives=2,
        alternatives_passed=2,
        misconceptions=4,
        caught=4,
        named=4,
        problems=[],
    )


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        (
            {STUB: COURSE[f"{HIDDEN}/solution.py"]},
            "double: the stub gets 2 points for nothing: It is doubled. So is another one.",
        ),
        (
            {
                STUB: "def double(x):\n    return 2 * x if x in (3.0, 4.0) else 0.0\n",
                f"{HIDDEN}/test_double.py": SUITE + FOURS,
            },
            "double: the stub gets 2 points for nothing: It is doubled. So are fours.",
        ),
        (
            {f"{HIDDEN}/test_double.py": LENIENT},
            "double: empty answer gives zeros gets 1 points for nothing: So is another one.",
        ),
        (
            {f"{HIDDEN}/test_double.py": LENIENT},
            "double: empty answer gives ones gets 1 points for nothing: So is another one.",
        ),
        (
            {f"{HIDDEN}/test_double.py": LENIENT},
            "double: empty answer hands its argument back gets 1 points for nothing:",
        ),
        (
            {
                STUB: "def double(x):\n    pass\n    raise NotImplementedError\n",
                f"{HIDDEN}/test_double.py": SUITE + EMPTY_TEST,
            },
            "double: empty answer returns None gets 1 points for nothing: It runs.",
        ),
        (
            {f"{HIDDEN}/test_double.py": SUITE.replace("6.0", "7.0")},
            "double: the solution does not pass. It is doubled. It should be 7; yours is 6.",
        ),
        (
            {f"{HIDDEN}/alternatives/added.py": "def double(x):\n    return x + x + 1e-3\n"},
            "double: alternative added is right and does not pass. "
            "It is doubled. It should be 6; yours is 6.001.",
        ),
        (
            {f"{HIDDEN}/alternatives/added.py": "def twice(x):\n    return x + x\n"},
            "double: alternative added is right and does not pass. "
            "Your file does not define `double`. It defines `twice`.",
        ),
        (
            {f"{HIDDEN}/misconceptions.yaml": MISCONCEPTIONS.replace("3 * x", "x * 2")},
            "double: misconception tripled passes.",
        ),
        (
            {f"{HIDDEN}/misconceptions.yaml": MISCONCEPTIONS.replace("3 * x", "x * 1")},
            "double: misconception tripled is caught, but same is named first. "
            "It is doubled. It should be 6; yours is 3.",
        ),
        (
            {f"{HIDDEN}/misconceptions.yaml": MISCONCEPTIONS.replace('"2 * x", "3', '"4 * x", "3')},
            "double: tripled: '4 * x' occurs 0 times in the solution, not once.",
        ),
        (
            {f"{HIDDEN}/misconceptions.yaml": MISCONCEPTIONS.replace('"3 * x"', '"3 * * x"')},
            "double: misconception same could not be graded. The grader failed: double_tripled: ",
        ),
        (
            {f"{HIDDEN}/misconceptions.yaml": "- {id: half"},
            "double: grader/suites/ch01_demo/double/misconceptions.yaml:2: is not valid YAML",
        ),
        (
            {f"{HIDDEN}/misconceptions.yaml": MISCONCEPTIONS.replace("see: doubling", "see: gone")},
            "double: same points to 'gone', which no lesson has as a section.",
        ),
        (
            {LESSON: "# Demo\n\n## Doubling\n"},
            "double: same points to 'doubling', which no lesson has as a section.",
        ),
        (
            {LESSON: "# Demo\n\n```text\n## Doubling {#doubling}\n```\n"},
            "double: same points to 'doubling', which no lesson has as a section.",
        ),
        (
            {LESSON: "# Demo\n\n## One {#one}\n\n### Doubling {#doubling}\n"},
            "double: same points to 'doubling', which no lesson has as a section.",
        ),
        (
            {f"{HIDDEN}/misconceptions.yaml": MISCONCEPTIONS.rsplit("\n- ", 1)[0]},
            "double: 3 misconceptions; at least 4 are needed.",
        ),
        (
            {f"{HIDDEN}/alternatives/halved.py": None},
            "double: 1 alternatives; at least 2 are needed.",
        ),
        (
            {f"{HIDDEN}/solution.py": None},
            f"double: There is no file {HIDDEN}/solution.py.",
        ),
        (
            {f"{HIDDEN}/test_double.py": None},
            "double: the stub could not be graded. The grader failed: test_double.py cannot be run",
        ),
        (
            {f"{HIDDEN}/test_double.py": SUITE + "\ndef test_broken(submission): 1 / 0\n"},
            "double: the solution could not be graded. The grader failed: ZeroDivisionError",
        ),
        (
            {f"{HIDDEN}/test_double.py": "import nothing_of_this_name\n"},
            "double: the solution could not be graded. The grader failed: test_double.py",
        ),
        (
            {f"{HIDDEN}/test_double.py": SUITE.replace("rng.normal().item()", "2.5")},
            "double: a table of answers passes at every seed.",
        ),
        (
            {
                f"{HIDDEN}/test_double.py": SUITE.replace(
                    "rng.normal()", "1.0 * rng.integers(1, 10)"
                )
            },
            "double: a table of answers passes at every seed.",
        ),
        (
            {f"{HIDDEN}/notes.txt": "to do"},
            "grader/suites/ch01_demo/double/notes.txt: a suite has no such file.",
        ),
        (
            {"grader/suites/ch01_demo/treble/solution.py": ""},
            "grader/suites/ch01_demo/treble: no exercise of this name.",
        ),
        (
            {"exercises/ch01_demo/treble.py": ""},
            "exercises/ch01_demo/treble.py: chapter.yaml does not name it.",
        ),
        (
            {"exercises/ch01_demo/chapter.yaml": CHAPTER.replace(", reading_only: true", "")},
            "ch01_demo: topic history has no exercise and is not reading_only.",
        ),
        ({STUB: None}, f"double: There is no file {STUB}."),
        ({place: None for place in COURSE if place.startswith(HIDDEN)}, "double: The hidden suite"),
    ],
    ids=lambda value: value.removeprefix("double: ")[:40] if isinstance(value, str) else "",
)
def test_what_is_wrong_is_said(
    audited: Callable[..., AuditResult],
    tmp_path: Path,
    changes: dict[str, str | None],
    says: str,
) -> None:
    problems = [problem.replace(f"{tmp_path}/", "") for problem in audited(changes).problems]
    assert any(problem.startswith(says) for problem in problems), problems


LAYER = """
from typing import NamedTuple
import torch

class Pair(NamedTuple):
    doubled: torch.Tensor
    rows: int

class Layer(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = torch.nn.Parameter(torch.full((2,), 2.0))
    def forward(self, x):
        return Pair(x * self.weight, len(x)), {"sum": x.sum(), "mask": x > 0, "name": "layer"}
"""


@pytest.mark.parametrize("name", ["gives zeros", "gives ones", "hands its argument back"])
def test_an_empty_answer_has_parameters_and_results_of_the_right_form(name: str) -> None:
    exercise = replace(load_catalog().exercise("self_attention"), entry=("Layer",))
    answers = dict(empty_answers(exercise, "", LAYER))
    module = types.ModuleType("empty")
    exec(answers[name], module.__dict__)
    number = int(name == "gives ones")
    x = torch.full((3, 2), 5.0)
    (doubled, rows), table = module.Layer()(x)
    assert torch.equal(doubled, x if name == "hands its argument back" else number + 0 * x)
    assert rows == table["sum"].item() == number
    assert doubled.requires_grad == (name != "hands its argument back")
    assert table["mask"].equal(torch.full((3, 2), bool(number)))
    assert table["name"] == "1" * number
    assert [name for name, _ in module.Layer().named_parameters()] == ["weight"]
    assert module.Layer()("no tensor") is None


REFUSING = "def double(x):\n    if x < 0:\n        raise ValueError\n    return {}\n"
REFUSAL = """
def test_refuses_what_is_negative(submission):
    \"\"\"It refuses.\"\"\"
    submission.double.raises(ValueError, -1.0)
"""


def test_code_that_always_raises_earns_nothing(audited: Callable[..., AuditResult]) -> None:
    """Not even where an error is asked for: that counts beside a result that is right."""
    found = audited(
        {
            f"{HIDDEN}/test_double.py": SUITE.replace("-1.0, 0.5", "1.0, 0.5").replace(
                "rng.normal()", "rng.uniform()"
            )
            + REFUSAL,
            f"{HIDDEN}/solution.py": REFUSING.format("2 * x"),
            f"{HIDDEN}/alternatives/added.py": REFUSING.format("x + x"),
            f"{HIDDEN}/alternatives/halved.py": REFUSING.format("x / 0.5"),
        }
    )
    assert found.problems == []
    assert found.empty_answers == found.empty_answers_failed == 5


ALWAYS = """
@pytest.mark.parametrize("x", [{}])
def test_one_number(submission, expect, x):
    \"\"\"Of one number.\"\"\"
    expect(submission.double(x)).equals(2 * x)
"""


@pytest.mark.parametrize(
    "numbers", ["0.0", "0.5", "0.5, 0.5", "torch.zeros(2)", "torch.ones(2) / 2"]
)
def test_code_that_always_gives_the_same_earns_nothing(
    audited: Callable[..., AuditResult], numbers: str
) -> None:
    """Where one number is right everywhere, that counts beside a result that is another."""
    found = audited(
        {
            f"{HIDDEN}/test_double.py": "import pytest\nimport torch\n"
            + ALWAYS.format(numbers)
            + SUITE
        }
    )
    assert found.problems == []
    assert found.empty_answers == found.empty_answers_failed == 5


def test_who_is_right_wherever_one_number_is_asked_for_has_passed(
    audited: Callable[..., AuditResult],
) -> None:
    """A suite may ask too little, and a right answer still passes; the audit says so."""
    found = audited({f"{HIDDEN}/test_double.py": SUITE.split("def test_takes")[0]})
    assert (found.solutions_passed, found.alternatives_passed) == (1, 2)


def test_what_is_wrong_does_not_count(audited: Callable[..., AuditResult]) -> None:
    found = audited(
        {
            f"{HIDDEN}/alternatives/added.py": "def double(x):\n    return x + x + 1e-3\n",
            f"{HIDDEN}/misconceptions.yaml": MISCONCEPTIONS.replace("3 * x", "x * 2").replace(
                "-2 * x", "x * 1"
            ),
        }
    )
    assert (found.alternatives, found.alternatives_passed) == (2, 1)
    assert (found.misconceptions, found.caught, found.named) == (4, 3, 2)


def test_ids_and_chapters_select_what_is_audited() -> None:
    catalog = load_catalog()
    first, second = catalog.chapters[:2]
    assert select(catalog, []) == catalog.exercises
    assert select(catalog, ["softmax"]) == (catalog.exercise("softmax"),)
    assert select(catalog, [second.id, "softmax", "ch02"]) == (
        *second.exercises,
        catalog.exercise("softmax"),
    )
    assert select(catalog, ["ch01"]) == first.exercises


@pytest.mark.parametrize(
    "suite",
    [
        """
def test_shuffled(submission, rng, expect):
    for i in rng.permutation(9).tolist():
        expect(submission.double(i)).matches(2 * i)
""",
        """
def test_objects_after_other_calls(submission, rng):
    for i in rng.permutation(9).tolist():
        for _ in range(i):
            submission.double(1.0)
        number = submission.helper("class Number:\\n    __rmul__ = lambda self, two: two").Number
        submission.double(number())
""",
    ],
    ids=["answers", "objects"],
)
def test_fixed_questions_in_a_drawn_order_are_no_new_ones(tmp_path: Path, suite: str) -> None:
    write_course(tmp_path, {f"{HIDDEN}/test_double.py": suite})
    assert fresh_test(load_catalog(Course.at(tmp_path)).exercise("double")) is None


def test_a_module_of_a_suites_name_is_not_taken_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """As tests of another folder may have one, in the same process."""
    theirs = types.ModuleType("test_softmax")
    monkeypatch.setitem(sys.modules, "test_softmax", theirs)
    assert fresh_test(load_catalog().exercise("softmax"))
    assert sys.modules["test_softmax"] is theirs


def test_a_trial_is_tried_with_the_same_numbers_everywhere() -> None:
    trial = AuditTrial("softmax", "misconception", "unshifted", "import torch")
    assert trial.submission == trial.submission and trial.submission.seed is not None
    assert replace(trial, source="import numpy").submission.seed != trial.submission.seed
