"""A projection for each head, as the paper writes it: one small matrix per head."""

import torch


def per_head_projection(x: torch.Tensor, w: torch.Tensor) -> torch.Tensor:
    """Multiply every token by the matrix of every head.

    The result for sequence b and head h is the matrix product of x[b], (T, D), and w[h], (D, d). No
    head sees the matrix of another.

    Args:
        x: Tokens, (B, T, D).
        w: One matrix per head, (H, D, d), stored (inputs, outputs), so that it stands on the right
            and is not transposed. B, T, D, H and d are whole numbers from 1 on, equal or not; d
            need not be D / H.

    Returns:
        (B, H, T, d). Gradients reach x and w.

    x and w share one floating-point dtype (float16 and bfloat16 are possible), which the result has
    as well; they need not be contiguous, and neither is changed.

    Source: Vaswani et al. 2017, "Attention Is All You Need", section 3.2.2, where w[h] is W_i.

    >>> x = torch.tensor([[[1.0, 2.0]]])
    >>> w = torch.tensor([[[1.0], [0.0]], [[1.0], [1.0]], [[0.0], [10.0]]])
    >>> per_head_projection(x, w)
    tensor([[[[ 1.]],
    <BLANKLINE>
             [[ 3.]],
    <BLANKLINE>
             [[20.]]]])
    """
    return torch.einsum("btm,hmd->bhtd", x, w)
