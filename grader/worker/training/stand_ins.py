"""What stands in where a part of the learner's model is missing, by the interfaces of the stubs.

No solution of an exercise is sent to a worker, since the learner's code can read there whatever
runs beside it. These are written for this purpose, and no secret: `reference` holds as much.
"""

import math
from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class Embeddings(nn.Module):
    def __init__(self, vocab_size: int, d_model: int) -> None:
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, d_model)
        nn.init.normal_(self.embedding.weight, std=d_model**-0.5)

    def forward(self, tokens: Tensor) -> Tensor:
        return F.embedding(tokens, self.embedding.weight) * math.sqrt(self.embedding.embedding_dim)

    def project(self, x: Tensor) -> Tensor:
        return F.linear(x, self.embedding.weight)


class PositionalEncoding(nn.Module):
    encoding: Tensor

    def __init__(self, d_model: int, dropout: float = 0.0, max_len: int = 5000) -> None:
        super().__init__()
        even = torch.arange(0, d_model, 2)
        angles = torch.arange(max_len)[:, None] / 10000 ** (even / d_model)
        waves = torch.stack([angles.sin(), angles.cos()], dim=-1).flatten(1)
        self.register_buffer("encoding", waves[:, :d_model])
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: Tensor) -> Tensor:
        summed: Tensor = self.dropout(x + self.encoding[: x.size(1)])
        return summed


class LearnedPositionalEmbedding(nn.Module):
    def __init__(self, max_len: int, d_model: int) -> None:
        super().__init__()
        self.embedding = nn.Embedding(max_len, d_model)
        nn.init.normal_(self.embedding.weight, std=0.02)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.embedding.weight[: x.size(1)]


class Attention(nn.Module):
    def __init__(self, d_model: int, n_heads: int) -> None:
        super().__init__()
        self.n_heads = n_heads
        self.w_q, self.w_k = nn.Linear(d_model, d_model), nn.Linear(d_model, d_model)
        self.w_v, self.w_o = nn.Linear(d_model, d_model), nn.Linear(d_model, d_model)

    def forward(self, x: Tensor, memory: Tensor, mask: Tensor | None) -> Tensor:
        q, k, v = (
            each.unflatten(-1, (self.n_heads, -1)).transpose(1, 2)  # (B, H, T, d)
            for each in (self.w_q(x), self.w_k(memory), self.w_v(memory))
        )
        heads = F.scaled_dot_product_attention(q, k, v, mask)
        output: Tensor = self.w_o(heads.transpose(1, 2).flatten(2))
        return output


class FeedForward(nn.Module):
    def __init__(self, d_model: int, d_ff: int) -> None:
        super().__init__()
        self.linear1, self.linear2 = nn.Linear(d_model, d_ff), nn.Linear(d_ff, d_model)

    def forward(self, x: Tensor) -> Tensor:
        output: Tensor = self.linear2(F.relu(self.linear1(x)))
        return output


class Layer(nn.Module):
    """What both layers share: Add & Norm around each sub-layer."""

    def __init__(self, dropout: float, norm_first: bool) -> None:
        super().__init__()
        self.dropout, self.norm_first = nn.Dropout(dropout), norm_first

    def around(self, x: Tensor, norm: nn.LayerNorm, sublayer: Callable[[Tensor], Tensor]) -> Tensor:
        output: Tensor
        if self.norm_first:
            output = x + self.dropout(sublayer(norm(x)))
        else:
            output = norm(x + self.dropout(sublayer(x)))
        return output


class EncoderLayer(Layer):
    def __init__(
        self,
        d_model: int,
        n_heads: int,
        d_ff: int,
        dropout: float = 0.0,
        norm_first: bool = False,
    ) -> None:
        super().__init__(dropout, norm_first)
        self.self_attention = Attention(d_model, n_heads)
        self.feed_forward = FeedForward(d_model, d_ff)
        self.norm1, self.norm2 = nn.LayerNorm(d_model), nn.LayerNorm(d_model)

    def forward(self, x: Tensor, mask: Tensor | None = None) -> Tensor:
        x = self.around(x, self.norm1, lambda h: self.self_attention(h, h, mask))
        return self.around(x, self.norm2, self.feed_forward)


