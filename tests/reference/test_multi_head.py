"""Multi-head attention against torch's, its functional forms against each other."""

from itertools import pairwise
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

import reference
from reference.rotary import rotation

NAMES = {
    "w_q.weight": "in_proj_weight[0]",
    "w_k.weight": "in_proj_weight[1]",
    "w_v.weight": "in_proj_weight[2]",
    "w_q.bias": "in_proj_bias[0]",
    "w_k.bias": "in_proj_bias[1]",
    "w_v.bias": "in_proj_bias[2]",
    "w_o.weight": "out_proj.weight",
    "w_o.bias": "out_proj.bias",
}


@pytest.mark.parametrize("path", ["explicit", "fused"])
@pytest.mark.parametrize("bias", [True, False])
def test_parity_with_torch(path: Any, bias: bool, dtype: torch.dtype, check_parity: Any) -> None:
    B, T, S, D, H = 2, 5, 7, 12, 3
    real = torch.tensor([[True] * S, [True] * (S - 3) + [False] * 3])
    allowed = torch.rand(T, S) < 0.8
    allowed[:, 0] = True
    names = {ours: theirs for ours, theirs in NAMES.items() if bias or "weight" in ours}

    def call_ours(layer: nn.Module, x: list[Tensor]) -> Tensor:
        output, weights = layer(*x, reference.combine_masks(real, allowed), path=path)
        assert (weights is None) == (path == "fused")
        return output

    def call_theirs(layer: nn.Module, x: list[Tensor]) -> Tensor:
        # torch's masks are True where attention is forbidden
        return layer(*x, key_padding_mask=~real, attn_mask=~allowed)[0]

    check_parity(
        reference.MultiHeadAttention(D, H, bias=bias),
        nn.MultiheadAttention(D, H, bias=bias, batch_first=True),
        names,
        [torch.randn(B, n, D, dtype=dtype) for n in (T, S, S)],
        call_ours,
        call_theirs,
    )


def test_weights_are_torchs_per_head(dtype: torch.dtype) -> None:
    theirs = nn.MultiheadAttention(12, 3, batch_first=True, dtype=dtype)
    ours = reference.MultiHeadAttention(12, 3).to(dtype)
    for name, packed in zip(("w_q", "w_k"), theirs.in_proj_weight.chunk(3), strict=False):
        getattr(ours, name).weight.data.copy_(packed)
        nn.init.zeros_(getattr(ours, name).bias)
    x = torch.randn(2, 5, 12, dtype=dtype)
    expected = theirs(x, x, x, average_attn_weights=False)[1]
    torch.testing.assert_close(ours(x, x, x)[1], expected)


@given(B=st.integers(1, 3), T=st.integers(1, 4), H=st.integers(1, 4), d=st.integers(1, 4))
def test_split_and_merge_are_inverse_and_keep_tokens_apart(B: int, T: int, H: int, d: int) -> None:
    x = torch.randn(B, T, H * d)
    heads = reference.split_heads(x, H)
    assert heads.shape == (B, H, T, d)
    assert torch.equal(heads[:, H - 1, T - 1], x[:, T - 1, (H - 1) * d :])
    assert torch.equal(reference.merge_heads(heads), x)


def test_split_needs_equal_heads() -> None:
    with pytest.raises(ValueError, match="does not divide"):
        reference.split_heads(torch.zeros(1, 2, 7), 3)


def test_per_head_projection_is_one_product_split() -> None:
    x, w = torch.randn(2, 5, 12), torch.randn(3, 12, 4)
    joint = torch.cat(list(w), dim=1)  # (D, H·d)
    expected = reference.split_heads(x @ joint, 3)
    torch.testing.assert_close(reference.per_head_projection(x, w), expected)


def test_functional_forms_agree_with_the_module() -> None:
    layer = reference.MultiHeadAttention(12, 3, bias=False)
    x_q, x_kv, mask = torch.randn(2, 5, 12), torch.randn(2, 7, 12), torch.rand(5, 7) < 0.7
    w_q, w_k, w_v, w_o = (getattr(layer, name).weight for name in ("w_q", "w_k", "w_v", "w_o"))
    expected = layer(x_q, x_kv, x_kv, mask)[0]
    actual = reference.multi_head_attention(x_q, x_kv, w_q, w_k, w_v, w_o, 3, mask)
    torch.testing.assert_close(actual, expected)


