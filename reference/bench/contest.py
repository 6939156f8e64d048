"""One contest: the same work done by two models in turn, and the ratio of their speeds.

Both sides run in turn, round after round, so that whatever else the machine does hits both; the
ratio is the median over rounds.
"""

import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from reference.bench.rivals import BOS, Size, TorchTransformer, decoders, encoder_decoders
from reference.decoding import greedy_decode
from reference.device import synchronize
from reference.losses import cross_entropy, next_token_loss
from reference.transformer import Transformer

NO_TOKEN = -1  # an end that is never met, so that every row is decoded to its full length


class Contest(NamedTuple):
    """The same work, done by us and by them. Tokens are target tokens: trained on, or written."""

    task: str
    opponent: str
    ours: Callable[[], object]
    theirs: Callable[[], object]
    tokens: int


@dataclass(frozen=True)
class Result:
    """How one contest went."""

    task: str
    opponent: str
    our_tokens_per_second: float
    their_tokens_per_second: float
    ratio: float  # ours / theirs, above 1 where ours is faster


def compare(contest: Contest, rounds: int, device: torch.device) -> Result:
    """Run both in turn, who goes first alternating, after a warm-up of two rounds."""

    def seconds(work: Callable[[], object]) -> float:
        synchronize(device)
        start = time.perf_counter()
        work()
        synchronize(device)
        return time.perf_counter() - start

    our_times: list[float] = []
    their_times: list[float] = []
    for i in range(rounds + 2):
        sides = [(our_times, contest.ours), (their_times, contest.theirs)]
        for times, work in sides if i % 2 else reversed(sides):
            times.append(seconds(work))
    our_times, their_times = our_times[2:], their_times[2:]
    return Result(
        contest.task,
        contest.opponent,
        our_tokens_per_second=contest.tokens / statistics.median(our_times),
        their_tokens_per_second=contest.tokens / statistics.median(their_times),
        ratio=statistics.median(b / a for a, b in zip(our_times, their_times, strict=True)),
    )


def training_step(model: nn.Module, loss: Callable[[], Tensor]) -> Callable[[], None]:
    """Forward, each library's own loss, backward, and the same fused AdamW for everyone."""
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-4, fused=True)

    def step() -> None:
        optimizer.zero_grad()
        loss().backward()  # type: ignore[no-untyped-call]
        optimizer.step()

    return step


def encoder_decoder(size: Size, dtype: torch.dtype, device: torch.device) -> Iterator[Contest]:
    ours, theirs = encoder_decoders(size)
    ours.to(device, dtype)
    theirs.to(device, dtype)
    opponent = "torch.nn.Transformer"
    src, tgt = torch.randint(2, size.vocab_size, (2, size.batch, size.length), device=device)
    src[::2, size.length * 3 // 4 :] = 0  # half of the sources are padded
    labels = tgt.roll(-1, dims=1)
    yield Contest(
        "encoder-decoder, training step",
        opponent,
        training_step(ours, lambda: cross_entropy(ours(src, tgt), labels)),
        training_step(
            theirs, lambda: F.cross_entropy(theirs(src, tgt).flatten(0, 1), labels.flatten())
        ),
        tokens=size.batch * size.length,
    )
    ours.eval()
    theirs.eval()

    def decode(model: Transformer | TorchTransformer) -> Tensor:
        step = model.decoding_step(src)
        return greedy_decode(step, BOS, NO_TOKEN, size.length, size.batch, device)

    yield Contest(
        "encoder-decoder, greedy decoding",
        opponent,
        lambda: decode(ours),
        lambda: decode(theirs),
        tokens=size.batch * (size.length - 1),
    )


def decoder_only(size: Size, dtype: torch.dtype, device: torch.device) -> Iterator[Contest]:
    ours, theirs = decoders(size)
    ours.to(device, dtype)
    theirs.to(device, dtype).train()
    opponent = "transformers GPT-2"
    tokens = torch.randint(2, size.vocab_size, (size.batch, size.length), device=device)
    yield Contest(
        "decoder-only, training step",
        opponent,
        training_step(ours, lambda: next_token_loss(ours(tokens), tokens)),
        training_step(theirs, lambda: theirs(tokens, labels=tokens, use_cache=False).loss),
        tokens=size.batch * size.length,
    )
    ours.eval()
    theirs.eval()
    prompt = tokens[:, : size.length // 4]
    real, new = torch.ones_like(prompt), size.length - prompt.size(1)
    yield Contest(
        "decoder-only, greedy decoding",
        opponent,
        lambda: ours.generate(prompt, new, temperature=0.0),
        lambda: theirs.generate(prompt, attention_mask=real, do_sample=False, max_new_tokens=new),
        tokens=size.batch * new,
    )
