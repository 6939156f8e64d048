"""Temperature, top-k and top-p: alone, together, at their limits."""

import math

import pytest
import torch

import reference


def draw_p(rng, logits, top_k=None, temperature=1.0):
    """A p that no sum of the most probable tokens comes near, in any row."""
    left = reference.filter_logits(logits.double(), top_k, None, temperature)
    sums = left.softmax(-1).sort(dim=-1, descending=True).values.cumsum(-1)
    candidates = rng.uniform(200, low=0.15, high=0.97, dtype=torch.float64)
    gaps = (candidates[:, None] - sums.flatten()).abs().amin(1)
    return round(float(candidates[gaps.argmax()]), 6)


def check(submission, expect, logits, *args, **kwargs):
    found = submission.filter_logits(logits, *args, **kwargs)
    expect(found).matches(reference.filter_logits(logits, *args, **kwargs))


@pytest.mark.points(2)
@pytest.mark.parametrize("k", [1, 2, 4, 6])
def test_the_k_largest(submission, rng, expect, k):
    """With top_k, the k largest logits of each row stay, and the others become −inf."""
    for shape in ((7,), (3, 8), (6, 6)):
        check(submission, expect, rng.normal(*shape, scale=2.0), top_k=k)


@pytest.mark.points(3)
@pytest.mark.parametrize("shape", [(9,), (1, 7), (3, 8), (5, 5)])
def test_the_fewest_that_reach_p(submission, rng, expect, shape):
    """With top_p, the most probable tokens stay, as many as are needed to reach p."""
    for scale in (0.3, 1.0, 2.0):
        logits = rng.normal(*shape, scale=scale)
        check(submission, expect, logits, top_p=draw_p(rng, logits))


@pytest.mark.points(2)
def test_the_token_that_reaches_p(submission, expect, device):
    """The token with which the sum reaches p stays, and so one token always stays."""
    logits = torch.tensor([0.2, 0.5, 0.05, 0.25], device=device).log()
    for p in (0.001, 0.3, 0.49, 0.51, 0.7, 0.76, 0.94, 0.96, 0.999):
        check(submission, expect, logits, top_p=p)
        check(submission, expect, logits.flip(0), None, p)


@pytest.mark.points(2)
@pytest.mark.parametrize("temperature", [0.25, 0.7, 1.0, 1.6, 5.0])
def test_temperature(submission, rng, expect, temperature):
    """Logits are divided by the temperature, before p is looked at."""
    logits = rng.normal(3, 8, scale=1.5)
    check(submission, expect, logits, temperature=temperature)
    p = draw_p(rng, logits, None, temperature)
    check(submission, expect, logits, top_p=p, temperature=temperature)
    check(submission, expect, logits, top_k=3, temperature=temperature)


@pytest.mark.points(3)
def test_all_three_together(submission, rng, expect):
    """Of the k tokens that top_k leaves, top_p keeps those that reach p of what is left."""
    for k, temperature in ((2, 1.0), (3, 2.0), (4, 0.6), (5, 1.5)):
        for shape in ((4, 9), (2, 7)):
            logits = rng.normal(*shape)
            p = draw_p(rng, logits, k, temperature)
            check(submission, expect, logits, k, p, temperature)


def test_nothing_to_filter(submission, rng, expect):
    """Without any limit, with k of V or more, and with p = 1, every token stays."""
    for shape in ((6,), (3, 5)):
        logits = rng.normal(*shape)
        check(submission, expect, logits)
        for k in (shape[-1], shape[-1] + 1, 1000):
            check(submission, expect, logits, top_k=k)
            check(submission, expect, logits, top_k=k, top_p=draw_p(rng, logits))
        check(submission, expect, logits, top_p=1.0)
        check(submission, expect, logits, top_k=3, top_p=1)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_p_of_one_keeps_the_improbable(submission, rng, expect, dtype):
    """With p = 1 also those tokens stay whose probability is lost in rounding."""
    logits = rng.normal(2, 6, dtype=dtype)
    logits[:, 2] += 50.0
    check(submission, expect, logits, top_p=1.0)
    check(submission, expect, logits, top_p=0.5)


def test_leading_dimensions(submission, rng, expect):
    """Each row is filtered for itself, however many dimensions there are before it."""
    for shape in ((2, 3, 7), (1, 1, 5), (2, 1, 3, 6), (2, 1, 2, 1, 3, 6)):
        logits = rng.normal(*shape, scale=1.5)
        check(submission, expect, logits, top_k=2)
        check(submission, expect, logits, top_k=4, top_p=draw_p(rng, logits, 4))


def test_logits_that_are_forbidden_already(submission, rng, expect):
    """Logits of −inf stay −inf and count as probability 0."""
    logits = rng.normal(3, 8).masked_fill(~rng.mask(3, 8, keep=0.4), -math.inf)
    for k in (1, 2, 5, 8):
        check(submission, expect, logits, top_k=k, temperature=0.8)
        check(submission, expect, logits, k, draw_p(rng, logits, k))
    check(submission, expect, logits, top_p=draw_p(rng, logits))
    check(submission, expect, logits, top_p=1.0)


def test_large_and_negative_logits(submission, rng, expect):
    """Large logits do not overflow, and what stays keeps its value."""
    for offset in (-2000.0, 1000.0):
        logits = (offset + rng.normal(3, 7, scale=2.0, dtype=torch.float64)).float()
        check(submission, expect, logits, 3, draw_p(rng, logits, 3, 0.9), 0.9)
        check(submission, expect, logits, top_p=draw_p(rng, logits))


def test_float64(submission, rng, expect):
    """Logits in float64 are filtered in float64."""
    logits = rng.normal(3, 8, dtype=torch.float64)
    check(submission, expect, logits, 4, draw_p(rng, logits, 4, 1.3), 1.3)
    check(submission, expect, logits, temperature=0.3)


def test_order_in_memory_makes_no_difference(submission, rng, expect):
    """Logits that are not contiguous count like any others."""
    logits = rng.normal(7, 3, 4).permute(2, 1, 0)
    p = draw_p(rng, logits, 5)
    found = submission.filter_logits(temperature=1.0, top_p=p, top_k=5, logits=logits)
    expect(found).matches(reference.filter_logits(logits, 5, p))


def test_logits_are_left_alone(submission, rng, expect):
    """The logits hold after the call what they held before."""
    for settings in ((2,), (None, 0.6), (None, None, 0.5), (3, 0.6, 2.0), (9,)):
        logits = rng.normal(2, 6)
        after = submission.filter_logits.inputs_after(logits, *settings)
        expect(after[0]).equals(logits, because="Your call changes `logits`.")


@pytest.mark.parametrize(
    "settings",
    [
        {"temperature": 0.0},
        {"temperature": -1.0},
        {"top_k": 0},
        {"top_k": -2},
        {"top_p": 0.0},
        {"top_p": -0.1},
        {"top_p": 1.01},
    ],
    ids=str,
)
def test_impossible_limits(submission, rng, settings):
    """A temperature of 0, a k below 1 and a p outside (0, 1] are refused."""
    submission.filter_logits.raises(ValueError, rng.normal(2, 5), **settings)


@pytest.mark.parametrize("size", [1e-30, 1e30], ids=str)
def test_logits_of_any_size(submission, rng, expect, size):
    """What stays is divided by the temperature, however large or small it is."""
    logits = size * rng.normal(3, 8)
    found = submission.filter_logits(logits, 3, None, 0.5)
    expected = reference.filter_logits(logits, 3, None, 0.5)
    because = "These are your logits divided by the size of the given ones."
    expect(found / size).matches(expected / size, because=because)
