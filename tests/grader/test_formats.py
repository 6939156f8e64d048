"""One finished report, in the forms that people and machines read."""

import json
import re
from dataclasses import replace
from xml.etree import ElementTree

import click
import pytest
from finished_reports import (
    BROKEN,
    DIFFERS,
    NEGATED,
    PASSED,
    RAISES,
    REPORT,
    SCALED,
    UNSCALED,
    problem,
)
from hypothesis import given
from hypothesis import strategies as st

from grader.formats import FORMATS, html, junit, markdown, render, text
from grader.formats import json as json_format
from grader.formats.classroom50 import IDENTITY
from grader.formats.facts import code
from grader.report import FailingCall, Frame, Problem, Report, Symptom

ESCAPE = "\x1b"


def without_diagnosis(**changes: object) -> Report:
    tests = tuple(replace(test, diagnosis=None) for test in REPORT.tests)
    return replace(REPORT, **{"tests": tests, "diagnosis": None, **changes})


def test_answers_that_are_written_alike_are_left_out() -> None:
    shape = "float32[2, 3, 8]"
    test = replace(DIFFERS, got=shape, expected=shape)
    report = replace(REPORT, tests=(test,))
    assert "called    softmax" in text.render(report)
    assert shape not in text.render(report)
    assert shape not in junit.render(report)
    assert report.to_dict()["tests"][0]["got"] == shape  # nothing is lost where programs read


def test_a_symptom_is_told_where_no_mistake_is_known() -> None:
    tests = (PASSED, replace(DIFFERS, diagnosis=None, symptom=SCALED), RAISES)
    report = without_diagnosis(tests=tests, symptom=SCALED)
    assert (
        "  Your result is the expected one times 2.\n"
        "  Holds for 2 calls. It explains 1 of the 2 tests that failed; there is more.\n"
    ) in text.render(report)
    assert SCALED.says in junit.render(report)


def test_where_nothing_is_known_the_smallest_call_can_be_pasted() -> None:
    call = FailingCall("softmax(torch.tensor([1., 2.]), dim=0)", "tensor([0, 1])", "tensor([1, 0])")
    assert (
        "  No known mistake explains this.\n"
        "  The smallest call that goes wrong is:\n"
        "  >>> softmax(torch.tensor([1., 2.]), dim=0)\n"
        "  yours     tensor([0, 1])\n"
        "  expected  tensor([1, 0])\n"
    ) in text.render(without_diagnosis(smallest=call))


def test_each_line_of_a_call_can_be_pasted() -> None:
    call = FailingCall("m = Double(3)\nm(torch.ones(3))", "tensor([1])", "tensor([2])")
    assert (
        "  >>> m = Double(3)\n  >>> m(torch.ones(3))\n  yours     tensor([1])\n"
    ) in text.render(without_diagnosis(smallest=call))


@pytest.mark.parametrize("name", FORMATS)
def test_each_format_gives_the_smallest_call_and_both_answers(name: str) -> None:
    layout = {"identity": dict.fromkeys(IDENTITY, "x")} if name == "classroom50" else {}
    call = FailingCall("f(7.25)", "3.5", "4.75")
    shown = render(without_diagnosis(smallest=call), name, **layout)
    times = 2 if name == "github" else 1  # in the log, and in an annotation
    assert [shown.count(part) for part in ("f(7.25)", "3.5", "4.75")] == [times] * 3
    assert shown.find("f(7.25)") < shown.find("3.5") < shown.find("4.75")
    says = "The smallest call that goes wrong is:"
    assert name == "json" or shown.count(says) == times
    assert says not in render(without_diagnosis(), name, **layout)


def test_where_nothing_is_known_and_no_call_can_be_pasted_that_is_said() -> None:
    """Where it is given an object of the suite's, say."""
    tests = (PASSED, replace(DIFFERS, diagnosis=None), replace(RAISES, diagnosis=None))
    says = "No known mistake explains this. Each test that failed says what it saw."
    assert f"\n\n  {says}\n\n" in text.render(without_diagnosis(tests=tests))
    assert says not in text.render(without_diagnosis(tests=(*tests[:2], RAISES)))
    problem = Problem("missing", "There is no softmax.py.")
    assert says not in text.render(without_diagnosis(tests=tests, problem=problem))


