"""Float64 inside; last of equals first."""

from typing import NamedTuple

import torch


class Memories(NamedTuple):
    indices: torch.Tensor
    coefficients: torch.Tensor
    output: torch.Tensor


def feed_forward_as_memory(x, keys, values, k=5):
    F = keys.size(0)
    if not 0 < k < F + 1:
        raise ValueError("k out of bounds")
    fired = torch.clamp_min(x.double() @ keys.double().mT, 0).flip(-1)
    ordered, places = fired.sort(dim=-1, descending=True, stable=True)
    coefficients, indices = ordered[..., :k], F - 1 - places[..., :k]
    output = (coefficients[..., None, :] @ values.double()[indices]).squeeze(-2)
    return Memories(indices, coefficients.to(x.dtype), output.to(x.dtype))
