"""Reports as GitHub, Classroom 50, Gradescope, PrairieLearn and Exercism read them.

What each of them takes is written down here as its own source says it; see the module of the format
for where. Whatever a learner's code says must arrive as text, and change nothing else.
"""

import json
import re
import string
from collections.abc import Sequence
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any
from xml.etree import ElementTree

import jsonschema
import pytest
from finished_reports import BROKEN, DIFFERS, PASSED, RAISES, REPORT, SCALED, UNSCALED, problem
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from grader.formats import (
    FORMATS,
    classroom50,
    exercism,
    github,
    gradescope,
    junit,
    markdown,
    prairielearn,
    render,
)
from grader.report import (
    UNWRITTEN,
    FailingCall,
    Problem,
    Report,
    Symptom,
    TestResult,
    printable,
)

SUBMISSION = {
    "classroom": "ml-101",
    "assignment": "attention",
    "submission": "submit/20261128T120000Z-abc1234",
    "commit": "https://github.com/o/r/commit/abc1234",
    "release": "https://github.com/o/r/releases/tag/x",
    "review": "https://github.com/o/r/compare/a...b",
}
LAYOUTS: dict[str, dict[str, Any]] = {"classroom50": {"identity": SUBMISSION}}
PASSES = replace(REPORT, outcome="passed", points=2, max_points=2, diagnosis=None, tests=(PASSED,))
OURS = replace(
    REPORT,
    exercise="gelu",
    outcome="error",
    points=0,
    max_points=0,
    tests=(),
    diagnosis=None,
    problem=Problem("internal", "The grader failed: KeyError"),
)
INJECTIONS = [
    "::error file=x::hacked",
    "   ::add-mask::a",
    "##[error]hacked",
    "::stop-commands::x",
    "]]>",
    "</failure><testcase/>",
    "</details><script>alert(1)</script>",
    "```\n# hacked\n```",
    "~~~",
    "| a | b |\n|---|---|",
    "@octocat [x](http://y) ![z](q) <b> &amp; :smile:",
    "%0A::error::x",
    "\x1b[31mred\x1b]0;title\a\r\b\x9b2J",
    "\ud800\udfff\x00\u2028\u202e",
    "[[ATTACHMENT|secret.png]]",
    "=cmd|' /C calc'!A0",
]
hostile = st.one_of(
    st.sampled_from(INJECTIONS),
    st.text(st.characters(codec=None), max_size=60),
    st.text(":#[]%\n\r `~|<>&*_@!\\-=" + string.ascii_lowercase, max_size=60),
).flatmap(lambda one: st.tuples(st.just(one), st.sampled_from(INJECTIONS)).map("\n".join))


def said_by(learner: str) -> list[Report]:
    """Two reports in which every text that may be a learner's is this one."""
    symptom = replace(SCALED, says=learner, evidence=learner)
    frame = replace(RAISES.frames[0], code=learner, file=learner, function=learner)
    told = {"message": learner, "call": learner, "got": learner, "output": learner}
    tests = (
        PASSED,
        replace(DIFFERS, **told, diagnosis=None),
        replace(RAISES, **told, frames=(frame,), diagnosis=None, symptom=symptom),
    )
    smallest = FailingCall(learner, learner, learner)
    return [
        replace(REPORT, tests=tests, diagnosis=None, symptom=symptom),
        replace(REPORT, tests=tests, diagnosis=None, smallest=smallest),
    ]


@settings(max_examples=50)
@given(hostile)
def test_a_learner_adds_nothing_but_text_to_any_format(learner: str) -> None:
    """Whatever the text, no format has more parts than with a harmless one."""
    for name in FORMATS:
        told, harmless = (
            render([*said_by(text), problem(text, 1, text)], name, **LAYOUTS.get(name, {}))
            for text in (learner, "harmless")
        )
        told.encode()  # no halves of characters
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e]", told)
        assert parts(name, told) == parts(name, harmless)


