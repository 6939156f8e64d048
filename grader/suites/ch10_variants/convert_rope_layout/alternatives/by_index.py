"""The rows by their numbers."""

import torch


def convert_rope_layout(w, n_heads, target="half"):
    d = w.shape[0] // n_heads
    order = []
    for h in range(n_heads):
        if target == "half":
            order += [h * d + f for f in (*range(0, d, 2), *range(1, d, 2))]
        else:
            for i in range(d // 2):
                order += [h * d + i, h * d + i + d // 2]
    return w[torch.tensor(order, device=w.device)]
