"""Masked softmax: what is allowed, what is not, rows that allow nothing, and their gradients."""

import pytest
import torch
from torch.autograd.functional import vjp

import reference

EXACT = "A forbidden position has a weight of exactly 0."


def in_double(scores, mask):
    """The right weights in the dtype of the scores, rounded once."""
    return reference.masked_softmax(scores.double(), mask).to(scores.dtype)


@pytest.mark.points(2)
def test_allowed_positions_share_the_weight(submission, rng, expect):
    """The allowed positions of a row share a weight of 1, as in a softmax over them alone."""
    for shape in [(2, 3, 5), (4, 4), (1, 1, 3), (2, 1, 2, 1), (2, 1, 1, 3, 2, 4)]:
        scores, mask = rng.normal(*shape, scale=1.5), rng.mask(*shape)
        weights = submission.masked_softmax(scores, mask)
        expect(weights).matches(reference.masked_softmax(scores, mask))
        expect(weights).sums_to(1.0, dim=-1)
        expect(weights[~mask]).equals(0.0, because=EXACT)
    scores, mask = rng.normal(5, 4, 3).permute(2, 0, 1), rng.mask(4, 3, 5).permute(1, 2, 0)
    mask = mask.contiguous() | (~mask.any(-1, keepdim=True))
    weights = submission.masked_softmax(scores, mask)
    expect(weights).matches(reference.masked_softmax(scores, mask))


def test_smaller_masks_broadcast(submission, rng, expect):
    """A mask with fewer or shorter dimensions counts for every row it broadcasts to."""
    scores = rng.normal(2, 3, 4, 5)
    for shape in [(5,), (4, 5), (2, 1, 1, 5), (3, 4, 5), (1,), (4, 1)]:
        mask = rng.mask(*shape)
        weights = submission.masked_softmax(scores, mask)
        expect(weights[~mask.expand_as(weights)]).equals(0.0, because=EXACT)
        expect(weights).matches(reference.masked_softmax(scores, mask))
    scores = rng.normal(3, 3, 5)  # a mask (T, S) is one for the batch, also where B and T are alike
    for shape in [(3, 5), (3, 1, 5), (1, 5)]:
        mask = rng.mask(*shape)
        weights = submission.masked_softmax(mask=mask, scores=scores)
        expect(weights).matches(reference.masked_softmax(scores, mask))


def test_forbidden_scores_make_no_difference(submission, rng, expect):
    """What a forbidden position scores makes no difference, however large it is."""
    scores, mask = rng.normal(3, 4, 6), rng.mask(3, 4, 6)
    expected = reference.masked_softmax(scores, mask)
    for forbidden in (2.0, 200.0, 1e10, -1e10):
        moved = torch.where(mask, scores, forbidden)
        expect(submission.masked_softmax(moved, mask)).matches(expected)


def test_extreme_scores_keep_their_ratio(submission, rng, expect, device):
    """Allowed scores near 20000, −20000 or −1e10 give finite weights with the right ratio."""
    steps = rng.integers(0, 4, 2, 3, 5).to(torch.float32)
    scores = torch.tensor([20000.0, -20000.0], device=device).view(2, 1, 1) + steps
    mask = rng.mask(2, 3, 5)
    weights = submission.masked_softmax(scores, mask)
    # Working with logsumexp is right as well, but rounds 20000 + log(…) to about 2e-3.
    expect(weights).matches(reference.masked_softmax(steps, mask), rtol=5e-3)
    # Only one score of a row gets any weight here: logsumexp rounds 1e10 + log(…) to 1e10.
    low, mask = -1e10 * (1 + rng.permutation(5).to(torch.float32)), rng.mask(3, 5)
    weights = submission.masked_softmax(low.expand(3, 5), mask)
    expect(weights).equals(reference.masked_softmax(low.expand(3, 5), mask))


def test_a_position_allowed_alone_gets_all(submission, rng, expect, device):
    """A position that is allowed alone gets a weight of 1, whatever it scores."""
    alone = torch.eye(5, dtype=torch.bool, device=device)[rng.permutation(5)][:3]
    for dtype in (torch.float32, torch.float64, torch.float16, torch.bfloat16):
        edge = 0.5 * torch.finfo(dtype).max
        for score in (edge, -edge):
            scores = torch.full((3, 5), score, dtype=dtype, device=device)
            expect(submission.masked_softmax(scores, alone)).equals(alone.to(dtype))
            opposite = torch.where(alone, scores, -scores)
            expect(submission.masked_softmax(opposite, alone)).equals(alone.to(dtype))


@pytest.mark.points(2)
def test_a_row_that_allows_nothing_is_zero(submission, rng, expect):
    """A row that allows nothing is all 0, and the other rows stay as they were."""
    scores, mask = rng.normal(2, 4, 5), rng.mask(2, 4, 5)
    mask[0, 1] = False
    mask[1, 3] = False
    weights = submission.masked_softmax(scores, mask)
    expect(weights[0, 1]).equals(0.0)
    expect(weights).matches(reference.masked_softmax(scores, mask))


@pytest.mark.points(2)
def test_gradients_are_finite_everywhere(submission, rng, expect):
    """Gradients are right, and finite also where a row allows nothing."""
    scores, mask, cotangent = rng.normal(2, 3, 5), rng.mask(2, 3, 5), rng.normal(2, 3, 5)
    mask[1, 0] = False
    gradient = submission.masked_softmax.gradients(scores, mask, cotangent=cotangent).inputs[0]
    expect(gradient).is_finite()
    expect(gradient[~mask]).equals(0.0)
    expected = vjp(lambda scores: reference.masked_softmax(scores, mask), scores, cotangent)[1]
    expect(gradient).matches(expected)
    for forbidden in (1e4, 1e30):
        moved = torch.where(mask, scores, forbidden)
        gradient = submission.masked_softmax.gradients(moved, mask, cotangent=cotangent).inputs[0]
        expect(gradient).matches(expected, because=f"Forbidden scores are {forbidden:g} here.")


def test_float64_keeps_its_precision(submission, rng, expect):
    """float64 scores give float64 weights, with all their digits."""
    scores, mask = rng.normal(3, 2, 6, dtype=torch.float64, scale=3.0), rng.mask(3, 2, 6)
    expect(submission.masked_softmax(scores, mask)).matches(reference.masked_softmax(scores, mask))


def test_half_precision_stays(submission, rng, expect):
    """float16 and bfloat16 scores give weights of the same dtype, empty rows included."""
    for dtype in (torch.float16, torch.bfloat16):
        scores, mask = rng.normal(3, 4, 5, dtype=dtype), rng.mask(3, 4, 5)
        mask[1, 2] = False
        weights = submission.masked_softmax(scores, mask)
        expect(weights).matches(in_double(scores, mask))
        expect(weights[~mask]).equals(0.0, because=EXACT)


def test_arguments_are_left_as_they_were(submission, rng, expect):
    """The scores and the mask that you are given are the same afterwards."""
    scores, mask = rng.normal(3, 4, 5), rng.mask(3, 4, 5)
    empty = mask.clone()
    empty[1, 2] = False
    for before in ((scores, mask), (scores, empty)):
        after = submission.masked_softmax.inputs_after(*before)
        for name, now, then in zip(("scores", "mask"), after, before, strict=True):
            expect(now).equals(then, because=f"Your call changes {name}.")
