"""Each product and each kept tensor by its shape, with a helper; a dataclass as the record."""

from dataclasses import dataclass
from math import prod

FLOAT32 = 4


@dataclass(frozen=True)
class AttentionCost:
    flops: int
    activation_bytes: int


def product_flops(rows: int, inner: int, columns: int) -> int:
    multiplications = rows * columns * inner
    additions = multiplications
    return multiplications + additions


def attention_cost(n, d):
    q = k = v = (n, d)
    weights = (n, n)
    flops = product_flops(n, d, n) + product_flops(n, n, d)
    return AttentionCost(flops, sum(FLOAT32 * prod(shape) for shape in (q, k, v, weights)))
