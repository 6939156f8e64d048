"""The sparse masks, entry by entry against their definitions."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from reference.sparse import block_sparse_mask, global_and_window_mask, sliding_window_mask


@given(st.integers(1, 12), st.integers(1, 15))
def test_windows_entry_by_entry(length, window):
    causal = sliding_window_mask(length, window)
    both = sliding_window_mask(length, window, causal=False)
    for i in range(length):
        assert causal[i].nonzero().flatten().tolist() == list(range(max(0, i - window + 1), i + 1))
        for j in range(length):
            assert both[i, j] == (abs(i - j) < window)


def test_a_causal_window_holds_exactly_its_width():
    assert sliding_window_mask(6, 3).sum(1).tolist() == [1, 2, 3, 3, 3, 3]


def test_global_positions_see_all_and_are_seen_by_all():
    mask = global_and_window_mask(8, 2, [0, 5])
    assert mask[[0, 5]].all() and mask[:, [0, 5]].all()
    assert mask[2].nonzero().flatten().tolist() == [0, 1, 2, 3, 5]
    assert torch.equal(mask, mask.T)
    # Two layers connect everything, which a window alone does not.
    assert (mask.float() @ mask.float() > 0).all()
    assert torch.equal(global_and_window_mask(8, 2, []), sliding_window_mask(8, 2, causal=False))


@given(st.integers(1, 4), st.integers(1, 4), st.integers(1, 5), st.integers(0, 99))
def test_blocks_entry_by_entry(rows, columns, block, seed):
    layout = torch.rand(2, rows, columns, generator=torch.Generator().manual_seed(seed)) < 0.5
    mask = block_sparse_mask(layout, block)
    assert mask.shape == (2, rows * block, columns * block)
    for i in range(rows * block):
        for j in range(columns * block):
            assert torch.equal(mask[:, i, j], layout[:, i // block, j // block])


def test_a_window_of_nothing_is_refused():
    with pytest.raises(ValueError, match="window"):
        sliding_window_mask(4, 0)
