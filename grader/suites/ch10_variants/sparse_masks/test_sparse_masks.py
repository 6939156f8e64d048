"""Three patterns: how wide a window is, what global means, which block a position is in."""

import pytest

import reference


def window_of(device, T, window, causal):
    return reference.sliding_window_mask(T, window, causal, device)


@pytest.mark.points(2)
@pytest.mark.parametrize("causal", [True, False], ids=["causal", "both sides"])
@pytest.mark.parametrize(
    ("T", "window"),
    [
        pytest.param(7, 3, id="a short window"),
        pytest.param(6, 1, id="a window of 1"),
        pytest.param(8, 7, id="one less than all"),
        pytest.param(5, 5, id="a window of all"),
        pytest.param(4, 9, id="a window beyond all"),
        pytest.param(1, 1, id="one position"),
        pytest.param(1, 3, id="one position in a wide window"),
    ],
)
def test_window(submission, expect, device, T, window, causal):
    """A query sees what is less than `window` away, and no future where the mask is causal."""
    mask = submission.sliding_window_mask(T, window, causal)
    expect(mask).equals(window_of(device, T, window, causal))


def test_window_of_its_own(submission, rng, expect, device):
    """Masks are causal unless told otherwise, also at random sizes and by name."""
    for _ in range(3):
        T, window = int(rng.integers(12, 60, 1)), int(rng.integers(2, 11, 1))
        expect(submission.sliding_window_mask(T, window)).equals(window_of(device, T, window, True))
        mask = submission.sliding_window_mask(causal=False, window=window, length=T)
        expect(mask).equals(window_of(device, T, window, False))


@pytest.mark.parametrize("window", [0, -1])
def test_a_window_below_1(submission, expect, device, window):
    """A window in which a query could not see itself is a ValueError."""
    expect(submission.sliding_window_mask(4, 1)).equals(window_of(device, 4, 1, True))
    submission.sliding_window_mask.raises(ValueError, 4, window)
    submission.sliding_window_mask.raises(ValueError, 4, window, False)
    expected = reference.global_and_window_mask(4, 1, [2], device)
    expect(submission.global_and_window_mask(4, 1, [2])).equals(expected)
    submission.global_and_window_mask.raises(ValueError, 4, window, [2])


@pytest.mark.points(3)
@pytest.mark.parametrize(
    ("T", "window", "positions"),
    [
        pytest.param(8, 2, [0], id="the first"),
        pytest.param(9, 3, [4], id="one in the middle"),
        pytest.param(9, 2, [7, 1, 4], id="three in any order"),
        pytest.param(7, 1, [3, 3, 6], id="one of them twice"),
        pytest.param(7, 3, [], id="none"),
        pytest.param(6, 2, (2, 5), id="a tuple"),
        pytest.param(5, 1, [0, 1, 2, 3, 4], id="all"),
        pytest.param(1, 1, [0], id="one position"),
        pytest.param(5, 8, [2], id="a window beyond all"),
    ],
)
def test_global_positions(submission, expect, device, T, window, positions):
    """A global position sees all and is seen by all; the others see a window on both sides."""
    expected = reference.global_and_window_mask(T, window, positions, device)
    expect(submission.global_and_window_mask(T, window, positions)).equals(expected)


def test_global_positions_at_random(submission, rng, expect, device):
    """Row and column of each global position are True, at random sizes and by name."""
    for _ in range(3):
        T, window = int(rng.integers(14, 50, 1)), int(rng.integers(2, 5, 1))
        positions = rng.permutation(T)[: int(rng.integers(1, 4, 1))].tolist()
        mask = submission.global_and_window_mask(
            global_positions=positions, length=T, window=window
        )
        expected = reference.global_and_window_mask(T, window, positions, device)
        expect(mask).equals(expected)


@pytest.mark.points(3)
@pytest.mark.parametrize(
    ("shape", "block"),
    [
        pytest.param((3, 4), 2, id="more keys than queries"),
        pytest.param((5, 2), 3, id="more queries than keys"),
        pytest.param((4, 4), 4, id="all sizes equal"),
        pytest.param((2, 3, 4), 3, id="a layout for each head"),
        pytest.param((2, 3, 2, 5), 2, id="two leading dimensions"),
        pytest.param((3, 5), 1, id="blocks of 1"),
        pytest.param((1, 1), 4, id="one block"),
        pytest.param((1, 4, 1), 2, id="sizes of 1"),
    ],
)
def test_blocks(submission, rng, expect, shape, block):
    """Every cell of the layout becomes a square of block × block."""
    layout = rng.mask(*shape, keep=0.5)
    for cells, width in ((layout, block), (~layout, block + 1)):
        expected = reference.block_sparse_mask(cells, width)
        expect(submission.block_sparse_mask(cells, width)).equals(expected)


def test_blocks_by_name_and_order_in_memory(submission, rng, expect):
    """A layout that is not contiguous counts like any other, and so do arguments by name."""
    layout = rng.mask(4, 3, keep=0.5).T
    expected = reference.block_sparse_mask(layout, 3)
    expect(submission.block_sparse_mask(block=3, layout=layout)).equals(expected)
    layout = rng.mask(3, 2, 4, keep=0.5).transpose(0, 1)
    expected = reference.block_sparse_mask(layout, 2)
    expect(submission.block_sparse_mask(layout, 2)).equals(expected)


def test_arguments_are_left_alone(submission, rng, expect):
    """The layout holds after the call what it held before."""
    for block in (1, 3):
        layout = rng.mask(3, 4)
        after = submission.block_sparse_mask.inputs_after(layout, block)[0]
        expect(after).equals(layout, because="Your call changes the layout.")


def test_the_positions_are_left_alone(submission, expect, device):
    """The list of global positions holds after the call what it held before."""
    expected = reference.global_and_window_mask(6, 2, [4, 1], device)
    expect(submission.global_and_window_mask(6, 2, [4, 1])).equals(expected)
    after = submission.global_and_window_mask.inputs_after(6, 2, [4, 1])[2]
    expect(after).equals([4, 1], because="Your call changes the list.")
