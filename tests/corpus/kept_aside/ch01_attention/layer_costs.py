# %% wrong | log-rounded-six | path of the convolution is ceil(round(log, 6)), which cures exact powers but loses one step for a long n just above a power (n = 3**20 + 1)
import math
from typing import NamedTuple


class LayerCosts(NamedTuple):
    """The costs of one layer that maps a sequence of n vectors of width d to another.

    operations: multiplications in the layer, by the formula of its kind.
    sequential: steps that cannot run at the same time.
    path_length: the most steps a signal takes between any two positions.
    """

    operations: int
    sequential: int
    path_length: int


def layer_costs(
    kind: str, n: int, d: int, kernel: int = 3, window: int | None = None
) -> LayerCosts:
    """Compare layer types by the formulas of Table 1 in Vaswani et al. 2017.

    Take the table's formulas as they stand, without further constants:

        kind              operations       sequential  path_length
        "self_attention"  n² · d           1           1
        "recurrent"       n · d²           n           n
        "convolutional"   kernel · n · d²  1           ⌈log_kernel(n)⌉
        "restricted"      window · n · d   1           ⌈n / window⌉

    ⌈x⌉ is x rounded up. "restricted" is self-attention in which each position sees `window`
    positions. The path of "convolutional" counts stacked, dilated convolutions: it is the
    smallest whole p with kernel^p ≥ n, exactly, also where n is a power of the kernel.

    Args:
        kind: one of the four names above.
        n: length of the sequence, at least 2.
        d: width of each vector, at least 1.
        kernel: width of the convolution, at least 2; the other kinds ignore it.
        window: positions seen in "restricted", from 1 to n; the other kinds ignore it.

    Returns:
        A `LayerCosts` of three whole numbers (`int`).

    Raises:
        ValueError: `kind` is unknown, or it is "restricted" and `window` is None.

    >>> layer_costs("self_attention", n=50, d=512)
    LayerCosts(operations=1280000, sequential=1, path_length=1)
    >>> layer_costs("convolutional", n=27, d=10)
    LayerCosts(operations=8100, sequential=1, path_length=3)
    """
    if kind == "self_attention":
        return LayerCosts(n * n * d, 1, 1)
    if kind == "recurrent":
        return LayerCosts(n * d * d, n, n)
    if kind == "convolutional":
        # log(125, 5) is 3.0000000000000004, so clean it up first
        return LayerCosts(kernel * n * d * d, 1, math.ceil(round(math.log(n, kernel), 6)))
    if kind == "restricted":
        if window is None:
            raise ValueError("window missing")
        return LayerCosts(window * n * d, 1, -(-n // window))
    raise ValueError(kind)

# %% wrong | log2-quotient | ceil(log2(n) / log2(kernel)) is off where the float quotient of an exact power lands above the whole number or a huge n rounds to a power
import math
from typing import NamedTuple


class LayerCosts(NamedTuple):
    """The costs of one layer that maps a sequence of n vectors of width d to another.

    operations: multiplications in the layer, by the formula of its kind.
    sequential: steps that cannot run at the same time.
    path_length: the most steps a signal takes between any two positions.
    """

    operations: int
    sequential: int
    path_length: int


def layer_costs(
    kind: str, n: int, d: int, kernel: int = 3, window: int | None = None
) -> LayerCosts:
    if kind == "self_attention":
        operations, sequential, path = n**2 * d, 1, 1
    elif kind == "recurrent":
        operations, sequential, path = n * d**2, n, n
    elif kind == "convolutional":
        operations, sequential = kernel * n * d**2, 1
        path = math.ceil(math.log2(n) / math.log2(kernel))
    elif kind == "restricted":
        if window is None:
            raise ValueError("restricted needs a window")
        operations, sequential, path = window * n * d, 1, math.ceil(n / window)
    else:
        raise ValueError(f"unknown kind {kind!r}")
    return LayerCosts(operations, sequential, path)

# %% wrong | eager-table | a dict of all four rows is built on every call, so window=None crashes with a TypeError for the three kinds that ignore it
from typing import NamedTuple


class LayerCosts(NamedTuple):
    """The costs of one layer that maps a sequence of n vectors of width d to another.

    operations: multiplications in the layer, by the formula of its kind.
    sequential: steps that cannot run at the same time.
    path_length: the most steps a signal takes between any two positions.
    """

    operations: int
    sequential: int
    path_length: int


def _path(n, kernel):
    p = 1
    while kernel**p < n:
        p += 1
    return p


def layer_costs(
    kind: str, n: int, d: int, kernel: int = 3, window: int | None = None
) -> LayerCosts:
    table = {
        "self_attention": LayerCosts(n**2 * d, 1, 1),
        "recurrent": LayerCosts(n * d**2, n, n),
        "convolutional": LayerCosts(kernel * n * d**2, 1, _path(n, kernel)),
        "restricted": LayerCosts(window * n * d, 1, -(-n // window)),
    }
    if kind not in table:
        raise ValueError(kind)
    return table[kind]

# %% wrong | validates-ignored | checks kernel >= 2 and window <= n before looking at kind, so it raises for kinds that ought to ignore these arguments
from typing import NamedTuple


class LayerCosts(NamedTuple):
    """The costs of one layer that maps a sequence of n vectors of width d to another.

    operations: multiplications in the layer, by the formula of its kind.
    sequential: steps that cannot run at the same time.
    path_length: the most steps a signal takes between any two positions.
    """

    operations: int
    sequential: int
    path_length: int


def layer_costs(
    kind: str, n: int, d: int, kernel: int = 3, window: int | None = None
) -> LayerCosts:
    if n < 2 or d < 1 or kernel < 2:
        raise ValueError("bad sizes")
    if window is not None and not 1 <= window <= n:
        raise ValueError("bad window")
    if kind == "self_attention":
        return LayerCosts(n * n * d, 1, 1)
    if kind == "recurrent":
        return LayerCosts(n * d * d, n, n)
    if kind == "convolutional":
        layers, reach = 0, 1
        while reach < n:
            layers += 1
            reach *= kernel
        return LayerCosts(kernel * n * d * d, 1, layers)
    if kind == "restricted":
        if window is None:
            raise ValueError("no window")
        return LayerCosts(window * n * d, 1, (n + window - 1) // window)
    raise ValueError(kind)

# %% wrong | substring-kind | `kind in ("restricted")` without the comma is a substring test, so "restrict" or "" is taken for restricted and not refused
from typing import NamedTuple


class LayerCosts(NamedTuple):
    """The costs of one layer that maps a sequence of n vectors of width d to another.

    operations: multiplications in the layer, by the formula of its kind.
    sequential: steps that cannot run at the same time.
    path_length: the most steps a signal takes between any two positions.
    """

    operations: int
    sequential: int
    path_length: int


def layer_costs(
    kind: str, n: int, d: int, kernel: int = 3, window: int | None = None
) -> LayerCosts:
    if kind in ("self_attention",):
        return LayerCosts(n * n * d, 1, 1)
    elif kind in ("recurrent",):
        return LayerCosts(n * d * d, n, n)
    elif kind in ("convolutional",):
        p = 0
        while kernel**p < n:
            p += 1
        return LayerCosts(kernel * n * d * d, 1, p)
    elif kind in ("restricted"):
        if window is None:
            raise ValueError("window is None")
        return LayerCosts(window * n * d, 1, -(-n // window))
    else:
        raise ValueError("unknown kind: " + kind)

# %% wrong | remainder-added | rounds n / window up by adding the remainder itself and not 1, wrong wherever the remainder is above 1
from typing import NamedTuple


class LayerCosts(NamedTuple):
    """The costs of one layer that maps a sequence of n vectors of width d to another.

    operations: multiplications in the layer, by the formula of its kind.
    sequential: steps that cannot run at the same time.
    path_length: the most steps a signal takes between any two positions.
    """

    operations: int
    sequential: int
    path_length: int


def layer_costs(
    kind: str, n: int, d: int, kernel: int = 3, window: int | None = None
) -> LayerCosts:
    if kind == "self_attention":
        return LayerCosts(n**2 * d, 1, 1)
    if kind == "recurrent":
        return LayerCosts(n * d**2, n, n)
    if kind == "convolutional":
        p, reach = 0, 1
        while reach < n:
            p, reach = p + 1, reach * kernel
        return LayerCosts(kernel * n * d**2, 1, p)
    if kind == "restricted" and window is not None:
        q, r = divmod(n, window)
        return LayerCosts(window * n * d, 1, q + r)
    raise ValueError("unknown kind or no window")

# %% wrong | numpy-ceil | np.ceil returns a numpy float, so the path of restricted is 5.0 and not an int
import numpy as np
from typing import NamedTuple


class LayerCosts(NamedTuple):
    """The costs of one layer that maps a sequence of n vectors of width d to another.

    operations: multiplications in the layer, by the formula of its kind.
    sequential: steps that cannot run at the same time.
    path_length: the most steps a signal takes between any two positions.
    """

    operations: int
    sequential: int
    path_length: int


def layer_costs(
    kind: str, n: int, d: int, kernel: int = 3, window: int | None = None
) -> LayerCosts:
    if kind == "self_attention":
        return LayerCosts(n**2 * d, 1, 1)
    if kind == "recurrent":
        return LayerCosts(n * d**2, n, n)
    if kind == "convolutional":
        steps = 1
        while kernel**steps < n:
            steps += 1
        return LayerCosts(kernel * n * d**2, 1, steps)
    if kind == "restricted":
        if window is None:
            raise ValueError("restricted: window must be given")
        return LayerCosts(window * n * d, 1, np.ceil(n / window))
    raise ValueError(kind)

# %% wrong | window-falls-back | a missing window is replaced by the kernel width, so restricted without a window returns a result and raises nothing
from typing import NamedTuple


class LayerCosts(NamedTuple):
    """The costs of one layer that maps a sequence of n vectors of width d to another.

    operations: multiplications in the layer, by the formula of its kind.
    sequential: steps that cannot run at the same time.
    path_length: the most steps a signal takes between any two positions.
    """

    operations: int
    sequential: int
    path_length: int


def layer_costs(
    kind: str, n: int, d: int, kernel: int = 3, window: int | None = None
) -> LayerCosts:
    if kind == "self_attention":
        return LayerCosts(n**2 * d, 1, 1)
    if kind == "recurrent":
        return LayerCosts(n * d**2, n, n)
    if kind == "convolutional":
        p = 1
        while kernel**p < n:
            p += 1
        return LayerCosts(kernel * n * d**2, 1, p)
    if kind == "restricted":
        window = window or kernel
        return LayerCosts(window * n * d, 1, -(-n // window))
    raise ValueError(f"{kind} is not a layer")

# %% wrong | bounded-search | looks for the power in range(1, 10) only, so the path is None for a long sequence (n > 512 with kernel 2)
from typing import NamedTuple


class LayerCosts(NamedTuple):
    """The costs of one layer that maps a sequence of n vectors of width d to another.

    operations: multiplications in the layer, by the formula of its kind.
    sequential: steps that cannot run at the same time.
    path_length: the most steps a signal takes between any two positions.
    """

    operations: int
    sequential: int
    path_length: int


def conv_path(n: int, kernel: int):
    for p in range(1, 10):
        if kernel**p >= n:
            return p


def layer_costs(
    kind: str, n: int, d: int, kernel: int = 3, window: int | None = None
) -> LayerCosts:
    if kind == "self_attention":
        return LayerCosts(n**2 * d, 1, 1)
    if kind == "recurrent":
        return LayerCosts(n * d**2, n, n)
    if kind == "convolutional":
        return LayerCosts(kernel * n * d**2, 1, conv_path(n, kernel))
    if kind == "restricted" and window is not None:
        return LayerCosts(window * n * d, 1, -(-n // window))
    raise ValueError(kind)

# %% wrong | receptive-field | takes the path from the receptive field of undilated stacking, 1 + p (kernel - 1) >= n, and not from kernel^p >= n
from typing import NamedTuple


class LayerCosts(NamedTuple):
    """The costs of one layer that maps a sequence of n vectors of width d to another.

    operations: multiplications in the layer, by the formula of its kind.
    sequential: steps that cannot run at the same time.
    path_length: the most steps a signal takes between any two positions.
    """

    operations: int
    sequential: int
    path_length: int


def layer_costs(
    kind: str, n: int, d: int, kernel: int = 3, window: int | None = None
) -> LayerCosts:
    if kind == "self_attention":
        return LayerCosts(n**2 * d, 1, 1)
    if kind == "recurrent":
        return LayerCosts(n * d**2, n, n)
    if kind == "convolutional":
        layers, reach = 0, 1
        while reach < n:
            layers += 1
            reach += kernel - 1
        return LayerCosts(kernel * n * d**2, 1, layers)
    if kind == "restricted":
        if window is None:
            raise ValueError("window")
        return LayerCosts(window * n * d, 1, -(-n // window))
    raise ValueError(kind)

# %% wrong | returns-error | returns a ValueError object for an unknown kind where it should raise it
from typing import NamedTuple


class LayerCosts(NamedTuple):
    """The costs of one layer that maps a sequence of n vectors of width d to another.

    operations: multiplications in the layer, by the formula of its kind.
    sequential: steps that cannot run at the same time.
    path_length: the most steps a signal takes between any two positions.
    """

    operations: int
    sequential: int
    path_length: int


def layer_costs(
    kind: str, n: int, d: int, kernel: int = 3, window: int | None = None
) -> LayerCosts:
    if kind == "restricted" and window is None:
        return ValueError("restricted needs window")
    if kind == "self_attention":
        return LayerCosts(n**2 * d, 1, 1)
    if kind == "recurrent":
        return LayerCosts(n * d**2, n, n)
    if kind == "convolutional":
        p = 1
        while kernel**p < n:
            p += 1
        return LayerCosts(kernel * n * d**2, 1, p)
    if kind == "restricted":
        return LayerCosts(window * n * d, 1, -(-n // window))
    return ValueError("unknown kind")

# %% wrong | one-layer-minimum | counts the divisions by the kernel with floor division, so every n that is not a power gets one layer too few (n = 28, kernel 3 gives 3)
from typing import NamedTuple


class LayerCosts(NamedTuple):
    """The costs of one layer that maps a sequence of n vectors of width d to another.

    operations: multiplications in the layer, by the formula of its kind.
    sequential: steps that cannot run at the same time.
    path_length: the most steps a signal takes between any two positions.
    """

    operations: int
    sequential: int
    path_length: int


def layer_costs(
    kind: str, n: int, d: int, kernel: int = 3, window: int | None = None
) -> LayerCosts:
    if kind == "self_attention":
        return LayerCosts(n**2 * d, 1, 1)
    if kind == "recurrent":
        return LayerCosts(n * d**2, n, n)
    if kind == "convolutional":
        p, rest = 0, n
        while rest >= kernel:
            rest //= kernel
            p += 1
        return LayerCosts(kernel * n * d**2, 1, max(p, 1))
    if kind == "restricted":
        if window is None:
            raise ValueError("window")
        return LayerCosts(window * n * d, 1, -(-n // window))
    raise ValueError(kind)

# %% right | match-statement | a match statement with an integer loop
from typing import NamedTuple


class LayerCosts(NamedTuple):
    """The costs of one layer that maps a sequence of n vectors of width d to another.

    operations: multiplications in the layer, by the formula of its kind.
    sequential: steps that cannot run at the same time.
    path_length: the most steps a signal takes between any two positions.
    """

    operations: int
    sequential: int
    path_length: int


def layer_costs(
    kind: str, n: int, d: int, kernel: int = 3, window: int | None = None
) -> LayerCosts:
    """Compare layer types by the formulas of Table 1 in Vaswani et al. 2017.

    Take the table's formulas as they stand, without further constants:

        kind              operations       sequential  path_length
        "self_attention"  n² · d           1           1
        "recurrent"       n · d²           n           n
        "convolutional"   kernel · n · d²  1           ⌈log_kernel(n)⌉
        "restricted"      window · n · d   1           ⌈n / window⌉

    ⌈x⌉ is x rounded up. "restricted" is self-attention in which each position sees `window`
    positions. The path of "convolutional" counts stacked, dilated convolutions: it is the
    smallest whole p with kernel^p ≥ n, exactly, also where n is a power of the kernel.

    Args:
        kind: one of the four names above.
        n: length of the sequence, at least 2.
        d: width of each vector, at least 1.
        kernel: width of the convolution, at least 2; the other kinds ignore it.
        window: positions seen in "restricted", from 1 to n; the other kinds ignore it.

    Returns:
        A `LayerCosts` of three whole numbers (`int`).

    Raises:
        ValueError: `kind` is unknown, or it is "restricted" and `window` is None.

    >>> layer_costs("self_attention", n=50, d=512)
    LayerCosts(operations=1280000, sequential=1, path_length=1)
    >>> layer_costs("convolutional", n=27, d=10)
    LayerCosts(operations=8100, sequential=1, path_length=3)
    """
    match kind:
        case "self_attention":
            return LayerCosts(n * n * d, 1, 1)
        case "recurrent":
            return LayerCosts(n * d * d, n, n)
        case "convolutional":
            path = 0
            reach = 1
            while reach < n:
                reach *= kernel
                path += 1
            return LayerCosts(kernel * n * d * d, 1, path)
        case "restricted" if window is not None:
            return LayerCosts(window * n * d, 1, (n + window - 1) // window)
        case _:
            raise ValueError(f"unknown kind or missing window: {kind!r}, {window!r}")


if __name__ == "__main__":
    for k in ("self_attention", "recurrent", "convolutional"):
        print(k, layer_costs(k, n=50, d=512))

# %% right | lambdas-in-dict | a dict of lambdas, called only for the kind that is asked for
import itertools
from typing import NamedTuple


class LayerCosts(NamedTuple):
    """The costs of one layer that maps a sequence of n vectors of width d to another.

    operations: multiplications in the layer, by the formula of its kind.
    sequential: steps that cannot run at the same time.
    path_length: the most steps a signal takes between any two positions.
    """

    operations: int
    sequential: int
    path_length: int


def _ceil_log(n, base):
    return next(p for p in itertools.count() if base**p >= n)


_TABLE = {
    "self_attention": lambda n, d, k, w: (n**2 * d, 1, 1),
    "recurrent": lambda n, d, k, w: (n * d**2, n, n),
    "convolutional": lambda n, d, k, w: (k * n * d**2, 1, _ceil_log(n, k)),
    "restricted": lambda n, d, k, w: (w * n * d, 1, -(-n // w)),
}


def layer_costs(
    kind: str, n: int, d: int, kernel: int = 3, window: int | None = None
) -> LayerCosts:
    if kind not in _TABLE or (kind == "restricted" and window is None):
        raise ValueError("kind must be one of " + ", ".join(_TABLE) + "; restricted needs a window")
    return LayerCosts(*_TABLE[kind](n, d, kernel, window))

# %% right | log-then-repair | float logarithm as a first guess, repaired with whole numbers afterwards; comments in German
import math
from typing import NamedTuple


class LayerCosts(NamedTuple):
    """The costs of one layer that maps a sequence of n vectors of width d to another.

    operations: multiplications in the layer, by the formula of its kind.
    sequential: steps that cannot run at the same time.
    path_length: the most steps a signal takes between any two positions.
    """

    operations: int
    sequential: int
    path_length: int


def layer_costs(
    kind: str, n: int, d: int, kernel: int = 3, window: int | None = None
) -> LayerCosts:
    if kind == "self_attention":
        kosten = (n * n * d, 1, 1)
    elif kind == "recurrent":
        kosten = (n * d * d, n, n)
    elif kind == "convolutional":
        # Startwert aus dem Logarithmus, danach exakt nachbessern
        p = max(int(math.log(n, kernel)), 0)
        while p > 0 and kernel ** (p - 1) >= n:
            p -= 1
        while kernel**p < n:
            p += 1
        kosten = (kernel * n * d * d, 1, p)
    elif kind == "restricted":
        if window is None:
            raise ValueError("Fenster fehlt")
        ganz, rest = divmod(n, window)
        kosten = (window * n * d, 1, ganz + (1 if rest else 0))
    else:
        raise ValueError(f"unbekannt: {kind}")
    return LayerCosts(*kosten)
