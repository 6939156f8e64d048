"""A chain of ifs, divisions instead of products, and a dataclass for the result."""

from dataclasses import dataclass


@dataclass(frozen=True)
class LayerCosts:
    operations: int
    sequential: int
    path_length: int


def layer_costs(
    kind: str, n: int, d: int, kernel: int = 3, window: int | None = None
) -> LayerCosts:
    if kind == "self_attention":
        return LayerCosts(operations=n * n * d, sequential=1, path_length=1)
    if kind == "recurrent":
        return LayerCosts(operations=n * d * d, sequential=n, path_length=n)
    if kind == "convolutional":
        steps, left = 0, n
        while left > 1:
            left = (left + kernel - 1) // kernel
            steps += 1
        return LayerCosts(operations=kernel * n * d * d, sequential=1, path_length=steps)
    if kind != "restricted":
        raise ValueError(f"no such layer: {kind}")
    if window is None:
        raise ValueError("window is missing")
    return LayerCosts(window * n * d, 1, (n + window - 1) // window)
