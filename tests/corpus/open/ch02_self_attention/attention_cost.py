# %% wrong | one-product | Counts only q kᵀ; the product with v is forgotten, half of the FLOPs.
"""What attention costs."""

from typing import NamedTuple


class AttentionCost(NamedTuple):
    """What one head takes for one sequence."""

    flops: int
    activation_bytes: int


def attention_cost(n: int, d: int) -> AttentionCost:
    return AttentionCost(2 * n * n * d, 4 * (3 * n * d + n * n))
# %% wrong | paper-order | Takes n² · d from the paper's table as the exact count; a quarter of the FLOPs.
from typing import NamedTuple


class AttentionCost(NamedTuple):
    flops: int
    activation_bytes: int


def attention_cost(n, d):
    return AttentionCost(flops=n**2 * d, activation_bytes=4 * (3 * n * d + n**2))
# %% wrong | exact-additions | Counts d - 1 and n - 1 additions for each sum, not the paired ones; slightly too few.
from typing import NamedTuple


class AttentionCost(NamedTuple):
    flops: int
    activation_bytes: int


def attention_cost(n, d):
    qk = n * n * (2 * d - 1)
    av = n * d * (2 * n - 1)
    return AttentionCost(qk + av, 4 * (3 * n * d + n * n))
# %% wrong | softmax-counted | Adds 5 operations per score for the softmax, which is to be left out.
from typing import NamedTuple


class AttentionCost(NamedTuple):
    flops: int
    activation_bytes: int


def attention_cost(n, d):
    matmuls = 2 * (2 * n * n * d)
    softmax = 5 * n * n
    memory = (3 * n * d + n * n) * 4
    return AttentionCost(matmuls + softmax, memory)
# %% wrong | scaling-counted | Adds n² divisions for the scaling by √d.
from typing import NamedTuple


class AttentionCost(NamedTuple):
    flops: int
    activation_bytes: int


def attention_cost(n, d):
    flops = 2 * n * n * d
    flops += n * n          # / sqrt(d)
    flops += 2 * n * n * d
    return AttentionCost(flops, 4 * (3 * n * d + n * n))
# %% wrong | projections-counted | Adds the three projections of q, k and v with 2nd² each.
from typing import NamedTuple


class AttentionCost(NamedTuple):
    flops: int
    activation_bytes: int


def attention_cost(n, d):
    projections = 3 * 2 * n * d * d
    attention = 4 * n * n * d
    return AttentionCost(projections + attention, 4 * (3 * n * d + n * n))
# %% wrong | backward-counted | Multiplies by 3 for forward and backward, though only the forward pass is asked for.
from typing import NamedTuple


class AttentionCost(NamedTuple):
    flops: int
    activation_bytes: int


def attention_cost(n, d):
    forward = 4 * n * n * d
    backward = 2 * forward
    return AttentionCost(forward + backward, 4 * (3 * n * d + n * n))
# %% wrong | n-and-d-swapped | 4 n d² and d² weights: n and d have changed places; right only for n = d.
from typing import NamedTuple


class AttentionCost(NamedTuple):
    flops: int
    activation_bytes: int


def attention_cost(n, d):
    return AttentionCost(4 * n * d * d, 4 * (3 * n * d + d * d))
# %% wrong | weights-forgotten | The memory has q, k and v only; the n² weights are missing.
from typing import NamedTuple


class AttentionCost(NamedTuple):
    flops: int
    activation_bytes: int


def attention_cost(n, d):
    flops = 2 * n * d * n + 2 * n * n * d
    return AttentionCost(flops, 3 * n * d * 4)
# %% wrong | only-weights | The memory has the weights only; q, k and v are taken for given and free.
from typing import NamedTuple


class AttentionCost(NamedTuple):
    flops: int
    activation_bytes: int


def attention_cost(n, d):
    return AttentionCost(4 * n * n * d, 4 * n * n)
# %% wrong | values-forgotten | Counts q, k and the weights; v, which entered the second product, is missing.
from typing import NamedTuple


class AttentionCost(NamedTuple):
    flops: int
    activation_bytes: int


def attention_cost(n, d):
    kept = n * d + n * d + n * n
    return AttentionCost(4 * n * n * d, 4 * kept)
# %% wrong | scores-kept | Counts the scores as well as the weights, 2n².
from typing import NamedTuple


class AttentionCost(NamedTuple):
    flops: int
    activation_bytes: int


