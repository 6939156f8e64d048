"""Every kind of report has the documented form, and comes back from it whole."""

import json
import math
import shutil
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from hashlib import sha256
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any
from unicodedata import bidirectional

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exercises.catalog import load_catalog
from grader import Grader, Report, Submission
from grader.errors import ExaminerLost
from grader.formats import json as json_format
from grader.provenance import suite_version
from grader.report import (
    MAX_BYTES,
    Comparison,
    Diagnosis,
    FailingCall,
    Frame,
    Problem,
    Provenance,
    Symptom,
    TestResult,
    Trace,
    TracedStep,
    printable,
)

SCHEMA = json.loads((files("grader") / "report.schema.json").read_text("utf-8"))
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)

FULL = Report(
    exercise="softmax",
    title="Softmax",
    outcome="failed",
    points=1.5,
    max_points=3.0,
    seed=7,
    device="cpu",
    tests=(
        TestResult("test_a", "A.", 1.5, 1.5, "passed", output="printed\n", duration_ms=1.5),
        TestResult(
            "test_b",
            "B.",
            0.0,
            1.5,
            "failed",
            message="It differs.",
            call="softmax(1)",
            got="2",
            expected="3",
            frames=(Frame("softmax.py", 3, "softmax", "return 2"),),
            diagnosis=Diagnosis("id", "Says.", "see"),
            symptom=Symptom("scale", "It is twice too large.", "Holds for 2 calls."),
            comparison=Comparison((1,), (0, 4), ((1.0, math.nan),), ((1.0, -math.inf),)),
        ),
    ),
    diagnosis=Diagnosis("id", "Says.", "see"),
    symptom=Symptom("scale", "It is twice too large.", "Holds for 2 calls."),
    smallest=FailingCall("softmax(1)", "2", "3"),
    trace=Trace(
        "softmax(1)",
        (TracedStep("softmax.py", 3, "e = x.exp()", "e", "exp", (2, 3), "float32", "first"),),
        *(0, "2", "3", "It is twice too large.", "It ends there."),
    ),
    layers={"seccomp": "on", "landlock": "missing"},
    provenance=Provenance("a" * 64, "b" * 64, "c" * 16, {"torch": "2.13.0"}),
    duration_ms=12.5,
)

WRONG_SUBMISSIONS = {
    "size": b"#" * 300_000,
    "encoding": b"\xff\xfe",
    "syntax": "def softmax(:",
    "forbidden": "import torch\ndef softmax(x, dim=-1): return torch.softmax(x, dim)",
    "load": "raise ValueError('not today')",
    "entry": "def sofmax(x): return x",
    "missing": {"other.py": "x = 1"},
}


# Fields that the first reports of this form had not, or that only some have.
LATER = {"section", "chapter", "trace", "provenance"}


def in_json(report: Report) -> Any:
    """The report as `grader run --format json` writes it, checked against the schema."""
    data = json.loads(json_format.render(report), parse_constant=pytest.fail)
    VALIDATOR.validate(data)
    return data


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def test_the_schema_knows_every_field_and_no_other() -> None:
    data = in_json(FULL)
    places: list[tuple[Any, Any]] = [
        (data, SCHEMA),
        (data["tests"][1], SCHEMA["$defs"]["test"]),
        (data["tests"][1]["comparison"], SCHEMA["$defs"]["comparison"]),
        (data["tests"][1]["frames"][0], SCHEMA["$defs"]["frame"]),
        (data["diagnosis"], SCHEMA["$defs"]["diagnosis"]),
        (data["provenance"], SCHEMA["$defs"]["provenance"]),
        (data["trace"], SCHEMA["$defs"]["trace"]),
        (data["trace"]["steps"][0], SCHEMA["$defs"]["traced_step"]),
        ({"kind": "load", "message": "", "line": 1, "code": ""}, SCHEMA["$defs"]["problem"]),
    ]
    for part, schema in places:
        required = set(part) - LATER
        assert set(part) == set(schema["properties"]) and required == set(schema["required"])
        assert schema["additionalProperties"] is False
        for name in required:
            with pytest.raises(jsonschema.ValidationError):
                without = {key: value for key, value in part.items() if key != name}
                VALIDATOR.evolve(schema={**schema, "$defs": SCHEMA["$defs"]}).validate(without)


