"""The two questions about every result: has it the right form, and has it the right numbers?"""

import math
from collections import namedtuple
from dataclasses import dataclass

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from grader.examiner.comparison import TOLERANCES, Differs, check_close, check_structure, same
from grader.worker.protocol import Handle, RecordValue

Costs = namedtuple("Costs", "operations steps")
NAN, INF = math.nan, math.inf
ONES = torch.ones(2, 3)


@dataclass
class Point:
    x: float
    y: float


def sentence(got: object, expected: object, check: object = check_structure) -> str:
    with pytest.raises(Differs) as caught:
        check(got, expected)
    return str(caught.value)


@pytest.mark.parametrize(
    ("got", "expected", "says"),
    [
        (
            None,
            ONES,
            "The result should be a tensor of shape (2, 3); yours is None. Is a `return` missing?",
        ),
        (ONES.T, ONES, "The result should have shape (2, 3); yours has (3, 2)."),
        (
            ONES.double(),
            ONES,
            "The result should have dtype torch.float32; yours has torch.float64.",
        ),
        (1.0, ONES, "The result should be a tensor of shape (2, 3); yours is the number 1.0."),
        (
            ONES,
            (ONES, ONES),
            "The result should be a tuple of 2 values; yours is a tensor of shape (2, 3).",
        ),
        (
            (ONES,),
            (ONES, ONES),
            "The result should be a tuple of 2 values; yours is a tuple of 1 value.",
        ),
        (
            (ONES, ONES.T),
            (ONES, ONES),
            "The result, value 2 of 2, should have shape (2, 3); yours has (3, 2).",
        ),
        (True, 1, "The result should be a whole number (int); yours is the truth value True."),
        (3.0, 3, "The result should be a whole number (int); yours is the number 3.0."),
        (1, True, "The result should be the truth value True; yours is the number 1."),
        (
            "float32",
            torch.float32,
            "The result should be the dtype torch.float32; yours is a string.",
        ),
        ("1", 1.5, "The result should be a number; yours is a string."),
        (
            (3, 4),
            Costs(3, 4),
            "The result should be a Costs with operations, steps; yours is a tuple of 2 values.",
        ),
        (
            RecordValue("Costs", {"steps": 4, "operations": 3}),
            Costs(3, 4),
            "The result should be a Costs with operations, steps; "
            "yours is a Costs with steps, operations.",
        ),
        (
            RecordValue("Costs", {"operations": 3, "steps": None}),
            Costs(3, 4),
            "`steps` should be a whole number (int); yours is None. Is a `return` missing?",
        ),
        (
            {"b": 1},
            {"a": 1},
            "The result: `a` is missing; `b` is not asked for.",
        ),
        (
            ONES,
            Handle("0", "Attention"),
            "The result should be an object of type Attention; yours is a tensor of shape (2, 3).",
        ),
        (
            Handle("0", "ndarray"),
            ONES,
            "The result should be a tensor of shape (2, 3); yours is an object of type ndarray.",
        ),
    ],
)
def test_a_wrong_form_is_said_with_both_sides(got: object, expected: object, says: str) -> None:
    assert sentence(got, expected) == says


@pytest.mark.parametrize(
    ("got", "expected"),
    [
        ([ONES, 1], (ONES, 2)),
        ((1, 2), [1, 2]),
        (3, 3.0),
        (RecordValue("Point", {"x": 1.0, "y": 2.0}), Point(0.0, 0.0)),
        (RecordValue("Anything", {"first": 1, "second": 2}), (1, 2)),
        (None, None),
        ("lstm", "gru"),
        (torch.full((2, 3), NAN), ONES),
    ],
)
def test_a_form_that_is_as_good_passes(got: object, expected: object) -> None:
    check_structure(got, expected)


def test_what_passes_has_the_container_of_the_expected() -> None:
    assert check_structure([1, [2]], (0, (0,))) == (1, (2,))
    assert check_structure(RecordValue("R", {"a": 1, "b": 2}), (0, 0)) == (1, 2)


