"""Heads are slices of every token's features: cut them apart, and put them together again."""

import torch


def split_heads(x: torch.Tensor, n_heads: int) -> torch.Tensor:
    """Cut the features of every token into equal heads.

    Head h of a token holds its features h·d, h·d + 1, …, (h + 1)·d − 1, in this order, where
    d = D / n_heads. Nothing moves from one token or one sequence to another.

    Args:
        x: (B, T, D), of any floating-point dtype. It need not be contiguous, and is not changed.
        n_heads: Number H of heads, at least 1 and at most D.

    Returns:
        (B, H, T, d), of the dtype of x. It may share memory with x or not, as you like.

    Raises:
        ValueError: D is not a multiple of n_heads.

    Source: Vaswani et al. 2017, "Attention Is All You Need", section 3.2.2.

    >>> x = torch.tensor([[[0.0, 1.0, 2.0, 3.0], [4.0, 5.0, 6.0, 7.0]]])
    >>> split_heads(x, 2)
    tensor([[[[0., 1.],
              [4., 5.]],
    <BLANKLINE>
             [[2., 3.],
              [6., 7.]]]])
    """
    B, T, D = x.shape
    if D % n_heads:
        raise ValueError(f"A width of {D} does not divide into {n_heads} equal heads.")
    return x.reshape(B, T, n_heads, D // n_heads).transpose(1, 2)  # (B, H, T, d)


def merge_heads(x: torch.Tensor) -> torch.Tensor:
    """Put the heads of every token side by side, head 0 first: the way back from `split_heads`.

    Args:
        x: (B, H, T, d), of any floating-point dtype. It need not be contiguous, and is not
            changed.

    Returns:
        (B, T, H·d), of the dtype of x. For every x of `split_heads`,
        `merge_heads(split_heads(x, n_heads))` is x.

    Gradients of both functions reach x.

    >>> merge_heads(torch.tensor([[[[0.0, 1.0], [4.0, 5.0]], [[2.0, 3.0], [6.0, 7.0]]]]))
    tensor([[[0., 1., 2., 3.],
             [4., 5., 6., 7.]]])
    """
    B, H, T, d = x.shape
    return x.transpose(1, 2).reshape(B, T, H * d)
