"""As in the transformers library: x · cos + rotate_half(x) · sin, in the dtype of x."""

import torch


def rotate(x, layout):
    if layout == "half":
        a, b = x.chunk(2, dim=-1)
        return torch.cat((-b, a), dim=-1)
    return torch.stack((-x[..., 1::2], x[..., ::2]), dim=-1).flatten(-2)


def rotary_embedding(x, positions, theta=10_000.0, layout="half"):
    d = x.size(-1)
    if d % 2:
        raise ValueError("d is odd")
    if layout == "half":
        pair = torch.arange(d) % (d // 2)
    elif layout == "interleaved":
        pair = torch.arange(d) // 2
    else:
        raise ValueError(f"unknown layout {layout}")
    inside = torch.float64 if x.dtype == torch.float64 else torch.float32
    pair = pair.to(x.device, inside)
    angles = positions[..., None].to(inside) / theta ** (2 * pair / d)
    return x * angles.cos().to(x.dtype) + rotate(x, layout) * angles.sin().to(x.dtype)
