"""What stands in where a part of the learner's loop or tokenizer is missing, as `stand_ins.py`."""

import math
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import Tensor


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
