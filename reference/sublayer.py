"""The residual connection around every attention and feed-forward network.

Sources: Vaswani et al. (2017), section 3.1, with the norm after the sum; Xiong et al., "On Layer
Normalization in the Transformer Architecture" (2020), with the norm before the sub-layer.
"""

from collections.abc import Callable

from jaxtyping import Float
from torch import Tensor, nn

from reference.config import LayerConfig
from reference.norm import LayerNorm, RMSNorm, make_norm


class SublayerConnection(nn.Module):
    """x + dropout(sublayer(norm(x))) when `norm_first`, else norm(x + dropout(sublayer(x))).

    Args:
        d_model: width D.
        dropout: of the sub-layer's output, before the sum.
        norm_first: whether the path from input to output is left free of norms.
        norm: the norm; a `LayerNorm` when None.
    """

    def __init__(
        self,
        d_model: int,
        dropout: float = 0.0,
        norm_first: bool = False,
        norm: LayerNorm | RMSNorm | None = None,
    ) -> None:
        super().__init__()
        self.norm = LayerNorm(d_model) if norm is None else norm
        self.dropout = nn.Dropout(dropout)
        self.norm_first = norm_first

    def forward(
        self, x: Float[Tensor, "B T D"], sublayer: Callable[[Tensor], Tensor]
    ) -> Float[Tensor, "B T D"]:
        output: Tensor
        if self.norm_first:
            output = x + self.dropout(sublayer(self.norm(x)))
        else:
            output = self.norm(x + self.dropout(sublayer(x)))
        return output


def make_sublayer(config: LayerConfig) -> SublayerConnection:
    """A residual connection with the norm that the configuration asks for."""
    norm = make_norm(config)
    return SublayerConnection(config.d_model, config.dropout, config.norm_first, norm)
