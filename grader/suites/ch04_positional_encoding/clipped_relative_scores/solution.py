"""Relative scores: a learned vector for each distance between query and key."""

import math

import torch


def clipped_relative_scores(q: torch.Tensor, k: torch.Tensor, table: torch.Tensor) -> torch.Tensor:
    """Score each key by what it is and by how far it stands from the query.

    The distance of key s from query t is s − t: negative to the left, positive to the right. Each
    distance from −m to m has a vector in the table; a longer one uses the vector of m or −m. With
    a(t, s) for the vector of the clipped distance, the score is

        q_t · (k_s + a(t, s)) / √d

    There is no softmax and no mask.

    Args:
        q: Queries, (B, H, T, d).
        k: Keys, (B, H, T, d).
        table: (2m + 1, d), shared by all heads and sequences. Row 0 belongs to the distance −m, row
            m to 0, and the last row to m. m may be 0, and may be larger than any distance.

    Returns:
        (B, H, T, T): one score for query t and key s.

    q, k and the table share one dtype, float32 or float64, which the result has as well. They need
    not be contiguous, and none is changed. Any size may be 1. Gradients reach all three.

    Source: Shaw et al. 2018, "Self-Attention with Relative Position Representations", sections 3.1
    and 3.2. Their vectors for the values are left out here.

    >>> q = torch.ones(1, 1, 4, 1)
    >>> k = torch.zeros(1, 1, 4, 1)
    >>> table = torch.tensor([[-1.0], [0.0], [7.0]])
    >>> clipped_relative_scores(q, k, table)
    tensor([[[[ 0.,  7.,  7.,  7.],
              [-1.,  0.,  7.,  7.],
              [-1., -1.,  0.,  7.],
              [-1., -1., -1.,  0.]]]])
    """
    T, d = q.shape[-2:]
    m = table.size(0) // 2
    step = torch.arange(T, device=q.device)
    distance = step - step[:, None]  # (T, T), key − query
    vectors = table[distance.clamp(-m, m) + m]  # (T, T, d)
    by_content = q @ k.mT
    by_distance = torch.einsum("bhtd,tsd->bhts", q, vectors)
    return (by_content + by_distance) / math.sqrt(d)
