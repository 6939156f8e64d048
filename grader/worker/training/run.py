"""A training run: one update after another, the same whether or not it was stopped in between.

What step s does depends on the weights, Adam's running means and s alone: its batch and its random
numbers are drawn from a seed that is made of s. So a run that is resumed ends with the very
weights of one that was not.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn

from grader.worker.training.assembly import Misfit, Parts, build, tree
from grader.worker.training.attention_maps import Maps, attention_maps
from grader.worker.training.settings import Settings
from grader.worker.training.tasks import (
    BOS,
    IGNORE,
    PAD,
    SequenceTask,
    named,
    until_eos,
    windows,
)

# What a run takes of chapter 9, beside the model.
TOOLS = ("cosine_learning_rate", "label_smoothing_loss", "clip_grad_norm", "adam_step")
BETAS, EPS = (0.9, 0.98), 1e-9


def begin(settings: Mapping[str, Any], own: Mapping[str, str], text: str = "") -> "Run":
    """What a worker is asked for first; `text` is what a GPT learns from."""
    chosen = Settings(**settings)
    parts = Parts(own)
    return TextRun(chosen, parts, text) if chosen.is_text else SequenceRun(chosen, parts)


class Run:
    """Takes steps. Subclasses say what a batch is, and show what was learned."""

    def __init__(self, settings: Settings, parts: Parts, model: nn.Module) -> None:
        self.settings, self.model = settings, model
        self._rate, self._loss, self._clip, self._adam = map(parts.get, TOOLS)
        self._names = [name for name, _ in model.named_parameters()]
        self._means = [
            (torch.zeros_like(parameter), torch.zeros_like(parameter))
            for parameter in model.parameters()
        ]
        self.step = 0

    def tree(self) -> list[tuple[str, str, str, int]]:
        return tree(self.model)

    def take_steps(self, count: int) -> list[tuple[float, float, float]]:
        """Loss (nats a token), learning rate and gradient norm (before clipping) of each."""
        return [self._take_step() for _ in range(count)]

    def state(self) -> dict[str, Tensor]:
        """All that a later step depends on, but for the number of the step."""
        state: dict[str, Tensor] = {}
        pairs = zip(self._names, self.model.parameters(), self._means, strict=True)
        for name, parameter, (m, v) in pairs:
            state |= {name: parameter.detach().cpu(), f"m.{name}": m.cpu(), f"v.{name}": v.cpu()}
        return state

    def restore(self, step: int, state: Mapping[str, Tensor]) -> None:
        """Go on behind `step`, as if all before had been taken here."""
        self.step = step
        pairs = zip(self._names, self.model.parameters(), self._means, strict=True)
        with torch.no_grad():
            for name, parameter, (m, v) in pairs:
                parameter.copy_(state[name])
                m.copy_(state[f"m.{name}"])
                v.copy_(state[f"v.{name}"])

    def _take_step(self) -> tuple[float, float, float]:
        self.step += 1
        settings = self.settings
        seed = settings.seed * 1_000_003 + self.step
        inputs, targets = self.batch(torch.Generator().manual_seed(seed))
        torch.manual_seed(seed)
        self.model.train()
        self.model.zero_grad()
        logits = self.model(*(each.to(settings.device) for each in inputs))
        targets = targets.to(settings.device)
        loss = self._loss(logits, targets, settings.smoothing, IGNORE)
        loss.backward()
        rate = self._rate(self.step, settings.peak, settings.warmup, settings.steps + 1)
        return float(loss.detach()), float(rate), self._update(float(rate))

    def _update(self, rate: float) -> float:
        """Clip, and let Adam move what has a gradient; the gradients' norm."""
        moved = [
            (place, parameter)
            for place, parameter in enumerate(self.model.parameters())
            if parameter.grad is not None
        ]
        gradients = [parameter.grad for _, parameter in moved]
        clipped, norm = self._clip(gradients, self.settings.max_norm)
        with torch.no_grad():
            for (place, parameter), gradient in zip(moved, clipped, strict=True):
                new, *means = self._adam(
                    parameter, gradient, *self._means[place], self.step, rate, *BETAS, EPS
                )
                parameter.copy_(new)
                self._means[place] = (means[0], means[1])
        return float(norm)

    def batch(self, generator: torch.Generator) -> tuple[tuple[Tensor, ...], Tensor]:
        """What the model reads, and the tokens that it should predict."""
        raise NotImplementedError

    def look(self, typed: str) -> tuple[list[str], list[str], Maps]:
        """What each token of `typed` is called, and each that was written to it; and the weights of
        each module, (H, T, S), with as many rows and columns as there are of these.

        Raises `Misfit` where it cannot be read.
        """
        raise NotImplementedError


