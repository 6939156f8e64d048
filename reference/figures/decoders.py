"""Decoders: what one may see while it writes, and where a translator looks for the next word."""

from __future__ import annotations

from functools import cache

import torch
from torch import Tensor

from reference.config import LayerConfig
from reference.decoder import Decoder
from reference.figures.figure import Figure, FigureInfo, Parameter, grid, numbers
from reference.masks import causal_mask
from reference.training.translator import SentencePair, Translator, load_translator

# By what is spoken of: one of each length, all but one denied, each with a word out of order.
PAIRS = {"cat": 10, "flower": 16, "car": 11, "house": 23}
TABLES = ("across", "influence", "decoder", "encoder")
LENGTH, WIDTH = 8, 32  # of a decoder with random weights
MASKS = ("causal", "one_too_many", "none")


@cache
def translator() -> Translator:
    """Loaded once: the Lab draws anew at every key."""
    return load_translator()


def pair(sentence: str) -> SentencePair:
    return translator().pair(PAIRS[sentence])


def causal_steps(new: int, past: int) -> Figure:
    """`new` queries at once, after `past` tokens that are there already."""
    mask = causal_mask(new, past)
    return Figure(
        title=f"Causal mask: {new} new, {past} before",
        **grid(mask.float()),
        row_labels=[f"query {t}" for t in range(new)],
        column_labels=numbers(past + new),
        low=0.0,
        high=1.0,
        caption=f"Query 0 stands at position {past}: what came before has keys and no query. Each"
        f" query sees its own position and all before it, {int(mask.sum())} of {mask.numel()}"
        " pairs.",
    )


def translation(table: str, sentence: str) -> Figure:
    """Where the trained translator looks, and which words of the source its predictions hang on."""
    said = pair(sentence)
    given = ("<start>", *said.target[:-1])
    encoder, decoder, across = translator().attention(said)
    aligned = int((across.argmax(-1) == torch.tensor(said.places)).sum())
    values, rows, columns, says = {
        "across": (
            across,
            said.target,
            said.source,
            "Cross-attention: rows are the words to be written, columns those of the source."
            f" {aligned} of {len(said.target)} rows look most at the word that is translated.",
        ),
        "influence": (
            influence(said),
            said.target,
            said.source,
            "How much of the probability of each next word (row) moves when one word of the source"
            " (column) is replaced: the mean over all other words. These are no weights.",
        ),
        "decoder": (
            decoder,
            said.target,
            given,
            "Self-attention of the decoder: rows are the words to be written, columns those that"
            " are written already.",
        ),
        "encoder": (
            encoder,
            said.source,
            said.source,
            "Self-attention of the encoder: every word of the source may look at every other.",
        ),
    }[table]
    return Figure(
        title=f"A trained translator: {table}",
        **grid(values),
        row_labels=list(rows),
        column_labels=list(columns),
        low=0.0,
        high=1.0,
        caption=f"{says} The model has one layer on either side, and one head.",
    )


@torch.no_grad()
def influence(said: SentencePair) -> Tensor:
    """(T, S): the mean change of each prediction when a source word is replaced by another."""
    model, (source, target) = translator().model, translator().tokens(said)
    before = model(source, target).softmax(-1)  # (1, T, V)
    words = torch.arange(1, len(translator().source_words))  # without padding
    moved = []
    for s in range(source.size(1)):
        others = words[words != source[0, s]]
        changed = source.repeat(len(others), 1)
        changed[:, s] = others
        after = model(changed, target.expand(len(others), -1)).softmax(-1)
        moved.append((after - before).abs().sum(-1).mean(0) / 2)  # (T)
    return torch.stack(moved, dim=-1)


@torch.no_grad()
def leaks(mask: str, layers: int) -> Figure:
    """By how much each output of a decoder moves when one of its inputs is another."""
    seen = {
        "causal": causal_mask(LENGTH),
        "one_too_many": causal_mask(LENGTH, past=1)[:, :LENGTH],
        "none": torch.ones(LENGTH, LENGTH, dtype=torch.bool),
    }[mask]
    with torch.random.fork_rng():
        torch.manual_seed(7)
        decoder = Decoder(layers, LayerConfig(d_model=WIDTH, n_heads=4)).eval().double()
        x, memory, another = torch.randn(3, LENGTH, WIDTH, dtype=torch.float64)
    changed = x.repeat(LENGTH, 1, 1)  # sequence s has another vector at place s
    changed[torch.arange(LENGTH), torch.arange(LENGTH)] = another
    before = decoder(x[None], memory[None], seen)
    after = decoder(changed, memory.expand(LENGTH, -1, -1), seen)  # (changed place, output, D)
    moved = (after - before).square().mean(-1).sqrt().T
    leaking = int((moved.triu(1) > 1e-12).sum())
    return Figure(
        title=f"Whose change moves what: mask {mask}",
        **grid(moved),
        row_labels=[f"output {t}" for t in range(LENGTH)],
        column_labels=numbers(LENGTH),
        low=0.0,
        high=float(moved.max()),
        caption="One input of a decoder (column) is replaced. Shown is by how much each output"
        " (row) moves, as a root mean square. Right of the diagonal lies the future:"
        f" {leaking} of {LENGTH * (LENGTH - 1) // 2} places move. Weights are random.",
    )


SENTENCE = Parameter("sentence", "what it is about", tuple(PAIRS), "cat")
FIGURES = (
    FigureInfo(
        "causal_steps",
        "Causal masks with a past",
        causal_steps,
        (
            Parameter("new", "queries at once", (1, 2, 3, 4, 8), 3),
            Parameter("past", "tokens before them", (0, 1, 2, 4, 8), 4),
        ),
    ),
    FigureInfo(
        "translation",
        "A trained translator",
        translation,
        (Parameter("table", "weights, or what counts", TABLES, "across"), SENTENCE),
    ),
    FigureInfo(
        "leaks",
        "Whose change moves what",
        leaks,
        (
            Parameter("mask", "of the self-attention", MASKS, "causal"),
            Parameter("layers", "number of layers", (1, 2, 3, 4), 2),
        ),
    ),
)
