# %% wrong | d-minus-one-additions | counts d multiplications and d - 1 additions for each sum, 2d - 1 in place of 2d
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
        An AttentionCost with two exact whole numbers (`int`).

    Source: Vaswani et al. 2017, "Attention Is All You Need", section 4 and table 1, which give the
    order n² · d of the operations.

    >>> attention_cost(1024, 64)
    AttentionCost(flops=268435456, activation_bytes=4980736)
    >>> attention_cost(2048, 64).flops // attention_cost(1024, 64).flops
    4
    """
    scores = n * n * (2 * d - 1)
    output = n * d * (2 * n - 1)
    return AttentionCost(scores + output, 4 * (3 * n * d + n * n))

# %% wrong | mac-is-one | counts a multiplication and its addition as one operation
from typing import NamedTuple


class AttentionCost(NamedTuple):
    """What one head takes for one sequence."""

    flops: int
    activation_bytes: int


def attention_cost(n: int, d: int) -> AttentionCost:
    return AttentionCost(flops=2 * n**2 * d, activation_bytes=4 * (3 * n * d + n**2))

# %% wrong | through-floats | computes in floats and converts at the end, so numbers above 2**53 lose their last digits
from typing import NamedTuple


class AttentionCost(NamedTuple):
    """What one head takes for one sequence."""

    flops: int
    activation_bytes: int


def attention_cost(n: int, d: int) -> AttentionCost:
    flops = 4.0 * n**2 * d
    numbers = 3.0 * n * d + n**2
    return AttentionCost(int(flops), int(numbers * 4.0))

# %% wrong | keeps-output-too | counts the output with q, k, v and the weights
from typing import NamedTuple


class AttentionCost(NamedTuple):
    """What one head takes for one sequence."""

    flops: int
    activation_bytes: int


def attention_cost(n: int, d: int) -> AttentionCost:
    bytes_per_number = 4
    tensors = [n * d, n * d, n * d, n * n, n * d]
    return AttentionCost(2 * n * n * d + 2 * n * d * n, bytes_per_number * sum(tensors))

# %% wrong | scores-and-weights | counts two n x n tensors, the scores before the softmax and the weights
from typing import NamedTuple


class AttentionCost(NamedTuple):
    """What one head takes for one sequence."""

    flops: int
    activation_bytes: int


def attention_cost(n: int, d: int) -> AttentionCost:
    return AttentionCost(4 * n * n * d, 4 * (3 * n * d + 2 * n * n))

# %% wrong | x-once | counts one n x d tensor for q, k and v together, as if they were the same input
from typing import NamedTuple


class AttentionCost(NamedTuple):
    """What one head takes for one sequence."""

    flops: int
    activation_bytes: int


def attention_cost(n: int, d: int) -> AttentionCost:
    return AttentionCost(4 * n * n * d, 4 * (n * d + n * n))

# %% wrong | allocates | builds real tensors to count their elements, which runs out of memory for long sequences
import torch
from typing import NamedTuple


class AttentionCost(NamedTuple):
    """What one head takes for one sequence."""

    flops: int
    activation_bytes: int


def attention_cost(n: int, d: int) -> AttentionCost:
    q, k, v = torch.empty(n, d), torch.empty(n, d), torch.empty(n, d)
    weights = torch.zeros(n, n)
    kept = sum(t.numel() * t.element_size() for t in (q, k, v, weights))
    return AttentionCost(4 * weights.numel() * d, kept)

# %% wrong | default-dtype-size | asks torch's default dtype for the bytes per number, so the result changes when somebody has set float64
import torch
from typing import NamedTuple


class AttentionCost(NamedTuple):
    """What one head takes for one sequence."""

    flops: int
    activation_bytes: int


def attention_cost(n: int, d: int) -> AttentionCost:
    size = torch.empty(0).element_size()
    return AttentionCost(4 * n * n * d, size * (3 * n * d + n * n))

# %% wrong | int32-numpy | multiplies in numpy int32, which overflows from a few thousand tokens on
import numpy as np
from typing import NamedTuple


class AttentionCost(NamedTuple):
    """What one head takes for one sequence."""

    flops: int
    activation_bytes: int


def attention_cost(n: int, d: int) -> AttentionCost:
    n32, d32 = np.int32(n), np.int32(d)
    with np.errstate(over="ignore"):
        flops = np.int32(4) * n32 * n32 * d32
        size = np.int32(4) * (np.int32(3) * n32 * d32 + n32 * n32)
    return AttentionCost(int(flops), int(size))

# %% wrong | second-product-n-d-d | takes the second product for n x d by d x d, 2 n d², equal where n == d
from typing import NamedTuple


class AttentionCost(NamedTuple):
    """What one head takes for one sequence."""

    flops: int
    activation_bytes: int


def attention_cost(n: int, d: int) -> AttentionCost:
    first = 2 * n * n * d
    second = 2 * n * d * d
    return AttentionCost(first + second, 4 * (3 * n * d + n * n))

# %% wrong | renamed-arguments | renames the arguments to seq_len and d_head, so a call by keyword (n=..., d=...) fails
from typing import NamedTuple


class AttentionCost(NamedTuple):
    """What one head takes for one sequence."""

    flops: int
    activation_bytes: int


def attention_cost(seq_len: int, d_head: int) -> AttentionCost:
    flops = 2 * 2 * seq_len**2 * d_head
    memory = 4 * (3 * seq_len * d_head + seq_len**2)
    return AttentionCost(flops, memory)

# %% wrong | softmax-counted | adds five operations per score for scaling and softmax although they are left out
from typing import NamedTuple


class AttentionCost(NamedTuple):
    """What one head takes for one sequence."""

    flops: int
    activation_bytes: int


def attention_cost(n: int, d: int) -> AttentionCost:
    matmuls = 4 * n * n * d
    softmax = 5 * n * n
    return AttentionCost(matmuls + softmax, 4 * (3 * n * d + n * n))

# %% wrong | half-precision | two bytes per number, out of habit with float16
from typing import NamedTuple


class AttentionCost(NamedTuple):
    """What one head takes for one sequence."""

    flops: int
    activation_bytes: int


def attention_cost(n: int, d: int) -> AttentionCost:
    return AttentionCost(4 * n * n * d, 2 * (3 * n * d + n * n))

# %% right | formula | the two formulas
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
        An AttentionCost with two exact whole numbers (`int`).

    Source: Vaswani et al. 2017, "Attention Is All You Need", section 4 and table 1, which give the
    order n² · d of the operations.

    >>> attention_cost(1024, 64)
    AttentionCost(flops=268435456, activation_bytes=4980736)
    >>> attention_cost(2048, 64).flops // attention_cost(1024, 64).flops
    4
    """
    return AttentionCost(flops=4 * n * n * d, activation_bytes=4 * (3 * n * d + n * n))