def test_a_failure_reads_so() -> None:
    assert (
        text.render(REPORT)
        == """\
✗ softmax: not passed  1 of 3 tests, 2 of 4.5 points, 42 ms

  Your scores are not divided by √d_k, so the softmax is too sharp.
  The lesson on this: `learn read scores-and-weights`, “Scores and weights”.
  It explains 1 of the 2 tests that failed; there is more.

  ✓ Rows sum to 1.  [2/2]
  ✗ The weights are right.
      2 of 2 numbers differ; the most at [0]: yours 0.75, expected 0.5.
      called    softmax(tensor([1, 1]))
      got       tensor([0.75, 0.25])
      expected  tensor([0.5, 0.5])
      your code printed:
        called
        once
  ✗ Every dim is taken.  [0/1.5]
      The sign is turned around.
      IndexError: Dimension out of range
"""
    )


def test_an_exception_reads_so() -> None:
    report = replace(REPORT, tests=(RAISES,), diagnosis=None, points=0, max_points=1.5)
    assert (
        text.render(report)
        == """\
✗ softmax: not passed  0 of 1 tests, 0 of 1.5 points, 42 ms

  ✗ Every dim is taken.  [0/1.5]
      The sign is turned around.
      IndexError: Dimension out of range
      called    softmax(tensor([1, 1]), dim=0)
      line 12   return x.amax(dim)
"""
    )


def test_a_problem_reads_so() -> None:
    report = problem("Line 3 of softmax.py is not valid Python: invalid syntax.", 3, "def f(:")
    assert (
        text.render(report)
        == """\
✗ softmax: not passed  0 of 2 tests, 0 of 4.5 points, 42 ms

  Line 3 of softmax.py is not valid Python: invalid syntax.
     3 │ def f(:

  None of the 2 tests was run.
"""
    )


def test_each_line_of_a_problem_has_its_own_number() -> None:
    """Python names the line where a statement begins, and may show several of it."""
    page = text.render(problem("It does not parse.", 9, '  """a\n  b""" 3'))
    assert '     9 │   """a\n    10 │   b""" 3\n' in page


def test_our_error_reads_so() -> None:
    report = replace(REPORT, outcome="error", tests=(BROKEN,), diagnosis=None)
    assert "! softmax: could not be graded" in text.render(report)
    assert "  ! We fail.\n      The grader failed: KeyError\n" in text.render(report)


def test_a_section_that_no_chapter_has_is_named_all_the_same() -> None:
    report = replace(REPORT, diagnosis=NEGATED)
    assert "The lesson on this: section a-section-of-its-own." in text.render(report)


@pytest.mark.parametrize(
    ("milliseconds", "says"),
    [(0.4, "0 ms"), (999.4, "999 ms"), (999.6, "1.0 s"), (6100, "6.1 s"), (9960, "10 s")],
)
def test_a_time_is_said_in_the_unit_that_fits(milliseconds: float, says: str) -> None:
    shown = text.render(replace(REPORT, duration_ms=milliseconds))
    assert shown.splitlines()[0].endswith(f" points, {says}")


def test_the_same_message_is_said_once() -> None:
    tests = tuple(replace(DIFFERS, name=f"test_{n}") for n in range(3))
    page = text.render(replace(REPORT, tests=tests))
    assert page.count("2 of 2 numbers differ") == 1
    assert page.count("✗ The weights are right.") == 3


def test_colour_only_repeats_what_is_said() -> None:
    plain, painted = text.render(REPORT), text.render(REPORT, colour=True)
    assert ESCAPE not in plain
    assert ESCAPE in painted
    assert click.unstyle(painted) == plain


def test_what_a_learner_prints_paints_nothing() -> None:
    nasty = f"{ESCAPE}[31mred{ESCAPE}]0;title\a\r\b\x9b2J"
    report = replace(
        problem(nasty, 1, nasty), tests=(replace(DIFFERS, message=nasty, output=nasty),)
    )
    for page in (text.render(report), text.render(replace(report, problem=None))):
        assert all(char.isprintable() or char == "\n" for char in page)
        assert r"\x1b[31mred" in page


@pytest.mark.parametrize("width", [40, 57, 80, 100])
def test_sentences_keep_to_the_width(width: int) -> None:
    long = "A sentence of many words, which goes on and on. " * 4
    wordy = replace(DIFFERS, title=long, message=long, call=long, got=long, diagnosis=NEGATED)
    diagnosis = replace(UNSCALED, says=long)
    for report in (
        replace(REPORT, tests=(wordy,), diagnosis=diagnosis),
        replace(problem(long, None, ""), tests=()),
    ):
        headline, *lines = text.render(report, width=width).splitlines()
        assert max(map(len, lines)) <= width
        assert max(map(len, lines)) > width - 15
        assert headline.startswith("✗ softmax")


