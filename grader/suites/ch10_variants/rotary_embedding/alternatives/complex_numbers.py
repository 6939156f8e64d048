"""Each pair as a complex number, multiplied by one of length 1."""

import torch


def rotary_embedding(x, positions, theta=10_000.0, layout="half"):
    if x.shape[-1] % 2 or layout not in ("half", "interleaved"):
        raise ValueError("x needs an even width, and the layout has to be one of the two")
    d = x.shape[-1]
    wide = x if x.dtype == torch.float64 else x.float()
    frequencies = theta ** (-torch.arange(0, d, 2, dtype=wide.dtype, device=x.device) / d)
    angles = positions.to(wide.dtype).unsqueeze(-1) * frequencies
    turn = torch.polar(torch.ones_like(angles), angles)
    if layout == "half":
        wide = wide.unflatten(-1, (2, d // 2)).mT
    else:
        wide = wide.unflatten(-1, (d // 2, 2))
    turned = torch.view_as_real(torch.view_as_complex(wide.contiguous()) * turn)
    if layout == "half":
        turned = turned.mT
    return turned.flatten(-2).to(x.dtype)
