"""Linformer: attention over r mixtures of the positions instead of the S positions themselves."""

import math

import torch


def linformer_attention(
    q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, e: torch.Tensor, f: torch.Tensor
) -> torch.Tensor:
    """Compute softmax(q (E k)ᵀ / √d) (F v), with E and F given as e and f.

    E k has r rows: each is a weighted sum of the S keys, with one row of E as the weights. F v
    mixes the values in the same way. The softmax runs over the r mixtures.

    The cost must grow with T · r and r · S, and never with T · S: no tensor with T · S entries is
    made, however large T and S are.

    Args:
        q: (..., T, d), with any number of leading dimensions, also none. float32 or float64.
        k: (..., S, d), with the leading dimensions of q. S may differ from T.
        v: (..., S, d_v), with the leading dimensions of q. d_v may differ from d.
        e: (r, S), the matrix that mixes keys. Its entries may have any sign.
        f: (r, S), the matrix that mixes values.

        All five have the same dtype. T, S, d, d_v and r are at least 1. The entries of q (E k)ᵀ /
        √d may have any size up to 10⁴. The tensors need not be contiguous, and are not changed.

    Returns:
        (..., T, d_v), of the dtype of q. Gradients reach all five arguments. There is no mask:
        every mixture holds every position, so no position could be hidden.

    Source: Wang et al. 2020, "Linformer: Self-Attention with Linear Complexity".

    >>> q = torch.tensor([[1.0, 0.0]])
    >>> k = torch.tensor([[2.0, 0.0], [4.0, 0.0], [0.0, 1.0]])
    >>> v = torch.tensor([[1.0], [3.0], [5.0]])
    >>> e = f = torch.tensor([[0.5, 0.5, 0.0], [0.0, 0.0, 1.0]])
    >>> linformer_attention(q, k, v, e, f)
    tensor([[2.3211]])
    """
    scores = q @ (e @ k).transpose(-2, -1) / math.sqrt(q.size(-1))  # (..., T, r)
    return scores.softmax(dim=-1) @ (f @ v)  # (..., T, d_v)
