# %% wrong | math-log-ceil | Rounds math.log(n, kernel) up, which is one too many for exact powers such as n=125, kernel=5.
import math
from typing import NamedTuple


class LayerCosts(NamedTuple):
    operations: int
    sequential: int
    path_length: int


def layer_costs(kind: str, n: int, d: int, kernel: int = 3, window: int | None = None) -> LayerCosts:
    if kind == "self_attention":
        return LayerCosts(n * n * d, 1, 1)
    if kind == "recurrent":
        return LayerCosts(n * d * d, n, n)
    if kind == "convolutional":
        return LayerCosts(kernel * n * d * d, 1, math.ceil(math.log(n, kernel)))
    if kind == "restricted":
        if window is None:
            raise ValueError("window missing")
        return LayerCosts(window * n * d, 1, -(-n // window))
    raise ValueError(kind)
# %% wrong | log-int-plus-one | int(log)+1 for the convolution path: one too many for powers of the kernel.
import math
from typing import NamedTuple


class LayerCosts(NamedTuple):
    operations: int
    sequential: int
    path_length: int


def layer_costs(kind, n, d, kernel=3, window=None):
    if kind == "self_attention":
        return LayerCosts(n**2 * d, 1, 1)
    elif kind == "recurrent":
        return LayerCosts(n * d**2, n, n)
    elif kind == "convolutional":
        return LayerCosts(kernel * n * d**2, 1, int(math.log(n) / math.log(kernel)) + 1)
    elif kind == "restricted" and window is not None:
        return LayerCosts(window * n * d, 1, (n + window - 1) // window)
    raise ValueError("unknown kind or no window")
# %% wrong | log-rounded | Rounds the logarithm to 5 decimals before the ceil, so n = 3**13 + 1 gives 13 instead of 14.
import math
from typing import NamedTuple


class LayerCosts(NamedTuple):
    operations: int
    sequential: int
    path_length: int


def layer_costs(kind: str, n: int, d: int, kernel: int = 3, window: int | None = None) -> LayerCosts:
    match kind:
        case "self_attention":
            return LayerCosts(n * n * d, 1, 1)
        case "recurrent":
            return LayerCosts(n * d * d, n, n)
        case "convolutional":
            p = math.ceil(round(math.log(n, kernel), 5))
            return LayerCosts(kernel * n * d * d, 1, p)
        case "restricted":
            if window is None:
                raise ValueError("restricted needs a window")
            return LayerCosts(window * n * d, 1, math.ceil(n / window))
        case _:
            raise ValueError(f"unknown kind {kind!r}")
# %% wrong | floor-window | n // window rounds down, wrong whenever the window does not divide n.
from typing import NamedTuple


class LayerCosts(NamedTuple):
    operations: int
    sequential: int
    path_length: int


def _log(n, k):
    p, r = 0, 1
    while r < n:
        p, r = p + 1, r * k
    return p


def layer_costs(kind: str, n: int, d: int, kernel: int = 3, window: int | None = None) -> LayerCosts:
    if kind == "self_attention":
        return LayerCosts(n * n * d, 1, 1)
    if kind == "recurrent":
        return LayerCosts(n * d * d, n, n)
    if kind == "convolutional":
        return LayerCosts(kernel * n * d * d, 1, _log(n, kernel))
    if kind == "restricted":
        if window is None:
            raise ValueError("window is None")
        return LayerCosts(window * n * d, 1, n // window)
    raise ValueError("unknown kind")
# %% wrong | window-plus-one | n // window + 1 is one too many when the window divides n.
from typing import NamedTuple


class LayerCosts(NamedTuple):
    operations: int
    sequential: int
    path_length: int


def layer_costs(kind: str, n: int, d: int, kernel: int = 3, window: int | None = None) -> LayerCosts:
    if kind == "self_attention":
        return LayerCosts(n * n * d, 1, 1)
    if kind == "recurrent":
        return LayerCosts(n * d * d, n, n)
    if kind == "convolutional":
        p = 0
        while kernel**p < n:
            p += 1
        return LayerCosts(kernel * n * d * d, 1, p)
    if kind == "restricted":
        if window is None:
            raise ValueError("window is None")
        return LayerCosts(window * n * d, 1, n // window + 1)
    raise ValueError("unknown kind")
# %% wrong | bankers-rounding | round(n / window + 0.5) as ceil: Python rounds halves to even and gives one too many when the quotient is an odd whole number.
from typing import NamedTuple


class LayerCosts(NamedTuple):
    operations: int
    sequential: int
    path_length: int


def layer_costs(kind: str, n: int, d: int, kernel: int = 3, window: int | None = None) -> LayerCosts:
    if kind == "self_attention":
        return LayerCosts(n * n * d, 1, 1)
    if kind == "recurrent":
        return LayerCosts(n * d * d, n, n)
    if kind == "convolutional":
        p = 1
        while kernel**p < n:
            p += 1
        return LayerCosts(kernel * n * d * d, 1, p)
    if kind == "restricted" and window is not None:
        return LayerCosts(window * n * d, 1, round(n / window + 0.5))
    raise ValueError("bad arguments")
# %% wrong | plain-tuple | Returns a plain tuple instead of a LayerCosts, so the field names are missing.
from typing import NamedTuple


class LayerCosts(NamedTuple):
    operations: int
    sequential: int
    path_length: int


def layer_costs(kind: str, n: int, d: int, kernel: int = 3, window: int | None = None) -> LayerCosts:
    if kind == "self_attention":
        return n * n * d, 1, 1
    if kind == "recurrent":
        return n * d * d, n, n
    if kind == "convolutional":
        p = 0
        while kernel**p < n:
            p += 1
        return kernel * n * d * d, 1, p
    if kind == "restricted":
        if window is None:
            raise ValueError("window is None")
        return window * n * d, 1, -(-n // window)
    raise ValueError("unknown kind")
# %% wrong | numpy-floats | np.ceil gives NumPy floats, not int, as path lengths (and the log is inexact for powers such as 125 with kernel 5).
from typing import NamedTuple

import numpy as np


class LayerCosts(NamedTuple):
    operations: int
    sequential: int
    path_length: int


def layer_costs(kind, n, d, kernel=3, window=None):
    if kind == "self_attention":
        return LayerCosts(n**2 * d, 1, 1)
    if kind == "recurrent":
        return LayerCosts(n * d**2, n, n)
    if kind == "convolutional":
        return LayerCosts(kernel * n * d**2, 1, np.ceil(np.log(n) / np.log(kernel)))
    if kind == "restricted":
        if window is None:
            raise ValueError("window")
        return LayerCosts(window * n * d, 1, np.ceil(n / window))
    raise ValueError(kind)
# %% wrong | float-ops | Uses float arithmetic with math.pow, so operations is a float and not an int.
import math
from typing import NamedTuple


class LayerCosts(NamedTuple):
    operations: int
    sequential: int
    path_length: int


def layer_costs(kind: str, n: int, d: int, kernel: int = 3, window: int | None = None) -> LayerCosts:
    if kind == "self_attention":
        return LayerCosts(math.pow(n, 2) * d, 1, 1)
    if kind == "recurrent":
        return LayerCosts(n * math.pow(d, 2), n, n)
    if kind == "convolutional":
        p = 0
        while math.pow(kernel, p) < n:
            p += 1
        return LayerCosts(kernel * n * math.pow(d, 2), 1, p)
    if kind == "restricted" and window is not None:
        return LayerCosts(window * n * d, 1, math.ceil(n / window))
    raise ValueError("unknown kind, or window is None")
# %% wrong | unknown-none | Falls off the end and returns None for an unknown kind instead of raising ValueError.
from typing import NamedTuple


class LayerCosts(NamedTuple):
    operations: int
    sequential: int
    path_length: int


def layer_costs(kind: str, n: int, d: int, kernel: int = 3, window: int | None = None) -> LayerCosts:
    if kind == "self_attention":
        return LayerCosts(n * n * d, 1, 1)
    elif kind == "recurrent":
        return LayerCosts(n * d * d, n, n)
    elif kind == "convolutional":
        layers, reach = 0, 1
        while reach < n:
            layers += 1
            reach *= kernel
        return LayerCosts(kernel * n * d * d, 1, layers)
    elif kind == "restricted":
        if window is None:
            raise ValueError("window is None")
        return LayerCosts(window * n * d, 1, -(-n // window))
# %% wrong | key-error | A dictionary lookup raises KeyError, not ValueError, for an unknown kind.
from typing import NamedTuple


class LayerCosts(NamedTuple):
    operations: int
    sequential: int
    path_length: int


def _conv(n, d, kernel, window):
    layers, reach = 0, 1
    while reach < n:
        layers, reach = layers + 1, reach * kernel
    return LayerCosts(kernel * n * d * d, 1, layers)


def _restricted(n, d, kernel, window):
    if window is None:
        raise ValueError("window is None")
    return LayerCosts(window * n * d, 1, -(-n // window))


KINDS = {
    "self_attention": lambda n, d, kernel, window: LayerCosts(n * n * d, 1, 1),
    "recurrent": lambda n, d, kernel, window: LayerCosts(n * d * d, n, n),
    "convolutional": _conv,
    "restricted": _restricted,
}


def layer_costs(kind: str, n: int, d: int, kernel: int = 3, window: int | None = None) -> LayerCosts:
    return KINDS[kind](n, d, kernel, window)
# %% wrong | eager-table | Builds the whole table first, so window=None crashes with TypeError for every kind.
from typing import NamedTuple


class LayerCosts(NamedTuple):
    operations: int
    sequential: int
    path_length: int


def layer_costs(kind: str, n: int, d: int, kernel: int = 3, window: int | None = None) -> LayerCosts:
    p = 0
    while kernel**p < n:
        p += 1
    table = {
        "self_attention": LayerCosts(n * n * d, 1, 1),
        "recurrent": LayerCosts(n * d * d, n, n),
        "convolutional": LayerCosts(kernel * n * d * d, 1, p),
        "restricted": LayerCosts(window * n * d, 1, -(-n // window)),
    }
    if kind not in table:
        raise ValueError(kind)
    return table[kind]
# %% wrong | window-always-needed | Raises ValueError for a missing window whatever the kind.
from typing import NamedTuple


class LayerCosts(NamedTuple):
    operations: int
    sequential: int
    path_length: int


def layer_costs(kind: str, n: int, d: int, kernel: int = 3, window: int | None = None) -> LayerCosts:
    if kind not in ("self_attention", "recurrent", "convolutional", "restricted") or window is None:
        raise ValueError("unknown kind or missing window")
    if kind == "self_attention":
        return LayerCosts(n * n * d, 1, 1)
    if kind == "recurrent":
        return LayerCosts(n * d * d, n, n)
    if kind == "restricted":
        return LayerCosts(window * n * d, 1, -(-n // window))
    p = 0
    while kernel**p < n:
        p += 1
    return LayerCosts(kernel * n * d * d, 1, p)
# %% wrong | swapped-squares | n·d² for self-attention and n²·d for recurrent; shows whenever n and d differ.
from typing import NamedTuple


class LayerCosts(NamedTuple):
    operations: int
    sequential: int
    path_length: int


def layer_costs(kind: str, n: int, d: int, kernel: int = 3, window: int | None = None) -> LayerCosts:
    if kind == "self_attention":
        return LayerCosts(n * d**2, 1, 1)
    if kind == "recurrent":
        return LayerCosts(n**2 * d, n, n)
    if kind == "convolutional":
        p = 0
        while kernel**p < n:
            p += 1
        return LayerCosts(kernel * n * d**2, 1, p)
    if kind == "restricted" and window is not None:
        return LayerCosts(window * n * d, 1, -(-n // window))
    raise ValueError("unknown kind, or window is None")
# %% wrong | recurrent-path-n-minus-1 | Gives the recurrent layer a path of n - 1 steps instead of the table's n.
from typing import NamedTuple


class LayerCosts(NamedTuple):
    operations: int
    sequential: int
    path_length: int


def layer_costs(kind: str, n: int, d: int, kernel: int = 3, window: int | None = None) -> LayerCosts:
    if kind == "self_attention":
        return LayerCosts(n * n * d, 1, 1)
    if kind == "recurrent":
        # from the first to the last position there are n - 1 steps
        return LayerCosts(n * d * d, n, n - 1)
    if kind == "convolutional":
        p = 0
        while kernel**p < n:
            p += 1
        return LayerCosts(kernel * n * d * d, 1, p)
    if kind == "restricted" and window is not None:
        return LayerCosts(window * n * d, 1, -(-n // window))
    raise ValueError("unknown kind, or window is None")
# %% wrong | recurrent-sequential-one | Gives the recurrent layer one sequential step instead of n.
from typing import NamedTuple


class LayerCosts(NamedTuple):
    operations: int
    sequential: int
    path_length: int


def layer_costs(kind: str, n: int, d: int, kernel: int = 3, window: int | None = None) -> LayerCosts:
    if kind == "restricted" and window is None:
        raise ValueError("window")
    sequential = 1
    if kind == "self_attention":
        ops, path = n * n * d, 1
    elif kind == "recurrent":
        ops, path = n * d * d, n
    elif kind == "convolutional":
        ops, path, reach = kernel * n * d * d, 0, 1
        while reach < n:
            path += 1
            reach *= kernel
    elif kind == "restricted":
        ops, path = window * n * d, (n + window - 1) // window
    else:
        raise ValueError(kind)
    return LayerCosts(ops, sequential, path)
# %% wrong | kernel-hardcoded | Uses 3 instead of the kernel argument; shows for every other kernel.
from typing import NamedTuple


class LayerCosts(NamedTuple):
    operations: int
    sequential: int
    path_length: int


def layer_costs(kind: str, n: int, d: int, kernel: int = 3, window: int | None = None) -> LayerCosts:
    if kind == "self_attention":
        return LayerCosts(n * n * d, 1, 1)
    if kind == "recurrent":
        return LayerCosts(n * d * d, n, n)
    if kind == "convolutional":
        p = 0
        while 3**p < n:
            p += 1
        return LayerCosts(3 * n * d * d, 1, p)
    if kind == "restricted" and window is not None:
        return LayerCosts(window * n * d, 1, -(-n // window))
    raise ValueError("unknown kind, or window is None")
# %% wrong | path-base-two | The convolution path counts doublings instead of powers of the kernel.
from typing import NamedTuple


class LayerCosts(NamedTuple):
    operations: int
    sequential: int
    path_length: int


def layer_costs(kind: str, n: int, d: int, kernel: int = 3, window: int | None = None) -> LayerCosts:
    if kind == "self_attention":
        return LayerCosts(n * n * d, 1, 1)
    if kind == "recurrent":
        return LayerCosts(n * d * d, n, n)
    if kind == "convolutional":
        return LayerCosts(kernel * n * d * d, 1, (n - 1).bit_length())
    if kind == "restricted" and window is not None:
        return LayerCosts(window * n * d, 1, -(-n // window))
    raise ValueError("unknown kind, or window is None")
# %% wrong | conv-path-linear | Takes ⌈n / kernel⌉ (contiguous kernels) as the convolution path instead of the logarithm.
from typing import NamedTuple


class LayerCosts(NamedTuple):
    operations: int
    sequential: int
    path_length: int


def ceil_div(a, b):
    return (a + b - 1) // b


def layer_costs(kind: str, n: int, d: int, kernel: int = 3, window: int | None = None) -> LayerCosts:
    if kind == "self_attention":
        return LayerCosts(n * n * d, 1, 1)
    if kind == "recurrent":
        return LayerCosts(n * d * d, n, n)
    if kind == "convolutional":
        return LayerCosts(kernel * n * d * d, 1, ceil_div(n, kernel))
    if kind == "restricted":
        if window is None:
            raise ValueError("window is None")
        return LayerCosts(window * n * d, 1, ceil_div(n, window))
    raise ValueError("unknown kind")
# %% wrong | loop-less-equal | `while reach <= n` counts one layer too many where n is a power of the kernel.
from typing import NamedTuple


class LayerCosts(NamedTuple):
    operations: int
    sequential: int
    path_length: int


def layer_costs(kind: str, n: int, d: int, kernel: int = 3, window: int | None = None) -> LayerCosts:
    if kind == "self_attention":
        return LayerCosts(n * n * d, 1, 1)
    if kind == "recurrent":
        return LayerCosts(n * d * d, n, n)
    if kind == "convolutional":
        layers, reach = 0, 1
        while reach <= n:
            layers, reach = layers + 1, reach * kernel
        return LayerCosts(kernel * n * d * d, 1, layers)
    if kind == "restricted" and window is not None:
        return LayerCosts(window * n * d, 1, -(-n // window))
    raise ValueError("unknown kind, or window is None")
# %% wrong | repeated-floor-division | Divides n by the kernel with // until it reaches 1, which rounds down: too small where n is not a power of the kernel.
from typing import NamedTuple


class LayerCosts(NamedTuple):
    operations: int
    sequential: int
    path_length: int


def layer_costs(kind: str, n: int, d: int, kernel: int = 3, window: int | None = None) -> LayerCosts:
    if kind == "self_attention":
        return LayerCosts(n * n * d, 1, 1)
    if kind == "recurrent":
        return LayerCosts(n * d * d, n, n)
    if kind == "convolutional":
        path, rest = 0, n
        while rest > 1:
            rest //= kernel
            path += 1
        return LayerCosts(kernel * n * d * d, 1, path)
    if kind == "restricted" and window is not None:
        return LayerCosts(window * n * d, 1, -(-n // window))
    raise ValueError("unknown kind, or window is None")
# %% wrong | window-falls-back | Falls back to the kernel when window is None instead of raising ValueError.
from typing import NamedTuple


class LayerCosts(NamedTuple):
    operations: int
    sequential: int
    path_length: int


def layer_costs(kind: str, n: int, d: int, kernel: int = 3, window: int | None = None) -> LayerCosts:
    if kind == "self_attention":
        return LayerCosts(n * n * d, 1, 1)
    if kind == "recurrent":
        return LayerCosts(n * d * d, n, n)
    if kind == "convolutional":
        p = 0
        while kernel**p < n:
            p += 1
        return LayerCosts(kernel * n * d * d, 1, p)
    if kind == "restricted":
        w = window or kernel
        return LayerCosts(w * n * d, 1, -(-n // w))
    raise ValueError("unknown kind")
# %% wrong | substring-test | `kind in "self_attention"` is a substring test, so unknown kinds such as "attention" or "" are accepted.
from typing import NamedTuple


class LayerCosts(NamedTuple):
    operations: int
    sequential: int
    path_length: int


def layer_costs(kind: str, n: int, d: int, kernel: int = 3, window: int | None = None) -> LayerCosts:
    if kind in ("self_attention"):
        return LayerCosts(n * n * d, 1, 1)
    if kind in ("recurrent"):
        return LayerCosts(n * d * d, n, n)
    if kind in ("convolutional"):
        p = 0
        while kernel**p < n:
            p += 1
        return LayerCosts(kernel * n * d * d, 1, p)
    if kind in ("restricted"):
        if window is None:
            raise ValueError("window is None")
        return LayerCosts(window * n * d, 1, -(-n // window))
    raise ValueError("unknown kind")
# %% wrong | else-restricted | The last else is "restricted", so an unknown kind with a window gets a result instead of ValueError.
from typing import NamedTuple


class LayerCosts(NamedTuple):
    operations: int
    sequential: int
    path_length: int


def layer_costs(kind: str, n: int, d: int, kernel: int = 3, window: int | None = None) -> LayerCosts:
    if kind == "self_attention":
        return LayerCosts(n * n * d, 1, 1)
    elif kind == "recurrent":
        return LayerCosts(n * d * d, n, n)
    elif kind == "convolutional":
        p = 0
        while kernel**p < n:
            p += 1
        return LayerCosts(kernel * n * d * d, 1, p)
    else:
        if window is None:
            raise ValueError("unknown kind or no window")
        return LayerCosts(window * n * d, 1, -(-n // window))
# %% wrong | returns-exception | `return ValueError(...)` hands the exception back instead of raising it.
from typing import NamedTuple


class LayerCosts(NamedTuple):
    operations: int
    sequential: int
    path_length: int


def layer_costs(kind: str, n: int, d: int, kernel: int = 3, window: int | None = None) -> LayerCosts:
    if kind == "self_attention":
        return LayerCosts(n * n * d, 1, 1)
    if kind == "recurrent":
        return LayerCosts(n * d * d, n, n)
    if kind == "convolutional":
        p = 0
        while kernel**p < n:
            p += 1
        return LayerCosts(kernel * n * d * d, 1, p)
    if kind == "restricted" and window is not None:
        return LayerCosts(window * n * d, 1, -(-n // window))
    return ValueError("unknown kind, or window is None")
# %% wrong | assert-error | Uses assert, so AssertionError is raised instead of ValueError.
from typing import NamedTuple


class LayerCosts(NamedTuple):
    operations: int
    sequential: int
    path_length: int


def layer_costs(kind: str, n: int, d: int, kernel: int = 3, window: int | None = None) -> LayerCosts:
    assert kind in {"self_attention", "recurrent", "convolutional", "restricted"}
    assert kind != "restricted" or window is not None
    if kind == "self_attention":
        return LayerCosts(n * n * d, 1, 1)
    if kind == "recurrent":
        return LayerCosts(n * d * d, n, n)
    if kind == "restricted":
        return LayerCosts(window * n * d, 1, -(-n // window))
    p = 0
    while kernel**p < n:
        p += 1
    return LayerCosts(kernel * n * d * d, 1, p)
# %% wrong | fields-swapped | Passes path length and sequential steps in the wrong order; shows for convolutional and restricted.
from typing import NamedTuple


class LayerCosts(NamedTuple):
    operations: int
    sequential: int
    path_length: int


def layer_costs(kind: str, n: int, d: int, kernel: int = 3, window: int | None = None) -> LayerCosts:
    if kind == "self_attention":
        ops, path, seq = n * n * d, 1, 1
    elif kind == "recurrent":
        ops, path, seq = n * d * d, n, n
    elif kind == "convolutional":
        path, reach = 0, 1
        while reach < n:
            path, reach = path + 1, reach * kernel
        ops, seq = kernel * n * d * d, 1
    elif kind == "restricted" and window is not None:
        ops, path, seq = window * n * d, -(-n // window), 1
    else:
        raise ValueError("unknown kind, or window is None")
    return LayerCosts(ops, path, seq)
# %% wrong | conv-forgets-kernel | Convolution operations without the factor kernel.
from typing import NamedTuple


class LayerCosts(NamedTuple):
    operations: int
    sequential: int
    path_length: int


def layer_costs(kind: str, n: int, d: int, kernel: int = 3, window: int | None = None) -> LayerCosts:
    p = 0
    while kernel**p < n:
        p += 1
    if kind == "self_attention":
        return LayerCosts(n**2 * d, 1, 1)
    if kind == "recurrent":
        return LayerCosts(n * d**2, n, n)
    if kind == "convolutional":
        return LayerCosts(n * d**2, 1, p)
    if kind == "restricted" and window is not None:
        return LayerCosts(window * n * d, 1, -(-n // window))
    raise ValueError("unknown kind, or window is None")
# %% wrong | window-below-n | Validates 1 <= window < n and raises for the allowed window == n.
from typing import NamedTuple


class LayerCosts(NamedTuple):
    operations: int
    sequential: int
    path_length: int


def layer_costs(kind: str, n: int, d: int, kernel: int = 3, window: int | None = None) -> LayerCosts:
    if kind == "self_attention":
        return LayerCosts(n * n * d, 1, 1)
    if kind == "recurrent":
        return LayerCosts(n * d * d, n, n)
    if kind == "convolutional":
        p = 0
        while kernel**p < n:
            p += 1
        return LayerCosts(kernel * n * d * d, 1, p)
    if kind == "restricted":
        if window is None or window not in range(1, n):
            raise ValueError("window must be in 1..n")
        return LayerCosts(window * n * d, 1, -(-n // window))
    raise ValueError("unknown kind")
# %% wrong | window-squared | restricted operations n·window²·d, by analogy with n²·d; shows for window > 1.
from typing import NamedTuple


class LayerCosts(NamedTuple):
    operations: int
    sequential: int
    path_length: int


def layer_costs(kind: str, n: int, d: int, kernel: int = 3, window: int | None = None) -> LayerCosts:
    if kind == "self_attention":
        return LayerCosts(n * n * d, 1, 1)
    if kind == "recurrent":
        return LayerCosts(n * d * d, n, n)
    if kind == "convolutional":
        p = 0
        while kernel**p < n:
            p += 1
        return LayerCosts(kernel * n * d * d, 1, p)
    if kind == "restricted" and window is not None:
        return LayerCosts(window**2 * n * d, 1, -(-n // window))
    raise ValueError("unknown kind, or window is None")
# %% wrong | numpy-int32 | np.prod with an int32 dtype overflows for big layers and returns NumPy integers instead of int.
from typing import NamedTuple

import numpy as np


class LayerCosts(NamedTuple):
    operations: int
    sequential: int
    path_length: int


def prod(*xs):
    return np.prod(np.array(xs, dtype=np.int32), dtype=np.int32)


def layer_costs(kind: str, n: int, d: int, kernel: int = 3, window: int | None = None) -> LayerCosts:
    if kind == "self_attention":
        return LayerCosts(prod(n, n, d), 1, 1)
    if kind == "recurrent":
        return LayerCosts(prod(n, d, d), n, n)
    if kind == "convolutional":
        p = 0
        while kernel**p < n:
            p += 1
        return LayerCosts(prod(kernel, n, d, d), 1, p)
    if kind == "restricted" and window is not None:
        return LayerCosts(prod(window, n, d), 1, -(-n // window))
    raise ValueError("unknown kind, or window is None")
# %% wrong | case-insensitive | Lowers and strips the kind, so unknown names such as "Recurrent" are accepted instead of raising.
from typing import NamedTuple


class LayerCosts(NamedTuple):
    operations: int
    sequential: int
    path_length: int


def layer_costs(kind: str, n: int, d: int, kernel: int = 3, window: int | None = None) -> LayerCosts:
    kind = kind.strip().lower()
    if kind == "self_attention":
        return LayerCosts(n * n * d, 1, 1)
    if kind == "recurrent":
        return LayerCosts(n * d * d, n, n)
    if kind == "convolutional":
        p = 0
        while kernel**p < n:
            p += 1
        return LayerCosts(kernel * n * d * d, 1, p)
    if kind == "restricted" and window is not None:
        return LayerCosts(window * n * d, 1, -(-n // window))
    raise ValueError("unknown kind, or window is None")
# %% wrong | kernel-required | The default of kernel is missing (keyword-only and required), so calls without a kernel crash.
from typing import NamedTuple


class LayerCosts(NamedTuple):
    operations: int
    sequential: int
    path_length: int


def layer_costs(kind: str, n: int, d: int, *, kernel: int, window: int | None = None) -> LayerCosts:
    if kind == "self_attention":
        return LayerCosts(n * n * d, 1, 1)
    if kind == "recurrent":
        return LayerCosts(n * d * d, n, n)
    if kind == "convolutional":
        p = 0
        while kernel**p < n:
            p += 1
        return LayerCosts(kernel * n * d * d, 1, p)
    if kind == "restricted" and window is not None:
        return LayerCosts(window * n * d, 1, -(-n // window))
    raise ValueError("unknown kind, or window is None")
# %% right | hint-loop | The loop from the hints with if chains.
from typing import NamedTuple


class LayerCosts(NamedTuple):
    """The costs of one layer."""

    operations: int
    sequential: int
    path_length: int


def layer_costs(
    kind: str, n: int, d: int, kernel: int = 3, window: int | None = None
) -> LayerCosts:
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
            raise ValueError("restricted needs a window")
        return LayerCosts(window * n * d, 1, -(-n // window))
    raise ValueError(f"unknown kind: {kind}")
# %% right | match-case | match statement, keyword construction, path starting at one.
from typing import NamedTuple


class LayerCosts(NamedTuple):
    operations: int
    sequential: int
    path_length: int


def layer_costs(kind: str, n: int, d: int, kernel: int = 3, window: int | None = None) -> LayerCosts:
    match kind:
        case "self_attention":
            return LayerCosts(operations=n**2 * d, sequential=1, path_length=1)
        case "recurrent":
            return LayerCosts(operations=n * d**2, sequential=n, path_length=n)
        case "convolutional":
            p = 1
            while kernel**p < n:
                p += 1
            return LayerCosts(operations=kernel * n * d**2, sequential=1, path_length=p)
        case "restricted" if window is not None:
            return LayerCosts(window * n * d, 1, (n + window - 1) // window)
        case _:
            raise ValueError("unknown kind, or no window")
# %% right | lambda-table | Dictionary of lambdas with try/except KeyError turned into ValueError.
from typing import NamedTuple


class LayerCosts(NamedTuple):
    operations: int
    sequential: int
    path_length: int


def _ceil_log(n, base):
    return 0 if n <= 1 else 1 + _ceil_log(-(-n // base), base)


_TABLE = {
    "self_attention": lambda n, d, k, r: (n * n * d, 1, 1),
    "recurrent": lambda n, d, k, r: (n * d * d, n, n),
    "convolutional": lambda n, d, k, r: (k * n * d * d, 1, _ceil_log(n, k)),
    "restricted": lambda n, d, k, r: (r * n * d, 1, -(-n // r)),
}


def layer_costs(kind, n, d, kernel=3, window=None):
    try:
        row = _TABLE[kind]
    except KeyError:
        raise ValueError(f"kind must be one of {sorted(_TABLE)}") from None
    if kind == "restricted" and window is None:
        raise ValueError("window is None")
    return LayerCosts(*row(n, d, kernel, window))
# %% right | divmod-early-check | Early validation, divmod for rounding up, prints in a main block.
from typing import NamedTuple


class LayerCosts(NamedTuple):
    operations: int
    sequential: int
    path_length: int


def layer_costs(kind: str, n: int, d: int, kernel: int = 3, window: int | None = None) -> LayerCosts:
    known = ("self_attention", "recurrent", "convolutional", "restricted")
    if kind not in known:
        raise ValueError("unknown kind " + repr(kind))
    seq = path = 1
    if kind == "self_attention":
        ops = n * n * d
    elif kind == "recurrent":
        ops, seq, path = n * d * d, n, n
    elif kind == "convolutional":
        ops = kernel * n * d * d
        path = next(p for p in range(1, n + 1) if kernel**p >= n)
    else:
        if window is None:
            raise ValueError("window is needed")
        ops = window * n * d
        q, r = divmod(n, window)
        path = q + (r > 0)
    return LayerCosts(ops, seq, path)


if __name__ == "__main__":
    for k in ("self_attention", "recurrent", "convolutional"):
        print(k, layer_costs(k, 100, 512))
# %% right | log-then-correct | Starts from the float logarithm and corrects it with exact integer powers.
import math
from typing import NamedTuple


class LayerCosts(NamedTuple):
    operations: int
    sequential: int
    path_length: int


def _path(n: int, kernel: int) -> int:
    p = max(0, round(math.log(n, kernel)))
    while kernel**p < n:
        p += 1
    while p > 0 and kernel ** (p - 1) >= n:
        p -= 1
    return p


def layer_costs(kind: str, n: int, d: int, kernel: int = 3, window: int | None = None) -> LayerCosts:
    if kind == "self_attention":
        return LayerCosts(n * n * d, 1, 1)
    if kind == "recurrent":
        return LayerCosts(n * d * d, n, n)
    if kind == "convolutional":
        return LayerCosts(kernel * n * d * d, 1, _path(n, kernel))
    if kind == "restricted":
        if window is None:
            raise ValueError("window darf hier nicht None sein")
        return LayerCosts(window * n * d, 1, (n - 1) // window + 1)
    raise ValueError(kind)
# %% wrong | ceil-quotient | math.ceil(n / window) divides as floats, which is not exact beyond 2^53.
import itertools
import math
from typing import NamedTuple


class LayerCosts(NamedTuple):
    operations: int
    sequential: int
    path_length: int


def layer_costs(kind: str, n: int, d: int, kernel: int = 3, window: int | None = None) -> LayerCosts:
    if kind == "self_attention":
        return LayerCosts(n**2 * d, 1, 1)
    elif kind == "recurrent":
        return LayerCosts(n * d**2, n, n)
    elif kind == "convolutional":
        for p in itertools.count():
            if kernel**p >= n:
                return LayerCosts(kernel * n * d**2, 1, p)
    elif kind == "restricted":
        if window is None:
            raise ValueError("no window given")
        return LayerCosts(window * n * d, 1, math.ceil(n / window))
    else:
        raise ValueError("no such layer")
# %% right | own-exception | A ValueError subclass and small helper functions per kind.
from typing import NamedTuple, Optional


class LayerCosts(NamedTuple):
    operations: int
    sequential: int
    path_length: int


class UnknownLayer(ValueError):
    pass


def _attention(n: int, d: int) -> LayerCosts:
    return LayerCosts(n * n * d, 1, 1)


def _rnn(n: int, d: int) -> LayerCosts:
    return LayerCosts(n * d * d, n, n)


def _cnn(n: int, d: int, k: int) -> LayerCosts:
    steps, span = 0, 1
    while span < n:
        span *= k
        steps += 1
    return LayerCosts(k * n * d * d, 1, steps)


def layer_costs(kind: str, n: int, d: int, kernel: int = 3, window: Optional[int] = None) -> LayerCosts:
    if kind == "self_attention":
        return _attention(n, d)
    if kind == "recurrent":
        return _rnn(n, d)
    if kind == "convolutional":
        return _cnn(n, d, kernel)
    if kind != "restricted":
        raise UnknownLayer(kind)
    if window is None:
        raise ValueError("window")
    return LayerCosts(window * n * d, 1, len(range(0, n, window)))
