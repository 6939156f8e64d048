"""Demands on a value hold for numbers of any kind that a learner may return."""

import contextlib
import math
from collections.abc import Callable

import pytest
import torch

from grader.examiner.comparison import same
from grader.examiner.display import SHOWN_CHARACTERS, show
from grader.examiner.failure import Failure
from grader.examiner.fixtures import Expectation

ONES = torch.ones(3)
DIGITS = 10**4000


@pytest.mark.parametrize(
    ("value", "demand"),
    [
        (ONES * math.nan, lambda e: e.differs_from(ONES)),
        (ONES, lambda e: e.differs_from(ONES + 1e-7)),
        (ONES * math.nan, lambda e: e.is_between(-1, 1)),
        (ONES * math.nan, lambda e: e.sums_to(3.0)),
        (math.nan, lambda e: e.equals(math.nan)),
        (DIGITS, lambda e: e.is_between(0, 1)),
        (DIGITS, lambda e: e.is_finite()),
        (DIGITS, lambda e: e.matches(1.0)),
        (DIGITS, lambda e: e.differs_from(1)),
    ],
    ids=lambda part: type(part).__name__,
)
def test_what_does_not_hold_is_the_learners_failure(
    value: object, demand: Callable[[Expectation], None]
) -> None:
    with pytest.raises(Failure):
        demand(Expectation(value, ""))


@pytest.mark.parametrize("other", [1, 2.5, True, 10**4000, ONES.int(), ONES, ONES.bool()], ids=repr)
@pytest.mark.parametrize(
    "value", [1, 2.5, True, ONES.int(), ONES, ONES.double(), ONES.bool()], ids=repr
)
def test_any_two_kinds_of_number_may_differ(value: object, other: object) -> None:
    """A suite may compare a count with a tensor: it is told, and nothing of ours breaks."""
    with contextlib.suppress(Failure):
        Expectation(value, "").differs_from(other)


def test_a_difference_is_one_of_numbers() -> None:
    Expectation(torch.tensor([math.nan, 2.0, 1.0]), "").differs_from(ONES)
    Expectation(torch.tensor([math.inf, 1.0, 1.0]), "").differs_from(ONES)


@pytest.mark.parametrize(
    "value",
    [[0] * 10**6, [[[[1] * 50] * 50] * 50] * 50, {"a" * 10**6: 1}, "b" * 10**6, DIGITS],
    ids=lambda value: type(value).__name__,
)
def test_what_is_endless_is_shown_in_part_and_is_like_nothing_else(value: object) -> None:
    assert len(show(value)) <= SHOWN_CHARACTERS + 1
    assert not same(value, ONES)


def test_a_tensor_without_numbers_is_shown_by_its_shape() -> None:
    assert show(torch.zeros(10**9, 0)) == "float32[1000000000, 0]"