class SequenceRun(Run):
    """Learns one of the tasks on sequences of symbols, as a Transformer."""

    def __init__(self, settings: Settings, parts: Parts, model: nn.Module | None = None) -> None:
        self.task = SequenceTask(settings.task)
        self._shift = parts.get("shift_right")
        longest = self.task.longest + 2  # with BOS and EOS
        super().__init__(
            settings, parts, model or build(settings, parts, self.task.vocab_size, longest)
        )

    def batch(self, generator: torch.Generator) -> tuple[tuple[Tensor, ...], Tensor]:
        source, target = self.task.pairs(self.settings.batch_size, generator)
        shifted = self._shift(target, BOS, PAD)
        return (source, shifted), target.masked_fill(target == PAD, IGNORE)

    @torch.no_grad()
    def write(self, source: Tensor) -> Tensor:
        """What the model makes of each source, (B, S + 1), token by token, PAD behind its end."""
        self.model.eval()
        source = source.to(self.settings.device)
        tokens = torch.full_like(source[:, :1], BOS)
        for _ in range(source.size(1) + 1):
            new = self.model(source, tokens)[:, -1].argmax(dim=-1, keepdim=True)
            tokens = torch.cat([tokens, new], dim=1)
        return until_eos(tokens[:, 1:].cpu())

    def look(self, typed: str) -> tuple[list[str], list[str], Maps]:
        """Digits are read, and what the model then writes, with one token more."""
        source = self.task.read(typed)
        if source is None:
            raise Misfit(self.task.unreadable)
        written = self.write(source)
        device = self.settings.device
        inputs = (source.to(device), self._shift(written, BOS, PAD).to(device))
        S, T = source.size(1), written.size(1)
        maps = attention_maps(self.model, ((S, S), (T, T), (T, S)), lambda: self.model(*inputs))
        return named(source), named(written), maps


class TextRun(Run):
    """Learns to continue a text, as a GPT over the tokens of BPE."""

    def __init__(self, settings: Settings, parts: Parts, text: str) -> None:
        learn = parts.get("train_bpe")
        merges = parts.trying("train_bpe", "run", lambda: learn(text, settings.n_merges))
        self._bpe = parts.make("BPE", merges)
        tokens: Sequence[int] = parts.trying("BPE", "encode", lambda: self._bpe.encode(text))
        if len(tokens) <= settings.context:
            raise Misfit(
                f"The text has {len(tokens)} tokens. At least {settings.context + 1} are needed:"
                " take a longer text, of more that differs. What repeats is merged into few tokens."
            )
        self._tokens = torch.tensor(tokens)
        vocab_size = 256 + len(merges)
        super().__init__(settings, parts, build(settings, parts, vocab_size, settings.context))

    def batch(self, generator: torch.Generator) -> tuple[tuple[Tensor, ...], Tensor]:
        settings = self.settings
        pieces = windows(self._tokens, settings.context, settings.batch_size, generator)
        return (pieces[:, :-1],), pieces[:, 1:]

    @torch.no_grad()
    def write(self, prompt: str, max_new: int, temperature: float, seed: int) -> str:
        """The prompt, continued by `max_new` tokens."""
        self.model.eval()
        device = self.settings.device
        start = torch.tensor([self._bpe.encode(prompt)], device=device)
        generator = torch.Generator(device).manual_seed(seed)
        written = self.model.generate(start, max_new, temperature, generator)  # type: ignore[operator]
        return str(self._bpe.decode(written[0].tolist()))

    def look(self, typed: str) -> tuple[list[str], list[str], Maps]:
        """The first tokens of a text, as many as the model reads at once; nothing is written."""
        tokens = self._bpe.encode(typed)[: self.settings.context]
        if not tokens:
            raise Misfit("Type a text: the model has nothing to read.")
        inputs = torch.tensor([tokens], device=self.settings.device)
        T = len(tokens)
        self.model.eval()
        maps = attention_maps(self.model, ((T, T),), lambda: self.model(inputs))
        return [str(self._bpe.decode([token])) for token in tokens], [], maps
