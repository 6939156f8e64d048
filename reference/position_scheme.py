"""Whichever way a model learns of order: on its embeddings, or inside its attention."""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from reference.config import TransformerConfig
from reference.multi_head import AttentionOptions
from reference.positions import LearnedPositionalEmbedding, PositionalEncoding
from reference.relative_positions import RelativePositionBias, alibi_bias
from reference.rotary import rotation


class PositionScheme(nn.Module):
    """The scheme that `config.positions` names, for one stack of layers.

    A model asks `add_to` once for its embeddings and `for_attention` once for all of its layers.

    Args:
        config: of the model.
        bidirectional: whether queries see keys to their right, as in an encoder (T5's buckets).
    """

    def __init__(self, config: TransformerConfig, bidirectional: bool) -> None:
        super().__init__()
        self.kind = config.positions
        self.n_heads = config.n_heads
        self.d_head = config.d_head
        self.rotary_theta = config.rotary_theta
        self.absolute: nn.Module
        if self.kind == "sinusoidal":
            self.absolute = PositionalEncoding(config.d_model, max_len=config.max_len)
        elif self.kind == "learned":
            self.absolute = LearnedPositionalEmbedding(config.max_len, config.d_model)
        elif self.kind == "t5":
            self.relative = RelativePositionBias(
                config.n_heads,
                bidirectional,
                config.relative_buckets,
                config.relative_max_distance,
            )

    def add_to(self, x: Float[Tensor, "B T D"], past: int = 0) -> Float[Tensor, "B T D"]:
        """Embeddings with absolute positions added, where the scheme has them."""
        if self.kind in ("sinusoidal", "learned"):
            x = self.absolute(x, past)
        return x

    def for_attention(
        self, length: int, past: int = 0, device: torch.device | None = None
    ) -> AttentionOptions:
        """What every layer's self-attention is told of `length` queries behind `past` keys."""
        if self.kind == "t5":
            return {"bias": self.relative(length, past)}
        if self.kind == "alibi":
            return {"bias": alibi_bias(self.n_heads, length, past, device)}
        if self.kind == "rotary":
            positions = torch.arange(past, past + length, device=device)
            return {"rotation": rotation(positions, self.d_head, self.rotary_theta)}
        return {}
