# %% wrong | multiplications-only | additions are not counted: half of the operations
def block_parameters(d_model, d_ff=None, bias=True, gated=False):
    f = 4 * d_model if d_ff is None else d_ff
    ups = 2 if gated else 1
    total = 4 * d_model * d_model + (ups + 1) * d_model * f + 4 * d_model
    if bias:
        total += 4 * d_model + ups * f + d_model
    return total


def block_flops(length, d_model, d_ff=None, gated=False):
    f = 4 * d_model if d_ff is None else d_ff
    matrices = 3 if gated else 2
    projections = 8 * length * d_model * d_model
    attention = 4 * length * length * d_model
    network = 2 * matrices * length * d_model * f
    return (projections + attention + network) // 2

# %% wrong | one-norm | one layer norm instead of two
def block_parameters(d_model, d_ff=None, bias=True, gated=False):
    f = 4 * d_model if d_ff is None else d_ff
    ups = 2 if gated else 1
    total = 4 * d_model * d_model + (ups + 1) * d_model * f + 2 * d_model
    if bias:
        total += 4 * d_model + ups * f + d_model
    return total


def block_flops(length, d_model, d_ff=None, gated=False):
    f = 4 * d_model if d_ff is None else d_ff
    matrices = 3 if gated else 2
    projections = 8 * length * d_model * d_model
    attention = 4 * length * length * d_model
    network = 2 * matrices * length * d_model * f
    return projections + attention + network

# %% wrong | norms-without-bias | bias=False takes the layer norms' bias away as well
def block_parameters(d_model, d_ff=None, bias=True, gated=False):
    f = 4 * d_model if d_ff is None else d_ff
    ups = 2 if gated else 1
    total = 4 * d_model * d_model + (ups + 1) * d_model * f + 2 * d_model
    if bias:
        total += 2 * d_model + 4 * d_model + ups * f + d_model
    return total


def block_flops(length, d_model, d_ff=None, gated=False):
    f = 4 * d_model if d_ff is None else d_ff
    matrices = 3 if gated else 2
    projections = 8 * length * d_model * d_model
    attention = 4 * length * length * d_model
    network = 2 * matrices * length * d_model * f
    return projections + attention + network

# %% wrong | gate-bias-forgotten | the bias of the gate is missing
def block_parameters(d_model, d_ff=None, bias=True, gated=False):
    f = 4 * d_model if d_ff is None else d_ff
    ups = 2 if gated else 1
    total = 4 * d_model * d_model + (ups + 1) * d_model * f + 4 * d_model
    if bias:
        total += 4 * d_model + f + d_model
    return total


def block_flops(length, d_model, d_ff=None, gated=False):
    f = 4 * d_model if d_ff is None else d_ff
    matrices = 3 if gated else 2
    projections = 8 * length * d_model * d_model
    attention = 4 * length * length * d_model
    network = 2 * matrices * length * d_model * f
    return projections + attention + network

# %% wrong | eight-thirds | the gated default is 8/3 · D instead of 4 · D
def block_parameters(d_model, d_ff=None, bias=True, gated=False):
    if d_ff is None:
        d_ff = 8 * d_model // 3 if gated else 4 * d_model
    f = d_ff
    ups = 2 if gated else 1
    total = 4 * d_model * d_model + (ups + 1) * d_model * f + 4 * d_model
    if bias:
        total += 4 * d_model + ups * f + d_model
    return total


def block_flops(length, d_model, d_ff=None, gated=False):
    f = 4 * d_model if d_ff is None else d_ff
    matrices = 3 if gated else 2
    projections = 8 * length * d_model * d_model
    attention = 4 * length * length * d_model
    network = 2 * matrices * length * d_model * f
    return projections + attention + network

# %% wrong | always-4d | 4D stands where F should stand
def block_parameters(d_model, d_ff=None, bias=True, gated=False):
    f = 4 * d_model if d_ff is None else d_ff
    ups = 2 if gated else 1
    total = 4 * d_model * d_model + (ups + 1) * d_model * f + 4 * d_model
    if bias:
        total += 4 * d_model + ups * f + d_model
    return total


def block_flops(length, d_model, d_ff=None, gated=False):
    f = 4 * d_model
    matrices = 3 if gated else 2
    projections = 8 * length * d_model * d_model
    attention = 4 * length * length * d_model
    network = 2 * matrices * length * d_model * f
    return projections + attention + network

# %% wrong | scores-only | the weights with the values are forgotten
def block_parameters(d_model, d_ff=None, bias=True, gated=False):
    f = 4 * d_model if d_ff is None else d_ff
    ups = 2 if gated else 1
    total = 4 * d_model * d_model + (ups + 1) * d_model * f + 4 * d_model
    if bias:
        total += 4 * d_model + ups * f + d_model
    return total


