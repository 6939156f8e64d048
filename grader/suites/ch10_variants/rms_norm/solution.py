"""Root mean square normalisation, as a module."""

import torch
from torch import nn


class RMSNorm(nn.Module):
    """Bring the features of every token to a root mean square of 1, then scale them.

    Each row of D features is treated by itself:

        mean square = (sum of the x_i²) / D
        y_i = weight_i · x_i / √(mean square + eps)

    Unlike layer norm, it subtracts no mean and adds no bias. eps stands under the root. torch's own
    RMS norm is off limits.

    Args:
        d_model: Number D of features, at least 1.
        eps: A positive number, so that a row of zeros does not divide by 0.

    Parameters, by this name and no other:
        weight (D), at first all 1.

    The layer does the same in training and in evaluation.

    Source: Zhang and Sennrich 2019, "Root Mean Square Layer Normalization".

    >>> layer = RMSNorm(d_model=2)
    >>> layer(torch.tensor([[3.0, 4.0], [-5.0, 5.0], [0.0, 0.0]])).detach()
    tensor([[ 0.8485,  1.1314],
            [-1.0000,  1.0000],
            [ 0.0000,  0.0000]])
    >>> {name: tuple(parameter.shape) for name, parameter in layer.named_parameters()}
    {'weight': (2,)}
    """

    def __init__(self, d_model: int, eps: float = 1e-6) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(d_model))
        self.eps = eps

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Normalise the last dimension.

        Args:
            x: (..., D), with no leading dimension, one, or several. It has the dtype of the
                parameter: float32, or what `.to(…)` has made of it (float16, bfloat16, float64).
                It need not be contiguous, and is not changed.

        Returns:
            The shape and dtype of x. A row of zeros gives zeros, and finite gradients.

            In float16 and bfloat16, compute in float32 (or float64), and go back to the dtype of x
            afterwards: the square of 300 is infinite in float16. Multiply by the weight before or
            after you go back, as you like. In float64, compute in float64.

            Gradients reach x and the weight, also through the mean square.
        """
        wide = x if x.dtype == torch.float64 else x.float()  # half precision is too narrow
        mean_square = wide.square().mean(dim=-1, keepdim=True)
        normalised = wide / (mean_square + self.eps).sqrt()
        return self.weight * normalised.to(x.dtype)
