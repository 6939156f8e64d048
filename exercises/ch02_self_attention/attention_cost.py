"""What attention costs: operations and memory for n tokens."""

from typing import NamedTuple


class AttentionCost(NamedTuple):
    """What one head takes for one sequence."""

    flops: int
    activation_bytes: int


def attention_cost(n: int, d: int) -> AttentionCost:
    """Count the operations and the memory of one head over one sequence of n tokens.

    The head computes softmax(q kᵀ / √d) v, where q, k and v are given and have the shape (n, d).

    What is counted:
        flops: The floating-point operations of the two matrix products in the forward pass, where
            a multiplication and the addition that goes with it are two operations. The scaling,
            the softmax and the projections that made q, k and v are left out.
        activation_bytes: The memory that the backward pass needs from the forward pass, in bytes,
            with numbers in float32. That is every tensor that entered one of the two matrix
            products, once. (The softmax needs nothing more: its derivative can be written with the
            weights.) The scores before the softmax and the output are not kept.

    Args:
        n: Number of tokens, at least 1.
        d: Width of queries, keys and values, at least 1.

    Returns:
        An AttentionCost with two whole numbers, exact for any n and d: Python's `int`, not numpy's.

    Source: Vaswani et al. 2017, "Attention Is All You Need", section 4 and table 1, which give the
    order n² · d of the operations.

    >>> attention_cost(1024, 64)
    AttentionCost(flops=268435456, activation_bytes=4980736)
    >>> attention_cost(2048, 64).flops // attention_cost(1024, 64).flops
    4
    """
    raise NotImplementedError
