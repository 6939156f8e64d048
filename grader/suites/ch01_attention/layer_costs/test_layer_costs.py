"""Layer costs: four formulas, exact rounding, and two errors."""

import pytest

import reference


def compare(submission, expect, *args, **kwargs):
    costs = submission.layer_costs(*args, **kwargs)
    expected = reference.layer_costs(*args, **kwargs)
    for field in expected._fields:
        expect(getattr(costs, field)).equals(getattr(expected, field), because=f"Look at {field}.")


def test_self_attention(submission, rng, expect):
    """Self-attention costs n²·d and reaches every position in one step."""
    n, d = rng.choice([7, 50, 300]), rng.choice([11, 64, 512])
    compare(submission, expect, "self_attention", n, d)


def test_recurrent(submission, rng, expect):
    """A recurrent layer costs n·d² and takes n steps one after another."""
    n, d = rng.choice([7, 50, 300]), rng.choice([11, 64, 512])
    compare(submission, expect, "recurrent", n, d)


@pytest.mark.points(2)
def test_convolutional(submission, rng, expect):
    """A convolution costs kernel·n·d², and dilated layers span n after log_kernel(n) steps."""
    d = rng.choice([11, 64, 512])
    compare(submission, expect, "convolutional", 100, d)
    for n, kernel in [(7, 2), (50, 5), (1000, 7), (4, 9)]:
        compare(submission, expect, "convolutional", n, d, kernel=kernel)


@pytest.mark.points(2)
def test_powers_of_the_kernel_are_exact(submission, expect):
    """The path length is exact where n is a power of the kernel, and one above or below it."""
    # math.log(27, 3) is exactly 3, math.log(125, 5) is a little more.
    for kernel, power in [(3, 3), (5, 3), (3, 5), (6, 3), (10, 3), (2, 10)]:
        for n in (kernel**power - 1, kernel**power, kernel**power + 1):
            compare(submission, expect, "convolutional", n, 4, kernel=kernel)
    # One more than a large power: the logarithm moves by 1e-12, or by less than float64 can hold.
    for power in (40, 60):
        compare(submission, expect, "convolutional", 2**power + 1, 1, kernel=2)


@pytest.mark.points(2)
def test_restricted(submission, rng, expect):
    """Restricted attention costs window·n·d, and a path crosses n in windows, rounded up."""
    d = rng.choice([11, 64, 512])
    for n, window in [(13, 4), (12, 4), (100, 7), (5, 5), (9, 1)]:
        compare(submission, expect, "restricted", n, d, window=window)


def test_other_arguments_are_ignored(submission, expect):
    """A kind ignores the arguments that belong to the others."""
    compare(submission, expect, "self_attention", 20, 6, kernel=5, window=3)
    compare(submission, expect, "recurrent", 20, 6, kernel=5, window=3)
    compare(submission, expect, "convolutional", 20, 6, kernel=5, window=3)
    compare(submission, expect, "restricted", 20, 6, kernel=5, window=3)


def test_large_counts_are_exact(submission, expect):
    """All numbers are exact beyond 2^53, where a float can no longer hold every whole number."""
    large = 10**17 + 1
    for kind in ("self_attention", "recurrent", "convolutional", "restricted"):
        compare(submission, expect, kind, 7, large, window=3)
        compare(submission, expect, kind, large, 1, kernel=large - 1, window=3)
        compare(submission, expect, kind, large, 1, kernel=large, window=large)
    compare(submission, expect, "restricted", large, 1, window=large - 1)
    compare(submission, expect, "restricted", 2**60, 1, window=2)


def test_arguments_may_be_given_by_position(submission, expect):
    """The kernel and the window may be given by position, in the order of the stub."""
    compare(submission, expect, "convolutional", 20, 6, 5, 3)
    compare(submission, expect, "restricted", 20, 6, 5, 3)


def test_unknown_kinds_are_refused(submission, expect):
    """An unknown kind raises ValueError."""
    for kind in ("lstm", "self-attention", "recurrent_attention", ""):
        submission.layer_costs.raises(ValueError, kind, 10, 4)
        submission.layer_costs.raises(ValueError, kind, 10, 4, kernel=5, window=3)
    for kind in ("Recurrent", "RESTRICTED", " self_attention", "convolutional "):
        submission.layer_costs.raises(ValueError, kind, 10, 4, window=3)


def test_restricted_needs_a_window(submission, expect):
    """Restricted attention without a window raises ValueError."""
    submission.layer_costs.raises(ValueError, "restricted", 10, 4)
    submission.layer_costs.raises(ValueError, "restricted", 10, 4, kernel=5)
