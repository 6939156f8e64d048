"""Performer: attention through random features, in time linear in the length (FAVOR+)."""

import math

import torch


def performer_features(x: torch.Tensor, projection: torch.Tensor) -> torch.Tensor:
    """Turn each vector x into m positive features: exp(w · x − ‖x‖² / 2) / √m for each row w.

    Where the rows w are drawn from N(0, I), the product of two such feature vectors estimates the
    exponential of a product: the mean of φ(x) · φ(y) over the draws is exp(x · y).

    Args:
        x: (..., n, d), with any number of leading dimensions, also none. float32 or float64.
        projection: (m, d), one direction w in each row, of the dtype of x. m and d are at least 1.

        The arguments need not be contiguous, and are not changed.

    Returns:
        (..., n, m), of the dtype of x: exactly the formula. Subtract no maximum and add no small
        constant. No exponent w · x − ‖x‖² / 2 is below −40 or above 40. Gradients reach x and
        projection.

    Source: Choromanski et al. 2021, "Rethinking Attention with Performers".

    >>> x = torch.tensor([[0.0, 0.0], [2.0, 1.0]])
    >>> projection = torch.tensor([[1.0, 0.0], [0.0, 1.0], [0.0, 2.0], [1.0, 1.0]])
    >>> performer_features(x, projection)
    tensor([[0.5000, 0.5000, 0.5000, 0.5000],
            [0.3033, 0.1116, 0.3033, 0.8244]])
    """
    raise NotImplementedError


def performer_attention(
    q: torch.Tensor,
    k: torch.Tensor,
    v: torch.Tensor,
    projection: torch.Tensor,
    causal: bool = False,
) -> torch.Tensor:
    """Attend with the weights φ(q) · φ(k), and never make them.

    φ(q) holds the features of q / d^¼, and φ(k) those of k / d^¼, so that the weights estimate
    exp(q · k / √d). Query t gets the mean of the values under its weights:

        Σ_s (φ(q_t) · φ(k_s)) v_s / Σ_s (φ(q_t) · φ(k_s))

    With causal=False, s runs over all S positions. With causal=True, S is T, and s runs from the
    first position to t, with t itself.

    Time must grow with T + S and never with T · S, with and without `causal`: no tensor with T · S
    entries is made. One with T · m · d_v entries is allowed, and so is a loop over the positions.

    Args:
        q: (..., T, d), with any number of leading dimensions, also none. float32 or float64.
        k: (..., S, d), with the leading dimensions of q.
        v: (..., S, d_v), with the leading dimensions of q. d_v may differ from d.
        projection: (m, d).
        causal: Whether later positions are hidden.

        All tensors have the same dtype. No exponent of a feature is below −40 or above 40. They
        need not be contiguous, and are not changed.

    Returns:
        (..., T, d_v), of the dtype of q: exactly the formula, no small constant added to a feature
        or a sum. Gradients reach q, k, v and projection.

    Source: Choromanski et al. 2021, "Rethinking Attention with Performers".

    >>> q = torch.tensor([[1.0], [0.0]])
    >>> v = torch.tensor([[1.0], [3.0]])
    >>> performer_attention(q, q, v, torch.tensor([[1.0], [-1.0]]))
    tensor([[1.8068],
            [2.0331]])
    >>> performer_attention(q, q, v, torch.tensor([[1.0], [-1.0]]), causal=True)
    tensor([[1.0000],
            [2.0331]])
    """
    raise NotImplementedError
