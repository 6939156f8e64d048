# %% wrong | bias-of-wrong-width | linear2's bias is counted with F numbers
def block_parameters(d_model, d_ff=None, bias=True, gated=False):
    f = 4 * d_model if d_ff is None else d_ff
    ups = 2 if gated else 1
    total = 4 * d_model * d_model + (ups + 1) * d_model * f + 4 * d_model
    if bias:
        total += 4 * d_model + ups * f + f
    return total


def block_flops(length, d_model, d_ff=None, gated=False):
    f = 4 * d_model if d_ff is None else d_ff
    matrices = 3 if gated else 2
    projections = 8 * length * d_model * d_model
    attention = 4 * length * length * d_model
    network = 2 * matrices * length * d_model * f
    return projections + attention + network

# %% wrong | gate-instead | gated doubles the whole network
def block_parameters(d_model, d_ff=None, bias=True, gated=False):
    f = 4 * d_model if d_ff is None else d_ff
    ups = 2 if gated else 1
    total = 4 * d_model * d_model + 2 * ups * d_model * f + 4 * d_model
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

# %% wrong | softmax-counted | one operation for each score is added for softmax
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
    attention = 4 * length * length * d_model + length * length
    network = 2 * matrices * length * d_model * f
    return projections + attention + network

# %% wrong | gate-product-counted | the product of the gate is counted
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
    return projections + attention + network + (length * f if gated else 0)

# %% wrong | numpy-prod | numpy's int64 overflows for large sizes
import numpy as np


def block_parameters(d_model, d_ff=None, bias=True, gated=False):
    f = 4 * d_model if d_ff is None else d_ff
    ups = 2 if gated else 1
    total = 4 * int(np.prod(np.array([d_model, d_model], dtype=np.int64))) + (ups + 1) * d_model * f + 4 * d_model
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

# %% wrong | division-float | the result is a float
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
    return 2 * (projections + attention + network) / 2

# %% right | class | a small dataclass
from dataclasses import dataclass


@dataclass
class Linear:
    inputs: int
    outputs: int
    bias: bool = False

    @property
    def size(self):
        return (self.inputs + int(self.bias)) * self.outputs


def block_parameters(d_model, d_ff=None, bias=True, gated=False):
    f = d_model * 4 if d_ff is None else d_ff
    parts = [Linear(d_model, d_model, bias) for _ in range(4)]
    parts += [Linear(d_model, f, bias) for _ in range(2 if gated else 1)]
    parts += [Linear(f, d_model, bias)]
    return sum(part.size for part in parts) + 4 * d_model


def block_flops(length, d_model, d_ff=None, gated=False):
    f = 4 * d_model if d_ff is None else d_ff
    matrices = 3 if gated else 2
    projections = 8 * length * d_model * d_model
    attention = 4 * length * length * d_model
    network = 2 * matrices * length * d_model * f
    return projections + attention + network

# %% right | if-else-branches | separate branches for the gated and plain one
def block_parameters(d_model, d_ff=None, bias=True, gated=False):
    if d_ff is None:
        d_ff = 4 * d_model
    if gated:
        weights = 4 * d_model**2 + 3 * d_model * d_ff
        biases = 5 * d_model + 2 * d_ff
    else:
        weights = 4 * d_model**2 + 2 * d_model * d_ff
        biases = 5 * d_model + d_ff
    if not bias:
        biases = 0
    return weights + biases + 2 * d_model + 2 * d_model


def block_flops(length, d_model, d_ff=None, gated=False):
    f = 4 * d_model if d_ff is None else d_ff
    matrices = 3 if gated else 2
    projections = 8 * length * d_model * d_model
    attention = 4 * length * length * d_model
    network = 2 * matrices * length * d_model * f
    return projections + attention + network

# %% right | accumulate | one counter that grows step by step
def block_parameters(d_model, d_ff=None, bias=True, gated=False):
    f = 4 * d_model if d_ff is None else d_ff
    ups = 2 if gated else 1
    total = 4 * d_model * d_model + (ups + 1) * d_model * f + 4 * d_model
    if bias:
        total += 4 * d_model + ups * f + d_model
    return total


def block_flops(length, d_model, d_ff=None, gated=False):
    if d_ff is None:
        d_ff = 4 * d_model
    count = 0
    for _ in ("query", "key", "value", "mix"):
        count += length * d_model * d_model
    for _ in ("scores", "sum"):
        count += length * length * d_model
    for _ in range(3 if gated else 2):
        count += length * d_model * d_ff
    return 2 * count
