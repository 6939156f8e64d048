"""Masks say who may attend; the diagonal, the offset and the broadcast are where they go wrong."""

import torch
from hypothesis import given
from hypothesis import strategies as st

import reference


@given(T=st.integers(1, 6), past=st.integers(0, 4))
def test_causal_mask_allows_the_past_and_the_present(T: int, past: int) -> None:
    mask = reference.causal_mask(T, past)
    expected = [[s <= past + t for s in range(past + T)] for t in range(T)]
    assert mask.tolist() == expected and mask.dtype == torch.bool


def test_padding_mask_hides_keys_from_every_query() -> None:
    mask = reference.padding_mask(torch.tensor([[5, 0, 7], [0, 0, 1]]), pad_id=0)
    assert mask.shape == (2, 1, 1, 3)
    assert mask[:, 0, 0].tolist() == [[True, False, True], [False, False, True]]


def test_target_mask_is_both() -> None:
    mask = reference.target_mask(torch.tensor([[5, 6, 9]]), pad_id=9)
    assert mask[0, 0].tolist() == [
        [True, False, False],
        [True, True, False],
        [True, True, False],
    ]


def test_combine_masks_needs_both() -> None:
    real = torch.tensor([[True, True, False], [True, False, True]])
    allowed = torch.tensor([[True, False, True], [False, True, True]])
    combined = reference.combine_masks(real, allowed)
    assert combined.shape == (2, 1, 2, 3)
    for b in range(2):
        for t in range(2):
            assert torch.equal(combined[b, 0, t], real[b] & allowed[t])
