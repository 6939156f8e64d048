"""Attention a block of keys at a time: exact, without the table of all scores."""

import math

import torch


def tiled_attention(q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, block: int) -> torch.Tensor:
    """Compute softmax(q kᵀ / √d) v, and hold the scores of at most `block` keys at a time.

    The result is that of ordinary attention, whatever the block size: nothing is left
    out and nothing is approximated. torch's own attention, such as
    `F.scaled_dot_product_attention`, is off limits here.

    No tensor with T · S entries is made: where block is smaller than S, none has more than
    T · block scores of a sequence and a head. Besides its arguments, copies of them and
    its result, the forward pass holds a number of values that grows with T · (block + d
    + d_v). What is kept for the backward pass does not count.

    Args:
        q: (..., T, d), with any number of leading dimensions, also none. float32 or float64.
        k: (..., S, d), with the leading dimensions of q. S may differ from T.
        v: (..., S, d_v), with the leading dimensions of q. d_v may differ from d.
        block: Number of keys in a block, at least 1. It need not divide S; the last block may be
            smaller. It may be larger than S.

        All three have the same dtype. Scores may have any size up to 10⁴. The tensors need not be
        contiguous, and are not changed.

    Returns:
        (..., T, d_v), of the dtype of q. Gradients reach q, k and v, and are those of ordinary
        attention.

    Raises:
        ValueError: block is below 1.

    Source: Rabe and Staats 2021, "Self-attention Does Not Need O(n²) Memory"; Dao et al. 2022,
    "FlashAttention".

    >>> q = torch.tensor([[1.0], [2.0]])
    >>> k = torch.tensor([[1.0], [0.0], [2.0]])
    >>> v = torch.tensor([[3.0], [6.0], [9.0]])
    >>> tiled_attention(q, k, v, block=2)
    tensor([[7.2615],
            [8.2485]])
    """
    if block < 1:
        raise ValueError(f"A block holds at least 1 key, and not {block}.")
    scale = 1 / math.sqrt(q.size(-1))
    highest = q.new_full((*q.shape[:-1], 1), -math.inf)  # (..., T, 1)
    total = torch.zeros_like(highest)
    output = q.new_zeros(*q.shape[:-1], v.size(-1))  # (..., T, d_v)
    for start in range(0, k.size(-2), block):
        keys = k[..., start : start + block, :]
        values = v[..., start : start + block, :]
        scores = scale * (q @ keys.transpose(-2, -1))  # (..., T, block)
        new_highest = torch.maximum(highest, scores.amax(dim=-1, keepdim=True))
        weights = (scores - new_highest).exp()
        keep = (highest - new_highest).exp()
        total = keep * total + weights.sum(dim=-1, keepdim=True)
        output = keep * output + weights @ values
        highest = new_highest
    return output / total