@pytest.mark.parametrize("dtype", TOLERANCES)
def test_the_tolerance_is_that_of_the_dtype(dtype: torch.dtype) -> None:
    relative, absolute = TOLERANCES[dtype]
    expected = torch.tensor([1.0, -2.0, 0.0], dtype=torch.float64)
    room = absolute + relative * expected.abs()
    check_close((expected + room / 4).to(dtype), expected.to(dtype))
    for index in range(3):
        wrong = expected.clone()
        wrong[index] += 4 * room[index]
        assert "differ" in sentence(wrong.to(dtype), expected.to(dtype), check_close)


@pytest.mark.parametrize(
    ("dtype", "passes", "fails"),
    [
        (torch.float64, 3e-9, 3e-8),
        (torch.float32, 3e-5, 3e-4),
        (torch.float16, 3e-3, 3e-2),
        (torch.bfloat16, 1e-2, 1e-1),
    ],
    ids=str,
)
def test_how_far_off_an_answer_may_be(dtype: torch.dtype, passes: float, fails: float) -> None:
    """Room for another order of summation, and none for arithmetic in a smaller type."""
    expected = torch.full((3,), 100.0, dtype=torch.float64)
    check_close((expected * (1 + passes)).to(dtype), expected.to(dtype))
    wrong = (expected * (1 + fails)).to(dtype)
    assert "3 of 3 numbers differ" in sentence(wrong, expected.to(dtype), check_close)


@pytest.mark.parametrize(
    ("got", "expected", "says"),
    [
        ([1.0, NAN, NAN], [1.0, 2.0, 3.0], "2 of 3 numbers are NaN, the first at [1]."),
        ([1.0, NAN, 9.0], [1.0, NAN, 3.0], "2 of 3 numbers differ; the most at [1]: yours nan"),
        (
            [1.0, INF],
            [1.0, 3.0],
            "1 of 2 numbers differ; the most at [1]: yours inf, expected 3.",
        ),
        (
            [-INF, 2.0],
            [INF, 2.0],
            "1 of 2 numbers differ; the most at [0]: yours -inf, expected inf.",
        ),
        ([1.5, 2.0], [1.0, 4.0], "2 of 2 numbers differ; the most at [1]: yours 2, expected 4."),
        (1.5, 1.0, "It should be 1; yours is 1.5."),
        ([1.5], [1.0], "It should be 1; yours is 1.5."),
        (NAN, 1.0, "It should be 1; yours is nan."),
        ([True, False], [True, True], "1 of 2 numbers differ; the most at [1]: yours False"),
        ([1, 2, 4], [1, 2, 3], "1 of 3 numbers differ; the most at [2]: yours 4, expected 3."),
    ],
)
def test_a_tensor_of_wrong_numbers_is_said_in_a_sentence(
    got: object, expected: object, says: str
) -> None:
    assert says in sentence(torch.tensor(got), torch.tensor(expected), check_close)


def test_infinity_equals_itself_and_nan_nothing() -> None:
    check_close(torch.tensor([INF, -INF]), torch.tensor([INF, -INF]))
    check_close(INF, INF)
    with pytest.raises(Differs):
        check_close(NAN, NAN)


@pytest.mark.parametrize(
    ("got", "expected", "says"),
    [
        (1_000_000_001, 1_000_000_000, "It should be 1000000000; yours is 1000000001."),
        (2**60 + 1, 2**60, f"It should be {2**60}; yours is {2**60 + 1}."),
        (10**400, 1.0, "It should be 1; yours is 1000"),
        (1.00001, 1.0, "It should be 1; yours is 1."),
        (torch.float16, torch.float32, "It should be torch.float32; yours is torch.float16."),
        ("lstm", "gru", "It should be 'gru'; yours is 'lstm'."),
        (False, True, "It should be True; yours is False."),
        ((1.0, 3.0), (1.0, 2.0), "Value 2: It should be 2; yours is 3."),
        ({"a": 1}, {"a": 2}, "`a`: It should be 2; yours is 1."),
        (
            RecordValue("Costs", {"operations": 3, "steps": 5}),
            Costs(3, 4),
            "`steps`: It should be 4; yours is 5.",
        ),
        (
            (ONES, (ONES, 2 * ONES)),
            (ONES, (ONES, ONES)),
            "Value 2: Value 2: 6 of 6 numbers differ; the most at [0, 0]: yours 2, expected 1.",
        ),
    ],
)
def test_wrong_numbers_are_said_with_their_place(got: object, expected: object, says: str) -> None:
    assert says in sentence(got, expected, check_close)


