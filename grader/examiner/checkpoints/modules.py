"""All else of the learner's in a model: norms, networks, positions, patches, and its tokens."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from grader.examiner.checkpoints.bench import PROMPT, Bench, Install, compared, place
from grader.examiner.checkpoints.learner import Learner, PartFailed, like
from grader.examiner.display import show
from reference.bert import TokenHead
from reference.feed_forward import FeedForward, GatedFeedForward
from reference.norm import LayerNorm, RMSNorm
from reference.relative_positions import RelativePositionBias, relative_positions


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
