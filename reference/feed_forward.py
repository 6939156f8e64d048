"""The position-wise feed-forward network, and three other ways to look at it.

Sources: Vaswani et al. (2017), section 3.3; Hendrycks and Gimpel, "Gaussian Error Linear Units"
(2016); Shazeer, "GLU Variants Improve Transformer" (2020); Geva et al., "Transformer Feed-Forward
Layers Are Key-Value Memories" (2021).
"""

import math
from collections.abc import Callable
from functools import partial
from typing import Literal, NamedTuple

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn

from reference.config import ActivationKind, LayerConfig


def relu(x: Float[Tensor, "..."]) -> Float[Tensor, "..."]:
    """max(x, 0)."""
    return x.clamp(min=0)


def gelu(
    x: Float[Tensor, "..."], approximate: Literal["none", "tanh"] = "none"
) -> Float[Tensor, "..."]:
    """x · Φ(x) with the normal distribution function Φ, exact or by the tanh that GPT-2 uses."""
    if approximate == "none":
        return x * 0.5 * (1 + torch.erf(x / math.sqrt(2)))
    return x * 0.5 * (1 + torch.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)))


def silu(x: Float[Tensor, "..."]) -> Float[Tensor, "..."]:
    """x · σ(x), also called swish."""
    return x * torch.sigmoid(x)


ACTIVATIONS: dict[ActivationKind, Callable[[Tensor], Tensor]] = {
    # torch's kernels of the formulas above, which keep fewer tensors for the backward pass
    "relu": F.relu,
    "gelu": F.gelu,
    "gelu_tanh": partial(F.gelu, approximate="tanh"),
    "silu": F.silu,
}


def gated_feed_forward(
    x: Float[Tensor, "*batch D"],
    w_gate: Float[Tensor, "F D"],
    w_up: Float[Tensor, "F D"],
    w_down: Float[Tensor, "D F"],
    activation: Callable[[Tensor], Tensor] = F.silu,
) -> Float[Tensor, "*batch D"]:
    """(activation(x W_gate) ⊙ x W_up) W_down. With silu it is SwiGLU, with gelu GEGLU."""
    return F.linear(activation(F.linear(x, w_gate)) * F.linear(x, w_up), w_down)


def feed_forward_as_convolution(
    weight1: Float[Tensor, "F D"], weight2: Float[Tensor, "D F"]
) -> tuple[Float[Tensor, "F D 1"], Float[Tensor, "D F 1"]]:
    """Weights with which two `F.conv1d` of kernel size 1 over (B, D, T) are the same network."""
    return weight1[..., None], weight2[..., None]


class Memories(NamedTuple):
    """The memories that fire most for each token, strongest first."""

    indices: Tensor  # (..., k), which of the F memories
    coefficients: Tensor  # (..., k), how strongly each fires
    output: Tensor  # (..., D), what these k write together


def feed_forward_as_memory(
    x: Float[Tensor, "*batch D"],
    keys: Float[Tensor, "F D"],
    values: Float[Tensor, "F D"],
    k: int = 5,
) -> Memories:
    """relu(x · keysᵀ) · values read as a memory: a key that fires writes its value.

    `keys` is `linear1.weight` and `values` is `linear2.weight` transposed. With k = F the output is
    the whole network's, without biases.
    """
    coefficients, indices = relu(x @ keys.T).topk(k)  # (..., k) each
    output = (coefficients[..., None] * values[indices]).sum(-2)  # (..., k, D) summed over k
    return Memories(indices, coefficients, output)


class FeedForward(nn.Module):
    """linear2(dropout(activation(linear1(x)))), for each token on its own.

    Args:
        d_model: width D in and out.
        d_ff: inner width F; 4·D when None.
        dropout: of the inner activations.
        activation: one of `ACTIVATIONS`.
        bias: whether the linear layers have one.
    """

    def __init__(
        self,
        d_model: int,
        d_ff: int | None = None,
        dropout: float = 0.0,
        *,
        activation: ActivationKind = "relu",
        bias: bool = True,
    ) -> None:
        super().__init__()
        d_ff = 4 * d_model if d_ff is None else d_ff
        self.linear1 = nn.Linear(d_model, d_ff, bias=bias)
        self.linear2 = nn.Linear(d_ff, d_model, bias=bias)
        self.dropout = nn.Dropout(dropout)
        self.activation = ACTIVATIONS[activation]

    def forward(self, x: Float[Tensor, "*batch D"]) -> Float[Tensor, "*batch D"]:
        output: Tensor = self.linear2(self.dropout(self.activation(self.linear1(x))))
        return output


class GatedFeedForward(nn.Module):
    """`gated_feed_forward` with three learned layers: `gate`, `up` and `down`."""

    def __init__(
        self,
        d_model: int,
        d_ff: int | None = None,
        dropout: float = 0.0,
        *,
        activation: ActivationKind = "silu",
        bias: bool = False,
    ) -> None:
        super().__init__()
        d_ff = 4 * d_model if d_ff is None else d_ff
        self.gate = nn.Linear(d_model, d_ff, bias=bias)
        self.up = nn.Linear(d_model, d_ff, bias=bias)
        self.down = nn.Linear(d_ff, d_model, bias=bias)
        self.dropout = nn.Dropout(dropout)
        self.activation = ACTIVATIONS[activation]

    def forward(self, x: Float[Tensor, "*batch D"]) -> Float[Tensor, "*batch D"]:
        output: Tensor = self.down(self.dropout(self.activation(self.gate(x)) * self.up(x)))
        return output


def make_feed_forward(config: LayerConfig) -> FeedForward | GatedFeedForward:
    """The network that the configuration asks for."""
    kind = GatedFeedForward if config.gated else FeedForward
    return kind(
        config.d_model,
        config.ff_width,
        config.dropout,
        activation=config.activation,
        bias=config.bias,
    )