def test_numbers_within_the_tolerance_are_the_same() -> None:
    check_close(1.0 + 1e-8, 1.0)
    check_close(12, 12.0)
    check_close(2**60 + 1, 2**60 + 1)


def test_exact_demands_take_no_tolerance() -> None:
    close = ONES + 1e-6
    check_close(close, ONES)
    assert "6 of 6" in sentence(
        close, ONES, lambda got, expected: check_close(got, expected, 0.0, 0.0)
    )


@given(st.data())
def test_the_window_shows_the_worst_number(data: st.DataObject) -> None:
    """However large the tensor: at most 16 × 16 numbers, and the worst is among them."""
    sizes = [st.integers(1, 3), st.integers(1, 3), st.integers(1, 40), st.integers(1, 40)]
    shape = data.draw(st.integers(1, 4).flatmap(lambda rank: st.tuples(*sizes[-rank:])), "shape")
    worst = tuple(data.draw(st.integers(0, size - 1)) for size in shape)
    expected = torch.zeros(shape)
    got = expected.clone()
    got.view(-1)[::7] = 1.0
    got[worst] = 5.0
    with pytest.raises(Differs) as caught:
        check_close(got, expected)
    comparison = caught.value.comparison
    assert comparison is not None
    assert comparison.index == worst[:-2]
    row, column = (0, *worst)[-2] - comparison.start[0], worst[-1] - comparison.start[1]
    assert row >= 0
    assert column >= 0
    assert comparison.got[row][column] == 5.0
    assert comparison.expected[row][column] == 0.0
    assert len(comparison.got) == len(comparison.expected) == min(16, (1, *shape)[-2])
    assert {len(line) for line in comparison.got} == {min(16, shape[-1])}
    assert all(start >= 0 for start in comparison.start)


@pytest.mark.parametrize(
    ("worst", "start"), [(0, 0), (15, 0), (16, 8), (17, 9), (32, 24), (33, 24), (39, 24)]
)
def test_the_window_moves_for_what_lies_outside_and_ends_at_the_edge(
    worst: int, start: int
) -> None:
    got = torch.zeros(40, 40)
    got[worst, worst] = 5.0
    with pytest.raises(Differs) as caught:
        check_close(got, torch.zeros(40, 40))
    comparison = caught.value.comparison
    assert comparison is not None
    assert comparison.start == (start, start)
    assert comparison.got[worst - start][worst - start] == 5.0


def test_what_has_no_plane_has_no_window() -> None:
    for got, expected in ((torch.tensor(1.0), torch.tensor(2.0)), (torch.ones(2) > 0, ONES[0] > 2)):
        with pytest.raises(Differs) as caught:
            check_close(got[..., None][..., 0], expected[: got.numel()] if got.dim() else expected)
        assert caught.value.comparison is None


def test_two_wrong_answers_are_the_same_if_their_nans_are() -> None:
    for value in (
        torch.tensor([NAN, 1.0, INF]),
        torch.tensor([NAN, 1.0], dtype=torch.float16),
        NAN,
        (1.0, [NAN]),
        {"a": torch.tensor([NAN])},
        Costs(NAN, 2),
    ):
        assert same(value, value)
    assert same(RecordValue("Costs", {"operations": NAN, "steps": 2}), Costs(NAN, 2))
    assert not same(torch.tensor([NAN, 1.0]), torch.tensor([1.0, NAN]))
    assert not same(Costs(NAN, 2), Costs(NAN, 3))
    assert not same(torch.ones(2), torch.ones(2, dtype=torch.float64))
