"""ReLU and two of its successors, GELU and SiLU."""

import math

import torch

# For all three functions:
#   Build them from other operations, such as a maximum, `torch.erf`, `torch.tanh` and
#   the sigmoid: torch's own relu, gelu and silu and their relatives, such as
#   leaky_relu, are not allowed here.
#   x may have any shape, the empty one () included, and any floating-point dtype. It need not be
#   contiguous, and is not changed. Values up to ±1000 are asked for in every dtype; infinite ones
#   are not. Where x is NaN, the result is NaN. A result of 0 may have either sign.
#   The result is a new tensor, of the shape and dtype of x. Its gradient is right, and so finite,
#   for every x up to ±1000 in float32 and float64.


def relu(x: torch.Tensor) -> torch.Tensor:
    """max(x, 0), for each number on its own. The gradient at exactly 0 is not asked for.

    Source: Nair and Hinton 2010, "Rectified Linear Units Improve Restricted Boltzmann Machines".

    >>> relu(torch.tensor([-2.0, 0.5, 3.0]))
    tensor([0.0000, 0.5000, 3.0000])
    """
    raise NotImplementedError


def gelu(x: torch.Tensor, approximate: str = "none") -> torch.Tensor:
    """x · Φ(x), where Φ(x) is the probability that a standard normal number is below x.

    Args:
        x: as said at the top of this file.
        approximate: "none" computes Φ(x) = (1 + erf(x/√2)) / 2, with the error function erf, which
            is `torch.erf`. "tanh" takes the approximation
            Φ(x) ≈ (1 + tanh(√(2/π) · (x + 0.044715 · x³))) / 2. The two results differ by less
            than 0.0005, and both are asked for exactly as they are defined.

    Raises:
        ValueError: approximate is neither "none" nor "tanh".

    Source: Hendrycks and Gimpel 2016, "Gaussian Error Linear Units (GELUs)".

    >>> gelu(torch.tensor([-2.0, 0.5, 3.0]))
    tensor([-0.0455,  0.3457,  2.9960])
    >>> gelu(torch.tensor([-2.0, 0.5, 3.0]), approximate="tanh")
    tensor([-0.0454,  0.3457,  2.9964])
    """
    raise NotImplementedError


def silu(x: torch.Tensor) -> torch.Tensor:
    """x · σ(x), with the sigmoid σ(x) = 1 / (1 + e^(−x)). Its other name is swish.

    Source: Elfwing et al. 2018, "Sigmoid-Weighted Linear Units for Neural Network Function
    Approximation in Reinforcement Learning".

    >>> silu(torch.tensor([-2.0, 0.5, 3.0]))
    tensor([-0.2384,  0.3112,  2.8577])
    """
    raise NotImplementedError
