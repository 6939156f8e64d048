"""A state-space layer's recurrence, for contrast: a fixed-size state instead of a growing cache."""

import torch
from jaxtyping import Float
from torch import Tensor


def selective_scan(
    x: Float[Tensor, "B T D"],
    delta: Float[Tensor, "B T D"],
    a: Float[Tensor, "D N"],
    b: Float[Tensor, "B T N"],
    c: Float[Tensor, "B T N"],
    d: Float[Tensor, " D"],
) -> Float[Tensor, "B T D"]:
    """h_t = exp(Δ_t·A)·h_{t−1} + Δ_t·B_t·x_t and y_t = C_t·h_t + D·x_t, with h_{−1} = 0.

    Each of the D channels keeps a state of N numbers, whatever the length. "Selective": the step
    Δ > 0 and the input and output maps B and C depend on the token, so the layer can choose what to
    keep; A < 0 makes it forget the rest. Gu & Dao 2023 (Mamba), algorithm 2.
    """
    decay = (delta.unsqueeze(-1) * a).exp()  # (B, T, D, N)
    written = (delta * x).unsqueeze(-1) * b.unsqueeze(-2)  # (B, T, D, N)
    state = torch.zeros_like(written[:, 0])  # (B, D, N)
    outputs = []
    for t in range(x.size(1)):
        state = decay[:, t] * state + written[:, t]
        outputs.append((state @ c[:, t].unsqueeze(-1)).squeeze(-1))  # (B, D)
    return torch.stack(outputs, dim=1) + d * x
