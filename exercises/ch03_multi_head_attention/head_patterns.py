"""Where heads look: back by one, at themselves, or at the start."""

from typing import NamedTuple

import torch


class HeadPatterns(NamedTuple):
    """The mean weight that each head gives to three kinds of key, (H) each.

    previous: the key right before the query, averaged over all queries but the first, which has
        none before it: T − 1 of them.
    current: the key at the query's own place, averaged over all T queries.
    first: the first key of the sequence, averaged over all T queries, the first one included.
    """

    previous: torch.Tensor
    current: torch.Tensor
    first: torch.Tensor


def head_patterns(weights: torch.Tensor) -> HeadPatterns:
    """Measure how much of its weight each head spends on three simple patterns.

    The three may overlap. The weight of query 1 on key 0, for example, counts under `previous` and
    under `first`.

    Args:
        weights: (H, T, T), the attention weights of H heads on one sequence: weights[h, t, s] is
            the weight that query t gives to key s. Rows usually sum to 1, but take them as they
            are. Any floating-point dtype; it need not be contiguous, and is not changed.

    Returns:
        A HeadPatterns of three tensors (H), of the dtype of weights. They need not be
        differentiable.

    Raises:
        ValueError: T is 1, so that no query has a key before it.

    Source: Clark et al. 2019, "What Does BERT Look At?", section 3.1.

    >>> weights = torch.tensor([[[1.0, 0.0, 0.0], [0.8, 0.2, 0.0], [0.1, 0.6, 0.3]]])
    >>> head_patterns(weights)
    HeadPatterns(previous=tensor([0.7000]), current=tensor([0.5000]), first=tensor([0.6333]))
    """
    raise NotImplementedError
