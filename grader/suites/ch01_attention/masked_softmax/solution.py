"""Masked softmax: weights over the allowed positions only."""

import torch


def masked_softmax(scores: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """Softmax over the last dimension that leaves out the positions a mask forbids.

    Args:
        scores (..., T, S): of any floating-point dtype (float16 and bfloat16 too), contiguous or
            not. They are finite, and in size at most half the largest number of their dtype.
        mask: boolean, True where a position may be attended to. It broadcasts to the shape
            of `scores`: (S), (T, S) and (B, 1, S) are all possible.

    Returns:
        weights (..., T, S): a new tensor with the dtype of `scores`. In each row the allowed
        positions share a total of 1 as in a softmax over them alone; a forbidden position has
        exactly 0, and its score, however large, makes no difference. A row that allows nothing
        is all 0. Huge scores may be rounded as in exp(s − max) or as in exp(s − logsumexp): both
        are right. Gradients are finite everywhere and 0 for the scores of forbidden positions.
        `scores` and `mask` are left as they were.

    >>> scores = torch.tensor([[1.0, 1.0, 9.0], [1.0, 1.0, 9.0]])
    >>> masked_softmax(scores, torch.tensor([[True, True, False], [False, False, False]]))
    tensor([[0.5000, 0.5000, 0.0000],
            [0.0000, 0.0000, 0.0000]])
    """
    # The lowest finite number, not −inf: a row of −inf alone would be NaN, this one is uniform.
    lowest = torch.finfo(scores.dtype).min
    weights = torch.softmax(scores.masked_fill(~mask, lowest), dim=-1)
    # Only rows that allow nothing change here. Their gradient is cut off as well.
    return weights.masked_fill(~mask, 0.0)
