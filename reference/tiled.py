"""Exact attention without the T × S matrix: the idea under flash attention (Dao et al. 2022).

A softmax over many keys can be computed piece by piece, if each piece remembers three things per
query: the largest score m, the sum l of exponentials relative to m, and the sum o of values
weighted by them. Two pieces merge into one such triple, in any grouping; at the end the output is
o / l.
"""

import math
from collections.abc import Iterator
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor

Rows = Float[Tensor, "*batch T"]
Vectors = Float[Tensor, "*batch T e"]


def merge_partial_attention(
    m: Rows,
    l: Rows,  # noqa: E741
    o: Vectors,
    m2: Rows,
    l2: Rows,
    o2: Vectors,
) -> tuple[Rows, Rows, Vectors]:
    """Partial attention over two disjoint sets of keys → the partial attention over their union.

    m = max s_j, l = Σ exp(s_j − m), o = Σ exp(s_j − m)·v_j, *not* yet divided by l. Associative
    and commutative, with (−∞, 0, 0), attention over no keys, as its neutral element. Milakov &
    Gimelshein 2018, section 3.1; Dao et al. 2022, section 3.1.
    """
    highest = torch.maximum(m, m2)
    reference = highest.masked_fill(highest == -math.inf, 0.0)  # −∞ − (−∞) would be NaN
    keep, keep2 = (m - reference).exp(), (m2 - reference).exp()
    return (
        highest,
        keep * l + keep2 * l2,
        keep.unsqueeze(-1) * o + keep2.unsqueeze(-1) * o2,
    )


def _tiles(block: int, *tensors: Tensor) -> Iterator[tuple[Tensor, ...]]:
    """Slices of at most `block` positions, the same of each (..., n, d) tensor; all are views."""
    if block < 1:
        raise ValueError(f"block must be at least 1, got {block}")
    return zip(*(torch.split(tensor, block, dim=-2) for tensor in tensors), strict=True)


def _partial_attention(
    scores: Float[Tensor, "*batch T b"], v: Float[Tensor, "*batch b e"]
) -> tuple[Rows, Rows, Vectors]:
    m = scores.amax(-1)
    exponentials = (scores - m.unsqueeze(-1)).exp()
    return m, exponentials.sum(-1), exponentials @ v.to(scores.dtype)


class _TiledAttention(torch.autograd.Function):
    """Left to autograd, every tile would be kept for the backward pass: n² memory again. Kept are
    the inputs, the output and one number per query; the tiles are computed a second time."""

    @staticmethod
    def forward(ctx: Any, q: Tensor, k: Tensor, v: Tensor, block: int) -> Tensor:
        scale = 1 / math.sqrt(q.size(-1))
        exact = torch.promote_types(q.dtype, torch.float32)  # half-width sums would lose keys
        m = q.new_full(q.shape[:-1], -math.inf, dtype=exact)
        l = q.new_zeros(q.shape[:-1], dtype=exact)  # noqa: E741
        o = q.new_zeros(*q.shape[:-1], v.size(-1), dtype=exact)
        for k_tile, v_tile in _tiles(block, k, v):
            scores = scale * (q @ k_tile.mT).to(exact)  # (..., T, b)
            m, l, o = merge_partial_attention(m, l, o, *_partial_attention(scores, v_tile))  # noqa: E741
        output = (o / l.unsqueeze(-1)).to(q.dtype)
        ctx.block = block
        ctx.save_for_backward(q, k, v, output, m + l.log())
        return output

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor, Tensor, Tensor, None]:
        (d_output,) = grads
        q, k, v, output, log_sum = ctx.saved_tensors
        scale = 1 / math.sqrt(q.size(-1))
        # Σ_j p_j·dp_j, the term that the softmax subtracts, needs only the output.
        delta = (d_output * output).sum(-1, keepdim=True)
        d_q, d_k, d_v = torch.zeros_like(q), torch.zeros_like(k), torch.zeros_like(v)
        for k_tile, v_tile, d_k_tile, d_v_tile in _tiles(ctx.block, k, v, d_k, d_v):
            scores = scale * (q @ k_tile.mT).to(log_sum.dtype)  # (..., T, b)
            weights = (scores - log_sum.unsqueeze(-1)).exp().to(q.dtype)  # (..., T, b)
            d_scores = scale * weights * (d_output @ v_tile.mT - delta)  # (..., T, b)
            d_q += d_scores @ k_tile
            d_k_tile.copy_(d_scores.mT @ q)
            d_v_tile.copy_(weights.mT @ d_output)
        return d_q, d_k, d_v, None


def tiled_attention(
    q: Float[Tensor, "*batch T d"],
    k: Float[Tensor, "*batch S d"],
    v: Float[Tensor, "*batch S e"],
    block: int,
) -> Float[Tensor, "*batch T e"]:
    """softmax(q·kᵀ/√d)·v, `block` keys at a time; equal to the formula for any block size.

    Extra memory is O(T · block) instead of O(T · S), forward and backward. q, k and v share their
    leading dimensions. Raises ValueError for a block below 1. Dao et al. 2022, algorithms 1 and 4.
    """
    output: Tensor = _TiledAttention.apply(q, k, v, block)  # type: ignore[no-untyped-call]
    return output
