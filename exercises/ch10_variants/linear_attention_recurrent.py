"""Causal linear attention as a recurrence, one token or one chunk at a time."""

from typing import NamedTuple

import torch


class LinearAttention(NamedTuple):
    """What the T tokens get, and the state behind the last of them: all that later tokens need.

    output: (..., T, d_v).
    memory: (..., d, d_v): the sum of k_s v_sᵀ over all tokens s so far.
    total: (..., d): the sum of their k_s.
    """

    output: torch.Tensor
    memory: torch.Tensor
    total: torch.Tensor


def linear_attention_recurrent(
    q: torch.Tensor,
    k: torch.Tensor,
    v: torch.Tensor,
    chunk: int = 1,
    memory: torch.Tensor | None = None,
    total: torch.Tensor | None = None,
) -> LinearAttention:
    """Compute causal attention with the weights q_t · k_s, reading the sequence in chunks.

    Token t gets the mean of the values so far under these weights, with s from the first token to
    t, with t itself:

        o_t = Σ_s (q_t · k_s) v_s / Σ_s (q_t · k_s) = q_tᵀ M_t / (q_t · z_t)

    where M_t = Σ_s k_s v_sᵀ and z_t = Σ_s k_s are the state after token t. There is no exponential
    and no division by √d: q and k are features that are positive already.

    The sequence is read `chunk` tokens at a time. Within a chunk, products of its own q and k, at
    most chunk · chunk of them, may be made; what came before the chunk counts through the state
    alone. With chunk=1 it is a recurrence. No tensor with T · T entries and none with T · d · d_v
    entries is made, where chunk is smaller than T.

    Args:
        q: (..., T, d), all entries positive, with any number of leading dimensions, also none.
            float32 or float64. T is at least 1.
        k: (..., T, d), all entries positive, with the leading dimensions of q.
        v: (..., T, d_v), with the leading dimensions of q. d_v may differ from d.
        chunk: Tokens in a chunk, at least 1. It need not divide T; the last chunk may be smaller.
            It may be larger than T. The result is the same for every size.
        memory: (..., d, d_v), and
        total: (..., d): what an earlier call gave for the tokens before these, whatever its chunk.
            None where there are none; both are given or neither.

        All tensors have the same dtype. They need not be contiguous, and are not changed.

    Returns:
        LinearAttention, of the dtype of q: exactly the formula, no small constant added
        to a sum. Its memory and total hold the tokens of earlier calls, too. Gradients
        reach all tensors given.

    Raises:
        ValueError: chunk is below 1.

    Source: Katharopoulos et al. 2020, "Transformers are RNNs".

    >>> q = torch.tensor([[1.0, 1.0], [3.0, 1.0]])
    >>> k = torch.tensor([[1.0, 2.0], [1.0, 1.0]])
    >>> v = torch.tensor([[1.0], [10.0]])
    >>> output, memory, total = linear_attention_recurrent(q, k, v)
    >>> output
    tensor([[1.],
            [5.]])
    >>> memory, total
    (tensor([[11.],
            [12.]]), tensor([2., 3.]))
    """
    raise NotImplementedError
