"""Looking inside: what heads attend to, which ones matter, and what a model must not see.

Sources: Clark et al., "What Does BERT Look At?" (2019); Michel et al., "Are Sixteen Heads Really
Better than One?" (2019); Abnar and Zuidema, "Quantifying Attention Flow" (2020); Kornblith et al.,
"Similarity of Neural Network Representations Revisited" (2019).
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

import torch
import torch.nn.functional as F
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from reference.attention import scaled_dot_product_attention
from reference.multi_head import MultiHeadAttention, merge_heads, split_heads


def attention_entropy(weights: Float[Tensor, "*batch T S"]) -> Float[Tensor, "*batch T"]:
    """−Σ w log w of each query's weights, in nats: 0 for one key alone, log S for all alike."""
    terms: Tensor = torch.special.entr(weights)
    return terms.sum(-1)


def attention_layers(model: nn.Module) -> list[MultiHeadAttention]:
    """Every attention of a model, in the order in which it was built."""
    return [module for module in model.modules() if isinstance(module, MultiHeadAttention)]


@torch.no_grad()
def record_attention(model: nn.Module, *inputs: Tensor) -> list[Tensor]:
    """The weights (B, H, T, S) of every `MultiHeadAttention` in a model, in the order of the pass.

    Raises:
        ValueError: if one of them takes the fused path, which never holds its weights.
    """
    recorded: list[Tensor] = []

    def record(module: nn.Module, _: object, result: tuple[Tensor, Tensor | None]) -> None:
        if result[1] is None:
            raise ValueError(
                'Fused attention holds no weights; build it with attention="explicit".'
            )
        recorded.append(result[1])

    hooks = [layer.register_forward_hook(record) for layer in attention_layers(model)]
    try:
        model(*inputs)
    finally:
        for hook in hooks:
            hook.remove()
    return recorded


@contextmanager
def silenced(attention: MultiHeadAttention, head: int) -> Iterator[None]:
    """Within it, nothing of this head's output reaches the sum over heads."""
    weight = attention.w_o.weight
    kept = weight.detach().clone()
    d = weight.size(1) // attention.n_heads
    with torch.no_grad():
        weight[:, head * d : (head + 1) * d] = 0.0
    try:
        yield
    finally:
        with torch.no_grad():
            weight.copy_(kept)


class HeadPatterns(NamedTuple):
    """Mean weight that each head gives to three kinds of key, (H) each."""

    previous: Tensor  # the token before the query; over all queries but the first
    current: Tensor  # the query's own token
    first: Tensor  # the sequence's first token


def head_patterns(weights: Float[Tensor, "H T T"]) -> HeadPatterns:
    """How far each head is one that looks one back, at itself, or at the start.

    Raises:
        ValueError: if there is only one token, so that none has a previous one.
    """
    if weights.size(-1) < 2:
        raise ValueError("A single token has no previous one; give at least two.")
    return HeadPatterns(
        previous=weights.diagonal(-1, -2, -1).mean(-1),
        current=weights.diagonal(0, -2, -1).mean(-1),
        first=weights[..., 0].mean(-1),
    )


def head_importance(
    x: Float[Tensor, "B T D"],
    w_q: Float[Tensor, "D D"],
    w_k: Float[Tensor, "D D"],
    w_v: Float[Tensor, "D D"],
    w_o: Float[Tensor, "D D"],
    n_heads: int,
    target: Float[Tensor, "B T D"],
) -> Float[Tensor, " H"]:
    """Rise of the mean squared error when one head's output is set to 0, for each head.

    Negative where the layer does better without. Weights are (out, in), as in
    `multi_head_attention`.
    """
    q, k, v = (split_heads(F.linear(x, w), n_heads) for w in (w_q, w_k, w_v))
    heads, _ = scaled_dot_product_attention(q, k, v)  # (B, H, T, d)

    def error(heads: Tensor) -> Tensor:
        return (F.linear(merge_heads(heads), w_o) - target).square().mean()

    everyone_but = 1 - torch.eye(n_heads, dtype=x.dtype, device=x.device)
    silenced = [error(heads * keep[:, None, None]) for keep in everyone_but]
    return torch.stack(silenced) - error(heads)


def attention_rollout(weights: Float[Tensor, "L B H T T"]) -> Float[Tensor, "B T T"]:
    """How much of each input token reaches each output token through L layers.

    Per layer the heads are averaged, and half of every token comes through the residual connection.
    The layers are multiplied, the last one leftmost; rows still sum to 1.
    """
    T = weights.size(-1)
    identity = torch.eye(T, dtype=weights.dtype, device=weights.device)
    layers = (weights.mean(2) + identity) / 2  # (L, B, T, T)
    rollout = layers[0]
    for layer in layers[1:]:
        rollout = layer @ rollout
    return rollout


def linear_cka(x: Float[Tensor, "n p"], y: Float[Tensor, "n q"]) -> Float[Tensor, ""]:
    """How alike two representations of the same n inputs are, in [0, 1].

    Rotating or rescaling either changes nothing; the widths may differ.
    """
    x, y = x - x.mean(0), y - y.mean(0)
    norms = [(a.T @ b).square().sum() for a, b in ((y, x), (x, x), (y, y))]
    return norms[0] / (norms[1] * norms[2]).sqrt()


def permutation_gap(
    f: Callable[[Tensor], Tensor], x: Float[Tensor, "B T D"], permutation: Int[Tensor, " T"]
) -> Float[Tensor, ""]:
    """Largest difference between permuting before f and after: 0 if f does not know of order."""
    return (f(x[:, permutation]) - f(x)[:, permutation]).abs().max()


def leak_probe(
    model: Callable[[Tensor], Tensor], tokens: Int[Tensor, "B T"]
) -> Bool[Tensor, "T T"]:
    """Which outputs of a causal model move when a later token is replaced.

    Args:
        model: from tokens (B, T) to logits (B, T, V).
        tokens: any batch; each token is replaced by the next one of the vocabulary, in turn.

    Returns:
        True at (t, s) if s > t and some logit at t moves by more than rounding (1e-5) when token s
        is replaced. All False is right.
    """
    with torch.no_grad():
        logits = model(tokens)
        T, V = logits.shape[1:]
        moved = torch.zeros(T, T, dtype=torch.bool, device=logits.device)
        for s in range(1, T):
            changed = tokens.clone()
            changed[:, s] = (changed[:, s] + 1) % V
            moved[:, s] = ((model(changed) - logits).abs() > 1e-5).any(-1).any(0)
    return moved.triu(1)
