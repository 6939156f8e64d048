"""Heads of the specimen: what each of them looks at, and what is lost without it."""

from __future__ import annotations

from functools import cache

import torch
from torch import Tensor

from reference.analysis import attention_layers, head_patterns, silenced
from reference.figures.figure import Figure, FigureInfo, Parameter, grid, numbers
from reference.training.specimen import Head, Sentence, Specimen, load_specimen
from reference.training.specimen.roles import PREDICTIONS, expected

WORDS = 20
# By who speaks: the first sentence of each that asks for all four jobs, for repeats at least twice.
# How well the heads do them played no part in the choice.
SENTENCES = {"cook": 13, "farmer": 49, "sailor": 33, "tailor": 0}
HEADS = {f"L{layer}H{head}": Head(layer, head) for layer in range(2) for head in range(4)}
ROLE_SAYS = {
    "previous": "the token before",
    "first": "the first token, where a verb waits for its ending",
    "induction": "what came after this word the last time",
    "bracket": "the bracket that a ) closes",
}
SENTENCE = Parameter("sentence", "who speaks", tuple(SENTENCES), "cook")


@cache
def specimen() -> Specimen:
    """Loaded once: the Lab draws anew at every key."""
    return load_specimen()


def spoken_by(speaker: str) -> Sentence:
    return specimen().sentence(SENTENCES[speaker], WORDS)


def trained_head(head: str, sentence: str) -> Figure:
    """Weights of one trained head on a sentence of the language."""
    chosen, said = HEADS[head], spoken_by(sentence)
    weights = specimen().attention(said)[chosen]  # (T, T)
    patterns = head_patterns(weights[None])
    mean = ", ".join(f"{name} {value.item():.2f}" for name, value in patterns._asdict().items())
    jobs = [ROLE_SAYS[role] for role, best in specimen().heads.items() if best == chosen]
    job = f"Of all heads it looks most at {jobs[0]}." if jobs else "It plays no role best."
    return Figure(
        title=f"Head {head} of the trained model",
        **grid(weights),
        row_labels=[f"{place} {word}" for place, word in enumerate(said.words)],
        column_labels=numbers(WORDS),
        low=0.0,
        high=1.0,
        caption=f"{job} Mean weight: {mean}. Columns have the numbers of the words.",
    )


def silenced_heads(sentence: str) -> Figure:
    """How likely the model holds each word that the sentence settles, with one head silenced."""
    said = spoken_by(sentence)
    places = settled(said)
    rows = {"all heads": foretold(said, places)}
    for name, (layer, head) in HEADS.items():
        with silenced(attention_layers(specimen().model)[layer], head):
            rows[f"no {name}"] = foretold(said, places)
    probabilities = torch.stack(list(rows.values()))
    lost = (probabilities[0] - probabilities[1:]).mean(-1)
    worst = list(HEADS)[int(lost.argmax())]
    return Figure(
        title="What is lost without a head",
        **grid(probabilities),
        row_labels=list(rows),
        column_labels=[said.words[place + 1] for place in places.nonzero()[:, 0].tolist()],
        low=0.0,
        high=1.0,
        caption="Columns are the words that follow from what was said before, rows the"
        " probability that the model gives to them. On average, most is lost without head"
        f" {worst}: {probabilities[0].mean():.2f} becomes"
        f" {probabilities[0].mean() - lost.max():.2f}.",
    )


def settled(said: Sentence) -> Tensor:
    """(T-1): True at each place whose next word follows from what was said before."""
    return torch.stack([expected(said, kind) for kind in PREDICTIONS]).any(0)[:-1]


@torch.no_grad()
def foretold(said: Sentence, places: Tensor) -> Tensor:
    """The probability of the word that comes next, at each of the places."""
    probabilities = specimen().model(said.tokens[None, :-1])[0].softmax(-1)  # (T-1, V)
    right: Tensor = probabilities.gather(-1, said.tokens[1:, None])  # (T-1, 1)
    return right[places, 0]


FIGURES = (
    FigureInfo(
        "trained_head",
        "A head of a trained model",
        trained_head,
        (Parameter("head", "L for layer, H for head, from 0", tuple(HEADS), "L0H1"), SENTENCE),
    ),
    FigureInfo("silenced_heads", "What is lost without a head", silenced_heads, (SENTENCE,)),
)