def block_flops(length, d_model, d_ff=None, gated=False):
    f = 4 * d_model if d_ff is None else d_ff
    matrices = 3 if gated else 2
    projections = 8 * length * d_model * d_model
    attention = 2 * length * length * d_model
    network = 2 * matrices * length * d_model * f
    return projections + attention + network

# %% wrong | causal-half | only half of the pairs of tokens are counted, as under a causal mask
def block_parameters(d_model, d_ff=None, bias=True, gated=False):
    f = 4 * d_model if d_ff is None else d_ff
    ups = 2 if gated else 1
    total = 4 * d_model * d_model + (ups + 1) * d_model * f + 4 * d_model
    if bias:
        total += 4 * d_model + ups * f + d_model
    return total


def block_flops(length, d_model, d_ff=None, gated=False):
    f = 4 * d_model if d_ff is None else d_ff
    matrices = 3 if gated else 2
    projections = 8 * length * d_model * d_model
    attention = 2 * length * (length + 1) * d_model
    network = 2 * matrices * length * d_model * f
    return projections + attention + network

# %% wrong | float-power | powers as floats: numbers above 2**53 are not exact, and float comes back
def block_parameters(d_model, d_ff=None, bias=True, gated=False):
    f = 4 * d_model if d_ff is None else d_ff
    ups = 2 if gated else 1
    total = 4 * d_model ** 2.0 + (ups + 1) * d_model * f + 4 * d_model
    if bias:
        total += 4 * d_model + ups * f + d_model
    return total


def block_flops(length, d_model, d_ff=None, gated=False):
    f = 4 * d_model if d_ff is None else d_ff
    matrices = 3 if gated else 2
    projections = 8 * length * d_model * d_model
    attention = 4 * length * length * d_model
    network = 2 * matrices * length * d_model * f
    return projections + attention + network

# %% wrong | float-then-int | true division and int() at the end: not exact for large sizes
def block_parameters(d_model, d_ff=None, bias=True, gated=False):
    f = 4 * d_model if d_ff is None else d_ff
    ups = 2 if gated else 1
    total = 4 * d_model * d_model + (ups + 1) * d_model * f + 4 * d_model
    if bias:
        total += 4 * d_model + ups * f + d_model
    return total


def block_flops(length, d_model, d_ff=None, gated=False):
    f = 4 * d_model if d_ff is None else d_ff
    matrices = 3 if gated else 2
    projections = 8 * length * d_model * d_model
    attention = 4 * length * length * d_model
    network = 2 * matrices * length * d_model * f
    return int((projections + attention + network) / 1)

# %% wrong | linear-attention | the scores grow with T, not T²
def block_parameters(d_model, d_ff=None, bias=True, gated=False):
    f = 4 * d_model if d_ff is None else d_ff
    ups = 2 if gated else 1
    total = 4 * d_model * d_model + (ups + 1) * d_model * f + 4 * d_model
    if bias:
        total += 4 * d_model + ups * f + d_model
    return total


def block_flops(length, d_model, d_ff=None, gated=False):
    f = 4 * d_model if d_ff is None else d_ff
    matrices = 3 if gated else 2
    projections = 8 * length * d_model * d_model
    attention = 4 * length * d_model * d_model
    network = 2 * matrices * length * d_model * f
    return projections + attention + network

# %% wrong | three-projections | the layer that mixes the heads is forgotten, in both
def block_parameters(d_model, d_ff=None, bias=True, gated=False):
    f = 4 * d_model if d_ff is None else d_ff
    ups = 2 if gated else 1
    total = 3 * d_model * d_model + (ups + 1) * d_model * f + 4 * d_model
    if bias:
        total += 3 * d_model + ups * f + d_model
    return total


def block_flops(length, d_model, d_ff=None, gated=False):
    f = 4 * d_model if d_ff is None else d_ff
    matrices = 3 if gated else 2
    projections = 6 * length * d_model * d_model
    attention = 4 * length * length * d_model
    network = 2 * matrices * length * d_model * f
    return projections + attention + network

# %% wrong | gate-not-in-flops | gated is ignored in the operations
def block_parameters(d_model, d_ff=None, bias=True, gated=False):
    f = 4 * d_model if d_ff is None else d_ff
    ups = 2 if gated else 1
    total = 4 * d_model * d_model + (ups + 1) * d_model * f + 4 * d_model
    if bias:
        total += 4 * d_model + ups * f + d_model
    return total


def block_flops(length, d_model, d_ff=None, gated=False):
    f = 4 * d_model if d_ff is None else d_ff
    matrices = 2
    projections = 8 * length * d_model * d_model
    attention = 4 * length * length * d_model
    network = 2 * matrices * length * d_model * f
    return projections + attention + network

# %% wrong | torch-int64 | sums in an int64 tensor, which overflow for large sizes
import torch


