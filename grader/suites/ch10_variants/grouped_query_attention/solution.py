"""Grouped-query attention: several query heads share one head of keys and values."""

import math

import torch


def grouped_query_attention(
    q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, mask: torch.Tensor | None = None
) -> tuple[torch.Tensor, torch.Tensor]:
    """Let H query heads attend to G heads of keys and values, where H is a multiple of G.

    Query heads that stand next to each other share: query head h uses the key and value head
    h // (H / G). With H = 6 and G = 2, the query heads 0, 1 and 2 use key head 0, and 3, 4 and 5
    use key head 1. With G = H this is multi-head attention, and with G = 1 multi-query attention.
    Each query head computes softmax(q kᵀ / √d) v on its own.

    Args:
        q: Queries, (B, H, T, d).
        k: Keys, (B, G, S, d).
        v: Values, (B, G, S, e).
        mask: Boolean, True where a query may attend to a key. Any shape that broadcasts to (B, H,
            T, S), such as (T, S), (B, 1, 1, S) or (B, H, T, S). None allows every pair.

    Returns:
        output: (B, H, T, e). Where a row of the mask allows nothing, it is 0.
        weights: (B, H, T, S), exactly 0 where the mask forbids. Every row sums to 1, except that
            a row that allows nothing is all 0.

    q, k and v share one dtype, float16, bfloat16, float32 or float64, which both results have as
    well. They need not be contiguous. No argument is changed. Any size may be 1. Gradients reach q,
    k and v, and are finite also where a row allows nothing.

    Raises:
        ValueError: H is not a multiple of G.

    Source: Ainslie et al. 2023, "GQA: Training Generalized Multi-Query Transformer Models from
    Multi-Head Checkpoints"; Shazeer 2019, "Fast Transformer Decoding: One Write-Head is All You
    Need", for G = 1.

    >>> q = torch.zeros(1, 4, 1, 3)
    >>> k = torch.zeros(1, 2, 1, 3)
    >>> v = torch.tensor([[[[5.0]], [[7.0]]]])
    >>> output, weights = grouped_query_attention(q, k, v)
    >>> output.flatten()
    tensor([5., 5., 7., 7.])
    >>> weights.shape
    torch.Size([1, 4, 1, 1])
    """
    H, G = q.size(1), k.size(1)
    if H % G:
        raise ValueError(f"{H} query heads do not divide into {G} groups.")
    k = k.repeat_interleave(H // G, dim=1)  # (B, H, S, d)
    v = v.repeat_interleave(H // G, dim=1)  # (B, H, S, e)
    scores = q @ k.mT / math.sqrt(q.size(-1))  # (B, H, T, S)
    if mask is None:
        weights = scores.softmax(dim=-1)
    else:
        lowest = torch.finfo(scores.dtype).min
        weights = scores.masked_fill(~mask, lowest).softmax(dim=-1).masked_fill(~mask, 0.0)
    return weights @ v, weights
