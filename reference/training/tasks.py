"""Two tasks to train on: reversing sequences, and continuing a text character by character.

A task is a source of batches. It draws them from the generator it is given and keeps nothing, so
the same generator gives the same batch, which is what makes a training run repeatable.
"""

from pathlib import Path
from typing import NamedTuple

import torch
from jaxtyping import Int
from torch import Tensor

from reference.decoding import greedy_decode, shift_right
from reference.losses import IGNORE
from reference.transformer import Transformer


class Batch(NamedTuple):
    """What a model is called with, and the token expected at each of its positions."""

    inputs: tuple[Tensor, ...]
    targets: Tensor  # (B, T), `IGNORE` where nothing is expected


class ReverseTask:
    """Read a sequence of symbols, write it backwards.

    Tokens are PAD, BOS, EOS, then `n_symbols` symbols. Held-out sequences are those whose symbols
    sum to a multiple of `n_symbols`; training never draws one, so the test is honest.
    """

    PAD, BOS, EOS, FIRST_SYMBOL = 0, 1, 2, 3

    def __init__(self, n_symbols: int = 10, min_length: int = 4, max_length: int = 12) -> None:
        self.n_symbols, self.min_length, self.max_length = n_symbols, min_length, max_length

    @property
    def vocab_size(self) -> int:
        return self.FIRST_SYMBOL + self.n_symbols

    def sequences(
        self, size: int, generator: torch.Generator, held_out: bool
    ) -> tuple[Int[Tensor, "B S"], Int[Tensor, "B S+1"]]:
        """Sources, and the same reversed with EOS behind; both padded to the longest possible."""
        n, L = self.n_symbols, self.max_length
        lengths = torch.randint(self.min_length, L + 1, (size, 1), generator=generator)
        symbols = torch.randint(n, (size, L), generator=generator)  # (B, S)
        position = torch.arange(L)
        symbols = symbols.masked_fill(position >= lengths, 0)
        # The first symbol is what makes the sum come out as wanted.
        remainder = torch.randint(1, n, (size,), generator=generator) * (not held_out)
        symbols[:, 0] = (remainder - symbols[:, 1:].sum(1)) % n
        source = (symbols + self.FIRST_SYMBOL).masked_fill(position >= lengths, self.PAD)
        backwards = (lengths - 1 - position).clamp(min=0)  # (B, S)
        target = source.gather(1, backwards).masked_fill(position >= lengths, self.PAD)
        target = torch.cat([target, torch.full((size, 1), self.PAD)], dim=1)
        return source, target.scatter(1, lengths, self.EOS)  # (B, S), (B, S+1)

    def batch(self, size: int, generator: torch.Generator) -> Batch:
        """Teacher forcing: the target shifted right goes in, the target must come out."""
        source, target = self.sequences(size, generator, held_out=False)
        targets = target.masked_fill(target == self.PAD, IGNORE)
        return Batch((source, shift_right(target, self.BOS, self.PAD)), targets)

    def decode(self, model: Transformer, source: Int[Tensor, "B S"]) -> Int[Tensor, "B T"]:
        """What the model makes of each source, greedily; padded behind EOS."""
        length = self.max_length + 2  # with BOS and EOS
        step = model.decoding_step(source, capacity=length)
        decoded = greedy_decode(step, self.BOS, self.EOS, length, len(source), source.device)
        decoded = decoded[:, 1:]  # (B, T), without BOS
        ended = (decoded == self.EOS).cumsum(1) - (decoded == self.EOS).int() > 0
        return decoded.masked_fill(ended, self.PAD)

    def accuracy(self, model: Transformer, size: int, seed: int, device: torch.device) -> float:
        """Share of held-out sequences that are reversed without a single mistake."""
        generator = torch.Generator().manual_seed(seed)
        source, target = self.sequences(size, generator, held_out=True)
        source, target = source.to(device), target.to(device)
        decoded = self.decode(model, source)
        T = decoded.size(1)
        right = (decoded == target[:, :T]).all(1) & (target[:, T:] == self.PAD).all(1)
        return float(right.float().mean())

    def show(self, tokens: Int[Tensor, " T"]) -> str:
        """Digits and letters for symbols; nothing for PAD and EOS."""
        names = "0123456789abcdefghijklmnopqrstuvwxyz"
        return " ".join(names[t - self.FIRST_SYMBOL] for t in tokens.tolist() if t >= 3)


class TextTask:
    """Predict the next character of a text. The last tenth of it is held out.

    Raises ValueError, with a sentence for the user, where the text is too short.
    """

    def __init__(self, text: str, context: int) -> None:
        self.context = context
        self.characters = sorted(set(text))
        self._index = {character: i for i, character in enumerate(self.characters)}
        tokens = self.encode(text)
        split = len(tokens) - len(tokens) // 10
        self.training, self.held_out = tokens[:split], tokens[split:]
        needed = 10 * (context + 1)  # so that the held-out tenth holds one window
        if len(tokens) < needed:
            raise ValueError(
                f"The text has {len(tokens)} characters; a context of {context} needs at least "
                f"{needed}. Take a longer text or a smaller --context."
            )

    @classmethod
    def from_file(cls, path: Path, context: int) -> "TextTask":
        """Raises ValueError, with a sentence for the user, where the file cannot be read."""
        try:
            return cls(path.read_text(encoding="utf-8"), context)
        except FileNotFoundError:
            raise ValueError(f"There is no file {path}.") from None
        except UnicodeDecodeError:
            raise ValueError(f"{path} is not a UTF-8 text file.") from None
        except OSError as error:
            raise ValueError(f"{path} cannot be read: {error.strerror}.") from None

    @property
    def vocab_size(self) -> int:
        return len(self.characters)

    def encode(self, text: str) -> Int[Tensor, " T"]:
        """Raises ValueError for a character that is not in the text."""
        unknown = sorted(set(text) - self._index.keys())
        if unknown:
            raise ValueError(f"The text does not contain {', '.join(map(repr, unknown))}.")
        return torch.tensor([self._index[character] for character in text], dtype=torch.long)

    def decode(self, tokens: Int[Tensor, " T"]) -> str:
        return "".join(self.characters[t] for t in tokens.tolist())

    def batch(self, size: int, generator: torch.Generator) -> Batch:
        """Random windows of the training part; each position predicts the character after it."""
        return self._windows(self.training, size, generator)

    def held_out_batch(self, size: int, generator: torch.Generator) -> Batch:
        return self._windows(self.held_out, size, generator)

    def _windows(self, tokens: Tensor, size: int, generator: torch.Generator) -> Batch:
        T = self.context
        starts = torch.randint(len(tokens) - T, (size, 1), generator=generator)
        windows = tokens[starts + torch.arange(T + 1)]  # (B, T+1)
        return Batch((windows[:, :-1],), windows[:, 1:])
