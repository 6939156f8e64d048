"""Batch norm of sequences: which tokens count, by what is divided, and what padding may do."""

import pytest
import torch

import reference


def gappy_mask(rng, B, T):
    """A mask with gaps: along the batch or along the positions, some are real and some are not."""
    return rng.mask(B, T) if T > 1 else rng.mask(1, B).T


def draw(rng, mask, D):
    """Numbers that are not nearly equal at all real tokens, where right answers part."""
    x = rng.uniform(*mask.shape, D, low=-1.5, high=1.5) + rng.normal(D, scale=3.0)
    for b, t in mask.nonzero()[:1]:
        x[b, t] += 4.0
    return x


def exactly(x, mask, eps=1e-5):
    return reference.masked_batch_norm(x.double(), mask, eps).to(x.dtype)


@pytest.mark.points(3)
@pytest.mark.parametrize(
    "shape",
    [
        pytest.param((3, 4, 5), id="three different sizes"),
        pytest.param((4, 4, 4), id="all sizes equal"),
        pytest.param((1, 6, 2), id="one sequence"),
        pytest.param((5, 1, 3), id="one token in each"),
        pytest.param((2, 7, 1), id="one feature"),
    ],
)
def test_statistics_of_the_real_tokens(submission, rng, expect, shape):
    """Each feature has one mean and one variance, taken over all real tokens of the batch."""
    mask = gappy_mask(rng, *shape[:2])
    x = draw(rng, mask, shape[-1])
    result = submission.masked_batch_norm(x, mask)
    expect(result).matches(exactly(x, mask))


def test_without_padding(submission, rng, expect, device):
    """Where every token is real, it is batch norm as it was published."""
    x = rng.normal(3, 4, 5) + 2.0
    mask = torch.ones(3, 4, dtype=torch.bool, device=device)
    expect(submission.masked_batch_norm(x, mask)).matches(exactly(x, mask))


@pytest.mark.points(2)
@pytest.mark.parametrize("content", [50.0, 1e30], ids=["50", "1e30"])
def test_padding_has_no_influence(submission, rng, expect, content):
    """What stands at padding changes nothing, and gives 0."""
    x, mask = rng.normal(3, 5, 4) + 1.0, rng.mask(3, 5)
    expected = exactly(x, mask)
    x[~mask] = content * rng.normal(int((~mask).sum()), 4)
    result = submission.masked_batch_norm(x, mask)
    expect(result[~mask]).equals(0.0, because="This is the result at padding.")
    expect(result).matches(expected)


def test_sequences_that_are_all_padding(submission, rng, expect):
    """A sequence without a real token has no part in the statistics."""
    x, mask = rng.normal(4, 3, 5) + 3.0, rng.mask(4, 3)
    mask[1] = False
    expect(submission.masked_batch_norm(x, mask)).matches(exactly(x, mask))


@pytest.mark.points(2)
def test_one_token_and_none(submission, rng, expect):
    """A single real token comes out as 0, as does a batch without any; two do not."""
    mask = rng.mask(3, 4)
    for real in ([(0, 1), (2, 3)], [(1, 2)], []):
        mask[:] = False
        for place in real:
            mask[place] = True
        x = draw(rng, mask, 5) + 3.0
        expect(submission.masked_batch_norm(x, mask)).matches(exactly(x, mask))


def test_other_sequences_count(submission, rng, expect):
    """The result of a sequence depends on what else is in its batch, and on no earlier call."""
    x, mask = rng.normal(3, 4, 5), rng.mask(3, 4)
    x[1] += 4.0
    for part in (slice(0, 3), slice(0, 1), slice(1, 3), slice(0, 3)):
        result = submission.masked_batch_norm(x[part], mask[part])
        expect(result).matches(exactly(x[part], mask[part]))


