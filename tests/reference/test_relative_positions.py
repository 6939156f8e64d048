"""Relative schemes, against loops."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import reference

few = settings(max_examples=30, deadline=None)


@few
@given(T=st.integers(1, 6), m=st.integers(0, 4))
def test_clipped_relative_scores_pick_the_row_of_the_distance(T: int, m: int) -> None:
    q, k, table = torch.randn(2, 3, T, 4), torch.randn(2, 3, T, 4), torch.randn(2 * m + 1, 4)
    scores = reference.clipped_relative_scores(q, k, table)
    for i in range(T):
        for j in range(T):
            row = table[max(-m, min(m, j - i)) + m]
            expected = (q[:, :, i] * (k[:, :, j] + row)).sum(-1) / 2
            torch.testing.assert_close(scores[:, :, i, j], expected)


@few
@given(T=st.integers(1, 7))
def test_relative_shift_moves_distances_to_keys(T: int) -> None:
    scores = torch.randn(2, 3, T, 2 * T - 1)
    shifted = reference.relative_shift(scores)
    for i in range(T):
        for j in range(T):
            assert torch.equal(shifted[:, :, i, j], scores[:, :, i, j - i + T - 1])


def test_relative_shift_needs_every_distance() -> None:
    with pytest.raises(ValueError, match="7 distances"):
        reference.relative_shift(torch.zeros(1, 1, 4, 6))


def test_relative_position_bias_looks_up_the_bucket() -> None:
    layer = reference.RelativePositionBias(3, bidirectional=True, n_buckets=8, max_distance=20)
    bias = layer(length=4, past=2)
    assert bias.shape == (3, 4, 6)
    for t in range(4):
        for s in range(6):
            relative = torch.tensor([s - (t + 2)])
            bucket = reference.relative_position_bucket(relative, True, 8, 20)
            torch.testing.assert_close(bias[:, t, s], layer.embedding.weight[bucket[0]])


def test_alibi_bias_grows_with_the_distance_and_continues_behind_a_past() -> None:
    whole = reference.alibi_bias(4, 6)
    assert whole[0, 5].tolist() == [-1.25, -1.0, -0.75, -0.5, -0.25, 0.0]
    assert torch.equal(reference.alibi_bias(4, 2, past=4), whole[:, 4:])
