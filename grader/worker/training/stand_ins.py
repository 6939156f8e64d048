"""What stands in where a part of the learner's is missing, by the interfaces of the stubs.

No solution of an exercise is sent to a worker, since the learner's code can read there whatever
runs beside it. These are written for this purpose, and no secret: `reference` holds as much.
"""

import math
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import pairwise

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


def cosine_learning_rate(
    step: int, peak: float, warmup: int, total: int, minimum: float = 0.0
) -> float:
    if step < warmup:
        return peak * step / warmup
    part = min(1.0, (step - warmup) / (total - warmup))
    return minimum + (peak - minimum) * (1 + math.cos(math.pi * part)) / 2


def label_smoothing_loss(
    logits: Tensor, targets: Tensor, smoothing: float = 0.1, ignore_index: int = -100
) -> Tensor:
    return F.cross_entropy(
        logits.flatten(0, -2),
        targets.flatten(),
        ignore_index=ignore_index,
        label_smoothing=smoothing,
    )


def clip_grad_norm(grads: Sequence[Tensor], max_norm: float) -> tuple[list[Tensor], Tensor]:
    norm = torch.linalg.vector_norm(torch.stack([torch.linalg.vector_norm(g) for g in grads]))
    return [g * (max_norm / (norm + 1e-6)).clamp(max=1.0) for g in grads], norm


def adam_step(
    parameter: Tensor,
    gradient: Tensor,
    m: Tensor,
    v: Tensor,
    step: int,
    lr: float,
    beta1: float = 0.9,
    beta2: float = 0.999,
    eps: float = 1e-8,
    weight_decay: float = 0.0,
) -> tuple[Tensor, Tensor, Tensor]:
    m = beta1 * m + (1 - beta1) * gradient
    v = beta2 * v + (1 - beta2) * gradient**2
    update = (m / (1 - beta1**step)) / ((v / (1 - beta2**step)).sqrt() + eps)
    return parameter - lr * weight_decay * parameter - lr * update, m, v


def shift_right(tokens: Tensor, bos_id: int, pad_id: int) -> Tensor:
    shifted = torch.cat([torch.full_like(tokens[:, :1], bos_id), tokens[:, :-1]], dim=1)
    return shifted.masked_fill(shifted < 0, pad_id)


def merged(tokens: Sequence[int], pair: tuple[int, int], new: int) -> list[int]:
    """`tokens` with the pair replaced wherever it stands, from left to right."""
    output, place = [], 0
    while place < len(tokens):
        if tuple(tokens[place : place + 2]) == pair:
            output.append(new)
            place += 2
        else:
            output.append(tokens[place])
            place += 1
    return output


def train_bpe(text: str, n_merges: int) -> list[tuple[int, int]]:
    tokens, merges = list(text.encode()), list[tuple[int, int]]()
    while len(merges) < n_merges:
        counts = Counter(pairwise(tokens))
        best = min(counts, key=lambda pair: (-counts[pair], pair), default=None)
        if best is None or counts[best] < 2:
            break
        tokens = merged(tokens, best, 256 + len(merges))
        merges.append(best)
    return merges


class BPE:
    def __init__(self, merges: Sequence[Sequence[int]]) -> None:
        self._merges = [(a, b) for a, b in merges]
        self._bytes = [bytes([byte]) for byte in range(256)]
        for a, b in self._merges:
            self._bytes.append(self._bytes[a] + self._bytes[b])

    def encode(self, text: str) -> list[int]:
        tokens = list(text.encode())
        for new, pair in enumerate(self._merges, start=256):
            tokens = merged(tokens, pair, new)
        return tokens

    def decode(self, tokens: Sequence[int]) -> str:
        return b"".join(self._bytes[token] for token in tokens).decode(errors="replace")