def attention_cost(n, d):
    kept = 3 * n * d + n * n + n * n  # q, k, v, scores, weights
    return AttentionCost(4 * n * n * d, 4 * kept)
# %% wrong | output-kept | Counts the output too, 4nd in place of 3nd.
from typing import NamedTuple


class AttentionCost(NamedTuple):
    flops: int
    activation_bytes: int


def attention_cost(n, d):
    kept = 4 * n * d + n * n
    return AttentionCost(4 * n * n * d, 4 * kept)
# %% wrong | float64-bytes | 8 bytes for each number (Python's float) in place of 4.
from typing import NamedTuple


class AttentionCost(NamedTuple):
    flops: int
    activation_bytes: int


BYTES = 8


def attention_cost(n, d):
    return AttentionCost(4 * n**2 * d, BYTES * (3 * n * d + n**2))
# %% wrong | half-precision | 2 bytes for each number, as with float16.
from typing import NamedTuple


class AttentionCost(NamedTuple):
    flops: int
    activation_bytes: int


def attention_cost(n, d):
    return AttentionCost(4 * n**2 * d, 2 * (3 * n * d + n**2))
# %% wrong | numbers-not-bytes | Counts numbers; the factor of 4 bytes is forgotten.
from typing import NamedTuple


class AttentionCost(NamedTuple):
    flops: int
    activation_bytes: int


def attention_cost(n, d):
    return AttentionCost(4 * n * n * d, 3 * n * d + n * n)
# %% wrong | bits | 32 bits for each number; eight times too much.
from typing import NamedTuple


class AttentionCost(NamedTuple):
    flops: int
    activation_bytes: int


def attention_cost(n, d):
    return AttentionCost(4 * n * n * d, 32 * (3 * n * d + n * n))
# %% wrong | bracket-forgotten | 4 * 3nd + n²: the factor 4 does not reach the weights.
from typing import NamedTuple


class AttentionCost(NamedTuple):
    flops: int
    activation_bytes: int


def attention_cost(n, d):
    return AttentionCost(4 * n * n * d, 4 * 3 * n * d + n * n)
# %% wrong | float-results | Uses n ** 2.0 and 4.0; the numbers are floats and not int.
from typing import NamedTuple


class AttentionCost(NamedTuple):
    flops: int
    activation_bytes: int


def attention_cost(n, d):
    flops = 4.0 * n**2 * d
    memory = 4.0 * (3 * n * d + n**2)
    return AttentionCost(flops, memory)
# %% wrong | through-float | Computes in floats and converts at the end; inexact where the count exceeds 2^53.
import math
from typing import NamedTuple


class AttentionCost(NamedTuple):
    flops: int
    activation_bytes: int


def attention_cost(n, d):
    flops = int(4 * math.pow(n, 2) * d)
    memory = int(4 * (3 * n * d + math.pow(n, 2)))
    return AttentionCost(flops, memory)
# %% wrong | plain-tuple | Returns a plain tuple; there is no .flops.
from typing import NamedTuple


class AttentionCost(NamedTuple):
    flops: int
    activation_bytes: int


def attention_cost(n, d):
    return 4 * n * n * d, 4 * (3 * n * d + n * n)
# %% wrong | fields-swapped | Fills the fields in the wrong order: bytes first.
from typing import NamedTuple


class AttentionCost(NamedTuple):
    flops: int
    activation_bytes: int


def attention_cost(n, d):
    memory = 4 * (3 * n * d + n * n)
    flops = 4 * n * n * d
    return AttentionCost(memory, flops)
# %% wrong | xor | n ^ 2 is exclusive or in Python, not a power.
from typing import NamedTuple


class AttentionCost(NamedTuple):
    flops: int
    activation_bytes: int


def attention_cost(n, d):
    return AttentionCost(4 * n ^ 2 * d, 4 * (3 * n * d + n ^ 2))
# %% wrong | width-64 | The width is fixed at 64 as in the example; d is ignored for the memory.
from typing import NamedTuple


class AttentionCost(NamedTuple):
    flops: int
    activation_bytes: int


HEAD_DIM = 64


def attention_cost(n, d=HEAD_DIM):
    return AttentionCost(4 * n * n * d, 4 * (3 * n * HEAD_DIM + n * n))
# %% wrong | causal-half | Counts only the pairs s <= t, as with a causal mask.
from typing import NamedTuple


class AttentionCost(NamedTuple):
    flops: int
    activation_bytes: int


def attention_cost(n, d):
    pairs = n * (n + 1) // 2
    return AttentionCost(4 * pairs * d, 4 * (3 * n * d + pairs))
