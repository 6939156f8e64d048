# %% right | list-then-tensor | Lists of slopes, one broadcast product
import torch


def alibi_bias(n_heads, length):
    p = 1
    while p * 2 <= n_heads:
        p *= 2
    slopes = [2 ** (-8 * (h + 1) / p) for h in range(p)]
    slopes += [2 ** (-8 * (2 * j + 1) / (2 * p)) for j in range(n_heads - p)]
    slopes = torch.tensor(slopes, dtype=torch.float32)
    pos = torch.arange(length)
    dist = (pos[:, None] - pos).abs()
    return -slopes[:, None, None] * dist

# %% right | loops | Triple loop as a student writes it
import torch


def alibi_bias(n_heads, length):
    p = 1
    while p * 2 <= n_heads:
        p *= 2
    slopes = [2 ** (-8 * (h + 1) / p) for h in range(p)]
    slopes += [2 ** (-8 * (2 * j + 1) / (2 * p)) for j in range(n_heads - p)]
    slopes = torch.tensor(slopes, dtype=torch.float32)
    out = torch.zeros(n_heads, length, length)
    for h in range(n_heads):
        for t in range(length):
            for s in range(length):
                out[h, t, s] = -slopes[h] * abs(t - s)
    return out

# %% right | einsum | einsum of slopes and distances
import torch


def alibi_bias(n_heads, length):
    p = 1
    while p * 2 <= n_heads:
        p *= 2
    slopes = [2 ** (-8 * (h + 1) / p) for h in range(p)]
    slopes += [2 ** (-8 * (2 * j + 1) / (2 * p)) for j in range(n_heads - p)]
    slopes = torch.tensor(slopes, dtype=torch.float32)
    pos = torch.arange(length)
    dist = (pos[:, None] - pos).abs()
    return torch.einsum("h,ts->hts", -slopes, dist.float())

# %% right | recursive | Recursive slopes, slice with step 2
import math

import torch


def slopes_of(n):
    p = 2 ** (n.bit_length() - 1)
    if p == n:
        return [math.pow(2.0, -8.0 * h / n) for h in range(1, n + 1)]
    return slopes_of(p) + slopes_of(2 * p)[::2][: n - p]


def alibi_bias(n_heads: int, length: int) -> torch.Tensor:
    pos = torch.arange(length, dtype=torch.float32)
    table = -torch.cdist(pos[:, None], pos[:, None], p=1)
    return torch.stack([s * table for s in slopes_of(n_heads)])

# %% wrong | positive | The bias is positive, though it must be negative for every other pair
import torch


def alibi_bias(n_heads, length):
    p = 1
    while p * 2 <= n_heads:
        p *= 2
    slopes = [2 ** (-8 * (h + 1) / p) for h in range(p)]
    slopes += [2 ** (-8 * (2 * j + 1) / (2 * p)) for j in range(n_heads - p)]
    slopes = torch.tensor(slopes, dtype=torch.float32)
    pos = torch.arange(length)
    dist = (pos[:, None] - pos).abs()
    return slopes[:, None, None] * dist

# %% wrong | no-abs | Keys to the right get a positive bias, not alike left and right
import torch


def alibi_bias(n_heads, length):
    p = 1
    while p * 2 <= n_heads:
        p *= 2
    slopes = [2 ** (-8 * (h + 1) / p) for h in range(p)]
    slopes += [2 ** (-8 * (2 * j + 1) / (2 * p)) for j in range(n_heads - p)]
    slopes = torch.tensor(slopes, dtype=torch.float32)
    pos = torch.arange(length)
    dist = (pos[:, None] - pos)
    return -slopes[:, None, None] * dist

# %% wrong | from-zero | Slopes are counted from 0, so the first one is 1
import torch


def alibi_bias(n_heads, length):
    p = 1
    while p * 2 <= n_heads:
        p *= 2
    slopes = [2 ** (-8 * h / p) for h in range(p)]
    slopes += [2 ** (-8 * (2 * j + 1) / (2 * p)) for j in range(n_heads - p)]
    slopes = torch.tensor(slopes, dtype=torch.float32)
    pos = torch.arange(length)
    dist = (pos[:, None] - pos).abs()
    return -slopes[:, None, None] * dist

