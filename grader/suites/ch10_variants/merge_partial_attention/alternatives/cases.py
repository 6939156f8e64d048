"""The group with the larger maximum stays, the other one shrinks; empty groups by nan_to_num."""

import torch


def merge_partial_attention(m, l, o, m2, l2, o2):  # noqa: E741
    first_leads = m >= m2
    shrink = torch.where(first_leads, m2 - m, m - m2).nan_to_num(nan=0.0).exp()
    factor = torch.where(first_leads, 1.0, shrink).to(m.dtype)
    factor2 = torch.where(first_leads, shrink, 1.0).to(m.dtype)
    total = factor * l + factor2 * l2
    output = factor[..., None] * o + factor2[..., None] * o2
    return torch.where(first_leads, m, m2), total, output
