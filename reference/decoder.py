"""The decoder: what was said so far, and the memory of what was read.

Source: Vaswani et al. (2017), section 3.1; section 3.2.3 for attention across.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple, Unpack, cast

import torch.nn.functional as F
from jaxtyping import Bool, Float
from torch import Tensor, nn

from reference.attention import scaled_dot_product_attention
from reference.config import LayerConfig
from reference.feed_forward import make_feed_forward
from reference.multi_head import (
    AttentionOptions,
    Cache,
    MultiHeadAttention,
    merge_heads,
    split_heads,
)
from reference.norm import make_norm
from reference.sublayer import make_sublayer


class ProjectedMemory(NamedTuple):
    """A memory's keys and values for one layer: computed once, used at every step of decoding."""

    k: Tensor  # (B, G, S, d)
    v: Tensor  # (B, G, S, d)


def cached_cross_attention(
    x: Float[Tensor, "B T D"],
    memory: ProjectedMemory,
    w_q: Float[Tensor, "D D"],
    w_o: Float[Tensor, "D D"],
    memory_mask: Bool[Tensor, "..."] | None = None,
) -> Float[Tensor, "B T D"]:
    """Cross-attention that projects nothing but the queries. Weights are (out, in).

    The memory does not change while the target grows. So of the four products of a step, the two
    over all of the source are needed only once.
    """
    q = split_heads(F.linear(x, w_q), memory.k.size(1))  # (B, H, T, d)
    heads, _ = scaled_dot_product_attention(q, memory.k, memory.v, memory_mask)
    return F.linear(merge_heads(heads), w_o)


class CrossAttention(MultiHeadAttention):
    """Queries from the decoder, keys and values from the memory: the encoder's output."""

    def project_memory(self, memory: Float[Tensor, "B S D"]) -> ProjectedMemory:
        """What `forward` takes in the memory's place to save the two projections of it."""
        return ProjectedMemory(*self.project_key_value(memory, memory))

    def forward(  # type: ignore[override]  # a memory is both key and value
        self,
        x: Float[Tensor, "B T D"],
        memory: Float[Tensor, "B S D"] | ProjectedMemory,
        memory_mask: Bool[Tensor, "..."] | None = None,
    ) -> tuple[Float[Tensor, "B T D"], Float[Tensor, "B H T S"] | None]:
        """`memory_mask` broadcasts to (B, H, T, S), True where the source token is real."""
        if not isinstance(memory, ProjectedMemory):
            memory = self.project_memory(memory)
        return self.attend(x, memory.k, memory.v, memory_mask)


class DecoderLayer(nn.Module):
    """Masked self-attention, cross-attention, feed-forward, each in a residual connection."""

    def __init__(self, config: LayerConfig) -> None:
        super().__init__()
        self.self_attention = MultiHeadAttention(**config.attention_arguments())
        self.cross_attention = CrossAttention(**config.attention_arguments())
        self.feed_forward = make_feed_forward(config)
        self.sublayer1 = make_sublayer(config)
        self.sublayer2 = make_sublayer(config)
        self.sublayer3 = make_sublayer(config)

    def forward(
        self,
        x: Float[Tensor, "B T D"],
        memory: Float[Tensor, "B S D"] | ProjectedMemory,
        mask: Bool[Tensor, "..."] | None = None,
        memory_mask: Bool[Tensor, "..."] | None = None,
        **options: Unpack[AttentionOptions],
    ) -> Float[Tensor, "B T D"]:
        """`mask` is the self-attention's, `memory_mask` the cross-attention's."""
        x = self.sublayer1(x, lambda x: self.self_attention(x, x, x, mask, **options)[0])
        x = self.sublayer2(x, lambda x: self.cross_attention(x, memory, memory_mask)[0])
        output: Tensor = self.sublayer3(x, self.feed_forward)
        return output


class Decoder(nn.Module):
    """`n_layers` layers with weights of their own, and a last norm when the layers norm first."""

    def __init__(self, n_layers: int, config: LayerConfig) -> None:
        super().__init__()
        self.layers = nn.ModuleList(DecoderLayer(config) for _ in range(n_layers))
        self.norm = make_norm(config) if config.norm_first else nn.Identity()

    def project_memory(self, memory: Float[Tensor, "B S D"]) -> list[ProjectedMemory]:
        """The memory's keys and values for every layer, to be given to `forward` at each step."""
        layers = cast(Iterable[DecoderLayer], self.layers)
        return [layer.cross_attention.project_memory(memory) for layer in layers]

    def forward(
        self,
        x: Float[Tensor, "B T D"],
        memory: Float[Tensor, "B S D"] | Sequence[ProjectedMemory],
        mask: Bool[Tensor, "..."] | None = None,
        memory_mask: Bool[Tensor, "..."] | None = None,
        caches: Sequence[Cache] | None = None,
        **options: Unpack[AttentionOptions],
    ) -> Float[Tensor, "B T D"]:
        """Decode T tokens.

        Args:
            x: embedded target tokens; with caches only those that are new.
            memory: the encoder's output, or what `project_memory` made of it.
            mask: of the self-attention; alternatively `causal=True` among the options.
            memory_mask: of the cross-attention, True where the source token is real.
            caches: one per layer, to which the new keys and values are appended.
            options: for every self-attention.
        """
        for i, layer in enumerate(self.layers):
            cache = None if caches is None else caches[i]
            of_layer = memory if isinstance(memory, Tensor) else memory[i]
            x = layer(x, of_layer, mask, memory_mask, cache=cache, **options)
        output: Tensor = self.norm(x)
        return output
