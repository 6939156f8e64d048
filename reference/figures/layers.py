"""Layers of an encoder, one after the other: what each makes of its tokens."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from reference.analysis import attention_rollout, linear_cka
from reference.config import LayerConfig
from reference.encoder import Encoder
from reference.figures.figure import Figure, FigureInfo, Parameter, grid, numbers
from reference.figures.heads import SENTENCE, WORDS, specimen, spoken_by
from reference.gpt import GPT
from reference.initial import initialise_xavier
from reference.sublayer import SublayerConnection
from reference.training.specimen.model import untrained_specimen
from reference.training.specimen.roles import PREDICTIONS, expected, tokens_of

COMPARED_ON = 60  # sentences
STEPS = ("words", "attn 0", "ff 0", "attn 1", "ff 1")  # of the specimen
TRACES = ("rollout", "layer 0", "layer 1")


@torch.no_grad()
def record_stream(layers: nn.ModuleList, model: nn.Module, x: Tensor) -> list[Tensor]:
    """What enters the first of the layers, and then what leaves each sub-layer, (B, T, D) each."""
    stream: list[Tensor] = []
    sublayers = [part for part in layers.modules() if isinstance(part, SublayerConnection)]
    hooks = [layers[0].register_forward_pre_hook(lambda _, inputs: stream.append(inputs[0]))]
    hooks += [
        part.register_forward_hook(lambda _, __, out: stream.append(out)) for part in sublayers
    ]
    try:
        model(x)
    finally:
        for hook in hooks:
            hook.remove()
    return stream


def attention_flow(trace: str, sentence: str) -> Figure:
    """Which words a position draws on: through both layers, or by the mean head of one."""
    said = spoken_by(sentence)
    weights = specimen().attention(said)  # (L, H, T, T)
    rows = {
        "rollout": attention_rollout(weights[:, None])[0],
        "layer 0": weights[0].mean(0),
        "layer 1": weights[1].mean(0),
    }[trace]
    own = rows.diagonal().mean().item()
    first = rows[:, 0].mean().item()
    return Figure(
        title=f"Which words a position draws on: {trace}",
        **grid(rows),
        row_labels=[f"{place} {word}" for place, word in enumerate(said.words)],
        column_labels=numbers(WORDS),
        low=0.0,
        high=1.0,
        caption=f"Mean share of the own word {own:.2f}, of the first word {first:.2f}. The weights"
        " of a layer are the mean of its heads; the rollout goes through both layers, and counts"
        " the residual connection as half. Columns have the numbers of the words.",
    )


def layers_alike(weights: str) -> Figure:
    """Linear CKA between every two steps of the specimen, trained or as it started."""
    model = specimen().model if weights == "trained" else _as_it_started()
    steps = [step.flatten(0, 1) for step in _steps(model, _compared())]  # (B·T, D) each
    alike = torch.tensor([[linear_cka(x, y).item() for y in steps] for x in steps])
    return Figure(
        title=f"How alike the steps of the model are: {weights}",
        **grid(alike),
        row_labels=list(STEPS),
        column_labels=list(STEPS),
        low=0.0,
        high=1.0,
        caption="Linear CKA of what leaves each sub-layer, over"
        f" {COMPARED_ON} sentences. Words are the embeddings with their positions, attn and ff the"
        " two sub-layers of layer 0 and of layer 1. From words to the last step:"
        f" {alike[0, -1]:.2f}.",
    )


def words_step_by_step(sentence: str) -> Figure:
    """The probability of each settled word, were the model to speak after each step."""
    said, model = spoken_by(sentence), specimen().model
    settled = torch.stack([expected(said, kind) for kind in PREDICTIONS]).any(0)[:-1]  # (T-1)
    right = said.tokens[1:][settled]
    steps = torch.stack(_steps(model, said.tokens[None, :-1]))[:, 0, settled]  # (steps, words, D)
    with torch.no_grad():
        spoken = model.logits(model.decoder.norm(steps)).softmax(-1)  # (steps, words, V)
    probabilities = spoken[:, torch.arange(len(right)), right]
    return Figure(
        title="What the model would say after each step",
        **grid(probabilities),
        row_labels=list(STEPS),
        column_labels=[said.words[place + 1] for place in settled.nonzero()[:, 0].tolist()],
        low=0.0,
        high=1.0,
        caption="Columns are the words that follow from what was said before, rows the"
        " probability that the last norm and the output would give to them after each sub-layer."
        f" The last row is the model itself: {probabilities[-1].mean():.2f} on average.",
    )


@torch.no_grad()
def encoder_steps(norm: str, layers: int) -> Figure:
    """How large a token's features are on its way through an encoder at its start."""
    batch, length, width = 2, 8, 64
    with torch.random.fork_rng():
        torch.manual_seed(7)
        x = torch.randn(batch, length, width)
        config = LayerConfig(d_model=width, n_heads=4, norm_first=norm == "first")
        encoder = Encoder(layers, config).eval()
        initialise_xavier(encoder)
    stream = [*record_stream(encoder.layers, encoder, x), encoder(x)]
    sizes = torch.stack(stream)[:, 0].square().mean(-1).sqrt()  # (steps, T)
    names = [f"{name} {layer}" for layer in range(layers) for name in ("attn", "ff")]
    return Figure(
        title=f"Through an encoder of {layers} layers, norm {norm}",
        **grid(sizes),
        row_labels=["input", *names, "output"],
        column_labels=[f"t{t}" for t in range(length)],
        low=0.0,
        high=float(sizes.max()),
        caption=f"Every step is ({batch}, {length}, {width}): batch, tokens, width. Shown is the"
        " root mean square of each token's features in sequence 0, after each Add & Norm. Weights"
        f" are random. The last layer gives {sizes[-2].mean():.2f} on average, the encoder"
        f" {sizes[-1].mean():.2f}.",
    )


def _steps(model: GPT, tokens: Tensor) -> list[Tensor]:
    return record_stream(model.decoder.layers, model, tokens)


def _compared() -> Tensor:
    return tokens_of([specimen().sentence(seed) for seed in range(COMPARED_ON)])


def _as_it_started() -> GPT:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return untrained_specimen().eval()


FIGURES = (
    FigureInfo(
        "attention_flow",
        "Attention through both layers",
        attention_flow,
        (
            Parameter("trace", "rollout through both layers, or one layer", TRACES, "rollout"),
            SENTENCE,
        ),
    ),
    FigureInfo(
        "layers_alike",
        "How alike layers are",
        layers_alike,
        (Parameter("weights", "of the model", ("trained", "random"), "trained"),),
    ),
    FigureInfo(
        "words_step_by_step",
        "What a model would say after each step",
        words_step_by_step,
        (SENTENCE,),
    ),
    FigureInfo(
        "encoder_steps",
        "The steps of an encoder",
        encoder_steps,
        (
            Parameter("norm", "where each layer has its norms", ("first", "last"), "first"),
            Parameter("layers", "number of layers", (1, 2, 4, 6), 2),
        ),
    ),
)
