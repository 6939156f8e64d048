"""Reports as JUnit XML, which CI systems read; GitLab's reader is the strictest.

GitLab shows the content of a failure and not its `message`, drops the second of two cases with
equal names, takes 30 MB a file, and lets `[[ATTACHMENT|path]]` in what was printed add a file.
Source: its documentation, "Unit test reports", and `lib/gitlab/ci/parsers/test/junit.rb`.
"""

import re
from collections.abc import Sequence
from xml.etree import ElementTree

from grader.formats.facts import Found, account, listed, within
from grader.formats.names import Names
from grader.report import Report, TestResult, cut

# XML 1.0 has no place for control characters, and learners' output may hold any.
UNPRINTABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
MAX_BYTES = 30_000_000


def render(found: Found) -> str:
    """A test suite for each report; a problem with the whole file is a failure of each test.

    The layers of the sandbox that held are properties of the suite.
    """
    return within(MAX_BYTES, lambda length: _document(found, length))


def _document(found: Found, length: int) -> str:
    suites = [_suite(report, length) for report in listed(found)]
    root = suites[0] if isinstance(found, Report) else _all(suites, found)
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _all(suites: list[ElementTree.Element], reports: Sequence[Report]) -> ElementTree.Element:
    seconds = sum(report.duration_ms for report in reports) / 1e3
    root = ElementTree.Element("testsuites", name="grader", time=f"{seconds:.3f}")
    for count in ("tests", "failures", "errors", "skipped"):
        root.set(count, str(sum(int(suite.get(count, "0")) for suite in suites)))
    root.extend(suites)
    return root


def _suite(report: Report, length: int) -> ElementTree.Element:
    outcomes = [test.outcome for test in report.tests]
    suite = ElementTree.Element(
        "testsuite",
        name=report.exercise,
        tests=str(len(outcomes) or 1),
        failures=str(outcomes.count("failed")),
        errors=str(outcomes.count("error") or int(not outcomes)),
        skipped="0",
        time=f"{report.duration_ms / 1e3:.3f}",
    )
    properties = ElementTree.SubElement(suite, "properties")
    for name, state in report.layers.items():
        ElementTree.SubElement(properties, "property", name=f"sandbox.{name}", value=state)
    names = Names()
    for test in report.tests:
        _case(suite, report, test, names.own(_clean(test.title, length)), length)
    if not outcomes:
        case = ElementTree.SubElement(suite, "testcase", classname=report.exercise, name="grading")
        message = report.problem.message if report.problem else "No test was run."
        _add(case, "error", [message], length)
    return suite


def _case(
    suite: ElementTree.Element, report: Report, test: TestResult, name: str, length: int
) -> None:
    case = ElementTree.SubElement(
        suite,
        "testcase",
        classname=report.exercise,
        name=name,
        time=f"{test.duration_ms / 1e3:.3f}",
    )
    if test.outcome != "passed":
        kind = "failure" if test.outcome == "failed" else "error"
        _add(case, kind, account(test, report), length)
    if test.output:
        printed = _clean(test.output, length).replace("[[ATTACHMENT", "[ [ATTACHMENT")
        ElementTree.SubElement(case, "system-out").text = printed


def _add(case: ElementTree.Element, kind: str, told: Sequence[str], length: int) -> None:
    """What went wrong: its first line as `message`, and all of it as content."""
    lines = [_clean(line, length) for line in told] or ["There is nothing to tell."]
    ElementTree.SubElement(case, kind, message=lines[0]).text = "\n".join(lines)


def _clean(text: str, length: int) -> str:
    return cut(UNPRINTABLE.sub("�", text), length)
