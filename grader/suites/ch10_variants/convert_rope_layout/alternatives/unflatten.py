"""unflatten and swapaxes, on a contiguous copy."""

import torch


def convert_rope_layout(w, n_heads, target="half"):
    sizes = (n_heads, 2, -1) if target == "interleaved" else (n_heads, -1, 2)
    heads = w.contiguous().unflatten(0, sizes)
    return torch.swapaxes(heads, 1, 2).flatten(0, 2)