def test_a_passed_report_has_the_form(grader: Grader, solution: Callable[[str], str]) -> None:
    report = grader.grade(Submission("softmax", solution("softmax"), seed=1))
    data = in_json(report)
    assert (report.outcome, report.exit_code, report.passed) == ("passed", 0, True)
    assert data["points"] == data["max_points"] > 0
    assert (data["seed"], data["device"], data["exercise"]) == (1, "cpu", "softmax")
    assert Report.from_dict(data) == report


def test_a_diagnosed_failure_has_the_form(grader: Grader, solution: Callable[[str], str]) -> None:
    wrong = solution("softmax").replace(
        "return exps / exps.sum(dim=dim, keepdim=True)", "return exps"
    )
    report = grader.grade(Submission("softmax", wrong, seed=1))
    data = in_json(report)
    assert (report.outcome, report.exit_code, report.passed) == ("failed", 1, False)
    assert data["diagnosis"]["id"] == "unnormalised"
    failed = [test for test in data["tests"] if test["outcome"] == "failed"]
    assert any(test["comparison"] for test in failed)
    assert all(test["call"] and test["message"] for test in failed)
    assert Report.from_dict(data) == report


def test_a_failure_of_nan_has_the_form(grader: Grader, solution: Callable[[str], str]) -> None:
    wrong = solution("softmax").replace("x - x.amax(dim=dim, keepdim=True)", "x")
    report = grader.grade(Submission("softmax", wrong, seed=1))
    data = in_json(report)
    comparisons = [test["comparison"] for test in data["tests"] if test["comparison"]]
    assert any(None in row for comparison in comparisons for row in comparison["got"])
    assert any(
        math.isnan(number)
        for test in Report.from_dict(data).tests
        if test.comparison
        for row in test.comparison.got
        for number in row
    )


@pytest.mark.parametrize("kind", WRONG_SUBMISSIONS)
def test_a_problem_has_the_form(grader: Grader, kind: str) -> None:
    report = grader.grade(Submission("softmax", WRONG_SUBMISSIONS[kind], seed=1))
    data = in_json(report)
    assert data["problem"]["kind"] == kind
    assert data["problem"]["message"]
    assert (report.outcome, report.points, report.exit_code) == ("failed", 0, 1)
    assert report.max_points > 0
    assert {test["outcome"] for test in data["tests"]} == {"failed"}
    assert Report.from_dict(data) == report


def test_a_report_says_from_what_it_was_made(grader: Grader, tmp_path: Path) -> None:
    """Whoever has the file can tell that it is the one, and the suite's version that it changed."""
    file = tmp_path / "softmax.py"
    file.write_bytes(b"import helper\n")
    (tmp_path / "helper.py").write_bytes(b"x = 1\n")
    made = grader.grade(Submission.from_file(file, seed=1)).provenance
    (tmp_path / "helper.py").write_bytes(b"x = 2\n")
    other = grader.grade(Submission.from_file(file, seed=1)).provenance
    assert made and other
    assert made.source_sha256 == other.source_sha256 == sha256(file.read_bytes()).hexdigest()
    assert made.files_sha256 != other.files_sha256
    assert made.packages["torch"] == version("torch")
    assert made.packages["learn-transformer"] == version("learn-transformer")
    suite = shutil.copytree(load_catalog().exercise("softmax").suite, tmp_path / "suite")
    assert made.suite_version == suite_version(suite)
    edited = shutil.copytree(suite, tmp_path / "edited")
    with (edited / "misconceptions.yaml").open("a") as text:
        text.write("\n")
    assert suite_version(edited) != made.suite_version


def test_a_lost_examiner_leaves_the_audit_trail() -> None:
    class Lost(ThreadPoolExecutor):
        def submit(self, *work: Any, **named: Any) -> Any:
            lost: Future[Report] = Future()
            lost.set_exception(ExaminerLost("It died."))
            return lost

    with Lost() as pool, Grader(executor=pool) as grader:
        report = grader.grade(Submission("softmax", "x = 1", seed=1))
    assert report.outcome == "error" and report.provenance
    assert report.provenance.source_sha256 == sha256(b"x = 1").hexdigest()


def test_every_kind_of_problem_is_in_the_schema() -> None:
    kinds = set(SCHEMA["$defs"]["problem"]["properties"]["kind"]["enum"])
    assert kinds == {*WRONG_SUBMISSIONS, "internal"}


