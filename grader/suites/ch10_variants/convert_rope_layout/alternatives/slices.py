"""Every second row of each head; stack and cat put them together."""

import torch


def convert_rope_layout(w: torch.Tensor, n_heads: int, target: str = "half") -> torch.Tensor:
    parts = []
    for head in w.chunk(n_heads, dim=0):
        if target == "half":
            parts.append(torch.cat((head[0::2], head[1::2])))
        else:
            first, second = head.tensor_split(2)
            parts.append(torch.stack((first, second), dim=1).flatten(0, 1))
    return torch.cat(parts)
