"""Multiplicative score: the bilinear form, its shapes, and the batch."""

import pytest
import torch
from torch.autograd.functional import vjp

import reference

NAMES = ("query", "keys", "weight")


def in_double(*args):
    """The right scores in the dtype of the arguments, rounded once."""
    return reference.multiplicative_score(*(x.double() for x in args)).to(args[0].dtype)


@pytest.mark.points(2)
@pytest.mark.parametrize(
    ("B", "T", "S", "q", "k"),
    [
        pytest.param(2, 4, 4, 3, 3, id="square"),
        pytest.param(3, 2, 5, 4, 6, id="all sizes different"),
        pytest.param(2, 1, 1, 5, 2, id="one query and one key"),
        pytest.param(1, 3, 2, 4, 5, id="a batch of one"),
        pytest.param(1, 1, 1, 1, 1, id="sizes of 1"),
    ],
)
def test_every_query_is_scored_against_every_key(submission, rng, expect, B, T, S, q, k):
    """Entry [b, t, s] is qᵀ W k for query t and key s of batch element b."""
    query, keys, weight = rng.normal(B, T, q), rng.normal(B, S, k), rng.normal(q, k)
    expect(submission.multiplicative_score(query, keys, weight)).matches(
        reference.multiplicative_score(query, keys, weight)
    )


def test_transposed_arguments(submission, rng, expect):
    """Inputs that are not contiguous, such as transposed ones, count like any others."""
    args = rng.normal(3, 2, 4), rng.normal(3, 5, 6), rng.normal(4, 6)
    turned = [x.mT.contiguous().mT for x in args]
    expect(submission.multiplicative_score(**dict(zip(NAMES, turned, strict=True)))).matches(
        reference.multiplicative_score(*args)
    )


def test_identity_gives_the_dot_product(submission, rng, expect, device):
    """With W = 1 the score is the dot product, and with W = 0 it is 0."""
    query, keys = rng.normal(2, 3, 4), rng.normal(2, 5, 4)
    dot = (query.unsqueeze(2) * keys.unsqueeze(1)).sum(-1)
    identity = torch.eye(4, device=device)
    expect(submission.multiplicative_score(query, keys, identity)).matches(dot)
    expect(submission.multiplicative_score(query, keys, 0 * identity)).matches(0 * dot)


def test_batch_elements_do_not_mix(submission, rng, expect):
    """The scores of one batch element depend on its own keys only."""
    query, keys, weight = rng.normal(3, 2, 4), rng.normal(3, 5, 2), rng.normal(4, 2)
    scores = submission.multiplicative_score(query, keys, weight)
    keys[1:] = rng.normal(2, 5, 2)
    moved = submission.multiplicative_score(query, keys, weight)
    expect(moved[0]).matches(scores[0], because="Only the keys of other batch elements changed.")
    expect(moved).matches(reference.multiplicative_score(query, keys, weight))


@pytest.mark.points(2)
def test_gradients_reach_all_three(submission, rng, expect):
    """Gradients reach the query, the keys and the weight."""
    inputs = rng.normal(2, 3, 4), rng.normal(2, 3, 6), rng.normal(4, 6)
    cotangent = rng.normal(2, 3, 3)
    gradients = submission.multiplicative_score.gradients(*inputs, cotangent=cotangent).inputs
    expected = vjp(reference.multiplicative_score, inputs, cotangent)[1]
    for name, gradient, right in zip(NAMES, gradients, expected, strict=True):
        expect(gradient).matches(right, because=f"This is the gradient of {name}.")


def test_float64_keeps_its_precision(submission, rng, expect):
    """float64 inputs give float64 scores, with all their digits."""
    query, keys = rng.normal(2, 3, 5, dtype=torch.float64), rng.normal(2, 4, 6, dtype=torch.float64)
    weight = rng.normal(5, 6, dtype=torch.float64)
    expect(submission.multiplicative_score(query, keys, weight)).matches(
        reference.multiplicative_score(query, keys, weight)
    )


def test_half_precision_stays(submission, rng, expect):
    """float16 and bfloat16 inputs give scores of the same dtype."""
    for dtype, rounding in ((torch.float16, 2e-2), (torch.bfloat16, 0.16)):
        shapes = (2, 3, 5), (2, 4, 6), (5, 6)
        args = [rng.normal(*shape, dtype=dtype) for shape in shapes]
        expect(submission.multiplicative_score(*args)).matches(in_double(*args), atol=rounding)


def test_arguments_are_left_as_they_were(submission, rng, expect):
    """The query, the keys and the weight are the same afterwards."""
    before = rng.normal(2, 3, 4), rng.normal(2, 5, 6), rng.normal(4, 6)
    after = submission.multiplicative_score.inputs_after(*before)
    for name, now, then in zip(NAMES, after, before, strict=True):
        expect(now).equals(then, because=f"Your call changes {name}.")


@pytest.mark.parametrize("size", [1e-30, 1e30], ids=str)
def test_arguments_of_any_size(submission, rng, expect, size):
    """A score is as much larger or smaller as the query, the key or the matrix is."""
    args = rng.normal(2, 3, 4), rng.normal(2, 5, 6), rng.normal(4, 6)
    for i, name in enumerate(NAMES):
        scores = submission.multiplicative_score(*args[:i], size * args[i], *args[i + 1 :])
        because = f"These are the scores divided by the size of {name}."
        expect(scores / size).matches(reference.multiplicative_score(*args), because=because)
