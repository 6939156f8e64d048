"""A report as JUnit XML, which CI systems read."""

import re
from xml.etree import ElementTree

from grader.formats.facts import facts, known
from grader.report import Report, TestResult

# XML 1.0 has no place for control characters, and learners' output may hold any.
UNPRINTABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render(report: Report) -> str:
    """One test suite; a problem with the whole file is an error or failure of each test.

    The layers of the sandbox that held are properties of the suite.
    """
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
    for test in report.tests:
        _case(suite, report, test)
    if not outcomes:
        case = ElementTree.SubElement(suite, "testcase", classname=report.exercise, name="grading")
        message = report.problem.message if report.problem else "No test was run."
        ElementTree.SubElement(case, "error", message=_clean(message))
    ElementTree.indent(suite)
    return ElementTree.tostring(suite, encoding="unicode", xml_declaration=True) + "\n"


def _case(suite: ElementTree.Element, report: Report, test: TestResult) -> None:
    case = ElementTree.SubElement(
        suite,
        "testcase",
        classname=report.exercise,
        name=_clean(test.title),
        time=f"{test.duration_ms / 1e3:.3f}",
    )
    if test.outcome != "passed":
        says = report.problem.message if report.problem else test.message
        found = known(test)
        lines = [found.says] if found else []
        lines += [f"{label}: {text}" for label, text in facts(test)]
        kind = "failure" if test.outcome == "failed" else "error"
        ElementTree.SubElement(case, kind, message=_clean(says)).text = _clean("\n".join(lines))
    if test.output:
        ElementTree.SubElement(case, "system-out").text = _clean(test.output)


def _clean(text: str) -> str:
    return UNPRINTABLE.sub("�", text)
