"""Mistakes to plant in a healthy model, whoever wrote its parts."""

import math

from torch import Tensor, nn
from torch.nn.utils.parametrize import register_parametrization


class Blind(nn.Module):
    """A decoder that is not told which positions come later; padding stays hidden.

    Of a causal mask (…, T, T) it passes on the last row alone, which sees up to the end.
    """

    def __init__(self, decoder: nn.Module) -> None:
        super().__init__()
        self.decoder = decoder

    def forward(self, x: Tensor, *others: Tensor) -> Tensor:
        T = x.size(1)
        seeing = (each[..., -1:, :] if each.shape[-2:] == (T, T) else each for each in others)
        output: Tensor = self.decoder(x, *seeing)
        return output


class Times(nn.Module):
    def __init__(self, factor: float) -> None:
        super().__init__()
        self.factor = factor

    def forward(self, x: Tensor) -> Tensor:
        return x * self.factor


def sharpen(model: nn.Module, width: int) -> None:
    """Leave out the division by √d, by queries that are √d times as long."""
    for name, module in list(model.named_modules()):
        if name.endswith(".w_q"):
            for parameter in ("weight", "bias"):
                if getattr(module, parameter, None) is not None:
                    register_parametrization(module, parameter, Times(math.sqrt(width)))
