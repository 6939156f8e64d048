"""The table of waves: even and odd widths, sizes of 1, wide tables, far positions."""

import pytest

import reference


def drawn(rng, low, high):
    """A whole number, so that nobody can know the answers beforehand."""
    return int(rng.integers(low, high))


def compare(expect, encoding, length, d_model):
    """Entries at position p may be off by (p + 1) · 1e-6: ten times what float32 angles are."""
    expected = reference.sinusoidal_encoding(length, d_model)
    start, end = 0, 10
    while start < length:
        rows = slice(start, end)
        because = f"These are the positions {start} to {min(end, length) - 1}."
        expect(encoding[rows]).matches(expected[rows], rtol=0.0, atol=end * 1e-6, because=because)
        start, end = end, 10 * end


@pytest.mark.points(2)
def test_even_widths(submission, rng, expect):
    """Sines and cosines take turns, and each pair has its own frequency."""
    for length, d_model in ((5, 2), (7, 4), (drawn(rng, 20, 60), 2 * drawn(rng, 10, 60))):
        compare(expect, submission.sinusoidal_encoding(length, d_model), length, d_model)


@pytest.mark.points(2)
def test_odd_widths(submission, rng, expect):
    """An odd width ends with a sine, and its frequencies are those of the odd number."""
    for length, d_model in ((7, 3), (4, 5), (drawn(rng, 20, 60), 2 * drawn(rng, 10, 60) + 1)):
        compare(expect, submission.sinusoidal_encoding(length, d_model), length, d_model)


def test_a_single_position_or_a_single_feature(submission, rng, expect):
    """One position has the row 0, 1, 0, 1, …; one feature is the sine of the position."""
    for length, d_model in ((1, drawn(rng, 6, 60)), (drawn(rng, 6, 60), 1), (1, 1)):
        compare(expect, submission.sinusoidal_encoding(length, d_model), length, d_model)


def test_wide_tables(submission, rng, expect):
    """A wide table has slow waves: its last pairs hardly move over a few positions."""
    for d_model in (512, drawn(rng, 700, 1000)):
        encoding = submission.sinusoidal_encoding(d_model=d_model, length=6)  # by name
        compare(expect, encoding, 6, d_model)


def test_far_positions(submission, rng, expect):
    """Thousands of positions later the first pair is still in step."""
    # In float32 the angles of this pair are exact. Others round differently in each way of writing
    # them, wrong ones too, and a known mistake would then go without its name.
    length = drawn(rng, 4000, 5000)
    compare(expect, submission.sinusoidal_encoding(length, 2), length, 2)
