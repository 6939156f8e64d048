"""Mean pooling: which tokens count, by what the sum is divided, padding that holds anything."""

import pytest
import torch

import reference


def pooled(x, mask):
    """The mean in float64, in the dtype of x."""
    return reference.masked_mean_pool(x.double(), mask).to(x.dtype)


@pytest.mark.points(3)
@pytest.mark.parametrize(
    ("B", "S", "D"),
    [
        pytest.param(3, 5, 4, id="three different sizes"),
        pytest.param(4, 4, 4, id="all sizes equal"),
        pytest.param(5, 5, 3, id="as many sequences as tokens"),
        pytest.param(2, 6, 6, id="as many features as tokens"),
        pytest.param(3, 5, 1, id="one feature"),
        pytest.param(1, 6, 4, id="one sequence"),
        pytest.param(3, 1, 4, id="one token"),
        pytest.param(1, 1, 1, id="all sizes 1"),
    ],
)
def test_real_tokens_are_averaged(submission, rng, expect, B, S, D):
    """The sum over the real tokens of a sequence is divided by their number."""
    x, mask = rng.normal(B, S, D) + 1, rng.mask(B, S)
    expect(submission.masked_mean_pool(x, mask)).matches(pooled(x, mask))


@pytest.mark.points(2)
def test_sequences_of_different_lengths(submission, rng, expect, device):
    """Sequences of different lengths are each divided by their own."""
    lengths, places = torch.tensor([6, 1, 4, 2], device=device), torch.arange(6, device=device)
    for mask in (places < lengths[:, None], places >= 6 - lengths[:, None]):
        x = rng.normal(4, 6, 3) - 2
        expect(submission.masked_mean_pool(mask=mask, x=x)).matches(pooled(x, mask))


@pytest.mark.points(2)
@pytest.mark.parametrize("value", [1e30, float("inf"), float("-inf"), float("nan")], ids=str)
def test_padding_can_hold_anything(submission, rng, expect, value):
    """What padding holds has no influence, were it infinite or no number at all."""
    x, mask = rng.normal(3, 5, 4), rng.mask(3, 5)
    expected = pooled(x, mask)
    x[~mask] = value
    expect(submission.masked_mean_pool(x, mask)).matches(expected)


def test_a_token_that_is_zero_is_a_token(submission, rng, expect, device):
    """A real token whose features are 0 counts, and so do all of them where none is padding."""
    x, mask = rng.normal(3, 5, 4), rng.mask(3, 5)
    mask[:, 1], mask[:, 2] = True, True
    x[:, 1], x[:, 2, 0] = 0.0, 0.0
    expect(submission.masked_mean_pool(x, mask)).matches(pooled(x, mask))
    everything = torch.ones_like(mask)
    expect(submission.masked_mean_pool(x, everything)).matches(x.mean(1))


@pytest.mark.points(2)
@pytest.mark.parametrize("value", [2.0, float("nan")], ids=["numbers", "nan"])
def test_a_sequence_without_real_tokens(submission, rng, expect, value):
    """A sequence without any real token gives 0, and does not disturb the others."""
    x, mask = rng.normal(3, 5, 4), rng.mask(3, 5)
    mask[1] = False
    x[1] = value
    result = submission.masked_mean_pool(x, mask)
    expect(result[1]).equals(0.0)
    expect(result).matches(pooled(x, mask))


def test_order_in_memory_makes_no_difference(submission, rng, expect):
    """Tensors that are not contiguous, such as turned from (S, B, D), count like any others."""
    x, mask = rng.normal(5, 3, 4).transpose(0, 1), rng.mask(5, 3).T
    expect(submission.masked_mean_pool(x, mask)).matches(pooled(x, mask))


@pytest.mark.parametrize("dtype", [torch.float64, torch.float16, torch.bfloat16], ids=str)
def test_other_dtypes(submission, rng, expect, dtype):
    """The result has the dtype of x, also where padding holds its largest number."""
    x, mask = rng.normal(3, 6, 4, scale=0.3, dtype=dtype), rng.mask(3, 6)
    mask[1] = False
    expected = pooled(x, mask)
    x[~mask] = torch.finfo(dtype).max
    expect(submission.masked_mean_pool(x, mask)).matches(expected)


@pytest.mark.parametrize(
    "dtype", [torch.float32, torch.float64, torch.float16, torch.bfloat16], ids=str
)
def test_numbers_of_any_size(submission, rng, expect, dtype):
    """Numbers near both ends of their dtype are averaged like any others."""
    mask = rng.mask(4, 6)
    mask[1] &= mask[1].cumsum(0) == 1  # a single token
    for size in (torch.finfo(dtype).max / 8, 8 * torch.finfo(dtype).tiny):
        x = rng.uniform(4, 6, 3, low=1.0, high=1.3, dtype=torch.float64)
        x[1] *= 5.0  # as much as five tokens of the other sequences
        x = (x * size * rng.choice([1.0, -1.0])).to(dtype)
        result = submission.masked_mean_pool(x, mask)
        # On the scale of the numbers: small ones count as well.
        expect(result / size).matches(pooled(x, mask) / size)


@pytest.mark.points(2)
def test_gradients(submission, rng, expect):
    """Gradients reach each real token in equal shares, and nothing else, whatever stands there."""
    x, mask, cotangent = rng.normal(3, 5, 4), rng.mask(3, 5), rng.normal(3, 4)
    mask[2] = False
    share = mask / mask.sum(1, keepdim=True).clamp(min=1)
    expected = share[..., None] * cotangent[:, None]
    for value in (1.0, float("nan"), float("inf")):
        x[~mask] = value
        found = submission.masked_mean_pool.gradients(x, mask, cotangent=cotangent).inputs[0]
        expect(found).is_finite(because="This is the gradient of x.")
        expect(found).matches(expected, because="This is the gradient of x.")
        expect(found[~mask]).equals(0.0, because="This is the gradient of x at padding.")


def test_arguments_are_left_alone(submission, rng, expect):
    """x and the mask hold after the call what they held before."""
    x, mask = rng.normal(3, 5, 4), rng.mask(3, 5)
    mask[1] = False
    after = submission.masked_mean_pool.inputs_after(x, mask)
    expect(after[0]).equals(x, because="Your call changes `x`.")
    expect(after[1]).equals(mask, because="Your call changes `mask`.")
