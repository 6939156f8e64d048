"""Layer costs: four formulas, exact rounding, and two errors."""

import pytest

import reference


def compare(submission, expect, *args, **kwargs):
    costs = submission.layer_costs(*args, **kwargs)
    expected = reference.layer_costs(*args, **kwargs)
    for field in expected._fields:
        expect(getattr(costs, field)).equals(getattr(expected, field), because=f"Look at {field}.")


def drawn(rng, low=11, high=1000):
    """A whole number, so that nobody can know the answers beforehand."""
    return int(rng.integers(low, high))


def two_over(k):
    """A number that leaves 2 when divided by 3: every seed asks for the same kind of rounding."""
    return 3 * k + 2


def test_self_attention(submission, rng, expect):
    """Self-attention costs n²·d and reaches every position in one step."""
    n, d = drawn(rng, 7, 100), drawn(rng, 100)
    compare(submission, expect, "self_attention", n, d)


def test_recurrent(submission, rng, expect):
    """A recurrent layer costs n·d² and takes n steps one after another."""
    n, d = drawn(rng, 100), drawn(rng, 7, 100)
    compare(submission, expect, "recurrent", n, d)


@pytest.mark.points(2)
def test_convolutional(submission, rng, expect):
    """A convolution costs kernel·n·d², and dilated layers span n after log_kernel(n) steps."""
    d = drawn(rng)
    compare(submission, expect, "convolutional", 100, d)
    for n, kernel in [(7, 2), (50, 5), (1000, 7), (4, 9), (drawn(rng), drawn(rng, 2, 10))]:
        compare(submission, expect, "convolutional", n, d, kernel=kernel)


@pytest.mark.points(2)
def test_powers_of_the_kernel_are_exact(submission, rng, expect):
    """The path length is exact where n is a power of the kernel, and one above or below it."""
    # math.log(27, 3) is exactly 3, math.log(125, 5) is a little more.
    for kernel, power in [(3, 3), (5, 3), (3, 5), (6, 3), (10, 3), (2, 10)]:
        for n in (kernel**power - 1, kernel**power, kernel**power + 1):
            compare(submission, expect, "convolutional", n, drawn(rng), kernel=kernel)
    # One more than a large power: the logarithm moves by 1e-12, or by less than float64 can hold.
    for power in (40, 60):
        compare(submission, expect, "convolutional", 2**power + 1, 1, kernel=2)


@pytest.mark.points(2)
def test_restricted(submission, rng, expect):
    """Restricted attention costs window·n·d, and a path crosses n in windows, rounded up."""
    d, length, width = drawn(rng), drawn(rng), drawn(rng, 2, 10)
    # An even quotient before an odd one: `round` takes halves to the even number.
    fixed = [(13, 4), (8, 4), (12, 4), (100, 7), (5, 5), (9, 1)]
    for n, window in [*fixed, (length, width), (length * width, width)]:
        compare(submission, expect, "restricted", n, d, window=window)


def test_other_arguments_are_ignored(submission, rng, expect):
    """A kind ignores the arguments that belong to the others."""
    n, d = two_over(drawn(rng)), drawn(rng)
    for kind in ("self_attention", "recurrent", "convolutional", "restricted"):
        compare(submission, expect, kind, n, d, kernel=5, window=3)
    # What is ignored may be anything, also what its own kind would not take.
    for kind in ("self_attention", "recurrent"):
        compare(submission, expect, kind, n, d, kernel=1, window=n + 1)
        compare(submission, expect, kind, n, d, kernel=0, window=0)
    compare(submission, expect, "convolutional", n, d, kernel=5, window=n + 1)
    compare(submission, expect, "restricted", kernel=1, window=3, d=d, n=n)


def test_large_counts_are_exact(submission, rng, expect):
    """All numbers are exact beyond 2^53, where a float can no longer hold every whole number."""
    large = two_over(10**17 // 3 + 2 * drawn(rng))
    for kind in ("self_attention", "recurrent", "convolutional", "restricted"):
        compare(submission, expect, kind, 7, large, window=3)
        compare(submission, expect, kind, large, 1, kernel=large - 1, window=3)
        compare(submission, expect, kind, large, 1, kernel=large, window=large)
    compare(submission, expect, "restricted", large, 1, window=large - 1)
    compare(submission, expect, "restricted", 2**60, 1, window=2)


def test_arguments_may_be_given_by_position(submission, rng, expect):
    """The kernel and the window may be given by position, in the order of the stub."""
    n, d = two_over(drawn(rng)), drawn(rng)
    compare(submission, expect, "convolutional", n, d, 5, 3)
    compare(submission, expect, "restricted", n, d, 5, 3)


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
