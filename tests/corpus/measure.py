"""Grades the corpus and prints how fair, how telling and how steady the verdicts are.

python -m tests.corpus.measure [open|kept_aside|FOLDER] [--seeds N] [--list] [--only EXERCISE]

Printed is each answer with the wrong verdict, and each whose verdict or reason is not the same at
all of N seeds: verdict, kind of reason and the reason's name, with the number of seeds.
"""

import argparse
import sys
from collections import Counter, defaultdict
from pathlib import Path

from grader import Grader, Report, Submission
from tests.corpus.answers import FOLDER, PARTS, Answer, read_answers


def reason(report: Report) -> tuple[str, str, str]:
    """What kind of reason a report gives, the reason's name, and its words."""
    if report.problem:
        return "problem", report.problem.kind, report.problem.message
    if report.diagnosis:
        return "misconception", report.diagnosis.id, report.diagnosis.says
    if report.symptom:
        return "symptom", report.symptom.id, f"{report.symptom.says} {report.symptom.evidence}"
    said = [test.symptom for test in report.tests if test.symptom]
    if said:
        return "symptom of some tests", said[0].id, f"{said[0].says} {said[0].evidence}"
    return "none", "", f">>> {report.smallest.code}" if report.smallest else ""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("part", nargs="?", default="open")
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--list", action="store_true", help="every wrong answer with its reason")
    parser.add_argument("--only", default="", help="one exercise")
    options = parser.parse_args()
    folder = FOLDER / options.part if options.part in PARTS else Path(options.part)
    answers = [one for one in read_answers(folder) if options.only in ("", one.exercise)]
    verdicts: dict[Answer, list[Report]] = defaultdict(list)
    with Grader() as grader:
        for answer in answers:
            for seed in range(options.seeds):
                report = grader.grade(Submission(answer.exercise, answer.source, seed=seed))
                verdicts[answer].append(report)
    _print(verdicts, options.list)


def _print(verdicts: dict[Answer, list[Report]], everything: bool) -> None:
    counts: Counter[str] = Counter()
    for answer, reports in verdicts.items():
        passed = {report.passed for report in reports}
        reasons = {reason(report)[:2] for report in reports if not report.passed}
        counts[answer.kind] += 1
        counts[f"{answer.kind}, passed"] += passed == {True}
        counts[f"{answer.kind}, depends on the seed"] += len(passed) > 1
        if answer.kind == "wrong" and False in passed:
            counts.update({kind for kind, _ in reasons})
            counts["reason depends on the seed"] += len(reasons) > 1
        if everything or passed != {answer.kind == "right"} or len(reasons) > 1:
            _show(answer, reports)
    for what, count in sorted(counts.items()):
        print(f"{what:34} {count:5}")
    sys.stdout.flush()


def _show(answer: Answer, reports: list[Report]) -> None:
    print(f"{answer.exercise} · {answer.kind} · {answer.name}: {answer.note}")
    said: dict[tuple[bool, str, str], list[str]] = defaultdict(list)
    for report in reports:
        kind, name, words = reason(report)
        failed = sum(test.outcome != "passed" for test in report.tests)
        verdict = "passed" if report.passed else f"{failed} of {len(report.tests)} fail"
        said[(report.passed, kind, name)].append(f"{verdict} · {kind} {name}: {words}")
    for texts in said.values():
        seeds = f"{len(texts)} of {len(reports)} seeds · " if len(reports) > 1 else ""
        print(f"    {seeds}{texts[0]}")
    print()


if __name__ == "__main__":
    main()
