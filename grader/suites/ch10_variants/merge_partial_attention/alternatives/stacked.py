"""Both groups on an axis of their own, in float64."""

import torch


def merge_partial_attention(m, l, o, m2, l2, o2):  # noqa: E741
    ms, ls, os = (torch.stack(pair).double() for pair in ((m, m2), (l, l2), (o, o2)))
    highest = ms.max(dim=0).values
    factors = torch.exp(ms - highest.clamp(min=torch.finfo(torch.float64).min))
    total = torch.einsum("g...,g...->...", factors, ls)
    output = torch.einsum("g...t,g...te->...te", factors, os)
    return highest.to(m.dtype), total.to(l.dtype), output.to(o.dtype)
