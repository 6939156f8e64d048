# %% wrong | sorted-slopes | Slopes are sorted, so the extra heads do not stand last
import torch


def alibi_bias(n_heads, length):
    p = 1
    while p * 2 <= n_heads:
        p *= 2
    slopes = [2 ** (-8 * (h + 1) / p) for h in range(p)]
    slopes += [2 ** (-8 * (2 * j + 1) / (2 * p)) for j in range(n_heads - p)]
    slopes = torch.tensor(sorted(slopes, reverse=True), dtype=torch.float32)
    pos = torch.arange(length)
    dist = (pos[:, None] - pos).abs()
    return -slopes[:, None, None] * dist

# %% wrong | extra-next-after | Extra slopes are the first H-P of 2P in a row, not every second
import torch


def alibi_bias(n_heads, length):
    p = 1
    while p * 2 <= n_heads:
        p *= 2
    slopes = [2 ** (-8 * (h + 1) / p) for h in range(p)]
    slopes += [2 ** (-8 * (j + 1) / (2 * p)) for j in range(n_heads - p)]
    slopes = torch.tensor(slopes, dtype=torch.float32)
    pos = torch.arange(length)
    dist = (pos[:, None] - pos).abs()
    return -slopes[:, None, None] * dist

# %% wrong | relative-to-end | Only keys up to the last query: bias by key position, the same for all queries
import torch


def alibi_bias(n_heads, length):
    p = 1
    while p * 2 <= n_heads:
        p *= 2
    slopes = [2 ** (-8 * (h + 1) / p) for h in range(p)]
    slopes += [2 ** (-8 * (2 * j + 1) / (2 * p)) for j in range(n_heads - p)]
    slopes = torch.tensor(slopes, dtype=torch.float32)
    pos = torch.arange(length)
    dist = (pos[-1] - pos).expand(length, length)
    return -slopes[:, None, None] * dist

# %% wrong | squared | The distance is squared
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
    return -slopes[:, None, None] * dist**2

# %% right | geometric | Geometric sequence by repeated multiplication in float64
import torch


def geometric(n):
    ratio = 2.0 ** (-8.0 / n)
    out, s = [], 1.0
    for _ in range(n):
        s *= ratio
        out.append(s)
    return out


def alibi_bias(n_heads, length):
    p = 1
    while 2 * p <= n_heads:
        p *= 2
    slopes = geometric(p) + geometric(2 * p)[0::2]
    slopes = torch.tensor(slopes[:n_heads], dtype=torch.float64)
    i = torch.arange(length, dtype=torch.float64)
    return (slopes.view(-1, 1, 1) * -(i.view(-1, 1) - i.view(1, -1)).abs()).to(torch.float32)

# %% right | min-max | Distance as minimum minus maximum
import torch


def alibi_bias(n_heads, length):
    p = 1
    while p * 2 <= n_heads:
        p *= 2
    slopes = [2 ** (-8 * (h + 1) / p) for h in range(p)]
    slopes += [2 ** (-8 * (2 * j + 1) / (2 * p)) for j in range(n_heads - p)]
    slopes = torch.tensor(slopes, dtype=torch.float32)
    pos = torch.arange(length)
    near = torch.minimum(pos[:, None], pos) - torch.maximum(pos[:, None], pos)
    return slopes.reshape(n_heads, 1, 1) * near

# %% wrong | x-nearest-power | P is the power of two nearest to H on a logarithmic scale, which for 3, 6, 7 or 12 heads lies above H
import math

import torch


def alibi_bias(n_heads: int, length: int) -> torch.Tensor:
    P = 2 ** round(math.log2(n_heads))
    slopes = [2 ** (-8 * (h + 1) / P) for h in range(P)]
    slopes += [2 ** (-8 * (2 * j + 1) / (2 * P)) for j in range(n_heads - P)]
    slope = torch.tensor(slopes[:n_heads], dtype=torch.float32)
    position = torch.arange(length)
    return -slope[:, None, None] * (position[:, None] - position).abs()


# %% wrong | x-steep-ones-first | the slopes are sorted from steep to flat, but those of P heads come first and the others behind them
import torch


def alibi_bias(n_heads, length):
    P = 1
    while P * 2 <= n_heads:
        P *= 2
    slopes = {2.0 ** (-8.0 * h / P) for h in range(1, P + 1)}
    odd = range(1, 2 * P, 2)
    slopes |= {2.0 ** (-4.0 * h / P) for h in odd[: n_heads - P]}
    slopes = torch.tensor(sorted(slopes, reverse=True))
    t = torch.arange(length, dtype=torch.float32)
    distance = torch.abs(t.unsqueeze(0) - t.unsqueeze(1))
    return -torch.einsum("h,ts->hts", slopes, distance)
