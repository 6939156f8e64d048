"""Softmax: the ratio, the axis, extreme scores, dtype and gradients."""

import pytest
import torch
from torch.autograd.functional import vjp

import reference

INF = float("inf")


def edges(dtype, device):
    """Scores at the ends of a dtype, and the weights: the largest by far has all."""
    edge = torch.finfo(dtype).max
    rows = [[edge, -edge, 0.0], [-edge, 0.5 * edge, -1.0]]
    x = torch.tensor(rows, dtype=dtype, device=device)
    return x, (x == x.amax(-1, keepdim=True)).to(dtype)


def in_double(x, dim=-1):
    """The right weights in the dtype of `x`, rounded once."""
    return reference.softmax(x.double(), dim=dim).to(x.dtype)


def test_weights_are_exponentials_divided_by_their_sum(submission, rng, expect):
    """The weights are the exponentials of the scores, divided by their sum."""
    for shape in [(5,), (3, 4)]:
        x = rng.normal(*shape, scale=1.5)
        expect(submission.softmax(x)).matches(reference.softmax(x))


@pytest.mark.points(2)
def test_rows_sum_to_one_along_the_chosen_dim(submission, rng, expect):
    """Each row sums to 1 along the chosen dim."""
    x = rng.normal(2, 3, 4)
    for dim in (0, 1, 2, -1, -2, -3):
        weights = submission.softmax(x, dim=dim)
        expect(weights).sums_to(1.0, dim=dim)
        expect(weights).matches(reference.softmax(x, dim=dim))


def test_any_number_of_dimensions(submission, rng, expect):
    """Six dimensions are as good as one, and so are sizes of 1 and a transposed tensor."""
    sizes = (2, 1, 3, 2, 4, 3)
    for n in range(1, len(sizes) + 1):
        x = rng.normal(*sizes[:n])
        for dim in (*range(n), -1, -n):
            expect(submission.softmax(x, dim=dim)).matches(reference.softmax(x, dim=dim))
    for shape in [(1,), (1, 1, 1), (4, 1)]:
        x = rng.normal(*shape)
        expect(submission.softmax(x=x)).matches(reference.softmax(x))
    x = rng.normal(4, 3, 2).permute(2, 0, 1)
    for dim in (0, 1, 2):
        expect(submission.softmax(x, dim)).matches(reference.softmax(x, dim))


@pytest.mark.points(2)
def test_large_scores_do_not_overflow(submission, rng, expect, device):
    """Scores near 1000, near −1000 or spread over both give the right weights."""
    # Whole numbers are exact in float32 even at 1000.
    base = torch.tensor([[1000.0], [-1000.0], [0.0]], device=device)
    x = base + rng.permutation(4).to(torch.float32)
    # exp(x − logsumexp(x)) is right as well, but rounds 1000 + log(…) to about 6e-5.
    expect(submission.softmax(x)).matches(reference.softmax(x), rtol=3e-4)
    expect(submission.softmax(x.T, dim=0)).matches(reference.softmax(x.T, dim=0), rtol=3e-4)
    spread = torch.tensor([[1000.0, -1000.0, 0.0, 999.0], [-999.0, -1000.0, -998.0, 300.0]])
    spread = spread.to(device)
    expect(submission.softmax(spread)).matches(reference.softmax(spread), rtol=3e-4)
    x, weights = edges(torch.float32, device)
    expect(submission.softmax(x)).matches(weights)


def test_float64_keeps_its_precision(submission, rng, expect, device):
    """float64 scores give float64 weights, with all their digits."""
    x = rng.normal(3, 2, 5, dtype=torch.float64, scale=3.0)
    expect(submission.softmax(x, dim=1)).matches(reference.softmax(x, dim=1))
    x, weights = edges(torch.float64, device)
    expect(submission.softmax(x)).matches(weights)


def test_minus_infinity_gets_no_weight(submission, rng, expect, device):
    """A score of −inf gets a weight of exactly 0, and the others share the 1."""
    x = rng.normal(3, 5)
    hidden = ~rng.mask(3, 5)
    x[hidden] = -INF
    weights = submission.softmax(x)
    expect(weights[hidden]).equals(
        0.0,
        because="These are the weights of −inf. exp(−inf) is exactly 0, unless a bound (`clamp`), a"
        " finite number in the place of −inf, or a small one that is added keeps it from that.",
    )
    expect(weights).matches(reference.softmax(x))
    only = torch.tensor([-INF, -INF, 2.5, -INF], device=device)
    expect(submission.softmax(only)).matches(torch.tensor([0.0, 0.0, 1.0, 0.0], device=device))
    # −inf lies below every number, however low.
    for low in ([-INF, -1e10, -3e10], [-INF, -20000.0, -20001.0]):
        x = torch.tensor(low, device=device)
        # exp(x − logsumexp(x)) rounds −20000 + log(…) to about 2e-3.
        expect(submission.softmax(x)).matches(reference.softmax(x), rtol=5e-3)


@pytest.mark.points(2)
def test_gradients_reach_the_scores(submission, rng, expect):
    """Gradients reach the scores, and are 0 where a score is −inf."""
    x, cotangent = rng.normal(3, 4), rng.normal(3, 4)
    for dim in (0, -1):
        (gradient,) = submission.softmax.gradients(x, dim=dim, cotangent=cotangent).inputs
        expected = vjp(lambda x, dim=dim: reference.softmax(x, dim=dim), x, cotangent)[1]
        expect(gradient).matches(expected)
    x[1, 2] = -INF
    (gradient,) = submission.softmax.gradients(x, cotangent=cotangent).inputs
    expect(gradient).is_finite()
    expect(gradient).matches(vjp(reference.softmax, x, cotangent)[1])


def test_half_precision_stays(submission, rng, expect, device):
    """float16 and bfloat16 scores give weights of the same dtype."""
    for dtype in (torch.float16, torch.bfloat16):
        x = rng.normal(3, 4, dtype=dtype)
        expect(submission.softmax(x)).matches(in_double(x))
        # exp(12) is more than float16 can hold. exp(x − logsumexp(x)) rounds 20 to 8e-3, or 6e-2.
        x = rng.permutation(6).to(dtype) + 15
        expect(submission.softmax(x)).matches(in_double(x), rtol=0.1)
        x, weights = edges(dtype, device)
        expect(submission.softmax(x)).matches(weights)


def test_scores_are_left_as_they_were(submission, rng, expect):
    """The scores that you are given hold the same numbers afterwards."""
    x, hidden = rng.normal(4, 3), rng.normal(2, 2, 5)
    hidden[~rng.mask(2, 2, 5)] = -INF
    for given, dim in ((x, 0), (hidden, -1), (hidden + 900, -1)):
        (after,) = submission.softmax.inputs_after(given, dim=dim)
        expect(after).equals(given, because="Your call changes x.")
