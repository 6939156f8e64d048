"""The entropy of attention weights: nats, the axis, zero weights, gradients."""

import math

import pytest
import torch

import reference

NO_SMALL_NUMBER = "A weight of 0 adds exactly 0, without a small number or a clamp in its place."
FLOATS = pytest.mark.parametrize(
    "dtype",
    # float64 first: in float32 a diagnosis cannot tell a tiny number from 0.
    [pytest.param(torch.float64, id="float64"), pytest.param(torch.float32, id="float32")],
)


@pytest.mark.points(2)
@pytest.mark.parametrize(
    "shape",
    [
        pytest.param((5, 5), id="one square table"),
        pytest.param((2, 3, 4, 6), id="batch and heads"),
        pytest.param((1, 1, 4), id="a single query"),
        pytest.param((2, 1, 1, 3, 2, 4), id="four leading dimensions"),
    ],
)
def test_entropy_of_each_row(submission, rng, expect, shape):
    """Each query gets −Σ w · ln w over its keys, in nats."""
    weights = rng.normal(*shape, scale=1.5).softmax(-1)
    entropy = submission.attention_entropy(weights)
    expect(entropy).matches(reference.attention_entropy(weights))


def test_transposed_weights(submission, rng, expect):
    """Weights that are not contiguous, such as transposed ones, count like any others."""
    weights = rng.normal(6, 3, 2).softmax(0).permute(2, 1, 0)
    expected = reference.attention_entropy(weights)
    expect(submission.attention_entropy(weights=weights)).matches(expected)


def test_half_precision(submission, rng, expect):
    """float16 and bfloat16 weights give entropies of the same dtype, weights of 0 included."""
    for dtype, rounding in ((torch.float16, 1e-2), (torch.bfloat16, 8e-2)):
        scores = rng.normal(3, 6).masked_fill(~rng.mask(3, 6), -math.inf)
        weights = scores.softmax(-1).to(dtype)
        expected = reference.attention_entropy(weights.double()).to(dtype)
        expect(submission.attention_entropy(weights)).matches(expected, atol=rounding)


def test_even_weights_give_the_logarithm_of_their_number(submission, expect, device):
    """A query that spreads its weight evenly over 7 keys has entropy ln 7 = 1.9459."""
    weights = torch.full((3, 7), 1 / 7, dtype=torch.float64, device=device)
    entropy = submission.attention_entropy(weights)
    expect(entropy).matches(torch.full_like(weights[:, 0], math.log(7)))


def test_many_small_weights_count_in_full(submission, rng, expect):
    """Two thousand keys of a small weight each have an entropy of nearly ln 2000 = 7.6."""
    weights = rng.normal(2, 2000, scale=0.3, dtype=torch.float64).softmax(-1)
    expect(submission.attention_entropy(weights)).matches(reference.attention_entropy(weights))


def test_a_row_of_zeros_has_entropy_zero(submission, rng, expect):
    """A query that a mask left no key at all has entropy 0; so has one of a single key."""
    weights = rng.normal(2, 4, 8, dtype=torch.float64).softmax(-1)
    weights[0, 1] = 0.0
    entropy = submission.attention_entropy(weights)
    expect(entropy[0, 1]).equals(0.0, because="A row of zeros has entropy 0.")
    expect(entropy).matches(reference.attention_entropy(weights))
    single = submission.attention_entropy(torch.ones_like(weights[..., :1]))
    expect(single).equals(0.0, because="There is but one key here.")


@FLOATS
def test_one_key_alone_gives_exactly_zero(submission, rng, expect, device, dtype):
    """A query that looks at one key alone has entropy exactly 0."""
    alone = torch.eye(8, dtype=dtype, device=device)[rng.permutation(8)[:4]]
    shared = rng.normal(1, 8, dtype=dtype).softmax(-1)
    entropy = submission.attention_entropy(torch.cat([alone, shared]))
    expect(entropy).is_finite()
    expect(entropy[:4]).equals(0.0, because=NO_SMALL_NUMBER)
    expect(entropy[4:]).matches(reference.attention_entropy(shared))


@pytest.mark.points(2)
@FLOATS
def test_zero_weights_add_nothing(submission, rng, expect, dtype):
    """Keys with weight 0 change nothing, wherever they stand in the row."""
    allowed = rng.mask(2, 5, 7)
    scores = rng.normal(2, 5, 7, dtype=dtype)
    weights = scores.masked_fill(~allowed, -math.inf).softmax(-1)
    entropy = submission.attention_entropy(weights)
    expect(entropy).is_finite()
    expect(entropy).matches(reference.attention_entropy(weights))


def test_gradient(submission, rng, expect):
    """Where all weights are positive, the gradient is −ln w − 1."""
    scores = rng.normal(2, 5, 5, dtype=torch.float64)
    scores[0, :, 2] -= 40.0
    scores[0, :, 4] -= 14.0  # weights near 1e-7: here a clamp and an added number differ
    weights = scores.softmax(-1)
    upstream = rng.normal(2, 5, dtype=torch.float64)
    gradient = submission.attention_entropy.gradients(weights, cotangent=upstream).inputs[0]
    expected = upstream.unsqueeze(-1) * (-weights.log() - 1)
    expect(gradient[1]).matches(expected[1])
    expect(gradient[0]).matches(expected[0], because="Some of these weights are near 1e-18.")


def test_argument_is_left_alone(submission, rng, expect):
    """The weights hold after the call what they held before, zeros included."""
    before = rng.normal(4, 6).relu()
    before = before / before.sum(-1, keepdim=True).clamp(min=1e-3)
    (after,) = submission.attention_entropy.inputs_after(before)
    expect(after).equals(before, because="Your call changes the weights.")
