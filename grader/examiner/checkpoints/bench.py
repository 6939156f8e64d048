"""The model on the bench: its inputs, what was exchanged in it, and where the numbers differed."""

import math
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor, nn

from grader.examiner.checkpoints.learner import Learner, like
from reference.bert import BERT
from reference.checkpoints import Checkpoint, GPT2Tokenizer
from reference.config import TransformerConfig
from reference.t5 import T5
from reference.vit import ViT

# What is compared is in float64, where right ways differ by 2e-15. It leaves room for one that
# goes through float32, as a norm may, and is smaller than what a wrong eps changes.
TOLERANCE = 1e-6
PARTS_SECONDS = (
    1200.0  # for all parts of the learner's together, of those that the whole examination has
)
PROMPT = "The Transformer reads"  # where the tokenizer's files lie beside the weights
LONGEST = 12  # tokens: no distance of T5's falls where its buckets are a matter of rounding


def difference(got: Tensor, expected: Tensor) -> float:
    """The largest, as a share of the largest expected number; infinite where one is NaN."""
    got, expected = got.double(), expected.double()
    size = float(expected.abs().max()) or 1.0
    largest = float((got - expected).abs().max()) / size
    return math.inf if math.isnan(largest) else largest


class Comparison:
    """What one run has shown so far."""

    def __init__(self) -> None:
        self.places = 0
        self.largest = 0.0
        self.where = ""

    def note(self, place: str, got: Tensor, expected: Tensor) -> None:
        found = difference(got, expected)
        self.places += 1
        self.largest = max(self.largest, found)
        if found > TOLERANCE and not self.where:
            self.where = place


@dataclass
class Inputs:
    """What the model is given; a mask is True at real tokens, (B, 1, 1, S)."""

    tokens: Tensor
    mask: Tensor
    segments: Tensor
    target: Tensor
    images: Tensor


def some_inputs(config: TransformerConfig) -> Inputs:
    """The same each time. The second of two sequences ends in padding."""
    generator = torch.Generator().manual_seed(0)
    S = min(LONGEST, config.max_len)

    def tokens(length: int) -> Tensor:
        return torch.randint(config.vocab_size, (2, length), generator=generator)

    source = tokens(S)
    source[1, S - S // 3 :] = config.pad_id
    C, side = config.n_channels, config.image_size
    return Inputs(
        tokens=source,
        mask=(source != config.pad_id)[:, None, None, :],
        segments=(torch.arange(S) > S // 2).long().expand(2, S).clamp(max=config.n_segments - 1),
        target=tokens(max(1, S - 3)),
        images=torch.randn(1, C, side, side, generator=generator, dtype=torch.float64),
    )


Install = Callable[["Bench", Learner], None]


class StandIn(nn.Module):
    """Stands in a model where `original` stood, and gives what the learner's part makes of it."""

    def __init__(self, run: Callable[..., Any]) -> None:
        super().__init__()
        self._run = run

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        return self._run(*args, **kwargs)


class Bench:
    """One model, whose parts can be exchanged and are put back."""

    def __init__(self, checkpoint: Checkpoint, tokenizer: GPT2Tokenizer | None = None) -> None:
        self.tokenizer = tokenizer
        self.model = checkpoint.model
        self.config = checkpoint.config
        self.family = checkpoint.layout.family
        self.inputs = some_inputs(self.config)
        self.seen = Comparison()
        self._undo: list[Callable[[], object]] = []
        self._ends = time.monotonic() + PARTS_SECONDS

    def seconds_left(self) -> int:
        """What parts that are still to be tried may take together."""
        return max(0, round(self._ends - time.monotonic()))

    @contextmanager
    def exchanged(self) -> Iterator[None]:
        """Within this, parts may be exchanged; afterwards the model is as it was."""
        inputs, self.inputs, self.seen = self.inputs, replace(self.inputs), Comparison()
        try:
            yield
        finally:
            while self._undo:
                self._undo.pop()()
            self.inputs = inputs

    def modules(self, kind: type[nn.Module]) -> list[str]:
        """The names of all modules of a kind that stand in the model now."""
        return [name for name, module in self.model.named_modules() if isinstance(module, kind)]

    def named(self, ending: str) -> list[str]:
        """The names of all modules that end so, stand-ins included."""
        return [name for name, _ in self.model.named_modules() if name.endswith(ending)]

    def put(self, name: str, make: Callable[[Any], Callable[..., Any]]) -> None:
        """A stand-in at `name`; `make` is given what stands there, and gives what it does."""
        original = self.model.get_submodule(name)
        self.model.set_submodule(name, StandIn(make(original)))
        self._undo.append(lambda: self.model.set_submodule(name, original))

    def put_function(self, module: nn.Module, name: str, function: Callable[..., Any]) -> None:
        """A function where a module keeps one."""
        original = getattr(module, name)
        setattr(module, name, function)
        self._undo.append(lambda: setattr(module, name, original))

    @torch.no_grad()
    def output(self) -> Tensor:
        """All that the model says of the inputs: the encoder's output where it has heads beside."""
        inputs, model = self.inputs, self.model
        if isinstance(model, T5):
            return model.decode(
                inputs.target, model.encode(inputs.tokens, inputs.mask), inputs.mask
            )
        if not isinstance(model, BERT | ViT):
            output: Tensor = model(inputs.tokens)
            return output
        hidden: list[Tensor] = []
        encoder = model.get_submodule("encoder")
        hook = encoder.register_forward_hook(lambda _, args, result: hidden.append(result))
        try:
            if isinstance(model, ViT):
                heads = [model(inputs.images)]
            else:
                heads = list(model(inputs.tokens, inputs.segments, inputs.mask[:, 0, 0]))
        finally:
            hook.remove()
        return torch.cat([part.flatten() for part in (*hidden, *heads)])


WORDS = {
    "positions.absolute": "the positions",
    "patch_projection": "the patches",
    "encoder_positions.relative": "the encoder's relative positions",
    "decoder_positions.relative": "the decoder's relative positions",
    "norm": "the norm of the embeddings",
    "encoder.norm": "the encoder's last norm",
    "decoder.norm": "the last norm",
    "token_head": "the token head",
    "token_head.norm": "the norm of the token head",
    "self_attention": "self-attention",
    "cross_attention": "cross-attention",
    "feed_forward": "feed-forward network",
    "sublayer1.norm": "first norm",
    "sublayer2.norm": "second norm",
    "sublayer3.norm": "third norm",
}


def place(name: str, family: str) -> str:
    """A module's name in words: "layer 2, self-attention". Layers are counted from 1."""
    found = re.fullmatch(r"(encoder|decoder)\.layers\.(\d+)\.?(.*)", name)
    if not found:
        return WORDS.get(name, name)
    stack, number, part = found.groups()
    of_stack = f" of the {stack}" if family == "t5" else ""
    of_layer = f", {WORDS.get(part, part)}" if part else ""
    return f"layer {int(number) + 1}{of_stack}{of_layer}"


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