def parts(name: str, text: str) -> object:
    """What the reader of a format finds, texts aside."""
    if name == "junit":
        return [element.tag for element in ElementTree.fromstring(text.encode()).iter()]
    if name == "github":
        return [command for command, _, _ in obeyed(text)]
    if name == "markdown":
        tokens = MarkdownIt("gfm-like").parse(text)
        inline = [child.type for token in tokens for child in token.children or []]
        return [token.type for token in tokens], inline
    if name == "html":
        return elements(text)
    return None if name == "text" else shape(json.loads(text))


def elements(text: str) -> list[tuple[str, object]]:
    """Tags with their attributes, as a browser finds them."""
    found: list[tuple[str, object]] = []
    parser = HTMLParser()
    parser.handle_starttag = lambda tag, attributes: found.append((tag, attributes))
    parser.handle_endtag = lambda tag: found.append((tag, None))
    parser.handle_comment = parser.handle_decl = lambda data: found.append(("!", data))
    parser.feed(text)
    parser.close()
    return found


def shape(data: object) -> object:
    if isinstance(data, dict):
        return {key: shape(value) for key, value in data.items()}
    return [shape(value) for value in data] if isinstance(data, list) else type(data)


@pytest.mark.parametrize(
    ("name", "layout", "most"),
    [
        ("markdown", {"most": 50_000}, 50_000),
        ("prairielearn", {}, 1_000_000),
        ("classroom50", LAYOUTS["classroom50"], 1_000_000),
        ("gradescope", {}, 1_000_000),
        ("junit", {}, 1_000_000),
    ],
)
def test_what_takes_so_much_is_given_no_more_and_loses_no_exercise(
    name: str, layout: dict[str, object], most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A learner can fill every text; what is cut is texts, never tests."""
    for module in (classroom50, gradescope, junit):  # what they take is too much for a test
        monkeypatch.setattr(module, "MAX_BYTES", 1_000_000)
    large, harmless = (
        [
            replace(report, exercise=f"exercise_{n}")
            for n in range(10)
            for report in said_by(learner)
        ]
        for learner in ("`x` " * 300_000, "x")
    )
    text = render(large, name, **layout)
    assert len(text.encode()) <= most
    assert parts(name, text) == parts(name, render(harmless, name, **layout))


@pytest.mark.parametrize(
    "name", ["text", "html", "github", "markdown", "gradescope", "prairielearn"]
)
def test_where_a_layer_of_the_sandbox_is_missing_a_person_is_told(name: str) -> None:
    layers = {"landlock": "missing", "seccomp": "167 instructions"}
    for held, is_told in (({"landlock": "held"}, False), (layers, True)):
        told = render([PASSES, replace(PASSES, layers=held)], name)
        assert ("Graded without landlock; `grader doctor` says why." in told) == is_told


# A notebook


def test_html_says_what_the_text_says_and_nothing_more_often() -> None:
    many = replace(PASSES, tests=PASSES.tests * 20)
    again = replace(REPORT, tests=(PASSED, DIFFERS, RAISES, DIFFERS, RAISES))
    stub = Symptom(UNWRITTEN, "`softmax` is not written yet.", "")
    ended = Symptom("ended", "It asked for too much memory.", "")
    alike = [
        replace(
            REPORT,
            tests=(replace(DIFFERS, message=one.says, diagnosis=None, symptom=one),) * 3,
            diagnosis=None,
            symptom=one,
        )
        for one in (stub, ended)
    ]
    broken = problem("No <b>.", 3, "def f(:")
    for report in (REPORT, PASSES, OURS, broken, many, again, *alike):
        page = HTMLParser()
        said: list[str] = []
        page.handle_data = said.append
        page.feed(render(report, "html"))
        assert " ".join(said).split() == render(report, "text").split()


def test_html_is_no_formula_of_a_notebook() -> None:
    assert "$" not in render(said_by("$$x$$"), "html")


# GitHub


def obeyed(log: str) -> list[tuple[str, dict[str, str], str]]:
    """The commands that a runner obeys: actions/runner, `ActionCommand.cs`."""
    commands, token = [], None
    for line in re.split("\r\n|\r|\n", log):
        stripped = line.lstrip()
        if token:
            token = None if stripped == f"::{token}::" else token
        elif stripped.startswith("::stop-commands::"):
            token = stripped.removeprefix("::stop-commands::")
        elif match := re.match(r"::([\w-]+)(?: (.*?))?::(.*)", stripped):
            told = (pair.partition("=") for pair in (match[2] or "").split(","))
            places = {key: decoded(value) for key, _, value in told}
            commands.append((match[1], places, decoded(match[3])))
        elif "##[" in line:
            commands.append((line, {}, ""))
    assert token is None
    return commands


def decoded(text: str) -> str:
    for written, meant in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
        text = text.replace(written, meant)
    return text


def test_github_points_at_the_learners_line() -> None:
    found = replace(REPORT, tests=(PASSED, RAISES))
    log = github.render(found, {"softmax": "ch01/softmax.py"})
    assert obeyed(log) == [
        (
            "error",
            {"file": "ch01/softmax.py", "line": "12", "title": "softmax: Every dim is taken."},
            "The sign is turned around.\nIndexError: Dimension out of range\n"
            "called: softmax(tensor([1, 1]), dim=0)\nline 12: return x.amax(dim)",
        )
    ]


def test_github_points_at_a_file_beside_it_and_at_the_line_that_does_not_parse() -> None:
    beside = replace(RAISES, frames=(*RAISES.frames, replace(RAISES.frames[0], file="mine.py")))
    log = github.render(replace(REPORT, tests=(beside,)), {"softmax": "a b/softmax.py"})
    assert obeyed(log)[0][1]["file"] == "a b/mine.py"
    ((_, places, message),) = obeyed(github.render(problem("No Python: 100%0A,\n:", 3, "def f(:")))
    assert (places["line"], message) == ("3", "No Python: 100%0A,\n:\n   3 │ def f(:")


def test_github_shows_ten_reasons_the_most_telling_first_and_counts_the_rest() -> None:
    reports = [
        replace(REPORT, exercise=f"e{n}", tests=(replace(RAISES, diagnosis=None), DIFFERS))
        for n in range(6)
    ]
    reports.append(replace(problem("It stops.", 3, "raise"), exercise="broken"))
    commands = obeyed(github.render(reports))
    titles = [places["title"].partition(":")[0] for _, places, _ in commands]
    assert titles == ["broken", *(f"e{n}" for n in range(6)), "e0", "e1", "e2", "There is more"]
    assert [command for command, _, _ in commands] == ["error"] * 10 + ["notice"]
    assert "3 more reasons" in commands[-1][2]
    assert commands[1][2].startswith(UNSCALED.says)  # a known mistake before an exception


def test_github_shows_what_is_not_begun_last() -> None:
    stub = replace(DIFFERS, diagnosis=None, symptom=Symptom(UNWRITTEN, "Not written.", ""))
    reports = [replace(REPORT, exercise=f"stub{n}", tests=(stub,)) for n in range(10)]
    absent = replace(problem("There is no file.", 1, ""), exercise="absent")
    reports.append(replace(absent, problem=Problem("missing", "There is no file.")))
    reports.append(replace(REPORT, exercise="tried", tests=(DIFFERS, RAISES)))
    titles = [places["title"] for _, places, _ in obeyed(github.render(reports))]
    assert [title.partition(":")[0] for title in titles[:3]] == ["tried", "tried", "stub0"]


def test_github_says_one_reason_once() -> None:
    tests = tuple(replace(DIFFERS, name=f"t{n}", title=f"Test {n}.") for n in range(4))
    ((_, places, _),) = obeyed(github.render(replace(REPORT, tests=tests)))
    assert places["title"] == "softmax: Test 0. And 3 more tests."


def test_github_has_nothing_to_point_at_where_all_passed() -> None:
    assert obeyed(github.render([PASSES, PASSES])) == []


# Markdown


def test_markdown_has_a_row_for_each_exercise_and_details_of_what_failed() -> None:
    page = MarkdownIt("gfm-like").parse(markdown.render([REPORT, PASSES]))
    cells = [token.content for token in page if token.type == "inline"]
    assert cells[0] == "1 of 2 exercises passed, 4 of 6.5 points"
    assert [cell for cell in cells if cell in ("✗", "✓")] == ["✗", "✓"]
    (fence,) = [token for token in page if token.type == "fence"]
    assert "2 of 2 numbers differ" in fence.content


@given(hostile)
def test_what_is_escaped_is_read_as_it_was(text: str) -> None:
    text = printable(text)  # as every report has it
    (token,) = MarkdownIt("gfm-like").parse("x " + markdown.escaped(text))[1:-1]
    read = "".join(child.content for child in token.children or [])
    assert {child.type for child in token.children or []} <= {"text", "text_special"}
    assert read.replace("@\u200b", "@").split() == ["x", *text.split()]


# Classroom 50

WHOLE = {"type": "integer", "minimum": 0}
STAMPED = {"owner": "octocat", "assignment_type": "individual", "datetime": "2026-11-28T12:00:00Z"}
RESULT_V1 = {
    "type": "object",
    "additionalProperties": False,
    "required": [*SUBMISSION, *STAMPED, "schema", "score", "max-score", "tests"],
    "properties": {
        **{name: {"type": "string", "minLength": 1} for name in (*SUBMISSION, *STAMPED)},
        "schema": {"const": "classroom50/result/v1"},
        "submission": {"type": "string", "pattern": "^submit/"},
        "score": WHOLE,
        "max-score": WHOLE,
        "tests": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["test-name", "passed", "score", "max-score"],
                "properties": {
                    "test-name": {"type": "string", "minLength": 1},
                    "passed": {"type": "boolean"},
                    "score": WHOLE,
                    "max-score": WHOLE,
                },
            },
        },
    },
}


def classroom50_result(*reports: Report) -> Any:
    result = json.loads(classroom50.render(reports, SUBMISSION))
    jsonschema.validate({**result, **STAMPED}, RESULT_V1)
    names = [test["test-name"] for test in result["tests"]]
    assert len(names) == len(set(names))
    assert max(len(name.encode()) for name in names) <= 100
    assert result["score"] == sum(test["score"] for test in result["tests"]) <= result["max-score"]
    assert all(test["score"] <= test["max-score"] for test in result["tests"])
    return result


def test_classroom50_has_whole_points_and_the_mistake_beside_each_test() -> None:
    whole = replace(REPORT, tests=(PASSED, DIFFERS))
    result = classroom50_result(whole)
    assert (result["score"], result["max-score"]) == (2, 3)
    assert [test["passed"] for test in result["tests"]] == [True, False]
    assert [test["mistake"] for test in result["tests"]] == ["", "unscaled"]
    assert result["tests"][1]["message"].startswith(UNSCALED.says)
    halves = classroom50_result(REPORT)  # one test is worth 1.5
    assert (halves["score"], halves["max-score"]) == (200, 450)


def test_classroom50_never_takes_our_error_for_a_success() -> None:
    """Its runner calls a result without a failed test a success."""
    for report in (OURS, replace(REPORT, outcome="error", tests=(BROKEN,))):
        result = classroom50_result(report)
        assert not any(test["passed"] for test in result["tests"])
        assert result["score"] == 0


@given(st.lists(st.text(st.characters(codec=None), max_size=200), min_size=1, max_size=5))
def test_classroom50_cuts_names_by_bytes_and_keeps_them_apart(titles: Sequence[str]) -> None:
    tests = tuple(replace(DIFFERS, title=title) for title in titles * 2)
    classroom50_result(replace(REPORT, tests=tests))


# Gradescope


def gradescope_result(*reports: Report) -> Any:
    result = json.loads(gradescope.render(reports))
    assert ("score" in result) != bool(result["tests"])  # a score would override the tests'
    for test in result["tests"]:
        assert test["status"] in ("passed", "failed")
        assert 0 <= test["score"] <= test["max_score"]
        assert "visibility" not in test  # one that is hidden would hide the total
    return result


def test_gradescope_adds_the_tests_up_and_tells_each_failure() -> None:
    result = gradescope_result(REPORT, PASSES)
    assert sum(test["score"] for test in result["tests"]) == 4
    assert [test["number"] for test in result["tests"]] == ["1.1", "1.2", "1.3", "2.1"]
    assert result["output"].startswith("1 of 2 exercises passed, 4 of 6.5 points.\n\nsoftmax: Your")
    failed = result["tests"][1]
    assert (failed["name"], failed["status"]) == ("softmax: The weights are right.", "failed")
    assert failed["output"].splitlines()[:2] == [UNSCALED.says, DIFFERS.message]
    assert failed["output"].endswith("Your code printed:\ncalled\nonce\n")
    assert failed["tags"] == ["softmax", "unscaled"]
    assert {result[f"{part}_format"] for part in ("output", "test_output", "test_name")} == {"text"}


def test_gradescope_says_that_our_error_is_ours() -> None:
    result = gradescope_result(OURS)
    assert result["score"] == 0
    assert "This is the grader's error, not yours" in result["output"]


# PrairieLearn


def test_prairielearn_gives_a_share_and_points_for_every_test() -> None:
    result = json.loads(prairielearn.render(REPORT))
    assert result["gradable"] is True
    assert result["score"] == pytest.approx(2 / 4.5)
    assert [(test["points"], test["max_points"]) for test in result["tests"]] == [
        (2, 2),
        (0, 1),
        (0, 1.5),
    ]
    assert result["tests"][1]["message"].startswith(UNSCALED.says)
    assert result["tests"][1]["output"] == DIFFERS.output
    assert json.loads(prairielearn.render(PASSES))["score"] == 1


@pytest.mark.parametrize(
    ("report", "says"),
    [
        (OURS, "This is the grader's error, not yours"),
        (replace(problem("x", 1, ""), problem=Problem("syntax", "No Python.")), "No Python."),
    ],
    ids=["ours", "syntax"],
)
def test_prairielearn_takes_no_attempt_for_what_is_no_answer(report: Report, says: str) -> None:
    """Nor does it tell of other tests then: that would be a look for nothing."""
    result = json.loads(prairielearn.render([PASSES, report]))
    assert (result["gradable"], result["score"]) == (False, 0)
    assert says in result["format_errors"][0]
    assert "tests" not in result


def test_prairielearn_takes_an_attempt_where_the_code_ran() -> None:
    result = json.loads(prairielearn.render(problem("Your file stops while it is loaded.", 1, "")))
    assert (result["gradable"], result["score"]) == (True, 0)


# Exercism


def test_exercism_tells_each_test_in_order() -> None:
    result = json.loads(exercism.render(replace(REPORT, tests=(PASSED, DIFFERS, BROKEN))))
    assert (result["version"], result["status"], result["message"]) == (3, "fail", None)
    assert [(test["name"], test["status"]) for test in result["tests"]] == [
        ("Rows sum to 1.", "pass"),
        ("The weights are right.", "fail"),
        ("We fail.", "error"),
    ]
    assert result["tests"][1]["test_code"] == DIFFERS.call
    assert json.loads(exercism.render(PASSES))["status"] == "pass"


def test_exercism_keeps_error_for_where_no_test_ran() -> None:
    for report in (problem("It stops.", 1, "raise"), OURS):
        result = json.loads(exercism.render(report))
        assert (result["status"], result["tests"]) == ("error", [])
        assert result["message"]
    both = json.loads(exercism.render([PASSES, OURS, problem("It stops.", 1, "raise")]))
    assert (both["status"], both["message"]) == ("fail", None)
    assert [test["status"] for test in both["tests"]] == ["pass", "error", "fail", "fail"]
    assert both["tests"][2]["message"].startswith("It stops.")


@pytest.mark.parametrize("length", [500, 501, 20_000])
def test_exercism_cuts_what_was_printed_with_its_own_words(length: int) -> None:
    test: TestResult = replace(DIFFERS, output="x" * length)
    (told,) = json.loads(exercism.render(replace(REPORT, tests=(test,))))["tests"]
    assert len(told["output"]) == 500
    assert ("Output was truncated" in told["output"]) == (length > 500)
