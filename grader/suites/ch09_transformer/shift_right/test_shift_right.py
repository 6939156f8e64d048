"""The shift: what comes first, what falls off, what is no token, the form of the result."""

import pytest
import torch

import reference


def draw_target(rng, B, T, low=3, high=60):
    return rng.integers(low, high, B, T)


@pytest.mark.points(3)
@pytest.mark.parametrize(
    ("B", "T"),
    [
        pytest.param(3, 5, id="more tokens than sequences"),
        pytest.param(5, 3, id="more sequences than tokens"),
        pytest.param(4, 4, id="both sizes equal"),
        pytest.param(1, 6, id="one sequence"),
        pytest.param(4, 2, id="two tokens"),
        pytest.param(4, 1, id="one token"),
        pytest.param(1, 1, id="one token of one sequence"),
    ],
)
def test_each_position_holds_the_token_before(submission, rng, expect, B, T):
    """BOS comes first, then the target without its last token."""
    tokens = draw_target(rng, B, T)
    expected = reference.shift_right(tokens, 1, 0)
    expect(submission.shift_right(tokens, 1, 0)).equals(expected)


@pytest.mark.points(2)
@pytest.mark.parametrize(("bos_id", "pad_id"), [(1, 0), (0, 1), (7, 2), (50_256, 50_257), (2, 2)])
def test_any_ids(submission, rng, expect, bos_id, pad_id):
    """BOS and padding may have any ids."""
    tokens = draw_target(rng, 3, 6)
    tokens[rng.mask(3, 6, keep=0.3)] = -100
    expected = reference.shift_right(tokens, bos_id, pad_id)
    expect(submission.shift_right(tokens, bos_id, pad_id)).equals(expected)


@pytest.mark.points(2)
def test_what_the_loss_ignores_becomes_padding(submission, expect, device):
    """A negative number, whichever it is and wherever it stands, becomes pad_id."""
    tokens = torch.tensor(
        [
            [9, 8, -100, -100, -100],
            [-100, 9, 8, 7, -100],
            [-1, 5, -2, 6, 4],
            [-100, -100, -100, -100, -100],
        ],
        device=device,
    )
    for pad_id in (0, 3):
        expected = reference.shift_right(tokens, 1, pad_id)
        expect(submission.shift_right(tokens, 1, pad_id)).equals(expected)


@pytest.mark.points(2)
def test_special_tokens_of_the_target_stay(submission, expect, device):
    """Tokens 0, BOS and padding stand in the target like any others and move with it."""
    tokens = torch.tensor([[0, 5, 1, 0, 2, 3], [1, 1, 3, 3, 2, 0]], device=device)
    for bos_id, pad_id in ((1, 3), (0, 3), (1, 0), (2, 5)):
        expected = reference.shift_right(tokens, bos_id, pad_id)
        expect(submission.shift_right(tokens, bos_id, pad_id)).equals(expected)


def test_arguments_by_name(submission, rng, expect):
    """The arguments may be given by name; bos_id and pad_id are not the same."""
    tokens = draw_target(rng, 2, 5)
    tokens[1, 2:] = -100
    found = submission.shift_right(pad_id=4, bos_id=2, tokens=tokens)
    expect(found).equals(reference.shift_right(tokens, 2, 4))


def test_large_ids_are_exact(submission, rng, expect):
    """Ids beyond 2^53 are exact: they are whole numbers throughout."""
    tokens = 2**53 + draw_target(rng, 2, 5, 0, 9) * 2 + 1
    expected = reference.shift_right(tokens, 1, 0)
    expect(submission.shift_right(tokens, 1, 0)).equals(expected)


def test_order_in_memory_makes_no_difference(submission, rng, expect):
    """A target that is not contiguous, such as a transposed one, counts like any other."""
    tokens = draw_target(rng, 6, 3).T
    tokens[0, 4] = -100
    expect(submission.shift_right(tokens, 1, 0)).equals(reference.shift_right(tokens, 1, 0))


@pytest.mark.points(2)
def test_the_target_is_left_alone(submission, rng, expect):
    """The target holds after the call what it held before."""
    for T in (5, 1):
        tokens = draw_target(rng, 3, T)
        tokens[1, T // 2 :] = -100
        after = submission.shift_right.inputs_after(tokens, 1, 0)
        expect(after[0]).equals(tokens, because="Your call changes `tokens`.")
