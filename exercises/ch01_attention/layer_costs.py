"""What a layer costs: operations, sequential steps and path length."""

from typing import NamedTuple


class LayerCosts(NamedTuple):
    """The costs of one layer that maps a sequence of n vectors of width d to another.

    operations: multiplications in the layer, by the formula of its kind.
    sequential: steps that cannot run at the same time.
    path_length: the most steps between any two positions, by the same table.
    """

    operations: int
    sequential: int
    path_length: int


def layer_costs(
    kind: str, n: int, d: int, kernel: int = 3, window: int | None = None
) -> LayerCosts:
    """Compare layer types by the formulas of Table 1 in Vaswani et al. 2017.

    Take the table's formulas as they stand: orders of growth, constants left out. All
    numbers are exact, also where n, d, kernel or window is beyond 2^53, where a float no longer
    holds every whole number:

        kind              operations       sequential  path_length
        "self_attention"  n² · d           1           1
        "recurrent"       n · d²           n           n
        "convolutional"   kernel · n · d²  1           ⌈log_kernel(n)⌉
        "restricted"      window · n · d   1           ⌈n / window⌉

    ⌈x⌉ is x rounded up. "restricted" is self-attention in which each position sees `window`
    positions. The path of "convolutional" counts stacked, dilated convolutions: it is the
    smallest whole p with kernel^p ≥ n, exactly, also where n is a power of the kernel.

    Args:
        kind: one of the four names above, spelled exactly so.
        n: length of the sequence, at least 2.
        d: width of each vector, at least 1.
        kernel: width of the convolution, at least 2; the other kinds ignore it.
        window: positions seen in "restricted", from 1 to n; the other kinds ignore it.

    Returns:
        A `LayerCosts` of three whole numbers (Python's `int`).

    Raises:
        ValueError: `kind` is unknown ("Recurrent" is), whatever the other arguments are; or it is
            "restricted" and `window` is None.

    >>> layer_costs("self_attention", n=50, d=512)
    LayerCosts(operations=1280000, sequential=1, path_length=1)
    >>> layer_costs("convolutional", n=27, d=10)
    LayerCosts(operations=8100, sequential=1, path_length=3)
    """
    raise NotImplementedError