# %% wrong | power-of-two-formula-always | The plain formula is used for H no power of two
import torch


def alibi_bias(n_heads, length):
    p = n_heads
    slopes = [2 ** (-8 * (h + 1) / p) for h in range(p)]
    slopes += [2 ** (-8 * (2 * j + 1) / (2 * p)) for j in range(n_heads - p)]
    slopes = torch.tensor(slopes, dtype=torch.float32)
    pos = torch.arange(length)
    dist = (pos[:, None] - pos).abs()
    return -slopes[:, None, None] * dist

# %% wrong | causal-inf | Keys to the right are masked with -inf, though nothing is masked
import torch


def alibi_bias(n_heads, length):
    p = 1
    while p * 2 <= n_heads:
        p *= 2
    slopes = [2 ** (-8 * (h + 1) / p) for h in range(p)]
    slopes += [2 ** (-8 * (2 * j + 1) / (2 * p)) for j in range(n_heads - p)]
    slopes = torch.tensor(slopes, dtype=torch.float32)
    pos = torch.arange(length)
    dist = (pos[:, None] - pos).abs()
    out = -slopes[:, None, None] * dist
    return out.masked_fill(pos[None, :] > pos[:, None], float("-inf"))

# %% wrong | even-slopes | Remaining heads take the second, fourth slope of 2P instead of first, third
import torch


def alibi_bias(n_heads, length):
    p = 1
    while p * 2 <= n_heads:
        p *= 2
    slopes = [2 ** (-8 * (h + 1) / p) for h in range(p)]
    slopes += [2 ** (-8 * (2 * j + 2) / (2 * p)) for j in range(n_heads - p)]
    slopes = torch.tensor(slopes, dtype=torch.float32)
    pos = torch.arange(length)
    dist = (pos[:, None] - pos).abs()
    return -slopes[:, None, None] * dist

# %% wrong | head-last | The head is the last index instead of the first
import torch


def alibi_bias(n_heads, length):
    p = 1
    while p * 2 <= n_heads:
        p *= 2
    slopes = [2 ** (-8 * (h + 1) / p) for h in range(p)]
    slopes += [2 ** (-8 * (2 * j + 1) / (2 * p)) for j in range(n_heads - p)]
    slopes = torch.tensor(slopes, dtype=torch.float32)
    pos = torch.arange(length)
    dist = (pos[:, None] - pos).abs()
    return (-slopes * dist[:, :, None])

# %% wrong | next-power-first | Takes the first H slopes of the next larger power of two
import torch


def alibi_bias(n_heads, length):
    p = 1
    while p * 2 <= n_heads:
        p *= 2
    if p < n_heads:
        p *= 2
    slopes = [2 ** (-8 * (h + 1) / p) for h in range(n_heads)]
    slopes = torch.tensor(slopes, dtype=torch.float32)
    pos = torch.arange(length)
    dist = (pos[:, None] - pos).abs()
    return -slopes[:, None, None] * dist

# %% wrong | always-eight | The exponent is -h whatever the number of heads, right for 8 heads
import torch


def alibi_bias(n_heads, length):
    p = 1
    while p * 2 <= n_heads:
        p *= 2
    slopes = [2 ** (-(h + 1)) for h in range(p)]
    slopes += [2 ** (-8 * (2 * j + 1) / (2 * p)) for j in range(n_heads - p)]
    slopes = torch.tensor(slopes, dtype=torch.float32)
    pos = torch.arange(length)
    dist = (pos[:, None] - pos).abs()
    return -slopes[:, None, None] * dist

# %% wrong | double-result | The result is float64, not float32
import torch


