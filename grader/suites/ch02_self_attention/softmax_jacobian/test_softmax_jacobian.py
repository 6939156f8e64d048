"""The Jacobian of the softmax: both cases, batches, saturation."""

import pytest
import torch

import reference


def measured_jacobian(scores):
    """∂softmax(x)_i / ∂x_j for one vector of scores, by autograd."""
    return torch.autograd.functional.jacobian(lambda x: x.softmax(-1), scores)


@pytest.mark.points(2)
@pytest.mark.parametrize(
    "dtype",
    [pytest.param(torch.float32, id="float32"), pytest.param(torch.float64, id="float64")],
)
def test_one_row(submission, rng, expect, dtype):
    """Entry (i, j) is the derivative of weight i with respect to score j."""
    scores = rng.normal(5, dtype=dtype)
    jacobian = submission.softmax_jacobian(scores.softmax(-1))
    expect(jacobian).matches(measured_jacobian(scores))


@pytest.mark.points(2)
@pytest.mark.parametrize(
    "shape",
    [
        pytest.param((4, 4), id="as many rows as keys"),
        pytest.param((3, 5), id="a batch of rows"),
        pytest.param((2, 3, 2, 4), id="batch, heads and queries"),
        pytest.param((1, 1, 3), id="leading sizes of 1"),
        pytest.param((2, 1, 2, 1, 3, 4), id="five leading dimensions"),
    ],
)
def test_many_rows(submission, rng, expect, shape):
    """Each row of probabilities gets a Jacobian of its own."""
    p = rng.normal(*shape, scale=1.5).softmax(-1)
    expect(submission.softmax_jacobian(p)).matches(reference.softmax_jacobian(p))


def test_transposed_probabilities(submission, rng, expect):
    """Probabilities that are not contiguous, such as transposed ones, count like any others."""
    p = rng.normal(5, 3, 2).softmax(0).permute(2, 1, 0)
    expect(submission.softmax_jacobian(p=p)).matches(reference.softmax_jacobian(p))


def test_half_precision(submission, rng, expect):
    """Probabilities in float16 or bfloat16 give a Jacobian of the same dtype."""
    for dtype in (torch.float16, torch.bfloat16):
        p = rng.normal(3, 5, dtype=dtype).softmax(-1)
        expected = reference.softmax_jacobian(p.double()).to(dtype)
        expect(submission.softmax_jacobian(p)).matches(expected)


def test_tiny_probabilities(submission, rng, expect):
    """Probabilities near 1e-12 are not rounded up or down: their derivatives are as small."""
    scores = rng.normal(3, 6, dtype=torch.float64)
    scores[:, 1:3] -= 27.0
    p = scores.softmax(-1)
    expected = reference.softmax_jacobian(p)
    expect(submission.softmax_jacobian(p)).matches(expected, rtol=1e-6, atol=0.0)


def test_raising_all_scores_changes_nothing(submission, rng, expect):
    """Every row and every column of the Jacobian sums to 0."""
    p = rng.normal(2, 6, dtype=torch.float64).softmax(-1)
    jacobian = submission.softmax_jacobian(p)
    expect(jacobian).sums_to(0.0, dim=-1)
    expect(jacobian).sums_to(0.0, dim=-2)
    expect(jacobian).matches(reference.softmax_jacobian(p))


def test_a_saturated_row_passes_no_gradient(submission, rng, expect, device):
    """Where one probability is 1 and the others are 0, every derivative is 0; near 1, nearly."""
    saturated = torch.eye(5, device=device)[rng.permutation(5)[:3]]
    almost = (rng.normal(2, 5) + torch.tensor([6.0, 0, 0, 0, 0], device=device)).softmax(-1)
    p = torch.cat([saturated, almost, rng.normal(2, 5).softmax(-1)])
    jacobian = submission.softmax_jacobian(p)
    expect(jacobian[:3]).matches(torch.zeros_like(jacobian[:3]))
    expect(jacobian).matches(reference.softmax_jacobian(p))
    exact = submission.softmax_jacobian(saturated.double())
    expect(exact).matches(torch.zeros_like(exact), atol=1e-12)


def test_a_key_with_probability_zero(submission, rng, expect):
    """A key with probability 0 has a row and a column of zeros; the others are as without it."""
    p = rng.normal(2, 4).softmax(-1)
    p = torch.cat([p[:, :2], torch.zeros_like(p[:, :1]), p[:, 2:]], dim=-1)
    jacobian = submission.softmax_jacobian(p)
    expect(jacobian).is_finite()
    expect(jacobian).matches(reference.softmax_jacobian(p))


def test_argument_is_left_alone(submission, rng, expect):
    """p holds after the call what it held before."""
    before = rng.normal(3, 4).softmax(-1)
    (after,) = submission.softmax_jacobian.inputs_after(before)
    expect(after).equals(before, because="Your call changes p.")