# %% wrong | no-self-pairs | n(n - 1) pairs: a token is not paired with itself; 0 operations for n = 1.
from typing import NamedTuple


class AttentionCost(NamedTuple):
    flops: int
    activation_bytes: int


def attention_cost(n, d):
    pairs = n * (n - 1)
    return AttentionCost(4 * pairs * d, 4 * (3 * n * d + pairs))
# %% wrong | int32-tensor | Computes with int32 tensors; overflows above 2^31 (and would be a tensor without int()).
from typing import NamedTuple

import torch


class AttentionCost(NamedTuple):
    flops: int
    activation_bytes: int


def attention_cost(n, d):
    n, d = torch.tensor([n, d], dtype=torch.int32)
    return AttentionCost(int(4 * n * n * d), int(4 * (3 * n * d + n * n)))
# %% wrong | numpy-int64 | Returns np.int64 numbers, not int; overflows silently for very large n.
from typing import NamedTuple

import numpy as np


class AttentionCost(NamedTuple):
    flops: int
    activation_bytes: int


def attention_cost(n, d):
    q = np.array([n, d])
    scores = np.array([n, n])
    flops = 4 * scores.prod() * d
    return AttentionCost(flops, 4 * (3 * q.prod() + scores.prod()))
# %% wrong | kib | Returns the memory in KiB; 1024 times too small (and rounded).
from typing import NamedTuple


class AttentionCost(NamedTuple):
    flops: int
    activation_bytes: int


