"""How models start: every matrix from one narrow distribution, every bias at zero."""

from collections.abc import Callable
from functools import partial

from torch import Tensor, nn


def initialise_xavier(module: nn.Module) -> None:
    """Weights of every linear layer uniform, with variance 2 / (in + out) (2017's models)."""
    _fill_linears(module, nn.init.xavier_uniform_)


def initialise_normal(module: nn.Module, std: float = 0.02) -> None:
    """Weights of every linear layer from N(0, std²) (BERT, GPT-2, ViT)."""
    _fill_linears(module, partial(nn.init.normal_, std=std))


def _fill_linears(module: nn.Module, fill: Callable[[Tensor], Tensor]) -> None:
    for part in module.modules():
        if isinstance(part, nn.Linear):
            fill(part.weight)
            if part.bias is not None:
                nn.init.zeros_(part.bias)
