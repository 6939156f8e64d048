"""Relative shift: from a column for each distance to a column for each key."""

import torch


def relative_shift(scores: torch.Tensor) -> torch.Tensor:
    """Sort scores by key that are sorted by distance, as Transformer-XL does.

    The score of query t for the distance c − (T − 1) stands in column c: column 0 is T − 1 tokens
    to the left, column T − 1 is the query's own position, and the last column is T − 1 tokens to
    the right. The distance of key s from query t is s − t. So the result at (t, s) is the number
    that `scores` has in row t for the distance s − t. Numbers for keys that do not exist are left
    out.

    Args:
        scores: (B, H, T, 2T − 1), of any floating-point dtype (float16 and bfloat16 too). It need
            not be contiguous, and is not changed. Any size may be 1. Some numbers may be −inf.

    Returns:
        (B, H, T, T), of the same dtype. The numbers are moved and not computed with: each one is
        exactly what it was, and an −inf reaches no other place. Gradients reach the scores; those
        of numbers that were left out are 0.

    Raises:
        ValueError: the last size is not 2T − 1.

    Source: Dai et al. 2019, "Transformer-XL", appendix B.

    >>> scores = torch.tensor([[[[10.0, 11.0, 12.0, 13.0, 14.0],
    ...                          [20.0, 21.0, 22.0, 23.0, 24.0],
    ...                          [30.0, 31.0, 32.0, 33.0, 34.0]]]])
    >>> relative_shift(scores)
    tensor([[[[12., 13., 14.],
              [21., 22., 23.],
              [30., 31., 32.]]]])
    """
    B, H, T, R = scores.shape
    if R != 2 * T - 1:
        raise ValueError(f"{T} queries have {2 * T - 1} distances, and here are {R} columns.")
    step = torch.arange(T, device=scores.device)
    columns = step - step[:, None] + T - 1  # (T, T): where the distance s − t stands
    return scores.gather(-1, columns.expand(B, H, T, T))
