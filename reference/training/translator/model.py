"""A trained translator that is small enough to look at: one layer and one head on either side."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

import torch
from jaxtyping import Float, Int
from safetensors.torch import load_file
from torch import Tensor

from reference.analysis import record_attention
from reference.config import TransformerConfig
from reference.decoding import greedy_decode
from reference.losses import IGNORE
from reference.training.recipes import cosine
from reference.training.tasks import Batch
from reference.training.trainer import Trainer, TrainingConfig
from reference.training.translator.language import (
    END,
    LONGEST,
    SOURCE_WORDS,
    START,
    TARGET_WORDS,
    SentencePair,
    say,
)
from reference.transformer import Transformer

SEED = 11  # of 0 to 12, it looks second most at the words that it translates
STEPS = 1_200
WEIGHTS = Path(__file__).with_name("weights.safetensors")


@dataclass(frozen=True)
class Translator:
    """The trained model, and the words of both languages by their numbers."""

    model: Transformer
    source_words: tuple[str, ...]
    target_words: tuple[str, ...]

    def pair(self, seed: int) -> SentencePair:
        """A sentence that training need not have met, with its translation."""
        return say(Random(seed))

    def tokens(self, pair: SentencePair) -> tuple[Int[Tensor, "1 S"], Int[Tensor, "1 T"]]:
        """What the model is called with to write the T words of the translation."""
        return source_tokens([pair]), target_tokens([pair])[:, :-1]

    def attention(
        self, pair: SentencePair
    ) -> tuple[Float[Tensor, "S S"], Float[Tensor, "T T"], Float[Tensor, "T S"]]:
        """Weights of the encoder, of the decoder's self-attention and of its cross-attention.

        Row t of the latter two belongs to the position that writes target word t.
        """
        encoder, decoder, cross = record_attention(self.model, *self.tokens(pair))
        return encoder[0, 0], decoder[0, 0], cross[0, 0]

    def translate(self, source: Sequence[str]) -> tuple[str, ...]:
        """What the model writes, the likeliest word each time, up to the full stop.

        Raises:
            ValueError: if a word is unknown.
        """
        tokens = numbers(source, SOURCE_WORDS)[None]
        step = self.model.decoding_step(tokens)
        start, end = (TARGET_WORDS.index(word) for word in (START, END))
        written = greedy_decode(step, start, end, LONGEST + 1, 1, tokens.device)
        return tuple(TARGET_WORDS[token] for token in written[0, 1:].tolist())


def numbers(words: Sequence[str], vocabulary: Sequence[str]) -> Int[Tensor, " T"]:
    unknown = [word for word in words if word not in vocabulary]
    if unknown:
        raise ValueError(f"The translator does not know {', '.join(map(repr, unknown))}.")
    return torch.tensor([vocabulary.index(word) for word in words])


def source_tokens(pairs: Sequence[SentencePair]) -> Int[Tensor, "B S"]:
    return _padded([numbers(pair.source, SOURCE_WORDS) for pair in pairs])


def target_tokens(pairs: Sequence[SentencePair]) -> Int[Tensor, "B T"]:
    """From the start token to the full stop."""
    return _padded([numbers((START, *pair.target), TARGET_WORDS) for pair in pairs])


def _padded(rows: list[Tensor]) -> Tensor:
    return torch.nn.utils.rnn.pad_sequence(rows, batch_first=True)


def draw(size: int, generator: torch.Generator) -> Batch:
    """Teacher forcing: each position is to foretell the next word of the translation."""
    random = Random(int(torch.randint(2**62, (), generator=generator)))
    pairs = [say(random) for _ in range(size)]
    target = target_tokens(pairs)
    expected = target[:, 1:]
    return Batch(
        (source_tokens(pairs), target[:, :-1]), expected.masked_fill(expected == 0, IGNORE)
    )


def untrained_translator() -> Transformer:
    """The model before its first step, from torch's generator as it stands."""
    return Transformer(
        TransformerConfig(
            vocab_size=len(TARGET_WORDS),
            source_vocab_size=len(SOURCE_WORDS),
            max_len=LONGEST + 1,
            d_model=32,
            n_heads=1,
            n_encoder_layers=1,
            n_decoder_layers=1,
            d_ff=64,
            dropout=0.0,  # the data hardly repeats
            attention="explicit",
        )
    )


def translator_trainer(steps: int = STEPS, seed: int = SEED) -> Trainer:
    torch.manual_seed(seed)
    config = TrainingConfig(steps=steps, seed=seed, recipe="translator")
    model = untrained_translator()
    return Trainer(model, draw, cosine(steps, 3e-3), config, torch.device("cpu"))


def load_translator() -> Translator:
    """The model with the weights that come with the package. It reads; it does not train."""
    with torch.random.fork_rng():
        model = untrained_translator()
    model.load_state_dict(load_file(WEIGHTS))
    return Translator(model.eval().requires_grad_(False), SOURCE_WORDS, TARGET_WORDS)
