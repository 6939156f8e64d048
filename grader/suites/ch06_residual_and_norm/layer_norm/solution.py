"""Layer normalisation, as a module."""

import torch
from torch import nn


class LayerNorm(nn.Module):
    """Give the features of every token the mean 0 and the variance 1, then scale and shift them.

    Each row of D features is treated by itself, with its own mean and variance:

        mean = (sum of the x_i) / D
        variance = (sum of the (x_i − mean)²) / D
        y_i = weight_i · (x_i − mean) / √(variance + eps) + bias_i

    The sum of the squares is divided by D, not by D − 1, and eps stands under the root. torch's own
    normalisation layers are off limits.

    Args:
        d_model: Number D of features, at least 1.
        eps: A positive number, so that a row without spread does not divide by 0.

    Parameters, by these names and no others:
        weight (D), called γ in formulas; at first all 1;
        bias (D), called β in formulas; at first all 0.

    There are no running averages: the layer does the same in training and in evaluation.

    Source: Ba et al. 2016, "Layer Normalization".

    >>> layer = LayerNorm(d_model=4)
    >>> layer(torch.tensor([[1.0, 2.0, 3.0, 6.0], [5.0, 5.0, 5.0, 5.0]])).detach()
    tensor([[-1.0690, -0.5345,  0.0000,  1.6036],
            [ 0.0000,  0.0000,  0.0000,  0.0000]])
    >>> sorted((name, tuple(p.shape)) for name, p in layer.named_parameters())
    [('bias', (4,)), ('weight', (4,))]
    """

    def __init__(self, d_model: int, eps: float = 1e-5) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(d_model))
        self.bias = nn.Parameter(torch.zeros(d_model))
        self.eps = eps

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Normalise the last dimension.

        Args:
            x: (..., D), with no leading dimension, one, or several. It has the dtype of the
                parameters: float32, or what `.to(…)` has made of them (float16, bfloat16, float64).
                It need not be contiguous, and is not changed.

        Returns:
            The shape and dtype of x. A row of equal numbers gives the bias.

            A row may lie far from 0 (numbers near 1000 that differ by about 1), so subtract the
            mean before you square. In float16 and bfloat16, compute in float32 (or float64), and
            go back to the dtype of x afterwards: the square of 300 is infinite in float16.

            Gradients reach x, weight and bias, also through the mean and the variance.
        """
        wide = x if x.dtype == torch.float64 else x.float()  # half precision is too narrow
        centred = wide - wide.mean(dim=-1, keepdim=True)
        variance = centred.square().mean(dim=-1, keepdim=True)
        normalised = centred / (variance + self.eps).sqrt()
        return self.weight * normalised.to(x.dtype) + self.bias
