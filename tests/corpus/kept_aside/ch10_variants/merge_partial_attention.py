# %% right | loop-over-queries | flattened, one query after the other with Python floats
import math

import torch


def merge_partial_attention(m, l, o, m2, l2, o2):
    shape = m.shape
    width = o.shape[-1]
    rows = m.numel()
    am, al, ao = m.reshape(rows), l.reshape(rows), o.reshape(rows, width)
    bm, bl, bo = m2.reshape(rows), l2.reshape(rows), o2.reshape(rows, width)
    new_m, new_l, new_o = torch.empty_like(am), torch.empty_like(al), torch.empty_like(ao)
    for i in range(rows):
        x, y = am[i].item(), bm[i].item()
        if y == -math.inf:
            new_m[i], new_l[i], new_o[i] = am[i], al[i], ao[i]
        elif x == -math.inf:
            new_m[i], new_l[i], new_o[i] = bm[i], bl[i], bo[i]
        else:
            top = max(x, y)
            f, g = math.exp(x - top), math.exp(y - top)
            new_m[i] = top
            new_l[i] = f * al[i] + g * bl[i]
            new_o[i] = f * ao[i] + g * bo[i]
    return new_m.reshape(shape), new_l.reshape(shape), new_o.reshape(*shape, width)

# %% right | lowest-finite-number | the maximum clamped at the lowest finite number, a helper for both sums
import torch


def merge_partial_attention(m, l, o, m2, l2, o2):
    low = torch.finfo(m.dtype).min
    top = torch.maximum(m, m2)
    reference = top.clamp(min=low)

    def scaled(own, *sums):
        factor = torch.exp(own - reference)
        return [factor.reshape(own.shape + (1,) * (t.dim() - own.dim())) * t for t in sums]

    l_a, o_a = scaled(m, l, o)
    l_b, o_b = scaled(m2, l2, o2)
    return top, l_a + l_b, o_a + o_b

# %% wrong | updated-in-place | l and o of the first group are multiplied and added to in place, so the arguments change
import math

import torch


def merge_partial_attention(m, l, o, m2, l2, o2):
    top = torch.maximum(m, m2)
    base = top.masked_fill(torch.isinf(top), 0.0)
    keep, new = torch.exp(m - base), torch.exp(m2 - base)
    l.mul_(keep).add_(new * l2)
    o.mul_(keep.unsqueeze(-1)).add_(new.unsqueeze(-1) * o2)
    return top, l, o

# %% wrong | any-empty-means-empty | where one of the two groups is empty the result is made empty as well, instead of the other group
import math

import torch


def merge_partial_attention(m, l, o, m2, l2, o2):
    empty, empty2 = torch.isneginf(m), torch.isneginf(m2)
    top = torch.where(m >= m2, m, m2)
    zero = torch.zeros_like(m)
    f1 = torch.where(empty, zero, torch.exp(torch.where(empty, zero, m - top)))
    f2 = torch.where(empty2, zero, torch.exp(torch.where(empty2, zero, m2 - top)))
    either = empty | empty2
    top = top.masked_fill(either, -math.inf)
    f1, f2 = f1.masked_fill(either, 0.0), f2.masked_fill(either, 0.0)
    return top, f1 * l + f2 * l2, f1[..., None] * o + f2[..., None] * o2

# %% wrong | minus-ten-thousand-for-none | an empty group comes back with m = -10000, not -inf, and a real m below that is lifted
import torch


def merge_partial_attention(m, l, o, m2, l2, o2):
    low = -1e4
    top = reference = torch.maximum(m, m2).clamp(min=low)

    def scaled(own, *sums):
        factor = torch.exp(own - reference)
        return [factor.reshape(own.shape + (1,) * (t.dim() - own.dim())) * t for t in sums]

    l_a, o_a = scaled(m, l, o)
    l_b, o_b = scaled(m2, l2, o2)
    return top, l_a + l_b, o_a + o_b

# %% wrong | nan-patched-with-one | the NaN of two empty groups is caught in the factors only when all queries are empty, so a mixed batch has NaN
import math

import torch


def merge_partial_attention(m, l, o, m2, l2, o2):
    top = torch.maximum(m, m2)
    if torch.all(top == -math.inf):
        return top, torch.zeros_like(l), torch.zeros_like(o)
    a, b = torch.exp(m - top), torch.exp(m2 - top)
    return top, a * l + b * l2, a[..., None] * o + b[..., None] * o2

# %% wrong | x-lowest-number-for-minus-infinity | against NaN the common maximum is held above −1e30, and handed back so: two empty groups give −1e30
import torch


def merge_partial_attention(m, l, o, m2, l2, o2):  # noqa: E741
    highest = torch.maximum(m, m2).clamp(min=-1e30)
    first = torch.exp(m - highest)
    second = torch.exp(m2 - highest)
    total = first * l + second * l2
    values = first.unsqueeze(-1) * o + second.unsqueeze(-1) * o2
    return highest, total, values


# %% wrong | x-all-or-none-empty | an empty group is noticed only where it is empty for all queries, so both empty for one query gives NaN
import torch


def merge_partial_attention(
    m: torch.Tensor,
    l: torch.Tensor,  # noqa: E741
    o: torch.Tensor,
    m2: torch.Tensor,
    l2: torch.Tensor,
    o2: torch.Tensor,
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    if torch.isinf(m).all():
        return m2.clone(), l2.clone(), o2.clone()
    if torch.isinf(m2).all():
        return m.clone(), l.clone(), o.clone()
    top = torch.where(m > m2, m, m2)
    a, b = (m - top).exp(), (m2 - top).exp()
    return top, a * l + b * l2, a[..., None] * o + b[..., None] * o2
