"""Soft lookup: scores, weights, the blend of values, and extreme matches."""

import pytest
import torch
from torch.autograd.functional import vjp

import reference

NAMES = ("query", "keys", "values")


def in_double(*args):
    """The right result in the dtype of the arguments, rounded once."""
    return reference.soft_lookup(*(x.double() for x in args)).to(args[0].dtype)


@pytest.mark.points(2)
@pytest.mark.parametrize(
    ("d", "S", "e"),
    [
        pytest.param(4, 6, 4, id="d and e alike"),
        pytest.param(3, 5, 2, id="d and e different"),
        pytest.param(3, 4, 1, id="values of width 1"),
        pytest.param(1, 1, 1, id="sizes of 1"),
    ],
)
def test_the_values_are_blended_by_their_weights(submission, rng, expect, d, S, e):
    """The result is the sum of the values, weighted by the softmax of q · k."""
    query, keys, values = rng.normal(d), rng.normal(S, d), rng.normal(S, e, scale=2.0)
    expect(submission.soft_lookup(query, keys, values)).matches(
        reference.soft_lookup(query, keys, values)
    )


def test_transposed_arguments(submission, rng, expect):
    """Inputs that are not contiguous, such as transposed ones, count like any others."""
    query, keys, values = rng.normal(3), rng.normal(3, 5), rng.normal(2, 5)
    expect(submission.soft_lookup(values=values.T, keys=keys.T, query=query)).matches(
        reference.soft_lookup(query, keys.T, values.T)
    )


def test_a_clear_match_returns_its_value(submission, rng, expect, device):
    """A query that points along one key, and away from the others, returns that key's value."""
    keys = 4.0 * torch.eye(5, device=device)[rng.permutation(5)][:4]
    values = rng.normal(4, 3)
    for entry in range(4):
        blend = submission.soft_lookup(10.0 * keys[entry], keys, values)
        expect(blend).matches(values[entry])


def test_a_lead_leaves_the_others_a_share(submission, rng, expect, device):
    """A key that leads by 6 does not take all: the others share e⁻⁶ and less."""
    keys = torch.eye(5, device=device)[rng.permutation(5)][:4]
    query = 6.0 * keys[1] - keys[2]
    values = 10.0 * rng.normal(4, 3)
    expect(submission.soft_lookup(query, keys, values)).matches(
        reference.soft_lookup(query, keys, values)
    )


def test_equal_keys_share_alike(submission, rng, expect):
    """Where all keys are alike, every value counts the same; a single entry counts in full."""
    query, key, values = rng.normal(3), rng.normal(1, 3), rng.normal(6, 2)
    expect(submission.soft_lookup(query, key.expand(6, 3), values)).matches(values.mean(0))
    expect(submission.soft_lookup(query, key, values[:1])).matches(values[0])


def test_order_of_the_entries_does_not_matter(submission, rng, expect):
    """Shuffling the entries, keys and values together, changes nothing."""
    query, keys, values = rng.normal(5), rng.normal(7, 5), rng.normal(7, 3)
    order = rng.permutation(7)
    expect(submission.soft_lookup(query, keys[order], values[order])).matches(
        reference.soft_lookup(query, keys, values)
    )


def test_large_scores_stay_finite(submission, rng, expect, device):
    """Scores near 1000 or near −1000 give a finite result."""
    steps = rng.integers(0, 4, 5, 2).to(torch.float32)
    values = rng.normal(5, 3)
    for base in (50.0, -50.0):
        # The first feature adds 20 · 50 to every score. Whole numbers keep it exact.
        keys = torch.cat([torch.full((5, 1), base, device=device), steps], dim=1)
        query = torch.tensor([20.0, 1.0, -1.0], device=device)
        expect(submission.soft_lookup(query, keys, values)).matches(
            reference.soft_lookup(query, keys, values), rtol=3e-4, atol=1e-3
        )


@pytest.mark.points(2)
def test_gradients_reach_all_three(submission, rng, expect):
    """Gradients reach the query, the keys and the values."""
    inputs, cotangent = (rng.normal(3), rng.normal(5, 3), rng.normal(5, 3)), rng.normal(3)
    gradients = submission.soft_lookup.gradients(*inputs, cotangent=cotangent).inputs
    expected = vjp(reference.soft_lookup, inputs, cotangent)[1]
    for name, gradient, right in zip(NAMES, gradients, expected, strict=True):
        expect(gradient).matches(right, because=f"This is the gradient of {name}.")


def test_float64_keeps_its_precision(submission, rng, expect):
    """float64 inputs give a float64 result, with all its digits."""
    query = rng.normal(6, dtype=torch.float64)
    keys, values = rng.normal(4, 6, dtype=torch.float64), rng.normal(4, 3, dtype=torch.float64)
    expect(submission.soft_lookup(query, keys, values)).matches(
        reference.soft_lookup(query, keys, values)
    )


def test_half_precision_stays(submission, rng, expect):
    """float16 and bfloat16 inputs give a result of the same dtype, large scores included."""
    for dtype, rounding in ((torch.float16, 1e-2), (torch.bfloat16, 8e-2)):
        query, keys = rng.normal(4, scale=0.7, dtype=dtype), rng.normal(5, 4, dtype=dtype)
        values = rng.normal(5, 3, dtype=dtype)
        expected = in_double(query, keys, values)
        expect(submission.soft_lookup(query, keys, values)).matches(expected, atol=rounding)
        # A shared score of 32 · 32 = 1024 changes nothing. Whole numbers keep it exact.
        keys = torch.cat([torch.full_like(keys[:, :1], 32.0), 8 * rng.permutation(5)[:, None]], 1)
        large = torch.tensor([32.0, 4.0], dtype=dtype, device=keys.device)
        expect(submission.soft_lookup(large, keys.to(dtype), values)).matches(
            in_double(large, keys.to(dtype), values), atol=rounding
        )


def test_arguments_are_left_as_they_were(submission, rng, expect):
    """The query, the keys and the values are the same afterwards."""
    before = rng.normal(3), rng.normal(5, 3), rng.normal(5, 2)
    after = submission.soft_lookup.inputs_after(*before)
    for name, now, then in zip(NAMES, after, before, strict=True):
        expect(now).equals(then, because=f"Your call changes {name}.")


@pytest.mark.parametrize("size", [1e-30, 1e30], ids=str)
def test_values_of_any_size(submission, rng, expect, size):
    """Values are blended alike, however large or small their numbers are."""
    query, keys, values = rng.normal(3), rng.normal(5, 3), rng.normal(5, 2)
    blend = submission.soft_lookup(query, keys, size * values)
    because = "This is the result divided by the size of the values."
    expect(blend / size).matches(reference.soft_lookup(query, keys, values), because=because)
