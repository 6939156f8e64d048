"""The target mask: the future, padding wherever it stands, the form of the result."""

import pytest
import torch

import reference


def draw_tokens(rng, B, T, pad_id, dtype=torch.int64):
    """Ids on both sides of pad_id, real tokens and padding anywhere in each sequence."""
    tokens = pad_id + rng.integers(1, 6, B, T) * (2 * rng.mask(B, T).long() - 1)
    tokens[rng.mask(B, T)] = pad_id
    tokens[0, :2] = pad_id + 1  # so that a mask of False alone is never right
    return tokens.to(dtype)


def check(submission, expect, tokens, pad_id):
    expect(submission.target_mask(tokens, pad_id)).equals(reference.target_mask(tokens, pad_id))


@pytest.mark.points(2)
@pytest.mark.parametrize(
    ("B", "T"),
    [
        pytest.param(2, 5, id="more tokens than sequences"),
        pytest.param(5, 3, id="more sequences than tokens"),
        pytest.param(4, 4, id="both sizes equal"),
        pytest.param(1, 6, id="one sequence"),
        pytest.param(3, 1, id="one token"),
        pytest.param(1, 1, id="one token of one sequence"),
    ],
)
def test_both_conditions_must_hold(submission, rng, expect, B, T):
    """A query sees a key that is real and no later than itself. The result is (B, 1, T, T)."""
    tokens = draw_tokens(rng, B, T, 3)
    tokens[1:2, 0] = 3
    result = submission.target_mask(pad_id=3, tokens=tokens)
    expect(result).equals(reference.target_mask(tokens, 3))


@pytest.mark.points(2)
def test_without_padding_it_is_causal(submission, rng, expect):
    """Where nothing is padding, query t sees the keys 0 to t, itself included."""
    for B, T in ((3, 5), (1, 2)):
        tokens = rng.integers(1, 9, B, T)
        check(submission, expect, tokens, 0)
        check(submission, expect, tokens, 9)


@pytest.mark.points(2)
@pytest.mark.parametrize("pad_id", [0, 1, 3, 50_256, -1, -100])
def test_any_id_can_be_padding(submission, rng, expect, pad_id):
    """A key is padding where its id is pad_id, whatever number that is, and nowhere else."""
    tokens = draw_tokens(rng, 3, 7, pad_id)
    if pad_id:
        tokens[1, 2] = 0  # a token like any other
    check(submission, expect, tokens, pad_id)


@pytest.mark.points(3)
@pytest.mark.parametrize(
    "places",
    [
        pytest.param([1, 1, 1, 1, 0, 0], id="at the end"),
        pytest.param([0, 0, 1, 1, 1, 1], id="at the start"),
        pytest.param([1, 0, 1, 1, 0, 1], id="between tokens"),
    ],
)
def test_padding_can_stand_anywhere(submission, expect, device, places):
    """Keys that are padding are hidden, queries that are padding keep their row."""
    for pad_id in (0, 7):
        rows = [places, [1] * 6, [0, *places[:-1]]]
        real = torch.tensor(rows, device=device).bool()
        tokens = torch.full((3, 6), pad_id, device=device).masked_fill(real, 5)
        check(submission, expect, tokens, pad_id)


def test_a_sequence_of_padding_alone(submission, rng, expect):
    """Where a sequence has no real token, or none so far, the row stays all False."""
    for pad_id in (0, 9):
        tokens = rng.integers(1, 9, 3, 5)
        tokens[1] = pad_id
        tokens[2, :3] = pad_id
        check(submission, expect, tokens, pad_id)


def test_ids_of_other_kinds(submission, rng, expect, device):
    """Ids may be int32. Those of int64 may lie so close that a float could not tell them apart, or
    differ only where fewer bits would not see it."""
    check(submission, expect, draw_tokens(rng, 3, 5, 2, torch.int32), 2)
    check(submission, expect, draw_tokens(rng, 3, 5, 2**53), 2**53)
    tokens = 3 + torch.tensor([[0, 2**8, 2**16], [2**32, 0, 2**40]], device=device)
    check(submission, expect, tokens, 3)


def test_order_in_memory_makes_no_difference(submission, rng, expect):
    """Tokens that are not contiguous, such as transposed ones, count like any others."""
    check(submission, expect, draw_tokens(rng, 5, 3, 6).T, 6)


def test_tokens_are_left_alone(submission, rng, expect):
    """The tokens hold after the call what they held before."""
    for shape in ((3, 5), (1, 1)):
        tokens = draw_tokens(rng, *shape, 3)
        after = submission.target_mask.inputs_after(tokens, 3)
        expect(after[0]).equals(tokens, because="Your call changes `tokens`.")
