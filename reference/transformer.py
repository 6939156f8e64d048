"""The Transformer: an encoder reads the source, a decoder writes the target token by token.

Source: Vaswani et al. (2017), figure 1.
"""

from collections.abc import Callable, Sequence

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from reference.cache import KVCache
from reference.config import TransformerConfig
from reference.decoder import Decoder, ProjectedMemory
from reference.embeddings import Embeddings
from reference.encoder import Encoder
from reference.initial import initialise_xavier
from reference.masks import padding_mask
from reference.multi_head import Cache
from reference.position_scheme import PositionScheme


class Transformer(nn.Module):
    """From source and shifted target tokens to the logits of each next target token.

    `forward` is for training. To decode, call `encode` once and `decode` for each new token, with
    `decoder.project_memory` and caches in between to compute nothing twice.

    Raises:
        ValueError: if the configuration lacks an encoder or a decoder.
    """

    def __init__(self, config: TransformerConfig) -> None:
        super().__init__()
        if not (config.n_encoder_layers and config.n_decoder_layers):
            raise ValueError("An encoder-decoder needs layers on both sides.")
        self.config = config
        self.dropout = nn.Dropout(config.dropout)
        D, V = config.d_model, config.vocab_size
        self.encoder = Encoder(config.n_encoder_layers, config)
        self.decoder = Decoder(config.n_decoder_layers, config)
        self.output = nn.Identity() if config.tie_output else nn.Linear(D, V, bias=False)
        initialise_xavier(self)
        self.target_embeddings = Embeddings(V, D, config.scale_embeddings)
        self.source_embeddings = self.target_embeddings
        if config.source_vocab_size is not None:
            self.source_embeddings = Embeddings(
                config.source_vocab_size, D, config.scale_embeddings
            )
        self.encoder_positions = PositionScheme(config, bidirectional=True)
        self.decoder_positions = PositionScheme(config, bidirectional=False)

    def encode(
        self, src: Int[Tensor, "B S"], src_mask: Bool[Tensor, "..."] | None = None
    ) -> Float[Tensor, "B S D"]:
        """The memory. `src_mask` hides padding when None."""
        if src_mask is None:
            src_mask = padding_mask(src, self.config.pad_id)
        x = self.dropout(self.encoder_positions.add_to(self.source_embeddings(src)))
        options = self.encoder_positions.for_attention(src.size(1), device=src.device)
        output: Tensor = self.encoder(x, src_mask, **options)
        return output

    def decode(
        self,
        tgt: Int[Tensor, "B T"],
        memory: Float[Tensor, "B S D"] | Sequence[ProjectedMemory],
        src_mask: Bool[Tensor, "..."] | None = None,
        tgt_mask: Bool[Tensor, "..."] | None = None,
        caches: Sequence[Cache] | None = None,
    ) -> Float[Tensor, "B T V"]:
        """Logits of the token after each target token. No token sees a later one.

        Args:
            tgt: target tokens; with caches only the new ones.
            memory: of `encode`, or `decoder.project_memory(memory)`.
            src_mask: True at real source tokens, (B, 1, 1, S).
            tgt_mask: True at the target tokens that may be seen, apart from causality.
            caches: one per layer, with what came before.
        """
        past = caches[0].length if caches else 0
        x = self.dropout(self.decoder_positions.add_to(self.target_embeddings(tgt), past))
        options = self.decoder_positions.for_attention(tgt.size(1), past, tgt.device)
        x = self.decoder(x, memory, tgt_mask, src_mask, caches, causal=True, **options)
        return self.logits(x)

    def logits(self, x: Float[Tensor, "B T D"]) -> Float[Tensor, "B T V"]:
        """Through the target embedding when tied, else through a projection of its own."""
        if self.config.tie_output:
            return self.target_embeddings.project(x)
        output: Tensor = self.output(x)
        return output

    @torch.no_grad()
    def decoding_step(
        self, src: Int[Tensor, "B S"], capacity: int = 64
    ) -> Callable[[Tensor], Tensor]:
        """What `greedy_decode` asks for: from target tokens (B, T) to the next one's logits (B, V).

        One row per source. The source is read once, and each target token is computed once.
        """
        src_mask = padding_mask(src, self.config.pad_id)
        memory = self.decoder.project_memory(self.encode(src, src_mask))
        caches = [KVCache(capacity) for _ in memory]

        def step(tokens: Tensor) -> Tensor:
            new = tokens[:, caches[0].length :]
            return self.decode(new, memory, src_mask, caches=caches)[:, -1]

        return step

    def forward(self, src: Int[Tensor, "B S"], tgt: Int[Tensor, "B T"]) -> Float[Tensor, "B T V"]:
        """Teacher forcing. `tgt` is the target shifted right, so that it starts with a BOS token.

        Target padding follows the real tokens, so causality hides it already.
        """
        src_mask = padding_mask(src, self.config.pad_id)
        return self.decode(tgt, self.encode(src, src_mask), src_mask)
