"""BERT: an encoder that reads in both directions, trained to fill in what was hidden.

Source: Devlin et al. 2019.
"""

from typing import NamedTuple

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from reference.config import TransformerConfig
from reference.embeddings import Embeddings
from reference.encoder import Encoder
from reference.feed_forward import ACTIVATIONS
from reference.initial import initialise_normal
from reference.losses import cross_entropy
from reference.norm import make_norm
from reference.position_scheme import PositionScheme


class BertOutput(NamedTuple):
    """The predictions of both pre-training tasks."""

    token_logits: Tensor  # (B, S, V): which token stood here
    order_logits: Tensor  # (B, 2): index 0 where B follows A in the text, 1 where it does not


def pretraining_loss(
    output: BertOutput, labels: Int[Tensor, "B S"], order: Int[Tensor, " B"]
) -> Float[Tensor, ""]:
    """Masked-LM loss plus next-sentence loss (section 3.1). Labels as from `mask_tokens`."""
    return cross_entropy(output.token_logits, labels) + cross_entropy(output.order_logits, order)


class TokenHead(nn.Module):
    """From hidden states to the space of embeddings, where each token's own row scores it."""

    def __init__(self, config: TransformerConfig) -> None:
        super().__init__()
        self.dense = nn.Linear(config.d_model, config.d_model)
        self.activation = ACTIVATIONS[config.activation]
        self.norm = make_norm(config)
        self.bias = nn.Parameter(torch.zeros(config.vocab_size))

    def forward(self, x: Float[Tensor, "B S D"], embeddings: Embeddings) -> Float[Tensor, "B S V"]:
        return embeddings.project(self.norm(self.activation(self.dense(x)))) + self.bias


class BERT(nn.Module):
    """Bidirectional encoder with both pre-training heads. Preset: "bert-base".

    Raises ValueError where the configuration has decoder layers, no encoder layers or no segments.
    """

    def __init__(self, config: TransformerConfig) -> None:
        super().__init__()
        if config.n_decoder_layers or not config.n_encoder_layers or not config.n_segments:
            raise ValueError("A BERT has encoder layers and segments, and no decoder layers.")
        self.config = config
        self.embeddings = Embeddings(config.vocab_size, config.d_model, config.scale_embeddings)
        self.positions = PositionScheme(config, bidirectional=True)
        self.segments = nn.Embedding(config.n_segments, config.d_model)
        self.norm = make_norm(config)
        self.dropout = nn.Dropout(config.dropout)
        self.encoder = Encoder(config.n_encoder_layers, config)
        self.token_head = TokenHead(config)
        self.pooler = nn.Linear(config.d_model, config.d_model)
        self.order_head = nn.Linear(config.d_model, 2)
        initialise_normal(self)
        nn.init.normal_(self.segments.weight, std=0.02)

    def encode(
        self,
        tokens: Int[Tensor, "B S"],
        segments: Int[Tensor, "B S"] | None = None,
        mask: Bool[Tensor, "B S"] | None = None,
    ) -> Float[Tensor, "B S D"]:
        """What each token means in its context.

        `segments` says which sentence a token belongs to (0 when None); `mask` is True at real
        tokens (all of them when None).
        """
        if segments is None:
            segments = torch.zeros_like(tokens)
        x = self.positions.add_to(self.embeddings(tokens)) + self.segments(segments)
        key_mask = None if mask is None else mask[:, None, None, :]  # (B, 1, 1, S)
        options = self.positions.for_attention(tokens.size(1), device=tokens.device)
        output: Tensor = self.encoder(self.dropout(self.norm(x)), key_mask, **options)
        return output

    def forward(
        self,
        tokens: Int[Tensor, "B S"],
        segments: Int[Tensor, "B S"] | None = None,
        mask: Bool[Tensor, "B S"] | None = None,
    ) -> BertOutput:
        """Arguments as for `encode`. The order is judged from the first token, [CLS]."""
        x = self.encode(tokens, segments, mask)
        pooled = self.pooler(x[:, 0]).tanh()  # (B, D)
        return BertOutput(self.token_head(x, self.embeddings), self.order_head(pooled))