def block_parameters(d_model, d_ff=None, bias=True, gated=False):
    f = 4 * d_model if d_ff is None else d_ff
    ups = 2 if gated else 1
    total = 4 * d_model * d_model + (ups + 1) * d_model * f + 4 * d_model
    if bias:
        total += 4 * d_model + ups * f + d_model
    return total


def block_flops(length, d_model, d_ff=None, gated=False):
    f = 4 * d_model if d_ff is None else d_ff
    matrices = 3 if gated else 2
    projections = 8 * length * d_model * d_model
    attention = 4 * length * length * d_model
    network = 2 * matrices * length * d_model * f
    return int(torch.tensor(length) * (8 * d_model * d_model + 4 * length * d_model + 2 * matrices * d_model * f))

# %% right | layers-list | a list of linear layers, summed in loops
def _layers(d_model, d_ff, gated):
    if d_ff is None:
        d_ff = 4 * d_model
    layers = [(d_model, d_model)] * 4 + [(d_model, d_ff), (d_ff, d_model)]
    if gated:
        layers.append((d_model, d_ff))
    return layers


def block_parameters(d_model, d_ff=None, bias=True, gated=False):
    total = 2 * (d_model + d_model)
    for n, m in _layers(d_model, d_ff, gated):
        total += n * m
        if bias:
            total += m
    return total


def block_flops(length, d_model, d_ff=None, gated=False):
    total = 2 * length * sum(n * m for n, m in _layers(d_model, d_ff, gated))
    total += 2 * length * d_model * length  # queries with keys
    total += 2 * length * length * d_model  # weights with values
    return total

# %% right | one-liners | formulas in one expression each
def block_parameters(d_model, d_ff=None, bias=True, gated=False):
    D, F, g = d_model, d_ff or 4 * d_model, 2 + gated
    return 4 * D * (D + 1) + g * D * F + bool(bias) * (5 * D + (g - 1) * F)


def block_flops(length, d_model, d_ff=None, gated=False):
    D, F, T = d_model, d_ff or 4 * d_model, length
    return 2 * T * D * (4 * D + 2 * T + (2 + gated) * F)

# %% right | helpers | helper functions linear and matmul, with type hints
def linear(n: int, m: int, bias: bool) -> int:
    return n * m + (m if bias else 0)


def block_parameters(
    d_model: int, d_ff: int | None = None, bias: bool = True, gated: bool = False
) -> int:
    hidden = d_ff if d_ff is not None else 4 * d_model
    attention = 4 * linear(d_model, d_model, bias)
    network = linear(d_model, hidden, bias) + linear(hidden, d_model, bias)
    if gated:
        network += linear(d_model, hidden, bias)
    norms = 2 * linear(1, d_model, True)
    return attention + network + norms


def matmul(rows: int, inner: int, columns: int) -> int:
    return 2 * rows * inner * columns


def block_flops(length: int, d_model: int, d_ff: int | None = None, gated: bool = False) -> int:
    hidden = d_ff if d_ff is not None else 4 * d_model
    flops = 4 * matmul(length, d_model, d_model)
    flops += matmul(length, d_model, length) + matmul(length, length, d_model)
    flops += matmul(length, d_model, hidden) + matmul(length, hidden, d_model)
    return flops + (matmul(length, d_model, hidden) if gated else 0)

# %% right | dictionary | a dictionary of parts
def block_parameters(d_model, d_ff=None, bias=True, gated=False):
    if d_ff is None:
        d_ff = d_model * 4
    parts = {
        "attention": d_model**2 * 4,
        "network": d_model * d_ff * (3 if gated else 2),
        "norms": d_model * 2 * 2,
    }
    if bias:
        parts["attention bias"] = 4 * d_model
        parts["network bias"] = d_ff + d_model + (d_ff if gated else 0)
    return sum(parts.values())


def block_flops(length, d_model, d_ff=None, gated=False):
    f = 4 * d_model if d_ff is None else d_ff
    matrices = 3 if gated else 2
    projections = 8 * length * d_model * d_model
    attention = 4 * length * length * d_model
    network = 2 * matrices * length * d_model * f
    return projections + attention + network

# %% right | weights-once | each weight meets each token once: two operations for each weight from block_parameters without biases and norms
def block_parameters(d_model, d_ff=None, bias=True, gated=False):
    f = 4 * d_model if d_ff is None else d_ff
    ups = 2 if gated else 1
    total = 4 * d_model * d_model + (ups + 1) * d_model * f + 4 * d_model
    if bias:
        total += 4 * d_model + ups * f + d_model
    return total


def block_flops(length, d_model, d_ff=None, gated=False):
    weights = block_parameters(d_model, d_ff, bias=False, gated=gated) - 4 * d_model
    return 2 * length * weights + 4 * d_model * length**2
