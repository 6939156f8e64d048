"""The exercises whose answers can stand in a published model, and why another one cannot."""

from collections.abc import Callable
from dataclasses import dataclass

from grader.examiner.checkpoints.attention import (
    attention,
    by_core,
    by_fused,
    by_layer,
    causal_mask,
    cross_attention,
    encoder_layer,
)
from grader.examiner.checkpoints.bench import Bench, Install
from grader.examiner.checkpoints.modules import (
    activations,
    bpe,
    buckets,
    feed_forward,
    gated_feed_forward,
    norms,
    padding_mask,
    patchify,
    positions,
)
from reference.norm import LayerNorm, RMSNorm


def fits(bench: Bench) -> str:
    return ""


@dataclass(frozen=True)
class Part:
    """An exercise's answer in a model.

    `takes` are the places that it fills, so that no two fill one. `misfit` says of a model
    why it cannot, and "" where it can; it is asked for the families named alone. `install` None is
    for what never can.
    """

    exercise: str
    entry: str
    families: tuple[str, ...]
    takes: frozenset[str]
    install: Install | None
    misfit: Callable[[Bench], str] = fits


def scores_without_bias(bench: Bench) -> str:
    if bench.config.positions == "t5":
        return "T5 adds a number to each score for the distance, and yours takes none."
    return ""


def only_relu(bench: Bench) -> str:
    config = bench.config
    if config.gated or config.activation != "relu":
        gate = " with a gate" if config.gated else ""
        return f"yours has relu inside, and this model {config.activation}{gate}."
    return ""


def only_first_layers(bench: Bench) -> str:
    if not only_relu(bench) and bench.config.eps != 1e-5:
        return f"yours has norms with eps = 1e-5, and this model with {bench.config.eps:g}."
    return only_relu(bench)


def only_gated(bench: Bench) -> str:
    return "" if bench.config.gated else "this model has no gate."


def only_32_buckets(bench: Bench) -> str:
    sizes = (bench.config.relative_buckets, bench.config.relative_max_distance)
    if sizes != (32, 128):
        return "its buckets are not 32 up to a distance of 128: a matter of rounding."
    return ""


def only_with_its_files(bench: Bench) -> str:
    return "" if bench.tokenizer else "vocab.json and merges.txt do not lie beside the weights."


def never_scaled(bench: Bench) -> str:
    return "yours multiplies by √D, as in 2017, and this model does not."


PLAIN, CAUSAL = ("gpt2", "bert", "vit"), ("gpt2", "t5")
ATTENTION = frozenset({"attention"})
NETWORK = frozenset({"network", "activation"})
LAYER = NETWORK | ATTENTION | {"norm", "causal"}

# From the largest to the smallest: where several could fill a place, the first does.
PARTS = (
    Part("encoder_layer", "EncoderLayer", PLAIN, LAYER, encoder_layer, only_first_layers),
    Part("multi_head_attention_layer", "MultiHeadAttention", (*PLAIN, "t5"), ATTENTION,
         attention("MultiHeadAttention", by_layer), scores_without_bias),
    Part("fused_qkv_attention", "fused_qkv_attention", PLAIN, ATTENTION,
         attention("fused_qkv_attention", by_fused)),
    Part("scaled_dot_product_attention", "scaled_dot_product_attention", (*PLAIN, "t5"), ATTENTION,
         attention("scaled_dot_product_attention", by_core), scores_without_bias),
    Part("cross_attention", "CrossAttention", ("t5",), frozenset({"cross"}), cross_attention),
    Part("feed_forward", "FeedForward", (*PLAIN, "t5"), NETWORK, feed_forward, only_relu),
    Part("gated_feed_forward", "gated_feed_forward", ("t5",), NETWORK, gated_feed_forward,
         only_gated),
    Part("activations", "activations", (*PLAIN, "t5"), frozenset({"activation"}), activations),
    Part("layer_norm", "LayerNorm", PLAIN, frozenset({"norm"}), norms(LayerNorm)),
    Part("rms_norm", "RMSNorm", ("t5",), frozenset({"norm"}), norms(RMSNorm)),
    Part("learned_positional_embedding", "LearnedPositionalEmbedding", PLAIN,
         frozenset({"positions"}), positions),
    Part("relative_position_bucket", "relative_position_bucket", ("t5",),
         frozenset({"positions"}), buckets, only_32_buckets),
    Part("causal_mask", "causal_mask", CAUSAL, frozenset({"causal"}), causal_mask),
    Part("padding_mask", "padding_mask", ("bert", "t5"), frozenset({"padding"}), padding_mask),
    Part("vit", "patchify", ("vit",), frozenset({"patches"}), patchify),
    Part("bpe", "BPE", ("gpt2",), frozenset({"tokens"}), bpe, only_with_its_files),
    Part("embeddings", "Embeddings", ("gpt2", "bert", "t5"), frozenset(), None, never_scaled),
)  # fmt: skip