def test_fused_qkv_is_three_projections_in_one() -> None:
    layer = reference.MultiHeadAttention(12, 3)
    x, mask = torch.randn(2, 5, 12), torch.rand(5, 5) < 0.7
    three = [layer.w_q, layer.w_k, layer.w_v]
    w_qkv = torch.cat([linear.weight for linear in three])
    b_qkv = torch.cat([linear.bias for linear in three])
    actual = reference.fused_qkv_attention(
        x, w_qkv, b_qkv, layer.w_o.weight, layer.w_o.bias, 3, mask
    )
    torch.testing.assert_close(actual, layer(x, x, x, mask)[0])


@pytest.mark.parametrize("G", [1, 2, 6])
def test_grouped_queries_share_neighbouring_heads(G: int) -> None:
    H, q = 6, torch.randn(2, 6, 5, 4)
    k, v = torch.randn(2, G, 7, 4), torch.randn(2, G, 7, 3)
    output, weights = reference.grouped_query_attention(q, k, v)
    assert weights.shape == (2, H, 5, 7)
    for h in range(H):
        g = h * G // H
        expected, _ = reference.scaled_dot_product_attention(q[:, h], k[:, g], v[:, g])
        torch.testing.assert_close(output[:, h], expected)


def test_groups_must_divide_the_heads() -> None:
    with pytest.raises(ValueError, match="do not divide"):
        reference.grouped_query_attention(*(torch.zeros(1, n, 2, 4) for n in (6, 4, 4)))


@pytest.mark.parametrize("G", [1, 2, 4])
@settings(max_examples=15, deadline=None)
@given(cuts=st.sets(st.integers(1, 6)), seed=st.integers(0, 99))
def test_cached_chunks_equal_the_full_pass(G: int, cuts: set[int], seed: int) -> None:
    torch.manual_seed(seed)
    layer = reference.MultiHeadAttention(16, 4, n_kv_heads=G)
    x = torch.randn(2, 7, 16)
    whole, _ = layer(x, x, x, causal=True)
    cache = reference.KVCache()
    with torch.no_grad():
        bounds = [0, *sorted(cuts), 7]
        chunks = [x[:, a:b] for a, b in pairwise(bounds)]
        pieces = [layer(c, c, c, causal=True, cache=cache)[0] for c in chunks]
    torch.testing.assert_close(torch.cat(pieces, 1), whole)


def test_scale_bias_and_dropout_reach_the_attention() -> None:
    layer = reference.MultiHeadAttention(12, 3, scale_scores=False)
    x, bias = torch.randn(2, 5, 12), torch.randn(3, 5, 5)
    q, k = (reference.split_heads(w(x), 3) for w in (layer.w_q, layer.w_k))
    expected = torch.softmax(q @ k.mT + bias, -1)
    torch.testing.assert_close(layer(x, x, x, bias=bias)[1], expected)
    thinned = reference.MultiHeadAttention(12, 3, dropout=0.5)
    assert not torch.equal(thinned(x, x, x)[0], thinned(x, x, x)[0])
    thinned.eval()
    assert torch.equal(thinned(x, x, x)[0], thinned(x, x, x)[0])


def test_rotation_turns_queries_and_keys_and_leaves_values() -> None:
    layer, x = reference.MultiHeadAttention(12, 3), torch.randn(2, 5, 12)
    positions = torch.arange(5)
    q, k, v = (reference.split_heads(w(x), 3) for w in (layer.w_q, layer.w_k, layer.w_v))
    q, k = (reference.rotary_embedding(part, positions) for part in (q, k))
    heads, expected = reference.scaled_dot_product_attention(q, k, v)
    output, weights = layer(x, x, x, rotation=rotation(positions, 4))
    torch.testing.assert_close(weights, expected)
    torch.testing.assert_close(output, layer.w_o(reference.merge_heads(heads)))


def test_permuting_tokens_permutes_the_output() -> None:
    layer = reference.MultiHeadAttention(12, 3)
    x, order = torch.randn(2, 5, 12), torch.randperm(5)
    assert reference.permutation_gap(lambda x: layer(x, x, x)[0], x, order) < 1e-6
    assert reference.permutation_gap(lambda x: F.pad(x, (0, 0, 1, -1)), x, order) > 0.1
