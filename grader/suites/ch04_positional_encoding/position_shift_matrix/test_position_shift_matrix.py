"""The shift matrix: its entries, what it does to the encoding, both directions, odd widths."""

import pytest

import reference


def drawn(rng, low, high):
    """A whole number, so that nobody can know the answers beforehand."""
    return int(rng.integers(low, high))


def compare(submission, expect, offset, d_model):
    """An entry may be off by (|offset| + 1) · 1e-6: ten times what float32 angles are."""
    matrix = submission.position_shift_matrix(offset, d_model)
    expected = reference.position_shift_matrix(offset, d_model)
    expect(matrix).matches(expected, rtol=0.0, atol=(abs(offset) + 1) * 1e-6)


@pytest.mark.points(2)
def test_forward(submission, rng, expect):
    """Each pair of features is turned by its own frequency, and everything else is 0."""
    for offset, d_model in ((1, 4), (3, 6), (drawn(rng, 2, 40), 2 * drawn(rng, 4, 30))):
        compare(submission, expect, offset, d_model)


@pytest.mark.points(2)
def test_backward(submission, rng, expect):
    """A negative offset looks to the left."""
    for offset, d_model in ((-1, 6), (-drawn(rng, 2, 40), 2 * drawn(rng, 4, 30))):
        compare(submission, expect, offset, d_model)


def test_one_matrix_for_every_position(submission, rng, expect):
    """M · PE(p) is PE(p + offset), whatever p is."""
    offset, d_model = drawn(rng, 1, 30), 2 * drawn(rng, 3, 12)
    table = reference.sinusoidal_encoding(20 + offset, d_model)
    matrix = submission.position_shift_matrix(d_model=d_model, offset=offset)  # by name
    because = "Columns are M · PE(p) for the positions 0 to 19, beside PE(p + offset)."
    expect(matrix @ table[:20].T).matches(table[offset:].T, atol=1e-4, because=because)


def test_no_step_at_all(submission, rng, expect):
    """An offset of 2 changes the encoding, and an offset of 0 does not."""
    for offset, d_model in ((2, 4), (0, 2), (0, 2 * drawn(rng, 2, 30))):
        compare(submission, expect, offset, d_model)


def test_a_single_pair(submission, rng, expect):
    """A width of 2 has one pair, which turns by one radian per token, however many there are."""
    # In float32 the angles of this pair are exact, also where there are thousands of tokens.
    for offset in (1, -2, drawn(rng, 100, 9000), -drawn(rng, 100, 9000)):
        compare(submission, expect, offset, 2)


def test_a_wide_matrix(submission, rng, expect):
    """The last pairs of a wide encoding hardly turn."""
    compare(submission, expect, drawn(rng, 1, 40), 2 * drawn(rng, 24, 40))


def test_odd_widths(submission, rng, expect):
    """An odd width is a ValueError."""
    odd = 2 * drawn(rng, 3, 30) + 1
    compare(submission, expect, 2, odd + 1)
    for d_model in (1, 3, odd):
        submission.position_shift_matrix.raises(ValueError, 2, d_model)
