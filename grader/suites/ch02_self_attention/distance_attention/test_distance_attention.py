"""Attention by distance: the half, the square, the sign, far keys, gradients."""

import pytest
import torch

import reference


@pytest.mark.points(2)
@pytest.mark.parametrize(
    "shape",
    [
        # lead, T, e
        pytest.param(((), 3, 6), id="no batch dimension"),
        pytest.param(((2,), 3, 6), id="a batch"),
        pytest.param(((1,), 1, 1), id="sizes of 1"),
        pytest.param(((2, 1, 1, 3), 2, 6), id="four leading dimensions"),
    ],
)
def test_weights_and_output(submission, rng, expect, shape):
    """The weights are the softmax of −‖q − k‖² / 2, and average the values."""
    lead, t, e = shape
    q, k, v = rng.normal(*lead, t, 5), rng.normal(*lead, 4, 5), rng.normal(*lead, 4, e)
    output, weights = submission.distance_attention(q, k, v)
    expected_output, expected_weights = reference.distance_attention(q, k, v)
    expect(weights).matches(expected_weights)
    expect(output).matches(expected_output)


def test_heads_split_by_a_transpose(submission, rng, expect):
    """Arguments that are not contiguous, such as transposed ones, count like any others."""
    q, k, v = rng.normal(2, 4, 3, 1), rng.normal(2, 5, 3, 1), rng.normal(2, 5, 3, 6)
    given = [x.transpose(1, 2) for x in (q, k, v)]
    output, weights = submission.distance_attention(**dict(zip("qkv", given, strict=True)))
    expected_output, expected_weights = reference.distance_attention(*given)
    expect(weights).matches(expected_weights)
    expect(output).matches(expected_output)


def test_many_heads_in_float64(submission, rng, expect):
    """Batch and head dimensions are carried along, and float64 stays float64."""
    q = rng.normal(2, 3, 6, 2, dtype=torch.float64)
    k = rng.normal(2, 3, 5, 2, dtype=torch.float64)
    v = rng.normal(2, 3, 5, 4, dtype=torch.float64)
    output, weights = submission.distance_attention(q, k, v)
    expected_output, expected_weights = reference.distance_attention(q, k, v)
    expect(weights).matches(expected_weights)
    expect(output).matches(expected_output)


def test_moving_everything_changes_nothing(submission, rng, expect, device):
    """Only distances count: moving all queries and keys by one vector changes nothing."""
    # Whole numbers keep every way of writing the square exact.
    q = rng.integers(-2, 3, 3, 4).to(torch.float32)
    k = rng.integers(-2, 3, 5, 4).to(torch.float32)
    v = rng.normal(5, 6)
    shift = torch.tensor([40.0, -30.0, 20.0, -50.0], device=device)
    expected_output, expected_weights = reference.distance_attention(q, k, v)
    output, _ = submission.distance_attention(q, k, v)
    moved, weights = submission.distance_attention(q + shift, k + shift, v)
    expect(output).matches(expected_output)
    expect(weights).matches(expected_weights)
    expect(moved).matches(expected_output)


def test_keys_far_away(submission, rng, expect):
    """Rows sum to 1, and the nearest key weighs most, even where all are more than 100 away."""
    q = rng.normal(2, 3, 5, dtype=torch.float64)
    k = rng.normal(2, 4, 5, dtype=torch.float64)
    k[1] = k[1] / 100 + 50  # the first batch element stays near
    v = rng.normal(2, 4, 6, dtype=torch.float64)
    output, weights = submission.distance_attention(q, k, v)
    expected_output, expected_weights = reference.distance_attention(q, k, v)
    expect(weights).is_finite()
    expect(weights).sums_to(1.0, dim=-1)
    expect(weights).matches(expected_weights)
    expect(output).matches(expected_output)


@pytest.mark.points(2)
def test_gradients(submission, rng, expect):
    """Gradients reach q, k and v, and are right where a query lies exactly on a key."""
    # Halves of whole numbers: every way to write the square gives exactly 0 there.
    q, k = rng.integers(-3, 4, 2, 3, 5) / 2, rng.integers(-3, 4, 2, 4, 5) / 2
    v = rng.normal(2, 4, 4)
    k[0, 1], k[1, 3] = q[0, 2], q[1, 0]
    d_output = rng.normal(2, 3, 4)
    leaves = [x.clone().requires_grad_() for x in (q, k, v)]
    output, _ = reference.distance_attention(*leaves)
    expected = reference.vjp(output, leaves, d_output)
    actual = submission.distance_attention.gradients(q, k, v, cotangent=(d_output, None)).inputs
    for name, gradient, right in zip("qkv", actual, expected, strict=True):
        because = f"This is the gradient of {name}."
        expect(gradient).is_finite(because=because)
        expect(gradient).matches(right, because=because)


def test_arguments_are_left_alone(submission, rng, expect):
    """q, k and v hold after the call what they held before."""
    before = (rng.normal(2, 3, 5), rng.normal(2, 4, 5), rng.normal(2, 4, 6))
    after = submission.distance_attention.inputs_after(*before)
    for name, now, then in zip("qkv", after, before, strict=True):
        expect(now).equals(then, because=f"Your call changes {name}.")


@pytest.mark.parametrize("size", [1e-30, 1e30], ids=str)
def test_values_of_any_size(submission, rng, expect, size):
    """Values are averaged alike, however large or small their numbers are."""
    q, k, v = rng.normal(2, 3, 4), rng.normal(2, 5, 4), rng.normal(2, 5, 6)
    output, _ = submission.distance_attention(q, k, size * v)
    because = "This is the output divided by the size of the values."
    expect(output / size).matches(reference.distance_attention(q, k, v)[0], because=because)
