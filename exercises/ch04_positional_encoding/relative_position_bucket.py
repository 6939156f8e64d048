"""Relative position buckets: exact when near, ever wider when far."""

import math

import torch


def relative_position_bucket(
    relative: torch.Tensor,
    bidirectional: bool = True,
    n_buckets: int = 32,
    max_distance: int = 128,
) -> torch.Tensor:
    """Sort relative positions into n_buckets buckets, as T5 does.

    A relative position is key − query: negative for a key to the left. First the direction:

    - bidirectional: N = n_buckets / 2 buckets are for each side. Keys to the right (relative > 0)
      use the buckets N … 2N − 1, all others 0 … N − 1. The distance is |relative|.
    - otherwise N = n_buckets. The distance is that to the left, −relative. A key to the right has
      distance 0, as the query itself.

    Then the bucket on that side, with n = N / 2:

    - Below n, each distance has a bucket of its own: distance 0 is bucket 0, distance 1 bucket 1, …
    - From n on, it is n + ⌊ ln(distance / n) / ln(max_distance / n) · (N − n) ⌋, but at most N − 1.
      So everything from max_distance on shares the last bucket of its side.

    Args:
        relative: Whole numbers (int64) of any shape, from −10^9 to 10^9. It need not be contiguous,
            and is not changed.
        bidirectional: Whether keys to the right are told apart.
        n_buckets: How many buckets there are, at least 2 and even; when bidirectional, at least 4
            and a multiple of 4. So N and n are whole.
        max_distance: A distance from which on all keys of a side share its last bucket.
            More than n.

    Returns:
        The bucket of each entry: int64, of the shape of `relative`.

    The logarithms may be computed in float32 or in float64. Where the number inside ⌊ ⌋ comes out
    whole, such as ln(16/8) / ln(128/8) · 8 = 2, rounding may push it below. So distances between n
    and max_distance for which it lies within 0.0001 of a whole number are not asked.

    Source: Raffel et al. 2020, "Exploring the Limits of Transfer Learning with a Unified
    Text-to-Text Transformer", section 2.1; the formula is that of their published code.

    >>> relative = torch.tensor([-1000, -20, -7, -1, 0, 1, 7, 20, 1000])
    >>> relative_position_bucket(relative)
    tensor([15, 10,  7,  1,  0, 17, 23, 26, 31])
    >>> relative_position_bucket(relative, bidirectional=False)
    tensor([31, 17,  7,  1,  0,  0,  0,  0,  0])
    """
    raise NotImplementedError
