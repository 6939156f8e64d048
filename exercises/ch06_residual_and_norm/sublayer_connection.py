"""Add & Norm: the residual connection around every sub-layer of a Transformer."""

from collections.abc import Callable

import torch
from torch import nn


class SublayerConnection(nn.Module):
    """Put a residual connection, dropout and a layer norm around any sub-layer.

        norm_first=True:     x + dropout(sublayer(norm(x)))
        norm_first=False:    norm(x + dropout(sublayer(x)))

    The sub-layer is not part of the module: it is handed in with each call.

    Args:
        d_model: Width D.
        dropout: Probability p, 0 ≤ p < 1, with which each entry of the sub-layer's output is set to
            0, on its own, and anew in every call. The others are divided by 1 − p. In training mode
            only.
        norm_first: Whether the norm comes before the sub-layer (True) or after the sum (False).

    Parameters, by these names and no others, also after a call:
        norm.weight (D), at first all 1; norm.bias (D), at first all 0.
        They are γ and β of a layer norm over the D features, with eps = 1e-5. `nn.LayerNorm` has
        parameters of these names, and may be used; so may your own `LayerNorm` of this chapter.

    Source: Vaswani et al. 2017, "Attention Is All You Need", sections 3.1 and 5.4, for the norm
    after the sum; Xiong et al. 2020, "On Layer Normalization in the Transformer Architecture", for
    the norm first.

    >>> connection = SublayerConnection(d_model=3, norm_first=True)
    >>> x = torch.tensor([[[1.0, 2.0, 6.0]]])
    >>> connection(x, lambda h: torch.zeros_like(h))
    tensor([[[1., 2., 6.]]])
    >>> sorted((name, tuple(p.shape)) for name, p in connection.named_parameters())
    [('norm.bias', (3,)), ('norm.weight', (3,))]
    """

    def __init__(self, d_model: int, dropout: float = 0.0, norm_first: bool = False) -> None:
        super().__init__()
        raise NotImplementedError

    def forward(
        self, x: torch.Tensor, sublayer: Callable[[torch.Tensor], torch.Tensor]
    ) -> torch.Tensor:
        """Run x through the sub-layer and around it.

        Args:
            x: (B, T, D), of the parameters' dtype: float32, or what `.to(…)` has made of it
                (float16, bfloat16, float64). It need not be contiguous, and is not changed.
            sublayer: Any function or module from (B, T, D) to (B, T, D). It is called exactly once
                in each call, with one tensor. It may return the very tensor that it was given.

        Returns:
            (B, T, D), of the dtype of x. Gradients reach x, on both ways, and the parameters. The
            sub-layer of one call has no influence on the next.
        """
        raise NotImplementedError
