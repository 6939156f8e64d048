"""Each row is the row before, turned by one step: complex numbers on the unit circle."""

import torch


def sinusoidal_encoding(length, d_model):
    pairs = -(-d_model // 2)
    step = torch.polar(
        torch.ones(pairs, dtype=torch.float64),
        10000.0 ** (-2.0 * torch.arange(pairs, dtype=torch.float64) / d_model),
    )
    turned = [torch.ones_like(step)]
    for _ in range(1, length):
        turned.append(turned[-1] * step)
    waves = torch.stack(turned)
    table = torch.empty(length, 2 * pairs)
    table[:, ::2], table[:, 1::2] = waves.imag, waves.real
    return table[:, :d_model]
