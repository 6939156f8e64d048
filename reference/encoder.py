"""The encoder: layers of self-attention and feed-forward, every token seeing every other.

Source: Vaswani et al. (2017), section 3.1.
"""

from collections.abc import Sequence
from typing import Unpack

from jaxtyping import Bool, Float
from torch import Tensor, nn

from reference.config import LayerConfig
from reference.feed_forward import make_feed_forward
from reference.multi_head import AttentionOptions, Cache, MultiHeadAttention
from reference.norm import make_norm
from reference.sublayer import make_sublayer


def masked_mean_pool(x: Float[Tensor, "B S D"], mask: Bool[Tensor, "B S"]) -> Float[Tensor, "B D"]:
    """Mean over the real tokens, where `mask` is True; 0 for a sequence that has none."""
    real = mask[..., None]  # (B, S, 1)
    return x.masked_fill(~real, 0.0).sum(1) / real.sum(1).clamp(min=1)


class EncoderLayer(nn.Module):
    """Self-attention, then feed-forward, each in a residual connection.

    With `causal=True` among the options it is also the one layer that a decoder-only model needs.
    """

    def __init__(self, config: LayerConfig) -> None:
        super().__init__()
        self.self_attention = MultiHeadAttention(**config.attention_arguments())
        self.feed_forward = make_feed_forward(config)
        self.sublayer1 = make_sublayer(config)
        self.sublayer2 = make_sublayer(config)

    def forward(
        self,
        x: Float[Tensor, "B T D"],
        mask: Bool[Tensor, "..."] | None = None,
        **options: Unpack[AttentionOptions],
    ) -> Float[Tensor, "B T D"]:
        """`mask` broadcasts to (B, H, T, T), True where a query may attend to a key."""
        x = self.sublayer1(x, lambda x: self.self_attention(x, x, x, mask, **options)[0])
        output: Tensor = self.sublayer2(x, self.feed_forward)
        return output


class Encoder(nn.Module):
    """`n_layers` layers with weights of their own, and a last norm when the layers norm first.

    Pre-norm layers add to x without ever normalising the sum; the last norm does.
    """

    def __init__(self, n_layers: int, config: LayerConfig) -> None:
        super().__init__()
        self.layers = nn.ModuleList(EncoderLayer(config) for _ in range(n_layers))
        self.norm = make_norm(config) if config.norm_first else nn.Identity()

    def forward(
        self,
        x: Float[Tensor, "B T D"],
        mask: Bool[Tensor, "..."] | None = None,
        caches: Sequence[Cache] | None = None,
        **options: Unpack[AttentionOptions],
    ) -> Float[Tensor, "B T D"]:
        """`caches`, one per layer, are for a decoder-only model, with `causal=True` as well."""
        for i, layer in enumerate(self.layers):
            x = layer(x, mask, cache=None if caches is None else caches[i], **options)
        output: Tensor = self.norm(x)
        return output
