"""The learner's attention in a model, from its core to the layer around it, and its causal mask."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from grader.examiner.checkpoints.bench import Bench, Install, compared, place
from grader.examiner.checkpoints.learner import Learner, first, like
from reference.encoder import EncoderLayer
from reference.multi_head import merge_heads, split_heads


def allowed(mask: Tensor | None, causal: bool, length: int) -> Tensor | None:
    """One mask in the place of a mask and the word that nobody looks ahead."""
    if not causal:
        return mask
    past = torch.ones(length, length, dtype=torch.bool).tril()
    return past if mask is None else mask & past


Attend = Callable[[Bench, Learner, Any], Callable[[Tensor, Tensor, Tensor, Tensor | None], Any]]


def attention(entry: str, attend: Attend) -> Install:
    """Self-attention in every layer; `attend(q, k, v, mask)` gives its output (B, T, D)."""

    def install(bench: Bench, learner: Learner) -> None:
        for name in bench.named("self_attention"):

            def make(original: Any, name: str = name) -> Callable[..., Any]:
                ask = attend(bench, learner, original)

                def theirs(
                    q: Tensor, k: Tensor, v: Tensor, mask: Tensor | None = None,
                    *, causal: bool = False, cache: None = None,
                ) -> Any:  # fmt: skip
                    return ask(q, k, v, allowed(mask, causal, q.size(1)))

                return compared(bench, name, entry, original, theirs)

            bench.put(name, make)

    return install


def by_layer(bench: Bench, learner: Learner, original: Any) -> Any:
    sizes, weights = (bench.config.d_model, bench.config.n_heads), dict(original.state_dict())

    def ask(q: Tensor, k: Tensor, v: Tensor, mask: Tensor | None) -> Any:
        layer = learner.module("MultiHeadAttention", sizes, weights)
        return first(layer(q, k, v, mask), "MultiHeadAttention")

    return ask


def by_fused(bench: Bench, learner: Learner, original: Any) -> Any:
    packed = (original.w_q, original.w_k, original.w_v)
    w_qkv = torch.cat([projection.weight.detach() for projection in packed])
    b_qkv = torch.cat([projection.bias.detach() for projection in packed])
    w_o, b_o = original.w_o.weight.detach(), original.w_o.bias.detach()

    def ask(q: Tensor, k: Tensor, v: Tensor, mask: Tensor | None) -> Any:
        H = bench.config.n_heads
        return learner.function("fused_qkv_attention", q, w_qkv, b_qkv, w_o, b_o, H, mask)

    return ask


def by_core(bench: Bench, learner: Learner, original: Any) -> Any:
    entry, H = "scaled_dot_product_attention", bench.config.n_heads

    def ask(query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None) -> Any:
        q = split_heads(original.w_q(query), H)
        k = split_heads(original.w_k(key), H)
        v = split_heads(original.w_v(value), H)
        heads = like(first(learner.function(entry, q, k, v, mask), entry), q, entry)
        return original.w_o(merge_heads(heads))

    return ask


def cross_attention(bench: Bench, learner: Learner) -> None:
    """T5 leaves 1/√d and all biases out: √d goes into W_q, and the biases are 0."""
    entry, config = "CrossAttention", bench.config
    for name in bench.named("cross_attention"):

        def make(original: Any, name: str = name) -> Callable[..., Any]:
            weights = dict(original.state_dict())
            weights["w_q.weight"] = weights["w_q.weight"] * config.d_head**0.5
            zeros = torch.zeros(config.d_model, dtype=torch.float64)
            weights |= {f"w_{part}.bias": zeros for part in "qkvo"}

            def theirs(x: Tensor, memory: Tensor, mask: Tensor | None = None) -> Any:
                layer = learner.module(entry, (config.d_model, config.n_heads), weights)
                return first(layer(x, memory, mask), entry)

            return compared(bench, name, entry, original, theirs)

        bench.put(name, make)


def encoder_layer(bench: Bench, learner: Learner) -> None:
    entry, config = "EncoderLayer", bench.config
    sizes = (config.d_model, config.n_heads, config.ff_width, 0.0, config.norm_first)
    for name in bench.modules(EncoderLayer):

        def make(original: Any, name: str = name) -> Callable[..., Any]:
            weights = {
                key.replace("sublayer1.norm", "norm1").replace("sublayer2.norm", "norm2"): weight
                for key, weight in original.state_dict().items()
            }

            def theirs(
                x: Tensor, mask: Tensor | None = None, *, causal: bool = False, cache: None = None
            ) -> Any:
                layer = learner.module(entry, sizes, weights)
                return layer(x, allowed(mask, causal, x.size(1)))

            return compared(bench, name, entry, original, theirs)

        bench.put(name, make)


def causal_mask(bench: Bench, learner: Learner) -> None:
    """Each layer of the decoder is given the learner's mask, and no word of causality."""
    entry = "causal_mask"
    for name in bench.named("self_attention"):
        if not name.startswith("decoder."):
            continue

        def make(original: Any, name: str = name) -> Callable[..., Any]:
            def run(q: Tensor, k: Tensor, v: Tensor, mask: Any, **options: Any) -> Any:
                T = q.size(1)
                expected = torch.ones(T, T, dtype=torch.bool).tril()
                got = like(learner.function(entry, T), expected, entry)
                bench.seen.note(place(name, bench.family), got, expected)
                return original(q, k, v, got, **{**options, "causal": False})

            return run

        bench.put(name, make)
