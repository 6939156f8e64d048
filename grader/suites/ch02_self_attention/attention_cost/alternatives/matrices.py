"""Matrices that know their sizes alone: a product counts itself and what entered it."""

from dataclasses import dataclass
from typing import NamedTuple


class AttentionCost(NamedTuple):
    flops: int
    activation_bytes: int


@dataclass(frozen=True)
class Matrix:
    name: str
    rows: int
    columns: int

    @property
    def nbytes(self) -> int:
        return 4 * self.rows * self.columns


def attention_cost(n: int, d: int) -> AttentionCost:
    q, k, v = (Matrix(name, n, d) for name in "qkv")
    flops, entered = 0, set()

    def product(name: str, a: Matrix, b: Matrix, columns: int) -> Matrix:
        nonlocal flops
        flops += 2 * a.rows * a.columns * columns
        entered.update((a, b))
        return Matrix(name, a.rows, columns)

    weights = product("weights", q, k, n)
    product("output", weights, v, d)
    return AttentionCost(flops, sum(matrix.nbytes for matrix in entered))
