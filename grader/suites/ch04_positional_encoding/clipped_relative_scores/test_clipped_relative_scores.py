"""Relative scores: the rows of the table, clipping, both terms, sizes, gradients."""

import pytest
import torch

import reference

SIZES = pytest.mark.parametrize(
    "sizes",
    [
        # B, H, T, d, m
        pytest.param((2, 3, 7, 4, 2), id="distances beyond m"),
        pytest.param((3, 2, 4, 5, 6), id="m beyond all distances"),
        pytest.param((2, 2, 5, 3, 0), id="m = 0"),
        pytest.param((1, 1, 6, 1, 1), id="sizes of 1"),
        pytest.param((2, 3, 1, 4, 2), id="a single token"),
        pytest.param((4, 4, 4, 4, 4), id="equal sizes"),
    ],
)


def draw(rng, sizes, dtype=torch.float32):
    """q, k and the table."""
    batch, heads, length, width, m = sizes
    q = rng.normal(batch, heads, length, width, dtype=dtype)
    k = rng.normal(batch, heads, length, width, dtype=dtype)
    return q, k, rng.normal(2 * m + 1, width, dtype=dtype)


@pytest.mark.points(2)
@SIZES
def test_scores(submission, rng, expect, sizes):
    """A score is q · (k + a) / √d, with the vector a of the clipped distance."""
    q, k, table = draw(rng, sizes)
    scores = submission.clipped_relative_scores(q, k, table)
    expect(scores).matches(reference.clipped_relative_scores(q, k, table))


def test_distance_alone(submission, rng, expect):
    """Without keys the score depends on the query and the distance: negative to the left."""
    q, k, table = draw(rng, (2, 3, 8, 5, 2))
    scores = submission.clipped_relative_scores(q, 0 * k, table)
    expect(scores).matches(reference.clipped_relative_scores(q, 0 * k, table))


def test_content_alone(submission, rng, expect):
    """With a table of zeros the scores are those of scaled dot-product attention."""
    q, k, table = draw(rng, (2, 3, 6, 5, 2))
    scores = submission.clipped_relative_scores(q, k, 0 * table)
    expect(scores).matches(reference.clipped_relative_scores(q, k, 0 * table))


def test_a_long_sequence(submission, rng, expect):
    """All far keys of one side share one vector."""
    q, k, table = draw(rng, (1, 2, 40, 3, 4))
    scores = submission.clipped_relative_scores(q, k, table)
    expect(scores).matches(reference.clipped_relative_scores(q, k, table))


def test_heads_split_by_a_transpose(submission, rng, expect):
    """Arguments that are not contiguous, such as transposed ones, count like any others."""
    q, k = rng.normal(2, 6, 3, 4).transpose(1, 2), rng.normal(2, 6, 3, 4).transpose(1, 2)
    table = rng.normal(4, 5).T
    scores = submission.clipped_relative_scores(table=table, k=k, q=q)  # by name
    expect(scores).matches(reference.clipped_relative_scores(q, k, table))


def test_float64(submission, rng, expect):
    """float64 stays float64, to its last digits."""
    q, k, table = draw(rng, (2, 3, 6, 5, 1), torch.float64)
    scores = submission.clipped_relative_scores(q, k, table)
    expect(scores).matches(reference.clipped_relative_scores(q, k, table))


@pytest.mark.points(2)
def test_gradients(submission, rng, expect):
    """Gradients reach q, k and the table, whose rows collect those of all pairs that use them."""
    given = draw(rng, (2, 3, 6, 4, 2))
    d_scores = rng.normal(2, 3, 6, 6)
    leaves = [x.clone().requires_grad_() for x in given]
    expected = reference.vjp(reference.clipped_relative_scores(*leaves), leaves, d_scores)
    actual = submission.clipped_relative_scores.gradients(*given, cotangent=d_scores).inputs
    for name, gradient, right in zip(("q", "k", "the table"), actual, expected, strict=True):
        expect(gradient).matches(right, because=f"This is the gradient of {name}.")


def test_arguments_are_left_alone(submission, rng, expect):
    """q, k and the table hold after the call what they held before."""
    before = draw(rng, (2, 3, 6, 4, 2))
    after = submission.clipped_relative_scores.inputs_after(*before)
    for name, now, then in zip(("q", "k", "the table"), after, before, strict=True):
        expect(now).equals(then, because=f"Your call changes {name}.")


@pytest.mark.parametrize("size", [1e-30, 1e30], ids=str)
def test_queries_of_any_size(submission, rng, expect, size):
    """A score is as much larger or smaller as its query is."""
    q, k, table = draw(rng, (2, 3, 5, 4, 2))
    scores = submission.clipped_relative_scores(size * q, k, table)
    expected = reference.clipped_relative_scores(q, k, table)
    because = "These are the scores divided by the size of the queries."
    expect(scores / size).matches(expected, because=because)
