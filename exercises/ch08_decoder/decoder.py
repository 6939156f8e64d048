"""The decoder: a stack of layers that all read one memory."""

from collections.abc import Callable

import torch
from torch import nn


class Decoder(nn.Module):
    """Run x through n_layers layers, one after another, each of which reads the memory.

    The layers are made by a function, so that any kind of layer can be stacked. With your own layer
    of this chapter it is, for example, `lambda: DecoderLayer(512, 8, 2048)`.

    torch's own stacks, such as `nn.TransformerDecoder`, are off limits here.

    Args:
        n_layers: Number L of layers, at least 1.
        make_layer: A function without arguments. Each call gives a new layer, a module that is
            called as layer(x, memory, mask, memory_mask), in this order or by these names, and
            maps x (B, T, D) to (B, T, D). Layer l of the decoder is what call number l gave,
            counted from 0. There are L calls.
        d_model: Width D of the vectors.
        norm_first: Whether the layers norm first. They then add to x without ever normalising the
            sum, so a layer norm follows after the last layer. Otherwise there is none: not even its
            parameters exist.

    Parameters, by these names and no others:
        layers.0.…, layers.1.… and so on, with the layer's own names behind the number;
        norm.weight (D) and norm.bias (D) with norm_first=True only, as in nn.LayerNorm, with
        eps = 1e-5, at first all 1 and all 0.

    Source: Vaswani et al. 2017, "Attention Is All You Need", section 3.1; Xiong et al. 2020, "On
    Layer Normalization in the Transformer Architecture", for the last norm.

    >>> class Linear(nn.Linear):  # a layer that reads x alone
    ...     def forward(self, x, memory, mask=None, memory_mask=None):
    ...         return super().forward(x)
    >>> decoder = Decoder(2, lambda: Linear(3, 3, bias=False), d_model=3, norm_first=True)
    >>> sorted(name for name, _ in decoder.named_parameters())
    ['layers.0.weight', 'layers.1.weight', 'norm.bias', 'norm.weight']
    >>> decoder(torch.ones(2, 5, 3), torch.ones(2, 7, 3)).shape
    torch.Size([2, 5, 3])
    """

    def __init__(
        self,
        n_layers: int,
        make_layer: Callable[[], nn.Module],
        d_model: int,
        norm_first: bool = False,
    ) -> None:
        super().__init__()
        raise NotImplementedError

    def forward(
        self,
        x: torch.Tensor,
        memory: torch.Tensor,
        mask: torch.Tensor | None = None,
        memory_mask: torch.Tensor | None = None,
    ) -> torch.Tensor:
        """Run a batch of target sequences through all layers.

        Args:
            x: (B, T, D), the target's vectors, of the parameters' dtype: float32, or what `.to(…)`
                has made of it (float16, bfloat16, float64). It is not changed.
            memory: (B, S, D), the encoder's output, of the same dtype. Every layer gets it as it
                is: a decoder changes x, and never the memory. S and T may differ.
            mask: For the self-attention of every layer, as it is: Boolean, True where a query may
                attend to a key, or None for all.
            memory_mask: For the cross-attention of every layer, likewise.
                Both masks count for this call alone, and are not changed.

        Returns:
            (B, T, D), of the dtype of x. Gradients reach x, memory and the parameters.
        """
        raise NotImplementedError
