"""Three tasks on short sequences of symbols, and batches drawn for them.

A task keeps nothing: the same generator gives the same batch, so a run can be repeated.
"""

import re
from dataclasses import dataclass

import torch
from torch import Tensor

PAD, BOS, EOS, FIRST_SYMBOL = 0, 1, 2, 3
IGNORE = -100
TASKS = ("copy", "reverse", "sort")


@dataclass(frozen=True)
class SequenceTask:
    """Read symbols, write them as they came (copy), backwards (reverse) or in order (sort).

    Held-out sequences are those whose symbols sum to a multiple of `n_symbols`. Training never
    draws one, so what is right there was not learned by heart.
    """

    name: str
    n_symbols: int = 10
    shortest: int = 4
    longest: int = 8

    @property
    def vocab_size(self) -> int:
        return FIRST_SYMBOL + self.n_symbols

    def pairs(
        self, size: int, generator: torch.Generator, held_out: bool = False
    ) -> tuple[Tensor, Tensor]:
        """Sources (B, S) and targets (B, S + 1): the latter end with EOS, both with PAD."""
        n, S = self.n_symbols, self.longest
        lengths = torch.randint(self.shortest, S + 1, (size, 1), generator=generator)
        place = torch.arange(S)
        real = place < lengths  # (B, S)
        symbols = torch.randint(n, (size, S), generator=generator) * real
        remainder = torch.randint(1, n, (size,), generator=generator) * (not held_out)
        symbols[:, 0] = (remainder - symbols[:, 1:].sum(1)) % n
        source = (symbols + FIRST_SYMBOL).masked_fill(~real, PAD)
        return source, self.target(source)

    def target(self, source: Tensor) -> Tensor:
        """What should be written to each source (B, S): as `pairs` gives it, (B, S + 1)."""
        lengths = (source != PAD).sum(dim=1, keepdim=True)
        target = self._answers(source, lengths)
        target = torch.cat([target, torch.full_like(lengths, PAD)], dim=1)
        return target.scatter(1, lengths, EOS)

    def read(self, typed: str) -> Tensor | None:
        """Digits as a source (1, S); None where there are others, none or too many."""
        digits = "".join(typed.split())
        if not re.fullmatch(rf"[0-9]{{1,{self.longest}}}", digits):
            return None
        return torch.tensor([[FIRST_SYMBOL + int(digit) for digit in digits]])

    @property
    def unreadable(self) -> str:
        """What to say where `read` gives None."""
        return f"Type 1 to {self.longest} digits, such as 3 1 4 1 5: it reads no others."

    def _answers(self, source: Tensor, lengths: Tensor) -> Tensor:
        if self.name == "copy":
            return source
        if self.name == "sort":
            last = self.vocab_size  # so that PAD comes behind all symbols
            ordered = source.masked_fill(source == PAD, last).sort(dim=1).values
            return ordered.masked_fill(ordered == last, PAD)
        place = torch.arange(source.size(1))
        backwards = source.gather(1, (lengths - 1 - place).clamp(min=0))
        return backwards.masked_fill(place >= lengths, PAD)


def windows(tokens: Tensor, context: int, size: int, generator: torch.Generator) -> Tensor:
    """Pieces of a text, (B, context + 1), from random places."""
    starts = torch.randint(len(tokens) - context, (size, 1), generator=generator)
    return tokens[starts + torch.arange(context + 1)]


def until_eos(tokens: Tensor) -> Tensor:
    """What was written, (B, T): PAD for EOS and all that follows it."""
    return tokens.masked_fill((tokens == EOS).cumsum(1) > 0, PAD)


def shown(tokens: Tensor) -> str:
    """A row of symbols as digits; special tokens are left out."""
    return " ".join(str(int(t) - FIRST_SYMBOL) for t in tokens if t >= FIRST_SYMBOL)


def named(row: Tensor) -> list[str]:
    """What each token of one row (1, T) is called: a digit, or where the row ends."""
    return [
        str(token - FIRST_SYMBOL) if token >= FIRST_SYMBOL else "end" for token in row[0].tolist()
    ]
