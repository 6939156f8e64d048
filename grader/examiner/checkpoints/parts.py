"""The exercises whose answers can stand in a published model, and how each is put there."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from grader.examiner.checkpoints.bench import PROMPT, Bench, place
from grader.examiner.checkpoints.learner import Learner, PartFailed, first, like
from grader.examiner.display import show
from reference.bert import TokenHead
from reference.encoder import EncoderLayer
from reference.feed_forward import FeedForward, GatedFeedForward
from reference.multi_head import merge_heads, split_heads
from reference.norm import LayerNorm, RMSNorm
from reference.relative_positions import RelativePositionBias, relative_positions

Install = Callable[[Bench, Learner], None]
TEXT, IMAGES = ("gpt2", "bert", "t5"), ("vit",)


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


def compared(
    bench: Bench, name: str, entry: str, original: Any, theirs: Callable[..., Any]
) -> Callable[..., Any]:
    """Asks both sides with the same arguments, notes how they differ, and gives the learner's."""

    def run(*args: Any, **kwargs: Any) -> Any:
        expected = original(*args, **kwargs)
        got = theirs(*args, **kwargs)
        if isinstance(expected, tuple):  # attention: its weights are not used
            got = like(got, expected[0], entry)
            bench.seen.note(place(name, bench.family), got, expected[0])
            return got, None
        got = like(got, expected, entry)
        bench.seen.note(place(name, bench.family), got, expected)
        return got

    return run


def allowed(mask: Tensor | None, causal: bool, length: int) -> Tensor | None:
    """One mask in the place of a mask and the word that nobody looks ahead."""
    if not causal:
        return mask
    past = torch.ones(length, length, dtype=torch.bool).tril()
    return past if mask is None else mask & past


def positions(bench: Bench, learner: Learner) -> None:
    name, entry = "positions.absolute", "LearnedPositionalEmbedding"

    def make(original: Any) -> Callable[..., Any]:
        weights = dict(original.state_dict())
        sizes = tuple(original.embedding.weight.shape)

        def theirs(x: Tensor, past: int = 0) -> Any:
            return learner.module(entry, sizes, weights)(x)

        return compared(bench, name, entry, original, theirs)

    bench.put(name, make)


def norms(kind: type[LayerNorm | RMSNorm]) -> Install:
    def install(bench: Bench, learner: Learner) -> None:
        for name in bench.modules(kind):

            def make(original: Any, name: str = name) -> Callable[..., Any]:
                weights, D = dict(original.state_dict()), bench.config.d_model

                def theirs(x: Tensor) -> Any:
                    return learner.module(kind.__name__, (D, original.eps), weights)(x)

                return compared(bench, name, kind.__name__, original, theirs)

            bench.put(name, make)

    return install


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


def feed_forward(bench: Bench, learner: Learner) -> None:
    """Where the model has no biases, they are 0."""
    entry, config = "FeedForward", bench.config
    for name in bench.modules(FeedForward):

        def make(original: Any, name: str = name) -> Callable[..., Any]:
            weights = {
                "linear1.bias": torch.zeros(config.ff_width, dtype=torch.float64),
                "linear2.bias": torch.zeros(config.d_model, dtype=torch.float64),
                **original.state_dict(),
            }

            def theirs(x: Tensor) -> Any:
                return learner.module(entry, (config.d_model, config.ff_width), weights)(x)

            return compared(bench, name, entry, original, theirs)

        bench.put(name, make)


GATES = """
import torch.nn.functional as F

def gelu_tanh(x):
    return F.gelu(x, approximate="tanh")

gelu, silu, relu = F.gelu, F.silu, F.relu
"""


def gated_feed_forward(bench: Bench, learner: Learner) -> None:
    entry = "gated_feed_forward"
    for name in bench.modules(GatedFeedForward):

        def make(original: Any, name: str = name) -> Callable[..., Any]:
            weights = [
                layer.weight.detach() for layer in (original.gate, original.up, original.down)
            ]

            def theirs(x: Tensor) -> Any:
                return learner.helped(entry, GATES, bench.config.activation, x, *weights)

            return compared(bench, name, entry, original, theirs)

        bench.put(name, make)


def activations(bench: Bench, learner: Learner) -> None:
    kind = bench.config.activation
    entry, options = ("gelu", {"approximate": "tanh"}) if kind == "gelu_tanh" else (kind, {})
    for name, module in bench.model.named_modules():
        if isinstance(module, FeedForward | GatedFeedForward | TokenHead):

            def theirs(x: Tensor) -> Any:
                return learner.function(entry, x, **options)

            run = compared(bench, name, entry, module.activation, theirs)
            bench.put_function(module, "activation", run)


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


def padding_mask(bench: Bench, learner: Learner) -> None:
    entry, inputs = "padding_mask", bench.inputs
    got = learner.function(entry, inputs.tokens, bench.config.pad_id)
    got = like(got, inputs.mask, entry)
    bench.seen.note("the mask", got, inputs.mask)
    inputs.mask = got


def buckets(bench: Bench, learner: Learner) -> None:
    entry, config = "relative_position_bucket", bench.config
    for name in bench.modules(RelativePositionBias):

        def make(original: Any, name: str = name) -> Callable[..., Any]:
            def theirs(length: int, past: int = 0) -> Any:
                relative = relative_positions(length, past)
                found = learner.function(
                    entry,
                    relative,
                    original.bidirectional,
                    config.relative_buckets,
                    config.relative_max_distance,
                )
                found = like(found, relative, entry).clamp(0, config.relative_buckets - 1)
                return original.embedding.weight[found].permute(2, 0, 1)

            return compared(bench, name, entry, original, theirs)

        bench.put(name, make)


def patchify(bench: Bench, learner: Learner) -> None:
    name, entry = "patch_projection", "patchify"

    def make(original: Any) -> Callable[..., Any]:
        def run(patches: Tensor) -> Any:
            got = learner.function(entry, bench.inputs.images, bench.config.patch_size)
            got = like(got, patches, entry)
            bench.seen.note(place(name, bench.family), got, patches)
            return original(got)

        return run

    bench.put(name, make)


# Fifty thousand pairs are more values than a frame may hold, but no large tensor.
ENCODE = """
import bpe

def encode(words, merges):
    tokenizer = bpe.BPE([tuple(pair) for pair in merges.tolist()])
    return [tokenizer.encode(word) for word in words]
"""


def bpe(bench: Bench, learner: Learner) -> None:
    """The merges that GPT-2 has learned, on the words of the prompt."""
    assert bench.tokenizer
    words = bench.tokenizer.words(PROMPT)
    got = learner.by_helper(ENCODE, "encode", words, torch.tensor(bench.tokenizer.merges))
    if not isinstance(got, list) or len(got) != len(words):
        raise PartFailed("`BPE.encode` did not answer for each word.")
    for word, tokens in zip(words, got, strict=True):
        expected = bench.tokenizer.encode_word(word)
        bench.seen.places += 1
        is_list = isinstance(tokens, list) and all(type(token) is int for token in tokens)
        if not is_list or tokens != expected:
            raise PartFailed(
                f"`BPE(merges).encode({word!r})` with this model's merges gives {show(tokens)},"
                f" and {expected} is right."
            )


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