@pytest.mark.parametrize(
    ("eps", "scale"),
    [
        pytest.param(0.5, 1.0, id="a large eps"),
        pytest.param(1e-12, 1e-6, id="a small eps and small numbers"),
        pytest.param(1e-5, 3e-3, id="numbers as small as eps"),
        pytest.param(1e-5, 1e8, id="large numbers"),
    ],
)
def test_eps_stands_under_the_root(submission, rng, expect, eps, scale):
    """eps is added to the variance, before the root is taken."""
    x, mask = rng.normal(3, 4, 5, scale=scale), rng.mask(3, 4)
    expect(submission.masked_batch_norm(eps=eps, mask=mask, x=x)).matches(exactly(x, mask, eps))


def test_eps_of_its_own(submission, rng, expect):
    """Without an eps it is 1e-5."""
    x, mask = rng.normal(3, 4, 5, scale=3e-3), rng.mask(3, 4)
    expect(submission.masked_batch_norm(x, mask)).matches(exactly(x, mask))


def test_a_feature_that_is_always_the_same(submission, rng, expect):
    """A feature without spread comes out as 0, and the others as always."""
    x, mask = rng.normal(4, 4, 3), rng.mask(4, 4)
    x[..., 1] = 0.5
    # A mean that is off by its last digit is that much, divided by √eps, away from 0.
    expect(submission.masked_batch_norm(x, mask)).matches(exactly(x, mask), atol=1e-3)


def test_numbers_far_from_zero(submission, rng, expect):
    """Numbers near 1000 that differ by about 1 are normalised as well as those near 0."""
    x, mask = rng.normal(3, 5, 8) + 1000.0, rng.mask(3, 5)
    expect(submission.masked_batch_norm(x, mask)).matches(exactly(x, mask), atol=2e-3)


def test_float64(submission, rng, expect):
    """float64 stays float64, and is computed in it."""
    x, mask = rng.normal(3, 4, 5, dtype=torch.float64) + 2.0, rng.mask(3, 4)
    expect(submission.masked_batch_norm(x, mask)).matches(exactly(x, mask))


def test_order_in_memory_makes_no_difference(submission, rng, expect):
    """Arguments that are not contiguous, such as transposed ones, count like any others."""
    x, mask = rng.normal(4, 3, 5).transpose(0, 1), rng.mask(4, 3).T
    expect(submission.masked_batch_norm(x, mask)).matches(exactly(x, mask))
    x = rng.normal(3, 5, 4).mT
    expect(submission.masked_batch_norm(x, mask)).matches(exactly(x, mask))


@pytest.mark.points(2)
def test_gradients(submission, rng, expect):
    """Gradients pass through the mean and the variance too, and are 0 at padding."""
    for eps in (1e-5, 0.3):
        x, cotangent = (rng.normal(3, 4, 5, dtype=torch.float64) for _ in range(2))
        mask = rng.mask(3, 4)
        actual = submission.masked_batch_norm.gradients(x, mask, eps, cotangent=cotangent)
        leaf = x.clone().requires_grad_()
        output = reference.masked_batch_norm(leaf, mask, eps)
        (expected,) = reference.vjp(output, leaf, cotangent)
        expect(actual.inputs[0][~mask]).equals(0.0, because="This is the gradient at padding.")
        expect(actual.inputs[0]).matches(expected)


def test_gradients_of_a_feature_without_spread(submission, rng, expect):
    """Where a feature is always the same, gradients are finite, and right."""
    x, mask, cotangent = rng.normal(3, 4, 5), rng.mask(3, 4), rng.normal(3, 4, 5)
    x[..., 2] = 0.5
    actual = submission.masked_batch_norm.gradients(x, mask, 0.1, cotangent=cotangent)
    leaf = x.clone().requires_grad_()
    output = reference.masked_batch_norm(leaf, mask, 0.1)
    (expected,) = reference.vjp(output, leaf, cotangent)
    expect(actual.inputs[0]).is_finite()
    expect(actual.inputs[0]).matches(expected)


def test_arguments_are_left_alone(submission, rng, expect):
    """x and the mask hold after the call what they held before."""
    x, mask = rng.normal(3, 4, 5), rng.mask(3, 4)
    after = submission.masked_batch_norm.inputs_after(x, mask)
    expect(after[0]).equals(x, because="Your call changes x.")
    expect(after[1]).equals(mask, because="Your call changes the mask.")