@pytest.mark.parametrize(("asked", "taken"), [(1, 40), (39, 40), (101, 100), (300, 100)])
def test_no_line_is_too_short_or_too_long_to_read(asked: int, taken: int) -> None:
    long = replace(DIFFERS, message="A sentence of many words, which goes on and on. " * 6)
    report = replace(REPORT, tests=(long,))
    assert text.render(report, width=asked) == text.render(report, width=taken)


def test_code_is_never_broken() -> None:
    code = "y = " + " + ".join(f"x{n}" for n in range(60))
    report = replace(REPORT, tests=(replace(RAISES, frames=(Frame("s.py", 1, "f", code),)),))
    assert f"line 1    {code}\n" in text.render(report, width=40)


def suite(report: Report) -> ElementTree.Element:
    return ElementTree.fromstring(junit.render(report).encode())


def test_junit_counts_and_tells_every_test() -> None:
    found = suite(replace(REPORT, outcome="error", tests=(PASSED, DIFFERS, RAISES, BROKEN)))
    assert found.tag == "testsuite"
    assert found.attrib == {
        "name": "softmax",
        "tests": "4",
        "failures": "2",
        "errors": "1",
        "skipped": "0",
        "time": "0.042",
    }
    cases = found.findall("testcase")
    assert [case.get("name") for case in cases] == [
        "Rows sum to 1.",
        "The weights are right.",
        "Every dim is taken.",
        "We fail.",
    ]
    assert {case.get("classname") for case in cases} == {"softmax"}
    assert [[part.tag for part in case] for case in cases] == [
        [],
        ["failure", "system-out"],
        ["failure"],
        ["error"],
    ]
    failure = cases[1].find("failure")
    assert failure is not None
    assert failure.get("message") == UNSCALED.says
    assert (failure.text or "").splitlines() == [
        UNSCALED.says,
        DIFFERS.message,
        "called: softmax(tensor([1, 1]))",
        "got: tensor([0.75, 0.25])",
        "expected: tensor([0.5, 0.5])",
    ]
    assert "line 12: return x.amax(dim)" in (cases[2].findtext("failure") or "")
    assert cases[1].findtext("system-out") == "called\nonce\n"


def test_junit_tells_a_problem_at_every_test() -> None:
    found = suite(problem("It stops.", 1, "raise"))
    told = [(failure.get("message"), failure.text) for failure in found.iter("failure")]
    assert told == [("It stops.", "It stops.\n   1 │ raise")] * 2


def test_junit_gives_equal_titles_names_of_their_own() -> None:
    """GitLab drops the second case of a name."""
    found = suite(replace(REPORT, tests=(PASSED, DIFFERS, PASSED, PASSED)))
    assert [case.get("name") for case in found.iter("testcase")] == [
        "Rows sum to 1.",
        "The weights are right.",
        "Rows sum to 1. (2)",
        "Rows sum to 1. (3)",
    ]


def test_junit_adds_no_file_that_a_learner_names() -> None:
    """GitLab takes `[[ATTACHMENT|path]]` in what was printed for a file of the job."""
    found = suite(replace(REPORT, tests=(replace(DIFFERS, output="[[ATTACHMENT|secret.png]]"),)))
    assert "[[ATTACHMENT|" not in (found.findtext("testcase/system-out") or "")


def test_junit_has_a_suite_for_each_report() -> None:
    other = replace(REPORT, exercise="gelu", outcome="passed", tests=(PASSED,))
    root = ElementTree.fromstring(junit.render([REPORT, other]).encode())
    assert root.tag == "testsuites"
    assert [each.get("name") for each in root] == ["softmax", "gelu"]
    assert (root.get("tests"), root.get("failures"), root.get("errors")) == ("4", "2", "0")


def test_junit_fits_a_reader_that_takes_so_much(monkeypatch: pytest.MonkeyPatch) -> None:
    wordy = replace(DIFFERS, output="x" * 20_000, message="y" * 20_000)
    reports = [replace(REPORT, tests=(wordy,) * 10) for _ in range(10)]
    assert len(junit.render(reports)) > 3_000_000
    monkeypatch.setattr(junit, "MAX_BYTES", 1_000_000)
    cut = junit.render(reports)
    assert len(cut.encode()) <= 1_000_000
    assert len(list(ElementTree.fromstring(cut).iter("system-out"))) == 100


