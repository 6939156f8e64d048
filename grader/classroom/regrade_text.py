"""What a regrade changes, in short lines: for the teacher all of it, for each student their own."""

from collections.abc import Iterator, Sequence
from itertools import chain

from grader.classroom.regrade import Change, ExerciseChange, TestChange
from grader.report import Report, TestResult, cut, printable

MOST = 200  # letters of a reason
MOST_NAME = 60  # letters of a student's
MOST_TESTS = 5  # named to a student, of an exercise
NEW_TESTS = ("Its tests have changed, so it was graded again.",)


def lines(change: Change) -> Iterator[str]:
    """For the teacher."""
    yield f"{_who(change)}: {_points(change)} of {change.after['max_score']:g} points"
    for one in change.exercises:
        yield f"  {one.exercise}: {one.before.points:g} → {one.after.points:g}"
        if problem := _problem(one.before, one.after):
            yield f"    {problem}"
        for test in one.tests():
            yield f"    {_test(test)}"
            if why := _why(test):
                yield f"        {why}"


def message(change: Change, why: Sequence[str] = NEW_TESTS) -> str:
    """For the student: old and new score, then `why` it was graded again, then the tests that did
    it, those that end otherwise first.
    """
    return "\n".join([_scores(change), *why, *chain.from_iterable(map(_told, change.exercises))])


def _scores(change: Change) -> str:
    before, after = change.before["score"], change.after["score"]
    was = "not graded" if before is None else f"{before:g} points"
    now = "not graded" if after is None else f"{after:g} of {change.after['max_score']:g}"
    return f"{change.after['assignment']}: {was} before, {now} now."


def _told(one: ExerciseChange) -> Iterator[str]:
    yield f"{one.exercise}: {one.before.points:g} before, {one.after.points:g} now."
    tests = sorted(one.tests(), key=_ends_alike)
    for test in tests[:MOST_TESTS]:
        yield f"- {_test(test)}"
    if len(tests) > MOST_TESTS:
        yield f"- and {len(tests) - MOST_TESTS} more"


def _ends_alike(change: TestChange) -> bool:
    """Whether a test is passed or failed as before, and only counts for more or less."""
    before, after = change.before, change.after
    return before is not None and after is not None and before.outcome == after.outcome


def _who(change: Change) -> str:
    """As the pages of a class have it: `Ada Lovelace (1)`."""
    id, name = str(change.after["id"]), cut(" ".join(change.name.split()), MOST_NAME)
    return printable(f"{name} ({id})" if name not in ("", id) else id)


def _points(change: Change) -> str:
    return f"{_number(change.before['score'])} → {_number(change.after['score'])}"


def _number(score: float | None) -> str:
    return "not graded" if score is None else f"{score:g}"


def _test(change: TestChange) -> str:
    """“title” failed → passed, 0 → 1."""
    before, after = change.before, change.after
    shown = after or before
    assert shown
    if not before:
        return (
            f"new test “{shown.title}”: {shown.outcome}, {shown.points:g} of {shown.max_points:g}"
        )
    if not after:
        return f"“{shown.title}” is no test any more; it was {shown.outcome}, {shown.points:g}"
    outcome: str = before.outcome
    if before.outcome != after.outcome:
        outcome = f"{before.outcome} → {after.outcome}"
    return f"“{shown.title}”: {outcome}, {_worth(before)} → {_worth(after)}"


def _worth(test: TestResult) -> str:
    return f"{test.points:g} of {test.max_points:g}"


def _why(change: TestChange) -> str:
    """What the side that failed says; of two that did, the later one."""
    for test in (change.after, change.before):
        if test and test.outcome != "passed" and test.message:
            when = "now" if test is change.after else "before"
            return f"{when}: {cut(' '.join(test.message.split()), MOST)}"
    return ""


def _problem(before: Report, after: Report) -> str:
    """Where a file as a whole could or can not be graded."""
    told = [
        f"{when}: {cut(report.problem.message, MOST)}"
        for when, report in (("before", before), ("now", after))
        if report.problem
    ]
    return "; ".join(told)
