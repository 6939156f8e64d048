"""How the models after 2017 start: every matrix from one narrow normal distribution."""

from torch import nn


def initialise_normal(module: nn.Module, std: float = 0.02) -> None:
    """Weights of every linear layer from N(0, std²), biases zero (BERT, GPT-2, ViT)."""
    for part in module.modules():
        if isinstance(part, nn.Linear):
            nn.init.normal_(part.weight, std=std)
            if part.bias is not None:
                nn.init.zeros_(part.bias)
