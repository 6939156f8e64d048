"""Softmax: from scores of any size to weights that sum to 1."""

import torch


def softmax(x: torch.Tensor, dim: int = -1) -> torch.Tensor:
    """Turn scores into weights along one dimension: exp(x_i) / Σ_j exp(x_j).

    Build it from exp, a maximum and a sum: torch's own softmax is not allowed here.
    (`torch.logsumexp` is.)

    Args:
        x: scores, a tensor of any floating-point dtype (float16 and bfloat16 too) with one
            dimension or more. It need not be contiguous. Single scores may be −inf, but never
            all of them along `dim`.
        dim: the dimension that is normalised; a negative one counts from the last.

    Returns:
        A new tensor with the shape and the dtype of `x` that sums to 1 along `dim`.
        Finite scores of any size (1000, −1000) give the right weights, never inf or NaN. Huge
        ones may be rounded as in exp(x − max) or as in exp(x − logsumexp): both are right.
        A score of −inf gives a weight of exactly 0. Gradients flow back to `x`, and are 0 where
        a score is −inf. `x` itself is left as it was.

    >>> softmax(torch.tensor([[0.0, 0.0], [2.0, 2.0], [1.0, float("-inf")]]))
    tensor([[0.5000, 0.5000],
            [0.5000, 0.5000],
            [1.0000, 0.0000]])
    >>> softmax(torch.tensor([[1000.0, 3.0], [1000.0, 3.0]]), dim=0)
    tensor([[0.5000, 0.5000],
            [0.5000, 0.5000]])
    """
    # Subtracting the largest score cancels in the ratio, and leaves exp nothing above 0.
    exps = torch.exp(x - x.amax(dim=dim, keepdim=True))
    return exps / exps.sum(dim=dim, keepdim=True)
