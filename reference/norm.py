"""Normalisation: keep every token's features at one scale, whatever the layers before did.

Each function is the formula; each module calls torch's kernel of the same formula, which reads the
input once. Sources: Ba et al., "Layer Normalization" (2016); Zhang and Sennrich, "Root Mean Square
Layer Normalization" (2019); Ioffe and Szegedy, "Batch Normalization" (2015).
"""

import torch
import torch.nn.functional as F
from jaxtyping import Bool, Float
from torch import Tensor, nn

from reference.config import LayerConfig


def layer_norm(
    x: Float[Tensor, "*batch D"],
    weight: Float[Tensor, " D"],
    bias: Float[Tensor, " D"],
    eps: float = 1e-5,
) -> Float[Tensor, "*batch D"]:
    """(x − mean) / √(variance + eps) · weight + bias, with each token's own mean and variance.

    The variance is the biased one: the squares are divided by D, not D − 1.
    """
    centred = x - x.mean(-1, keepdim=True)
    variance = centred.square().mean(-1, keepdim=True)
    return centred * (variance + eps).rsqrt() * weight + bias


def rms_norm(
    x: Float[Tensor, "*batch D"], weight: Float[Tensor, " D"], eps: float = 1e-6
) -> Float[Tensor, "*batch D"]:
    """x / √(mean of x² + eps) · weight: layer norm without the mean and without a bias."""
    return x * (x.square().mean(-1, keepdim=True) + eps).rsqrt() * weight


def masked_batch_norm(
    x: Float[Tensor, "B T D"], mask: Bool[Tensor, "B T"], eps: float = 1e-5
) -> Float[Tensor, "B T D"]:
    """Normalise each feature over all real tokens of the batch; padding gives 0.

    For contrast with layer norm: a token's result depends on the other sequences of its batch.

    Args:
        x: features.
        mask: True where the token is real.
        eps: added to the (biased) variance.
    """
    real = mask[..., None]  # (B, T, 1)
    n_real = real.sum().clamp(min=1)
    mean = x.masked_fill(~real, 0.0).sum((0, 1)) / n_real  # (D)
    centred = (x - mean).masked_fill(~real, 0.0)
    variance = centred.square().sum((0, 1)) / n_real  # (D)
    return centred * (variance + eps).rsqrt()


class LayerNorm(nn.Module):
    """`layer_norm` with a learned `weight` (γ, starts at 1) and `bias` (β, starts at 0)."""

    def __init__(self, d_model: int, eps: float = 1e-5) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(d_model))
        self.bias = nn.Parameter(torch.zeros(d_model))
        self.eps = eps

    def forward(self, x: Float[Tensor, "*batch D"]) -> Float[Tensor, "*batch D"]:
        return F.layer_norm(x, self.weight.shape, self.weight, self.bias, self.eps)


class RMSNorm(nn.Module):
    """`rms_norm` with a learned `weight` (starts at 1)."""

    def __init__(self, d_model: int, eps: float = 1e-6) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(d_model))
        self.eps = eps

    def forward(self, x: Float[Tensor, "*batch D"]) -> Float[Tensor, "*batch D"]:
        return F.rms_norm(x, self.weight.shape, self.weight, self.eps)


def make_norm(config: LayerConfig) -> LayerNorm | RMSNorm:
    """The norm that the configuration asks for."""
    kind = LayerNorm if config.norm == "layer" else RMSNorm
    return kind(config.d_model, config.eps)