# %% right | by-product | a helper for one product and a list of kept shapes
from math import prod
from typing import NamedTuple


class AttentionCost(NamedTuple):
    """What one head takes for one sequence."""

    flops: int
    activation_bytes: int

FLOAT32 = 4


def matmul_flops(a: int, b: int, c: int) -> int:
    """(a, b) times (b, c)."""
    return 2 * a * b * c


def attention_cost(n: int, d: int) -> AttentionCost:
    flops = matmul_flops(n, d, n) + matmul_flops(n, n, d)
    kept = {"q": (n, d), "k": (n, d), "v": (n, d), "weights": (n, n)}
    return AttentionCost(flops, FLOAT32 * sum(prod(shape) for shape in kept.values()))

# %% wrong | meta-tensors | meta tensors and their element counts, which end at a storage of 2^63 bytes
import torch
from typing import NamedTuple


class AttentionCost(NamedTuple):
    """What one head takes for one sequence."""

    flops: int
    activation_bytes: int


def attention_cost(n: int, d: int) -> AttentionCost:
    def like(*shape):
        return torch.empty(*shape, device="meta", dtype=torch.float32)

    q, k, v, w = like(n, d), like(n, d), like(n, d), like(n, n)
    per_product = 2 * w.numel() * d
    return AttentionCost(
        flops=2 * per_product,
        activation_bytes=sum(t.numel() * t.element_size() for t in (q, k, v, w)),
    )


if __name__ == "__main__":
    print(attention_cost(1024, 64))
