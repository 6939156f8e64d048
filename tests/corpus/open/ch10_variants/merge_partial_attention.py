# %% right | maximum-and-masked-fill | the common maximum, 0 in place of it where it is -inf
import math

import torch


def merge_partial_attention(
    m: torch.Tensor,
    l: torch.Tensor,  # noqa: E741
    o: torch.Tensor,
    m2: torch.Tensor,
    l2: torch.Tensor,
    o2: torch.Tensor,
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    highest = torch.maximum(m, m2)
    base = highest.masked_fill(highest == -math.inf, 0.0)
    first = (m - base).exp()
    second = (m2 - base).exp()
    total = first * l + second * l2
    out = first.unsqueeze(-1) * o + second.unsqueeze(-1) * o2
    return highest, total, out

# %% right | where-everywhere | torch.where for the maximum and for empty groups
import math

import torch


def merge_partial_attention(m, l, o, m2, l2, o2):
    empty, empty2 = torch.isneginf(m), torch.isneginf(m2)
    top = torch.where(m >= m2, m, m2)
    zero = torch.zeros_like(m)
    f1 = torch.where(empty, zero, torch.exp(torch.where(empty, zero, m - top)))
    f2 = torch.where(empty2, zero, torch.exp(torch.where(empty2, zero, m2 - top)))
    return top, f1 * l + f2 * l2, f1[..., None] * o + f2[..., None] * o2

# %% right | stacked-groups | both groups stacked, amax, nan_to_num, einsum
import math

import torch


def merge_partial_attention(m, l, o, m2, l2, o2):
    ms = torch.stack((m, m2))
    ls = torch.stack((l, l2))
    os = torch.stack((o, o2))
    top = ms.amax(dim=0)
    factors = torch.nan_to_num(ms - top, nan=-math.inf, neginf=-math.inf).exp()
    new_l = (factors * ls).sum(dim=0)
    new_o = torch.einsum("g...t,g...tv->...tv", factors, os)
    return top, new_l, new_o

# %% right | only-the-smaller-scaled | one factor for the group with the smaller maximum, l and o side by side
import math

import torch


def merge_partial_attention(m, l, o, m2, l2, o2):
    """Only the group with the smaller maximum changes: by exp(-|difference|)."""
    first_leads = m >= m2
    gap = torch.where(first_leads, m2 - m, m - m2)      # never above 0
    gap[torch.isnan(gap)] = 0.0                          # both empty: nothing to scale
    factor = gap.exp()
    one = torch.ones_like(factor)
    a = torch.where(first_leads, one, factor)
    b = torch.where(first_leads, factor, one)
    # l and o side by side
    both = a.unsqueeze(-1) * torch.cat((l.unsqueeze(-1), o), dim=-1)
    both = both + b.unsqueeze(-1) * torch.cat((l2.unsqueeze(-1), o2), dim=-1)
    return torch.where(first_leads, m, m2), both[..., 0], both[..., 1:]

# %% wrong | empty-minus-empty | two groups without keys: -inf minus -inf gives NaN in l and o
import math

import torch


def merge_partial_attention(
    m: torch.Tensor,
    l: torch.Tensor,  # noqa: E741
    o: torch.Tensor,
    m2: torch.Tensor,
    l2: torch.Tensor,
    o2: torch.Tensor,
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    highest = torch.maximum(m, m2)
    base = highest
    first = (m - base).exp()
    second = (m2 - base).exp()
    total = first * l + second * l2
    out = first.unsqueeze(-1) * o + second.unsqueeze(-1) * o2
    return highest, total, out

# %% wrong | simply-added | l and o are added as they are, although they are relative to different maxima
import math

import torch


def merge_partial_attention(
    m: torch.Tensor,
    l: torch.Tensor,  # noqa: E741
    o: torch.Tensor,
    m2: torch.Tensor,
    l2: torch.Tensor,
    o2: torch.Tensor,
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    highest = torch.maximum(m, m2)
    base = highest.masked_fill(highest == -math.inf, 0.0)
    first = (m - base).exp()
    second = (m2 - base).exp()
    total = l + l2
    out = o + o2
    return highest, total, out

# %% wrong | factor-upside-down | the factors are exp(common m - own m), which overflow
import math

import torch


def merge_partial_attention(
    m: torch.Tensor,
    l: torch.Tensor,  # noqa: E741
    o: torch.Tensor,
    m2: torch.Tensor,
    l2: torch.Tensor,
    o2: torch.Tensor,
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    highest = torch.maximum(m, m2)
    base = highest.masked_fill(highest == -math.inf, 0.0)
    first = (base - m).exp()
    second = (base - m2).exp()
    total = first * l + second * l2
    out = first.unsqueeze(-1) * o + second.unsqueeze(-1) * o2
    return highest, total, out

# %% wrong | only-the-second-rescaled | the factor goes to the second group alone, so it is wrong where the second has the larger maximum
import math

import torch


def merge_partial_attention(m, l, o, m2, l2, o2):
    top = torch.maximum(m, m2)
    safe = torch.where(top == -math.inf, 0.0, top)
    g = torch.exp(m2 - safe)
    return top, l + g * l2, o + g.unsqueeze(-1) * o2

# %% wrong | o-not-rescaled | l is rescaled but o is only added
import math

import torch


def merge_partial_attention(m, l, o, m2, l2, o2):
    empty, empty2 = torch.isneginf(m), torch.isneginf(m2)
    top = torch.where(m >= m2, m, m2)
    zero = torch.zeros_like(m)
    f1 = torch.where(empty, zero, torch.exp(torch.where(empty, zero, m - top)))
    f2 = torch.where(empty2, zero, torch.exp(torch.where(empty2, zero, m2 - top)))
    return top, f1 * l + f2 * l2, o + o2

# %% wrong | already-divided | o is given divided by l, as flash attention does at the end, though the stub says that o has not been divided
import math

import torch


def merge_partial_attention(
    m: torch.Tensor,
    l: torch.Tensor,  # noqa: E741
    o: torch.Tensor,
    m2: torch.Tensor,
    l2: torch.Tensor,
    o2: torch.Tensor,
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    highest = torch.maximum(m, m2)
    base = highest.masked_fill(highest == -math.inf, 0.0)
    first = (m - base).exp()
    second = (m2 - base).exp()
    total = first * l + second * l2
    out = first.unsqueeze(-1) * o + second.unsqueeze(-1) * o2
    out = out / total.unsqueeze(-1).clamp(min=1e-30)
    return highest, total, out

# %% wrong | factors-on-the-wrong-axis | the factors (..., T) are multiplied with o (..., T, d_v) without a new axis, which fails or broadcasts over d_v where that is T
import math

import torch


def merge_partial_attention(
    m: torch.Tensor,
    l: torch.Tensor,  # noqa: E741
    o: torch.Tensor,
    m2: torch.Tensor,
    l2: torch.Tensor,
    o2: torch.Tensor,
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    highest = torch.maximum(m, m2)
    base = highest.masked_fill(highest == -math.inf, 0.0)
    first = (m - base).exp()
    second = (m2 - base).exp()
    total = first * l + second * l2
    out = first * o + second * o2
    return highest, total, out

# %% wrong | log-sum-exp | keeps m + log l in place of m and sets l to 1 (0 if empty), another convention: the weights are right but m is not the maximum
import math

import torch


def merge_partial_attention(m, l, o, m2, l2, o2):
    a, b = m + l.log(), m2 + l2.log()
    top = torch.logaddexp(a, b)
    f = torch.exp(m - torch.nan_to_num(top, neginf=0.0))
    g = torch.exp(m2 - torch.nan_to_num(top, neginf=0.0))
    return top, (top > -math.inf).to(m.dtype), f[..., None] * o + g[..., None] * o2

# %% wrong | no-maximum | goes back to plain exponentials, exp(m) l and exp(m) o, which overflow for large scores and vanish for low ones
import math

import torch


def merge_partial_attention(m, l, o, m2, l2, o2):
    top = torch.maximum(m, m2)
    scale = torch.exp(-top).masked_fill(top == -math.inf, 0.0)
    total = (m.exp() * l + m2.exp() * l2) * scale
    out = (m.exp()[..., None] * o + m2.exp()[..., None] * o2) * scale[..., None]
    return top, total, out

# %% wrong | one-maximum-for-all | one maximum over all queries instead of one for each: m is wrong and rows far below it vanish
import math

import torch


def merge_partial_attention(
    m: torch.Tensor,
    l: torch.Tensor,  # noqa: E741
    o: torch.Tensor,
    m2: torch.Tensor,
    l2: torch.Tensor,
    o2: torch.Tensor,
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    highest = torch.maximum(m, m2).max().expand_as(m)
    base = highest.masked_fill(highest == -math.inf, 0.0)
    first = (m - base).exp()
    second = (m2 - base).exp()
    total = first * l + second * l2
    out = first.unsqueeze(-1) * o + second.unsqueeze(-1) * o2
    return highest, total, out

# %% wrong | lower-of-both | the common m is the smaller of the two and not the larger, so the factors overflow, and an empty group makes the result empty
import math

import torch


def merge_partial_attention(
    m: torch.Tensor,
    l: torch.Tensor,  # noqa: E741
    o: torch.Tensor,
    m2: torch.Tensor,
    l2: torch.Tensor,
    o2: torch.Tensor,
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    highest = torch.minimum(m, m2)
    base = highest.masked_fill(highest == -math.inf, 0.0)
    first = (m - base).exp()
    second = (m2 - base).exp()
    total = first * l + second * l2
    out = first.unsqueeze(-1) * o + second.unsqueeze(-1) * o2
    return highest, total, out

# %% wrong | factors-exchanged | the factor of the first group goes to the second and the other way round
import math

import torch


def merge_partial_attention(
    m: torch.Tensor,
    l: torch.Tensor,  # noqa: E741
    o: torch.Tensor,
    m2: torch.Tensor,
    l2: torch.Tensor,
    o2: torch.Tensor,
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    highest = torch.maximum(m, m2)
    base = highest.masked_fill(highest == -math.inf, 0.0)
    first = (m2 - base).exp()
    second = (m - base).exp()
    total = first * l + second * l2
    out = first.unsqueeze(-1) * o + second.unsqueeze(-1) * o2
    return highest, total, out

# %% wrong | powers-of-two | the factors are powers of 2, as fast kernels have them, but m was not multiplied by the binary logarithm of e
import math

import torch


def merge_partial_attention(
    m: torch.Tensor,
    l: torch.Tensor,  # noqa: E741
    o: torch.Tensor,
    m2: torch.Tensor,
    l2: torch.Tensor,
    o2: torch.Tensor,
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    highest = torch.maximum(m, m2)
    base = highest.masked_fill(highest == -math.inf, 0.0)
    first = (m - base).exp2()
    second = (m2 - base).exp2()
    total = first * l + second * l2
    out = first.unsqueeze(-1) * o + second.unsqueeze(-1) * o2
    return highest, total, out

# %% wrong | float32-inside | all is computed in float32 and only cast back at the end, so float64 loses half its digits
import torch


def merge_partial_attention(m, l, o, m2, l2, o2):
    dtype = m.dtype
    m, l, o, m2, l2, o2 = (t.float() for t in (m, l, o, m2, l2, o2))
    top = torch.maximum(m, m2)
    base = torch.where(torch.isneginf(top), torch.zeros_like(top), top)
    a, b = torch.exp(m - base), torch.exp(m2 - base)
    new_l = a * l + b * l2
    new_o = a[..., None] * o + b[..., None] * o2
    return top.to(dtype), new_l.to(dtype), new_o.to(dtype)

# %% wrong | far-group-skipped | a group whose maximum is more than 8 below the other is dropped as if it weighed nothing
import torch


def merge_partial_attention(m, l, o, m2, l2, o2):
    top = torch.maximum(m, m2)
    base = top.nan_to_num(neginf=0.0)
    gap, gap2 = m - base, m2 - base
    a = torch.where(gap < -8, 0.0, gap.exp())
    b = torch.where(gap2 < -8, 0.0, gap2.exp())
    return top, a * l + b * l2, a.unsqueeze(-1) * o + b.unsqueeze(-1) * o2

# %% wrong | o-taken-for-a-mean | o is taken for an output that was divided already, so each is multiplied with its own l before they are added
import math

import torch


def merge_partial_attention(
    m: torch.Tensor,
    l: torch.Tensor,  # noqa: E741
    o: torch.Tensor,
    m2: torch.Tensor,
    l2: torch.Tensor,
    o2: torch.Tensor,
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    highest = torch.maximum(m, m2)
    base = highest.masked_fill(highest == -math.inf, 0.0)
    first = (m - base).exp()
    second = (m2 - base).exp()
    total = first * l + second * l2
    out = (first * l).unsqueeze(-1) * o + (second * l2).unsqueeze(-1) * o2
    return highest, total, out

# %% wrong | scores-of-at-least-minus-ten-thousand | A largest score below -1e4 is raised to it, unless its group is empty.
import torch


def merge_partial_attention(m, l, o, m2, l2, o2):
    m, m2 = (part.clamp(min=-1e4).where(part.isfinite(), part) for part in (m, m2))
    top = torch.maximum(m, m2)
    base = top.masked_fill(top == -torch.inf, 0.0)
    keep, keep2 = (m - base).exp(), (m2 - base).exp()
    return top, keep * l + keep2 * l2, keep.unsqueeze(-1) * o + keep2.unsqueeze(-1) * o2
