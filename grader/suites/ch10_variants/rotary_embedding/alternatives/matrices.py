"""A 2 × 2 rotation matrix for every position and pair."""

import torch


def rotary_embedding(x, positions, theta=10_000.0, layout="half"):
    d = x.shape[-1]
    if d % 2 == 1:
        raise ValueError("A pair needs two features.")
    if layout not in {"half", "interleaved"}:
        raise ValueError("Which layout is that?")
    i = torch.arange(d // 2, device=x.device)
    if layout == "half":
        first, second = i, i + d // 2
    else:
        first, second = 2 * i, 2 * i + 1
    angle = torch.einsum("...t,i->...ti", positions.double(), theta ** (-2.0 * i.double() / d))
    c, s = angle.cos(), angle.sin()
    matrix = torch.stack((torch.stack((c, -s), -1), torch.stack((s, c), -1)), -2)
    pairs = torch.stack((x[..., first], x[..., second]), dim=-1).double()
    turned = (matrix @ pairs[..., None]).squeeze(-1)
    places = torch.stack((first, second), dim=-1).flatten()
    return turned.flatten(-2)[..., places.argsort()].to(x.dtype)
