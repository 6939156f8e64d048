"""Gradients of an untrained stack, layer by layer, with the norm first and with the norm last."""

import pytest

import reference

BOTH = pytest.mark.parametrize("norm_first", [True, False], ids=["norm first", "norm last"])


def draw_seed(rng):
    return int(rng.integers(0, 10_000, 1))


@pytest.mark.points(3)
@BOTH
@pytest.mark.parametrize(
    ("depth", "d_model"),
    [
        pytest.param(3, 8, id="three layers"),
        pytest.param(2, 5, id="two layers of odd width"),
        pytest.param(1, 6, id="one layer"),
        pytest.param(5, 5, id="as many layers as features"),
    ],
)
def test_one_norm_for_each_layer(submission, rng, expect, norm_first, depth, d_model):
    """Entry l is the norm of the gradient of w_out[l], the first layer's first."""
    seed = draw_seed(rng)
    result = submission.gradient_norms_by_depth(depth, d_model, norm_first, seed)
    expect(result).matches(reference.gradient_norms_by_depth(depth, d_model, norm_first, seed))


@pytest.mark.points(2)
@BOTH
def test_a_deep_stack(submission, rng, expect, norm_first):
    """In a stack of 16 layers every layer has its own gradient."""
    seed = draw_seed(rng)
    result = submission.gradient_norms_by_depth(16, 12, norm_first, seed)
    expect(result).matches(reference.gradient_norms_by_depth(16, 12, norm_first, seed))


def test_a_wide_layer(submission, rng, expect):
    """A single layer, wider than there are tokens."""
    for norm_first in (True, False):
        seed = draw_seed(rng)
        result = submission.gradient_norms_by_depth(1, 40, norm_first, seed)
        expect(result).matches(reference.gradient_norms_by_depth(1, 40, norm_first, seed))


def test_each_call_stands_alone(submission, rng, expect):
    """The same arguments give the same result again, whatever was asked in between."""
    one, other = draw_seed(rng), draw_seed(rng)
    for seed, norm_first in ((one, True), (other, False), (one, False), (one, True)):
        result = submission.gradient_norms_by_depth(
            seed=seed, norm_first=norm_first, d_model=5, depth=3
        )
        expected = reference.gradient_norms_by_depth(3, 5, norm_first, seed)
        expect(result).matches(expected, because="It was called before.")


def test_the_seed_counts(submission, rng, expect):
    """Each seed is another stack, 0 too."""
    for seed in (0, 1, 2**40 + draw_seed(rng)):
        result = submission.gradient_norms_by_depth(2, 6, True, seed)
        expect(result).matches(reference.gradient_norms_by_depth(2, 6, True, seed))