def attention_cost(n, d):
    return AttentionCost(4 * n * n * d, 4 * (3 * n * d + n * n) // 1024)
# %% wrong | measured-run | Runs the two products and reads element_size() of what autograd saved; crashes for lack of memory where n is large.
from typing import NamedTuple

import torch


class AttentionCost(NamedTuple):
    flops: int
    activation_bytes: int


def attention_cost(n, d):
    q, k, v = (torch.zeros(n, d) for _ in range(3))
    weights = torch.softmax(q @ k.T / d**0.5, dim=-1)
    output = weights @ v
    memory = sum(t.numel() * t.element_size() for t in (q, k, v, weights))
    flops = 2 * d * weights.numel() + 2 * n * output.numel()
    return AttentionCost(flops, memory)
# %% wrong | mac-as-one | Counts a multiplication with its addition as one operation (MACs); half of the FLOPs, and the memory lacks the weights' second n.
from typing import NamedTuple


class AttentionCost(NamedTuple):
    flops: int
    activation_bytes: int


def attention_cost(n, d):
    macs = n * n * d + n * n * d
    memory = 4 * (n * d + n * d + n * d + n)
    return AttentionCost(macs, memory)
# %% wrong | keys-twice | Counts kᵀ as a tensor of its own next to k: 4nd.
from typing import NamedTuple


class AttentionCost(NamedTuple):
    flops: int
    activation_bytes: int


def attention_cost(n, d):
    sizes = {"q": n * d, "k": n * d, "k_t": d * n, "v": n * d, "weights": n * n}
    return AttentionCost(4 * n * n * d, 4 * sum(sizes.values()))
# %% wrong | eight-heads | Multiplies by 8 heads; one head is asked for.
from typing import NamedTuple


class AttentionCost(NamedTuple):
    flops: int
    activation_bytes: int


def attention_cost(n, d, heads=8):
    return AttentionCost(heads * 4 * n * n * d, heads * 4 * (3 * n * d + n * n))
# %% wrong | prints-only | Prints the result and returns None.
from typing import NamedTuple


class AttentionCost(NamedTuple):
    flops: int
    activation_bytes: int


def attention_cost(n, d):
    cost = AttentionCost(4 * n * n * d, 4 * (3 * n * d + n * n))
    print(cost)
# %% wrong | one-token-refused | Refuses n < 2, though one token is allowed.
from typing import NamedTuple


class AttentionCost(NamedTuple):
    flops: int
    activation_bytes: int


def attention_cost(n, d):
    if n <= 1 or d <= 1:
        raise ValueError("need more than one token and more than one dimension")
    return AttentionCost(4 * n * n * d, 4 * (3 * n * d + n * n))
# %% wrong | storage-overflow | Lets torch count the bytes of meta tensors; right for ordinary n, but a storage of more than 2^63 bytes (n near 2·10^9) raises.
from typing import NamedTuple

import torch


class AttentionCost(NamedTuple):
    flops: int
    activation_bytes: int


def attention_cost(n, d):
    q, k, v = (torch.empty(n, d, dtype=torch.float32, device="meta") for _ in range(3))
    weights = q @ k.transpose(0, 1)
    output = weights @ v
    flops = 2 * weights.numel() * q.shape[1] + 2 * output.numel() * weights.shape[1]
    saved = [q, k, v, weights]
    return AttentionCost(flops, sum(t.numel() * t.element_size() for t in saved))
# %% right | formula | The two formulas in one line each.
"""What attention costs: operations and memory for n tokens."""

from typing import NamedTuple


class AttentionCost(NamedTuple):
    """What one head takes for one sequence."""

    flops: int
    activation_bytes: int


def attention_cost(n: int, d: int) -> AttentionCost:
    """Count the operations and the memory of one head."""
    return AttentionCost(flops=4 * n * n * d, activation_bytes=4 * (3 * n * d + n * n))
# %% right | matmul-helper | A helper counts a matrix product by its shapes.
from typing import NamedTuple


class AttentionCost(NamedTuple):
    """What one head takes for one sequence."""

    flops: int
    activation_bytes: int


FLOAT32 = 4


def matmul_flops(a: int, b: int, c: int) -> int:
    """(a, b) @ (b, c)"""
    return 2 * a * b * c


def attention_cost(n: int, d: int) -> AttentionCost:
    flops = matmul_flops(n, d, n) + matmul_flops(n, n, d)
    kept = {"q": (n, d), "k": (n, d), "v": (n, d), "weights": (n, n)}
    numbers = sum(rows * cols for rows, cols in kept.values())
    return AttentionCost(flops, FLOAT32 * numbers)
# %% right | step-by-step | Step by step with comments and asserts.
from typing import NamedTuple


class AttentionCost(NamedTuple):
    flops: int
    activation_bytes: int


def attention_cost(n, d):
    assert n >= 1 and d >= 1
    # q @ k.T: n * n entries, each with d multiplications and d additions
    scores = n * n * (d + d)
    # weights @ v: n * d entries, each with n multiplications and n additions
    output = n * d * (n + n)
    flops = scores + output

    n_bytes = 0
    for _ in ("q", "k", "v"):
        n_bytes += n * d * 4
    n_bytes += n * n * 4
    return AttentionCost(flops, n_bytes)


if __name__ == "__main__":
    print(attention_cost(1024, 64))
# %% right | operator-index | Takes integer-like arguments through operator.index and prints a summary to stderr on the way; helpers with common names.
import operator
import sys
from typing import NamedTuple


class AttentionCost(NamedTuple):
    """What one head takes for one sequence."""

    flops: int
    activation_bytes: int


def numel(*shape: int) -> int:
    total = 1
    for size in shape:
        total *= size
    return total


def attention_cost(n: int, d: int) -> AttentionCost:
    n, d = operator.index(n), operator.index(d)
    flops = 2 * d * numel(n, n) + 2 * n * numel(n, d)
    memory = 4 * (3 * numel(n, d) + numel(n, n))
    print(f"n={n} d={d}: {flops:,} FLOPs, {memory:,} bytes", file=sys.stderr)
    return AttentionCost(flops, memory)
# %% right | factored | Factored formulas; comments in French.
from typing import NamedTuple


class AttentionCost(NamedTuple):
    """Coût d'une tête pour une séquence."""

    flops: int
    activation_bytes: int


def attention_cost(n: int, d: int) -> AttentionCost:
    # deux produits, deux opérations par terme
    operations = d * (2 * n) ** 2
    # q, k, v et les poids, quatre octets par nombre
    octets = (n + 3 * d) * n << 2
    return AttentionCost(activation_bytes=octets, flops=operations)
# %% right | math-prod | math.prod over the shapes, with a small class for a product.
import math
from dataclasses import dataclass
from typing import NamedTuple


class AttentionCost(NamedTuple):
    flops: int
    activation_bytes: int


@dataclass
class Matmul:
    left: tuple[int, int]
    right: tuple[int, int]

    def flops(self) -> int:
        return 2 * self.left[0] * self.left[1] * self.right[1]

    def inputs(self) -> int:
        return math.prod(self.left) + math.prod(self.right)


def attention_cost(n, d):
    steps = [Matmul((n, d), (d, n)), Matmul((n, n), (n, d))]
    return AttentionCost(
        flops=sum(step.flops() for step in steps),
        activation_bytes=4 * sum(step.inputs() for step in steps),
    )