class DecoderLayer(Layer):
    def __init__(
        self,
        d_model: int,
        n_heads: int,
        d_ff: int,
        dropout: float = 0.0,
        norm_first: bool = False,
    ) -> None:
        super().__init__(dropout, norm_first)
        self.self_attention = Attention(d_model, n_heads)
        self.cross_attention = Attention(d_model, n_heads)
        self.feed_forward = FeedForward(d_model, d_ff)
        self.norm1, self.norm2 = nn.LayerNorm(d_model), nn.LayerNorm(d_model)
        self.norm3 = nn.LayerNorm(d_model)

    def forward(
        self,
        x: Tensor,
        memory: Tensor,
        mask: Tensor | None = None,
        memory_mask: Tensor | None = None,
    ) -> Tensor:
        x = self.around(x, self.norm1, lambda h: self.self_attention(h, h, mask))
        x = self.around(x, self.norm2, lambda h: self.cross_attention(h, memory, memory_mask))
        return self.around(x, self.norm3, self.feed_forward)


class Stack(nn.Module):
    def __init__(
        self,
        n_layers: int,
        make_layer: Callable[[], nn.Module],
        d_model: int,
        norm_first: bool = False,
    ) -> None:
        super().__init__()
        self.layers = nn.ModuleList(make_layer() for _ in range(n_layers))
        self.norm = nn.LayerNorm(d_model) if norm_first else nn.Identity()

    def forward(self, x: Tensor, *others: Tensor | None) -> Tensor:
        for layer in self.layers:
            x = layer(x, *others)
        output: Tensor = self.norm(x)
        return output


class Encoder(Stack):
    """Its layers read x and a mask."""


class Decoder(Stack):
    """Its layers read x, the memory and two masks."""


def causal(length: int, device: torch.device) -> Tensor:
    return torch.ones(length, length, dtype=torch.bool, device=device).tril()


class Transformer(nn.Module):
    def __init__(
        self,
        embeddings: nn.Module,
        positions: nn.Module,
        encoder: nn.Module,
        decoder: nn.Module,
        pad_id: int = 0,
    ) -> None:
        super().__init__()
        self.embeddings, self.positions = embeddings, positions
        self.encoder, self.decoder = encoder, decoder
        self.pad_id = pad_id

    def encode(self, src: Tensor) -> tuple[Tensor, Tensor]:
        mask = (src != self.pad_id)[:, None, None, :]  # (B, 1, 1, S)
        return self.encoder(self.positions(self.embeddings(src)), mask), mask

    def decode(self, tgt: Tensor, memory: Tensor, memory_mask: Tensor) -> Tensor:
        mask = (tgt != self.pad_id)[:, None, None, :] & causal(tgt.size(1), tgt.device)
        x = self.decoder(self.positions(self.embeddings(tgt)), memory, mask, memory_mask)
        logits: Tensor = self.embeddings.project(x)  # type: ignore[operator]
        return logits

    def forward(self, src: Tensor, tgt: Tensor) -> Tensor:
        return self.decode(tgt, *self.encode(src))


class GPT(nn.Module):
    def __init__(
        self, embeddings: nn.Module, positions: nn.Module, decoder: nn.Module, max_len: int
    ) -> None:
        super().__init__()
        self.embeddings, self.positions, self.decoder = embeddings, positions, decoder
        self.max_len = max_len

    def forward(self, tokens: Tensor) -> Tensor:
        x = self.positions(self.embeddings(tokens))
        x = self.decoder(x, causal(tokens.size(1), tokens.device))
        logits: Tensor = self.embeddings.project(x)  # type: ignore[operator]
        return logits

    def generate(
        self,
        tokens: Tensor,
        max_new: int,
        temperature: float = 1.0,
        generator: torch.Generator | None = None,
    ) -> Tensor:
        for _ in range(max_new):
            logits = self(tokens[:, -self.max_len :])[:, -1] / temperature
            new = torch.multinomial(logits.softmax(-1), 1, generator=generator)
            tokens = torch.cat([tokens, new], dim=1)
        return tokens
