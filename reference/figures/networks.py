"""Feed-forward networks: their activations, and what those of the specimen fire on and write."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import cast

import torch
import torch.nn.functional as F
from torch import Tensor

from reference.feed_forward import FeedForward, gelu, relu, silu
from reference.figures.figure import Figure, FigureInfo, Parameter, grid
from reference.figures.heads import SENTENCE, foretold, settled, specimen, spoken_by

MEMORIES = 8  # as many as fit beside the words
STEPS = 9  # points of a curve
CURVES: dict[str, Callable[[Tensor], Tensor]] = {
    "ReLU": relu,
    "GELU": gelu,
    "GELU, tanh": lambda x: gelu(x, "tanh"),
    "SiLU": silu,
}


def activation_curves(curve: str, reach: float) -> Figure:
    """Values or slopes of the activations between -reach and reach."""
    is_slope = curve == "slope"
    x = torch.linspace(-reach, reach, STEPS, dtype=torch.float64)
    rows = torch.stack([_slope(f, x) if is_slope else f(x) for f in CURVES.values()])
    corner = " ReLU has a corner at 0: any slope from 0 to 1 would do there, and 1 is drawn."
    return Figure(
        title=f"Activations: {curve}",
        **grid(rows),
        row_labels=list(CURVES),
        column_labels=[f"{value:g}" for value in x.tolist()],
        low=min(-0.2, float(rows.min())),
        high=max(1.0, float(rows.max())),
        caption=f"Columns are inputs from {-reach:g} to {reach:g}.{corner * is_slope}",
    )


def _slope(f: Callable[[Tensor], Tensor], x: Tensor) -> Tensor:
    x = x.clone().requires_grad_()
    (slope,) = torch.autograd.grad(f(x).sum(), x)
    return slope


def network(layer: int) -> FeedForward:
    found = specimen().model.decoder.layers[layer].feed_forward
    assert isinstance(found, FeedForward)
    return found


@torch.no_grad()
def coefficients(layer: int, tokens: Tensor) -> Tensor:
    """(T, F): how strongly each memory of a layer fires on each of the T tokens."""
    met: list[Tensor] = []
    hook = network(layer).linear1.register_forward_hook(lambda _, __, y: met.append(y[0]))
    specimen().model(tokens[None])
    hook.remove()
    return network(layer).activation(met[0])


def favourite_words() -> list[str]:
    """For each memory of the last layer, the word whose score its value raises most.

    The final norm subtracts the mean and applies its gain; its division changes no order.
    """
    model = specimen().model
    values = network(-1).linear2.weight.T  # (F, D)
    gain = cast(Tensor, model.decoder.norm.weight)
    normed = F.layer_norm(values, values.shape[-1:]) * gain  # (F, D)
    return [specimen().vocabulary[word] for word in model.logits(normed).argmax(-1).tolist()]


def memories(layer: int, sentence: str) -> Figure:
    """How strongly the memories that fire most fire on each word."""
    said = spoken_by(sentence)
    fired = coefficients(layer, said.tokens)  # (T, F)
    strongest = fired.amax(0).topk(MEMORIES).indices.tolist()
    if layer == 0:
        written = "What they write is read by the next layer."
    else:
        words = favourite_words()
        pairs = "; ".join(f"{memory}: {words[memory]}" for memory in strongest)
        written = f"The word whose score each raises most: {pairs}."
    return Figure(
        title=f"Memories of layer {layer} of the trained model",
        **grid(fired[:, strongest]),
        row_labels=[f"{place} {word}" for place, word in enumerate(said.words)],
        column_labels=[str(memory) for memory in strongest],
        low=-0.17,  # GELU's least value
        high=float(fired.max()),
        caption=f"The {MEMORIES} of {fired.size(1)} memories that fire most on a word of this"
        f" sentence, the strongest first. {written}",
    )


def silenced_networks(sentence: str) -> Figure:
    """How likely the model holds each word that the sentence settles, without a network."""
    said = spoken_by(sentence)
    places = settled(said)
    rows = {"both": foretold(said, places)}
    for layer in range(2):
        with _silenced(layer):
            rows[f"not {layer}'s"] = foretold(said, places)
    return Figure(
        title="What is lost without a feed-forward network",
        **grid(torch.stack(list(rows.values()))),
        row_labels=list(rows),
        column_labels=[said.words[place + 1] for place in places.nonzero()[:, 0].tolist()],
        low=0.0,
        high=1.0,
        caption="Columns are the words that follow from what was said before, rows the"
        " probability that the model gives to them: with the networks of both layers, without"
        " that of layer 0, and without that of layer 1.",
    )


@contextmanager
def _silenced(layer: int) -> Iterator[None]:
    hook = network(layer).register_forward_hook(lambda _, __, output: torch.zeros_like(output))
    try:
        yield
    finally:
        hook.remove()


FIGURES = (
    FigureInfo(
        "activation_curves",
        "Activations and their slopes",
        activation_curves,
        (
            Parameter("curve", "value or slope", ("value", "slope"), "value"),
            Parameter("reach", "the largest input", (1.0, 2.0, 4.0, 8.0), 4.0),
        ),
    ),
    FigureInfo(
        "memories",
        "What the memories of a trained model fire on",
        memories,
        (Parameter("layer", "counted from 0", (0, 1), 1), SENTENCE),
    ),
    FigureInfo(
        "silenced_networks",
        "What is lost without a feed-forward network",
        silenced_networks,
        (SENTENCE,),
    ),
)
