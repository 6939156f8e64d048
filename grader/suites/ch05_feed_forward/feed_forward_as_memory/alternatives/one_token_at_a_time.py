"""Each token by itself, each memory by itself, in plain loops."""

from collections import namedtuple

import torch

Memories = namedtuple("Memories", ["indices", "coefficients", "output"])


def feed_forward_as_memory(x, keys, values, k=5):
    if k <= 0 or k > keys.size(0):
        raise ValueError("k must be from 1 to F")
    indices, coefficients, outputs = [], [], []
    for token in x.reshape(-1, x.size(-1)):
        fired = torch.stack([(token * key).sum().clamp(min=0) for key in keys])
        order = sorted(range(len(keys)), key=lambda i: -float(fired[i]))[:k]
        written = torch.zeros_like(token)
        for i in order:
            written = written + fired[i] * values[i]
        indices.append(torch.tensor(order, device=x.device))
        coefficients.append(fired[order])
        outputs.append(written)
    lead = x.shape[:-1]
    return Memories(
        torch.stack(indices).reshape(*lead, k),
        torch.stack(coefficients).reshape(*lead, k),
        torch.stack(outputs).reshape(x.shape),
    )
