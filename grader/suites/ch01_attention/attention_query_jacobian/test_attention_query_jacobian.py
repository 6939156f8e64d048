"""The Jacobian of a soft lookup: the covariance, its special cases, and extreme scores."""

import pytest
import torch

import reference

NAMES = ("q", "keys", "values")


def in_double(*args):
    """The right Jacobian in the dtype of the arguments, rounded once."""
    return reference.attention_query_jacobian(*(x.double() for x in args)).to(args[0].dtype)


@pytest.mark.points(2)
@pytest.mark.parametrize(
    ("d", "S", "e"),
    [
        pytest.param(3, 5, 3, id="d and e alike"),
        pytest.param(4, 6, 2, id="d and e different"),
        pytest.param(2, 3, 5, id="fewer entries than values are wide"),
        pytest.param(3, 4, 1, id="values of width 1"),
        pytest.param(1, 2, 1, id="widths of 1"),
    ],
)
def test_it_is_the_derivative_of_the_lookup(submission, rng, expect, d, S, e):
    """Entry [i, j] says how output i moves with query entry j."""
    q, keys, values = rng.normal(d, scale=0.7), rng.normal(S, d), rng.normal(S, e)
    expect(submission.attention_query_jacobian(q, keys, values)).matches(
        reference.attention_query_jacobian(q, keys, values)
    )


def test_transposed_arguments(submission, rng, expect):
    """Inputs that are not contiguous, such as transposed ones, count like any others."""
    q, keys, values = rng.normal(3), rng.normal(3, 5), rng.normal(2, 5)
    expect(submission.attention_query_jacobian(values=values.T, keys=keys.T, q=q)).matches(
        reference.attention_query_jacobian(q, keys.T, values.T)
    )


def test_a_small_step_of_the_query(submission, rng, expect):
    """A small step of the query moves the output by the Jacobian times that step."""
    q, step = rng.normal(4, dtype=torch.float64), rng.normal(4, dtype=torch.float64)
    keys, values = rng.normal(6, 4, dtype=torch.float64), rng.normal(6, 3, dtype=torch.float64)
    jacobian = submission.attention_query_jacobian(q, keys, values)
    forward = reference.soft_lookup(q + 1e-5 * step, keys, values)
    backward = reference.soft_lookup(q - 1e-5 * step, keys, values)
    # A central difference is off by about the square of the step.
    expect(jacobian @ step).matches((forward - backward) / 2e-5, rtol=1e-6, atol=1e-6)


@pytest.mark.points(2)
def test_shared_offsets_change_nothing(submission, rng, expect):
    """A vector added to every value, or to every key, leaves the Jacobian as it is."""
    q = rng.normal(3, dtype=torch.float64, scale=0.7)
    keys, values = rng.normal(5, 3, dtype=torch.float64), rng.normal(5, 4, dtype=torch.float64)
    expected = reference.attention_query_jacobian(q, keys, values)
    moved = values + rng.normal(4, dtype=torch.float64, scale=5.0)
    expect(submission.attention_query_jacobian(q, keys, moved)).matches(expected)
    moved = keys + rng.normal(3, dtype=torch.float64, scale=5.0)
    expect(submission.attention_query_jacobian(q, moved, values)).matches(expected)


def test_nothing_to_choose_means_no_slope(submission, rng, expect):
    """With equal values, equal keys or a single entry the Jacobian is 0; where some differ, not."""
    q, keys, values = rng.normal(3), rng.normal(5, 3), rng.normal(5, 4)
    alike, some = values[:1].expand(5, 4), values.clone()
    some[:, 1:3] = some[:1, 1:3]
    for case in [(q, keys, alike), (q, keys[:1].expand(5, 3), values), (q, keys[:1], values[:1])]:
        jacobian = submission.attention_query_jacobian(*case)
        expect(jacobian).matches(torch.zeros_like(jacobian))
    jacobian = submission.attention_query_jacobian(q, keys, some)
    expect(jacobian[1:3]).matches(torch.zeros_like(jacobian[1:3]))
    expect(jacobian).matches(reference.attention_query_jacobian(q, keys, some))


def test_a_saturated_lookup_does_not_move(submission, rng, expect, device):
    """Scores near 1000 stay finite; where one key wins outright, the Jacobian is 0."""
    keys, values = 10.0 * torch.eye(4, device=device), rng.normal(4, 3)
    q = torch.tensor([100.0, 20.0, -100.0, 0.0], device=device)
    jacobian = submission.attention_query_jacobian(q, keys, values)
    expect(jacobian).matches(torch.zeros_like(jacobian))
    # Scores of 1000 and 998.75 share the weight. exp(s − logsumexp(s)) is right as well, but rounds
    # 1000 + log(…) to 1e-5, which keys of 10 and values of 3 make 4e-4.
    close = torch.tensor([100.0, 99.875, 0.0, -100.0], device=device)
    expect(submission.attention_query_jacobian(close, keys, values)).matches(
        reference.attention_query_jacobian(close, keys, values), rtol=1e-3, atol=1e-3
    )


def test_float64_keeps_its_precision(submission, rng, expect):
    """float64 inputs give a float64 Jacobian, with all its digits."""
    q, keys = rng.normal(5, dtype=torch.float64), rng.normal(4, 5, dtype=torch.float64)
    values = rng.normal(4, 3, dtype=torch.float64)
    expect(submission.attention_query_jacobian(q, keys, values)).matches(
        reference.attention_query_jacobian(q, keys, values)
    )


def test_half_precision_stays(submission, rng, expect):
    """float16 and bfloat16 inputs give a Jacobian of the same dtype."""
    for dtype, rounding in ((torch.float16, 1e-2), (torch.bfloat16, 8e-2)):
        q, keys = rng.normal(5, scale=0.5, dtype=dtype), rng.normal(4, 5, dtype=dtype)
        args = q, keys, rng.normal(4, 3, dtype=dtype)
        expect(submission.attention_query_jacobian(*args)).matches(in_double(*args), atol=rounding)


def test_arguments_are_left_as_they_were(submission, rng, expect):
    """The query, the keys and the values are the same afterwards."""
    before = rng.normal(3), rng.normal(5, 3), rng.normal(5, 2)
    after = submission.attention_query_jacobian.inputs_after(*before)
    for name, now, then in zip(NAMES, after, before, strict=True):
        expect(now).equals(then, because=f"Your call changes {name}.")


@pytest.mark.parametrize("size", [1e-30, 1e30], ids=str)
def test_values_of_any_size(submission, rng, expect, size):
    """The Jacobian is as much larger or smaller as the values are."""
    q, keys, values = rng.normal(3, scale=0.7), rng.normal(5, 3), rng.normal(5, 2)
    jacobian = submission.attention_query_jacobian(q, keys, size * values)
    expected = reference.attention_query_jacobian(q, keys, values)
    because = "This is the Jacobian divided by the size of the values."
    expect(jacobian / size).matches(expected, because=because)
