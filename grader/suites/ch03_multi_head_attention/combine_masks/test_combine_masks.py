"""A padding mask and a pattern, joined: both must hold, and the dimensions fit the scores."""

import pytest
import torch

import reference


@pytest.mark.points(3)
@pytest.mark.parametrize(
    ("B", "T", "S"),
    [
        pytest.param(2, 4, 5, id="three different sizes"),
        pytest.param(2, 5, 5, id="as many queries as keys"),
        pytest.param(5, 5, 5, id="all sizes equal"),
        pytest.param(4, 4, 5, id="as many queries as sequences"),
        pytest.param(5, 4, 5, id="as many keys as sequences"),
        pytest.param(1, 4, 5, id="one sequence"),
        pytest.param(3, 1, 5, id="one query"),
        pytest.param(3, 4, 1, id="one key"),
    ],
)
def test_both_conditions_must_hold(submission, rng, expect, B, T, S):
    """A pair is open if the key is real in this sequence and the pattern allows it."""
    key_is_real, allowed = rng.mask(B, S), rng.mask(T, S)
    key_is_real[0, 0] = allowed[0, 0] = True  # so that a mask of False alone is never right
    if S == 1:
        key_is_real[1:], allowed[2:] = False, False
    result = submission.combine_masks(key_is_real, allowed)
    expect(result).equals(reference.combine_masks(key_is_real, allowed))


@pytest.mark.points(2)
def test_a_causal_pattern_and_padding_on_either_side(submission, rng, expect, device):
    """With a causal pattern and padding, no query sees padding or its own future."""
    lengths = torch.tensor([6, 2, 4], device=device)
    places = torch.arange(6, device=device)
    causal = reference.causal_mask(6, device=device)
    for key_is_real in (places < lengths[:, None], places >= 6 - lengths[:, None]):
        result = submission.combine_masks(allowed=causal, key_is_real=key_is_real)
        expect(result).equals(reference.combine_masks(key_is_real, causal))


def test_where_one_mask_allows_everything(submission, rng, expect, device):
    """Where one of the two allows every pair, the other decides."""
    key_is_real, allowed = rng.mask(3, 5), rng.mask(4, 5)
    everything = torch.ones(3, 5, dtype=torch.bool, device=device)
    result = submission.combine_masks(everything, allowed)
    expect(result).equals(allowed.expand(3, 1, 4, 5))
    result = submission.combine_masks(key_is_real, everything[:1].expand(4, 5))
    expect(result).equals(key_is_real[:, None, None].expand(3, 1, 4, 5))


def test_rows_and_sequences_without_anything_allowed(submission, rng, expect):
    """A sequence of padding alone, and a query whose row allows nothing, stay without a key."""
    key_is_real, allowed = rng.mask(3, 5), rng.mask(4, 5)
    key_is_real[1], allowed[2] = False, False
    key_is_real[0, 0] = allowed[0, 0] = True
    result = submission.combine_masks(key_is_real, allowed)
    expect(result).equals(reference.combine_masks(key_is_real, allowed))


def test_order_in_memory_makes_no_difference(submission, rng, expect):
    """Masks that are not contiguous, such as transposed ones, count like any others."""
    key_is_real, allowed = rng.mask(5, 3).T, rng.mask(5, 4).T
    result = submission.combine_masks(key_is_real, allowed)
    expect(result).equals(reference.combine_masks(key_is_real, allowed))


def test_arguments_are_left_alone(submission, rng, expect):
    """Both masks hold after the call what they held before."""
    for B, T in ((2, 4), (1, 1), (1, 4), (4, 4)):
        key_is_real, allowed = rng.mask(B, 5), rng.mask(T, 5)
        allowed[:, 0], allowed[:, 1] = True, False
        key_is_real[:, :3] = ~allowed[:1, :3]  # so that each forbids what the other allows
        key_is_real[0, 4] = allowed[0, 4] = True
        after = submission.combine_masks.inputs_after(key_is_real, allowed)
        expect(after[0]).equals(key_is_real, because="Your call changes `key_is_real`.")
        expect(after[1]).equals(allowed, because="Your call changes `allowed`.")
