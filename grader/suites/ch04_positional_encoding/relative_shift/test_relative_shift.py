"""The relative shift: every length, exact numbers, -inf, gradients, wrong sizes."""

import math

import pytest
import torch

import reference


@pytest.mark.points(2)
@pytest.mark.parametrize(
    "sizes",
    [
        # B, H, T
        pytest.param((2, 3, 4), id="four tokens"),
        pytest.param((3, 2, 7), id="seven tokens"),
        pytest.param((1, 1, 2), id="two tokens"),
        pytest.param((3, 3, 3), id="equal sizes"),
        pytest.param((1, 2, 40), id="forty tokens"),
    ],
)
def test_row_t_moves_by_its_own_distance(submission, rng, expect, sizes):
    """Entry (t, s) is the number that row t has for the distance s − t."""
    batch, heads, length = sizes
    scores = rng.normal(batch, heads, length, 2 * length - 1)
    expect(submission.relative_shift(scores)).equals(reference.relative_shift(scores))


def test_a_single_token(submission, rng, expect):
    """One token has one distance, 0, and its score stays where it is."""
    for batch, heads, length in ((2, 3, 2), (1, 1, 1), (2, 3, 1)):
        scores = rng.normal(batch, heads, length, 2 * length - 1)
        expect(submission.relative_shift(scores)).equals(reference.relative_shift(scores))


def test_scores_that_are_not_contiguous(submission, rng, expect):
    """Scores that were transposed count like any others."""
    scores = rng.normal(2, 9, 5, 3).permute(0, 3, 2, 1)
    expect(submission.relative_shift(scores=scores)).equals(reference.relative_shift(scores))


@pytest.mark.parametrize("dtype", [torch.float64, torch.float16, torch.bfloat16], ids=str)
def test_other_dtypes(submission, rng, expect, dtype):
    """Each number comes out exactly as it went in, in every dtype."""
    scores = rng.normal(2, 2, 6, 11, scale=100.0, dtype=dtype)
    expect(submission.relative_shift(scores)).equals(reference.relative_shift(scores))


def test_minus_infinity(submission, rng, expect):
    """An entry of −inf arrives as −inf, and reaches no other place."""
    scores = rng.normal(2, 3, 5, 9).masked_fill(rng.mask(2, 3, 5, 9, keep=0.3), -math.inf)
    expect(submission.relative_shift(scores)).equals(reference.relative_shift(scores))


def test_a_wrong_number_of_columns(submission, rng, expect):
    """Any other number of columns than 2T − 1 is a ValueError."""
    scores = rng.normal(2, 3, 5, 9)
    expect(submission.relative_shift(scores)).equals(reference.relative_shift(scores))
    for length, columns in ((5, 8), (5, 10), (5, 5), (1, 2), (1, 3)):
        submission.relative_shift.raises(ValueError, rng.normal(2, 3, length, columns))


@pytest.mark.points(2)
def test_gradients(submission, rng, expect):
    """Each gradient goes back to where its number came from, and numbers left out get 0."""
    scores, d_output = rng.normal(2, 3, 5, 9), rng.normal(2, 3, 5, 5)
    leaf = scores.clone().requires_grad_()
    (expected,) = reference.vjp(reference.relative_shift(leaf), leaf, d_output)
    actual = submission.relative_shift.gradients(scores, cotangent=d_output).inputs[0]
    expect(actual).matches(expected)


def test_arguments_are_left_alone(submission, rng, expect):
    """The scores hold after the call what they held before."""
    scores = rng.normal(2, 3, 5, 9)
    after = submission.relative_shift.inputs_after(scores)[0]
    expect(after).equals(scores, because="Your call changes the scores.")


@pytest.mark.parametrize(
    "dtype", [torch.float32, torch.float64, torch.float16, torch.bfloat16], ids=str
)
def test_numbers_at_the_ends_of_a_dtype(submission, rng, expect, dtype):
    """The largest and the smallest numbers of a dtype are moved as they are."""
    scores = rng.normal(2, 3, 4, 7, dtype=dtype)
    for place, size in enumerate((torch.finfo(dtype).max, torch.finfo(dtype).tiny)):
        scores[place] = scores[place].sign() * size
    expect(submission.relative_shift(scores)).equals(reference.relative_shift(scores))
