"""The logarithm by recursion; quotient and remainder for rounding up."""

from typing import NamedTuple


class LayerCosts(NamedTuple):
    operations: int
    sequential: int
    path_length: int


def steps(n, kernel, reach=1):
    return 0 if reach >= n else 1 + steps(n, kernel, reach * kernel)


def layer_costs(kind, n, d, kernel=3, window=None):
    if kind in {"self_attention", "restricted"}:
        if kind == "restricted" and window is None:
            raise ValueError("restricted attention needs window=")
        seen = window if kind == "restricted" else n
        whole, rest = divmod(n, seen)
        return LayerCosts(seen * n * d, 1, whole + bool(rest))
    if kind in {"recurrent", "convolutional"}:
        is_recurrent = kind == "recurrent"
        return LayerCosts(
            n * pow(d, 2) * (1 if is_recurrent else kernel),
            n if is_recurrent else 1,
            n if is_recurrent else steps(n, kernel),
        )
    raise ValueError