def alibi_bias(n_heads, length):
    p = 1
    while p * 2 <= n_heads:
        p *= 2
    slopes = [2 ** (-8 * (h + 1) / p) for h in range(p)]
    slopes += [2 ** (-8 * (2 * j + 1) / (2 * p)) for j in range(n_heads - p)]
    slopes = torch.tensor(slopes, dtype=torch.float64)
    pos = torch.arange(length)
    dist = (pos[:, None] - pos).abs()
    return -slopes[:, None, None] * dist

# %% wrong | divided-by-length | Distances are divided by the length, so that they lie between 0 and 1
import torch


def powers(n):
    return [2.0 ** (-8.0 * h / n) for h in range(1, n + 1)]


def alibi_bias(n_heads, length):
    p = 2 ** (n_heads.bit_length() - 1)
    slopes = powers(p) + powers(2 * p)[::2][: n_heads - p]
    slopes = torch.tensor(slopes, dtype=torch.float32)
    pos = torch.arange(length)
    distance = (pos[:, None] - pos[None, :]).abs() / length
    return -slopes[:, None, None] * distance

# %% wrong | slopes-reversed | The flattest slope stands first, the steepest last
import torch


def powers(n):
    return [2.0 ** (-8.0 * h / n) for h in range(1, n + 1)]


def alibi_bias(n_heads, length):
    p = 2 ** (n_heads.bit_length() - 1)
    slopes = powers(p) + powers(2 * p)[::2][: n_heads - p]
    slopes = slopes[::-1]
    slopes = torch.tensor(slopes, dtype=torch.float32)
    pos = torch.arange(length)
    distance = (pos[:, None] - pos[None, :]).abs()
    return -slopes[:, None, None] * distance

# %% wrong | one-head-half | A single head gets the slope 1/2, not 1/256
import torch


def powers(n):
    return [2.0 ** (-8.0 * h / n) for h in range(1, n + 1)]


def alibi_bias(n_heads, length):
    p = 2 ** (n_heads.bit_length() - 1)
    slopes = powers(p) + powers(2 * p)[::2][: n_heads - p]
    if n_heads == 1:
        slopes = [0.5]
    slopes = torch.tensor(slopes, dtype=torch.float32)
    pos = torch.arange(length)
    distance = (pos[:, None] - pos[None, :]).abs()
    return -slopes[:, None, None] * distance

# %% wrong | nearest-power | P is the nearest power of two, also one above H
import math

import torch


def powers(n):
    return [2.0 ** (-8.0 * h / n) for h in range(1, n + 1)]


def alibi_bias(n_heads, length):
    p = 2 ** round(math.log2(n_heads))
    slopes = powers(p)[:n_heads] + powers(2 * p)[::2][: max(n_heads - p, 0)]
    slopes = torch.tensor(slopes, dtype=torch.float32)
    pos = torch.arange(length)
    distance = (pos[:, None] - pos[None, :]).abs()
    return -slopes[:, None, None] * distance

# %% wrong | diagonal-too | The distance is counted from 1, so a token and itself do not get 0
import torch


def powers(n):
    return [2.0 ** (-8.0 * h / n) for h in range(1, n + 1)]


def alibi_bias(n_heads, length):
    p = 2 ** (n_heads.bit_length() - 1)
    slopes = powers(p) + powers(2 * p)[::2][: n_heads - p]
    slopes = torch.tensor(slopes, dtype=torch.float32)
    pos = torch.arange(length)
    distance = (pos[:, None] - pos[None, :]).abs() + 1
    return -slopes[:, None, None] * distance

# %% wrong | bfloat-inside | Computed in bfloat16, so long distances and odd slopes are rounded
import torch


def powers(n):
    return [2.0 ** (-8.0 * h / n) for h in range(1, n + 1)]


def alibi_bias(n_heads, length):
    p = 2 ** (n_heads.bit_length() - 1)
    slopes = powers(p) + powers(2 * p)[::2][: n_heads - p]
    slopes = torch.tensor(slopes, dtype=torch.bfloat16)
    pos = torch.arange(length)
    distance = (pos[:, None] - pos[None, :]).abs()
    return (-slopes[:, None, None] * distance.bfloat16()).float()
