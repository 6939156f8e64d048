"""An examiner that uses too much is ended by the process that waits for it, and replaced."""

import itertools
import time
from collections.abc import Callable, Iterator

import pytest

from exercises.catalog import Limits
from grader.budget import Budget
from grader.errors import ExaminerLost
from grader.executor import ExaminerPool

ENOUGH = Budget(processor_seconds=600, seconds=3600, memory_bytes=8 << 30)


@pytest.fixture(scope="module")
def pool() -> Iterator[ExaminerPool]:
    with ExaminerPool() as pool:
        yield pool


@pytest.mark.parametrize(
    ("budget", "function", "argument", "says"),
    [
        # All are single calls into C, in which no line of Python runs and no signal is heard.
        (Budget(1, 3600, 8 << 30), sum, range(10**15), "1 seconds of processor time"),
        (Budget(600, 3600, 200 << 20), list, itertools.count(), "200 MB of memory"),
        (Budget(600, 1, 8 << 30), time.sleep, 3600, "1 seconds that"),
    ],
    ids=["processor", "memory", "time"],
)
def test_what_takes_more_than_its_budget_is_ended(
    pool: ExaminerPool,
    budget: Budget,
    function: Callable[[object], object],
    argument: object,
    says: str,
) -> None:
    assert pool.submit(len, "warm").result() == 4
    with pytest.raises(ExaminerLost, match=says):
        pool.submit_within(budget, function, argument).result()
    assert pool.submit_within(ENOUGH, len, "next").result() == 4


def test_what_was_used_before_does_not_count(pool: ExaminerPool) -> None:
    one = Budget(processor_seconds=2, seconds=3600, memory_bytes=8 << 30)
    for _ in range(4):  # each within its own budget, together beyond one
        assert pool.submit_within(one, sum, range(30_000_000)).result() > 0


def test_a_budget_follows_the_limits_of_the_exercise() -> None:
    small = Budget.of(Limits(), "cpu")
    large = Budget.of(Limits(total_seconds=500, memory_mb=9000), "cpu")
    assert large.processor_seconds - small.processor_seconds == 480
    assert large.memory_bytes - small.memory_bytes == (9000 - 1024) << 20
    assert small.seconds > small.processor_seconds > Limits().total_seconds
    assert Budget.of(Limits(), "cuda").memory_bytes > small.memory_bytes
