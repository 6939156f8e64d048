"""Tensors all the way, in float64 inside, and a product over the heads by einsum."""

import torch


def alibi_bias(n_heads: int, length: int) -> torch.Tensor:
    power = 1
    while 2 * power <= n_heads:
        power *= 2
    own = torch.arange(1, power + 1, dtype=torch.float64) / power
    more = torch.arange(1, 2 * power, 2, dtype=torch.float64)[: n_heads - power] / (2 * power)
    slopes = torch.pow(2.0, -8.0 * torch.cat((own, more)))
    position = torch.arange(length, dtype=torch.float64)
    distance = torch.cdist(position[:, None], position[:, None], p=1)
    return torch.einsum("h,ts->hts", slopes, -distance).float()
