"""What a regrade changes: for the teacher line by line, for each student in a few sentences."""

from collections.abc import Iterator

from grader.classroom.regrade import Change, ExerciseChange, TestChange
from grader.report import Report, TestResult, cut, printable

MOST = 200  # letters of a reason
MOST_TESTS = 5  # named to a student


def lines(change: Change) -> Iterator[str]:
    """For the teacher."""
    id = printable(str(change.after["id"]))
    yield f"{id}: {_points(change)} of {change.after['max_score']:g} points"
    for one in change.exercises:
        yield f"  {one.exercise}: {one.before.points:g} → {one.after.points:g}"
        if problem := _problem(one.before, one.after):
            yield f"    {problem}"
        for test in one.tests():
            yield f"    {_test(test)}"
            if why := _why(test):
                yield f"        {why}"


def message(change: Change, since: str = "its tests have changed") -> str:
    """For the student; `since` says why it was graded again."""
    before, after = change.before["score"], change.after["score"]
    title = change.after["assignment"]
    head = (
        f"{title} was graded again, since {since}:"
        f" {_number(before)} points before, {_number(after)} of {change.after['max_score']:g} now."
    )
    return " ".join([head, *map(_sentence, change.exercises)])


def _sentence(one: ExerciseChange) -> str:
    tests = list(one.tests())
    named = "; ".join(map(_test, tests[:MOST_TESTS]))
    more = f"; and {len(tests) - MOST_TESTS} more" if len(tests) > MOST_TESTS else ""
    told = f"{one.exercise}: {one.before.points:g} before, {one.after.points:g} now"
    return f"{told} ({named}{more})." if named else f"{told}."


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
