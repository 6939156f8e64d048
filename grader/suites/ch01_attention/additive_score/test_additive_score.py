"""Additive score: the network, its shapes, and what each score depends on."""

import pytest
import torch
from torch.autograd.functional import vjp

import reference

NAMES = ("query", "keys", "w_query", "w_key", "v")


def arguments(rng, B, T, S, q, k, h, dtype=torch.float32):
    """Query, keys and weights at a scale at which tanh bends but does not saturate."""
    tensors = (
        rng.normal(B, T, q, dtype=dtype),
        rng.normal(B, S, k, dtype=dtype),
        rng.normal(h, q, dtype=dtype, scale=0.6),
        rng.normal(h, k, dtype=dtype, scale=0.6),
    )
    return *tensors, rng.normal(h, dtype=dtype)


def in_double(*args):
    """The right scores in the dtype of the arguments, rounded once."""
    return reference.additive_score(*(x.double() for x in args)).to(args[0].dtype)


@pytest.mark.points(2)
@pytest.mark.parametrize(
    ("B", "T", "S", "q", "k", "h"),
    [
        pytest.param(2, 4, 4, 3, 3, 3, id="square"),
        pytest.param(3, 2, 5, 4, 6, 7, id="all sizes different"),
        pytest.param(2, 1, 4, 5, 2, 3, id="one query"),
        pytest.param(1, 3, 2, 4, 5, 6, id="a batch of one"),
        pytest.param(1, 1, 1, 1, 1, 1, id="sizes of 1"),
    ],
)
def test_every_query_is_scored_against_every_key(submission, rng, expect, B, T, S, q, k, h):
    """Entry [b, t, s] is v_aᵀ tanh(W_q q + W_k k) for query t and key s."""
    args = arguments(rng, B, T, S, q, k, h)
    expect(submission.additive_score(*args)).matches(reference.additive_score(*args))


def test_transposed_arguments(submission, rng, expect):
    """Inputs that are not contiguous, such as transposed ones, count like any others."""
    args = arguments(rng, 3, 2, 5, 4, 6, 7)
    turned = [x.mT.contiguous().mT if x.dim() > 1 else x for x in args]
    expect(submission.additive_score(**dict(zip(NAMES, turned, strict=True)))).matches(
        reference.additive_score(*args)
    )


def test_a_score_depends_on_its_own_query_and_key(submission, rng, expect):
    """A new key changes its own column of the scores, and a new query its own row."""
    query, keys, *weights = arguments(rng, 2, 3, 5, 4, 6, 3)
    scores = submission.additive_score(query, keys, *weights)
    moved_keys, moved_query = keys.clone(), query.clone()
    moved_keys[:, 2] = rng.normal(2, 6)
    moved_query[:, 1] = rng.normal(2, 4)
    by_key = submission.additive_score(query, moved_keys, *weights)
    by_query = submission.additive_score(moved_query, keys, *weights)
    for moved, other in [
        (by_key[..., 2], scores[..., 2]),
        (by_query[:, 1], scores[:, 1]),
    ]:
        expect(moved).differs_from(other)
    expect(by_key).matches(reference.additive_score(query, moved_keys, *weights))
    expect(by_query).matches(reference.additive_score(moved_query, keys, *weights))


def test_batch_elements_do_not_mix(submission, rng, expect):
    """The scores of one batch element depend on its own query and keys only."""
    query, keys, *weights = arguments(rng, 3, 2, 4, 5, 2, 3)
    scores = submission.additive_score(query, keys, *weights)
    keys[1:], query[1:] = rng.normal(2, 4, 2), rng.normal(2, 2, 5)
    moved = submission.additive_score(query, keys, *weights)
    expect(moved[0]).matches(scores[0], because="Only the other batch elements changed.")
    expect(moved).matches(reference.additive_score(query, keys, *weights))


def test_large_inputs_saturate(submission, rng, expect):
    """Large inputs push every hidden unit to ±1, so a score never exceeds the sum of |v|."""
    query, keys, w_query, w_key, v = arguments(rng, 2, 3, 4, 5, 6, 7)
    args = 50 * query, 50 * keys, w_query, w_key, v
    scores = submission.additive_score(*args)
    limit = v.abs().sum().item() * 1.0001
    expect(scores).is_between(-limit, limit)
    # float32 rounds sums near 100 to about 1e-5, and the slope of tanh is at most 1
    expect(scores).matches(reference.additive_score(*args), atol=1e-3)


@pytest.mark.points(2)
def test_gradients_reach_all_five(submission, rng, expect):
    """Gradients reach the query, the keys and all three weights."""
    args = arguments(rng, 2, 3, 3, 4, 6, 7)
    cotangent = rng.normal(2, 3, 3)
    gradients = submission.additive_score.gradients(*args, cotangent=cotangent).inputs
    expected = vjp(reference.additive_score, args, cotangent)[1]
    for name, gradient, right in zip(NAMES, gradients, expected, strict=True):
        expect(gradient).matches(right, because=f"This is the gradient of {name}.")


def test_float64_keeps_its_precision(submission, rng, expect):
    """float64 inputs give float64 scores, with all their digits."""
    args = arguments(rng, 2, 3, 4, 5, 6, 2, dtype=torch.float64)
    expect(submission.additive_score(*args)).matches(reference.additive_score(*args))


def test_half_precision_stays(submission, rng, expect):
    """float16 and bfloat16 inputs give scores of the same dtype."""
    for dtype, rounding in ((torch.float16, 1e-2), (torch.bfloat16, 8e-2)):
        args = arguments(rng, 2, 3, 4, 5, 6, 2, dtype=dtype)
        expect(submission.additive_score(*args)).matches(in_double(*args), atol=rounding)


def test_arguments_are_left_as_they_were(submission, rng, expect):
    """The query, the keys and the weights are the same afterwards."""
    before = arguments(rng, 2, 3, 4, 5, 6, 2)
    after = submission.additive_score.inputs_after(*before)
    for name, now, then in zip(NAMES, after, before, strict=True):
        expect(now).equals(then, because=f"Your call changes {name}.")


@pytest.mark.parametrize("size", [1e-30, 1e30], ids=str)
def test_a_v_of_any_size(submission, rng, expect, size):
    """A score is as much larger or smaller as the vector v is."""
    *args, v = arguments(rng, 2, 3, 4, 5, 6, 7)
    scores = submission.additive_score(*args, size * v)
    because = "These are the scores divided by the size of v."
    expect(scores / size).matches(reference.additive_score(*args, v), because=because)