def test_our_error_has_the_form() -> None:
    problem = Problem("internal", "The grader failed.", code="Traceback …")
    report = replace(FULL, outcome="error", tests=(), problem=problem, points=0, max_points=0)
    assert Report.from_dict(in_json(report)) == report
    assert (report.exit_code, report.passed) == (3, False)


def test_a_report_comes_back_whole() -> None:
    assert Report.from_dict(FULL.to_dict()) == FULL
    assert in_json(Report.from_dict(in_json(FULL))) == in_json(FULL)


@given(st.text(st.characters(codec=None)))
def test_no_text_of_a_learner_spoils_a_report(text: str) -> None:
    """Whatever was printed or raised: it can be written to a file, and steers no terminal."""
    test = TestResult("test_a", text, 0, 1, "failed", text, text, text, text, output=text)
    report = replace(FULL, tests=(test,), problem=Problem("load", text, 1, text))
    written = json_format.render(report)
    assert Report.from_dict(json.loads(written.encode("utf-8"))) == report
    shown = in_json(report)["tests"][0]["output"]
    assert all(char.isprintable() or char in "\n\t" for char in shown)
    left_to_right = all(bidirectional(char) not in ("R", "AL", "AN") for char in text)
    steers = not left_to_right or any(not char.isprintable() for char in text if char not in "\n\t")
    assert steers or shown == text


def test_a_text_without_end_is_cut() -> None:
    test = TestResult("test_a", "A.", 0, 1, "failed", message="x" * 10**6)
    assert len(test.message) == 20_000
    assert test.message.endswith("x…")


@pytest.mark.parametrize("schema", [None, "report/v3", 1])
def test_another_schema_is_refused(schema: object) -> None:
    with pytest.raises(ValueError, match=r"no report/v2 report"):
        Report.from_dict({**FULL.to_dict(), "schema": schema})


def test_a_report_from_before_symptoms_is_read() -> None:
    data = {**FULL.to_dict(), "schema": "report/v1"}
    for part in (data, *data["tests"]):
        part["symptom"] = None
    older = Report.from_dict(data)
    for part in (data, *data["tests"]):
        del part["symptom"]
    del data["smallest"]
    assert Report.from_dict(data) == replace(older, smallest=None)


def test_a_report_from_before_sections_had_titles_is_read() -> None:
    data = FULL.to_dict()
    for diagnosis in (data["diagnosis"], data["tests"][1]["diagnosis"]):
        del diagnosis["section"], diagnosis["chapter"]
    VALIDATOR.validate(json.loads(json.dumps(data)))
    assert Report.from_dict(data) == FULL


def large(text: str, tests: int = 30) -> Report:
    """A report whose every test holds `text` wherever a learner can put one."""
    numbers = ((1.2345e-10,) * 16,) * 16
    frames = (Frame("a.py", 1, text[:200], text[:200]),) * 6
    picture = Comparison((), (0, 0), numbers, numbers)
    one = TestResult("", "T.", 0, 1, "failed", text, text, text, text, frames)
    one = replace(one, symptom=Symptom("id", text, text), comparison=picture, output=text)
    named = tuple(replace(one, name=f"test_{number}") for number in range(tests))
    return replace(FULL, tests=named, problem=Problem("load", text, 1, text))


@pytest.mark.parametrize(
    "text", ["x" * 10**6, '"\n\\' * 10**5, "\x1b" * 10**5, "あ" * 10**5, "\U000e0041" * 10**5]
)
def test_a_report_fits_whatever_it_holds(text: str) -> None:
    report = large(text).fitted()
    assert len(json_format.render(report).encode()) <= MAX_BYTES
    assert [test.name for test in report.tests] == [f"test_{number}" for number in range(30)]
    assert {test.title for test in report.tests} == {"T."}
    in_json(report)


def test_a_report_of_common_size_stays_as_it_is() -> None:
    report = large("x" * 300, tests=5)
    assert report.fitted() is report


@pytest.mark.parametrize(
    "text", ["\u05d0\u05d1", "\u0627\u0644", "\u0661\u0662", "\u202e", "\u200f", "\u07c0"]
)
def test_nothing_turns_the_writing_round(text: str) -> None:
    """Letters that are written from right to left move what stands beside them: `0/9` to `9/0`."""
    assert printable(f"{text} 1/9").isascii()