def test_several_reports_are_told_one_after_another_and_counted() -> None:
    passed = replace(REPORT, exercise="gelu", outcome="passed", points=4.5, tests=(PASSED,))
    ours = replace(REPORT, exercise="relu", outcome="error", points=0, tests=(BROKEN,))
    page = text.render([REPORT, passed, ours])
    assert page.startswith(text.render(REPORT) + "\n" + text.render(passed))
    assert page.endswith("\n1 of 3 exercises passed, 1 could not be graded, 6.5 of 13.5 points.\n")
    assert json.loads(json_format.render([REPORT, passed])) == [
        json.loads(json_format.render(report)) for report in (REPORT, passed)
    ]


def test_junit_says_which_layers_held() -> None:
    report = replace(REPORT, layers={"landlock": "missing", "seccomp": "167 instructions"})
    found = suite(report).findall("properties/property")
    assert [(each.get("name"), each.get("value")) for each in found] == [
        ("sandbox.landlock", "missing"),
        ("sandbox.seccomp", "167 instructions"),
    ]


def test_junit_has_one_error_where_nothing_was_run() -> None:
    broken = replace(
        REPORT, outcome="error", tests=(), problem=Problem("internal", "The grader failed.")
    )
    found = suite(broken)
    assert (found.get("tests"), found.get("errors"), found.get("failures")) == ("1", "1", "0")
    (error,) = found.iter("error")
    assert error.get("message") == "The grader failed."


@given(st.text(st.characters(codec=None)))
def test_junit_is_xml_whatever_a_learner_prints(printed: str) -> None:
    test = replace(DIFFERS, message=printed, output=printed, call=printed)
    report = replace(REPORT, tests=(test,))
    found = suite(report)
    (case,) = found.findall("testcase")
    assert case.find("failure") is not None
    assert ("system-out" in [part.tag for part in case]) == bool(printed)


def test_json_is_one_document_with_its_letters_whole() -> None:
    rendered = json_format.render(REPORT)
    assert rendered.endswith("}\n")
    assert "√d_k" in rendered
    assert json.loads(rendered)["tests"][1]["output"] == "called\nonce\n"
    assert not re.search(r"\bNaN\b|\bInfinity\b", rendered)


def told_of(*messages: str, symptom: Symptom) -> Report:
    """A report of failed tests with these messages; `symptom` is the reason for all of them."""
    tests = tuple(
        replace(RAISES, name=f"t{i}", title=f"Test {i}.", message=message, diagnosis=None)
        for i, message in enumerate(messages)
    )
    tests = tuple(replace(test, symptom=symptom) for test in tests)
    return without_diagnosis(tests=tests, symptom=symptom)


def test_an_error_that_the_reason_quotes_is_not_repeated() -> None:
    quoted = Symptom("error", "Your code stops in line 3 with IndexError: 7. An index is out.")
    report = told_of("IndexError: 7", "IndexError: 77", symptom=quoted)
    shown = text.render(report)
    assert shown.count("IndexError: 7.") == 1 and shown.count("IndexError: 77\n") == 1
    assert "IndexError: 7\n" not in shown
    assert html.render(report).count("IndexError: 7<") == 0


def test_where_the_reason_says_all_the_tests_are_not_listed() -> None:
    stub = Symptom("unwritten", "`softmax` is not written yet.")
    shown = text.render(told_of(*[stub.says] * 9, symptom=stub))
    assert shown.endswith("  `softmax` is not written yet.\n\n  All 9 tests wait for it.\n")
    ended = Symptom("ended", "Your code asked for more memory than it may use.")
    shown = text.render(told_of(*[ended.says] * 9, symptom=ended))
    assert shown.count(RAISES.call) == 1 and "All 9 tests end like this." in shown
    assert "as above" not in shown and "Test 3." not in shown


def test_what_is_right_and_counts_later_gets_no_cross() -> None:
    says = "The arguments are left alone. That counts once the result is right. 2 numbers are NaN."
    left = replace(DIFFERS, title="They stay.", message=says, diagnosis=None)
    report = replace(REPORT, tests=(PASSED, RAISES, left))
    assert "  ○ They stay.\n" in text.render(report)
    assert "✗ They stay." not in markdown.render(report)
    assert re.search(">○</span> They stay.", html.render(report))
    assert "  ✗ Every dim is taken." in text.render(report)


def test_a_line_as_long_as_a_page_is_cut_for_people() -> None:
    problem = Problem("syntax", "It does not parse.", line=3, code="x = " + "very " * 600 + "long")
    (line,) = code(problem)
    assert line.startswith("   3 │ x = very very ") and line.endswith(" …") and len(line) < 220
    assert code(Problem("syntax", "It does not parse.", code="x = (")) == ["x = ("]
