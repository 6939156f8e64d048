"""The padding mask: which ids are padding, where padding stands, the form of the result."""

import pytest
import torch

import reference


def draw_tokens(rng, B, S, pad_id, dtype=torch.int64):
    """Ids on both sides of pad_id, real tokens and padding anywhere in each sequence."""
    tokens = pad_id + rng.integers(1, 6, B, S) * (2 * rng.mask(B, S).long() - 1)
    tokens[rng.mask(B, S)] = pad_id
    tokens[0, :2] = pad_id + 1  # so that a mask of False alone is never right
    return tokens.to(dtype)


@pytest.mark.points(3)
@pytest.mark.parametrize("pad_id", [0, 1, 3, 50_256, -1, -100])
def test_any_id_can_be_padding(submission, rng, expect, pad_id):
    """A key is hidden where its id is pad_id, whatever number that is, and nowhere else."""
    tokens = draw_tokens(rng, 3, 7, pad_id)
    if pad_id:
        tokens[1, 2], tokens[1, 4] = 0, -pad_id  # tokens like any others
    expect(submission.padding_mask(tokens, pad_id)).equals(reference.padding_mask(tokens, pad_id))


@pytest.mark.points(2)
@pytest.mark.parametrize(
    ("B", "S"),
    [
        pytest.param(2, 5, id="more keys than sequences"),
        pytest.param(5, 2, id="more sequences than keys"),
        pytest.param(4, 4, id="both sizes equal"),
        pytest.param(1, 6, id="one sequence"),
        pytest.param(6, 1, id="one key"),
        pytest.param(1, 1, id="one key of one sequence"),
    ],
)
def test_the_mask_fits_the_scores(submission, rng, expect, B, S):
    """The result is (B, 1, 1, S): one row for all heads and queries of a sequence."""
    tokens = draw_tokens(rng, B, S, 4)
    tokens[1:2, 0] = 4
    result = submission.padding_mask(pad_id=4, tokens=tokens)
    expect(result).equals(reference.padding_mask(tokens, 4))


@pytest.mark.points(2)
def test_padding_can_stand_anywhere(submission, expect, device):
    """Padding at the start, at the end and between tokens is hidden; tokens beside it are not."""
    for pad_id in (0, 7):
        places = torch.tensor(
            [
                [1, 1, 1, 0, 0, 0],
                [0, 0, 0, 1, 1, 1],
                [1, 0, 1, 1, 0, 1],
                [0, 1, 0, 0, 1, 0],
            ],
            device=device,
        ).bool()
        tokens = torch.full((4, 6), pad_id, device=device).masked_fill(places, 5)
        expect(submission.padding_mask(tokens, pad_id)).equals(places[:, None, None])


def test_no_padding_and_nothing_else(submission, rng, expect, device):
    """A sequence of padding alone stays without a key, and one without padding keeps them all."""
    for pad_id in (0, 9):
        tokens = rng.integers(1, 9, 3, 5)
        tokens[1] = pad_id
        tokens[2, 3:] = pad_id
        result = submission.padding_mask(tokens, pad_id)
        expect(result).equals(reference.padding_mask(tokens, pad_id))


def test_ids_of_other_kinds(submission, rng, expect, device):
    """Ids may be int32. Those of int64 may lie so close that a float could not tell them apart, or
    differ only where fewer bits would not see it."""
    tokens = draw_tokens(rng, 3, 5, 2, torch.int32)
    expect(submission.padding_mask(tokens, 2)).equals(reference.padding_mask(tokens, 2))
    tokens = draw_tokens(rng, 3, 5, 2**53, torch.int64)
    expect(submission.padding_mask(tokens, 2**53)).equals(reference.padding_mask(tokens, 2**53))
    tokens = 3 + torch.tensor([[0, 2**8, 2**16], [2**32, 0, 2**40]], device=device)
    expect(submission.padding_mask(tokens, 3)).equals(reference.padding_mask(tokens, 3))


def test_order_in_memory_makes_no_difference(submission, rng, expect):
    """Tokens that are not contiguous, such as transposed ones, count like any others."""
    tokens = draw_tokens(rng, 5, 3, 6).T
    expect(submission.padding_mask(tokens, 6)).equals(reference.padding_mask(tokens, 6))


def test_tokens_are_left_alone(submission, rng, expect):
    """The tokens hold after the call what they held before."""
    for shape in ((3, 5), (1, 1)):
        tokens = draw_tokens(rng, *shape, 3)
        after = submission.padding_mask.inputs_after(tokens, 3)
        expect(after[0]).equals(tokens, because="Your call changes `tokens`.")
