"""Training and writing: learning rates, smoothed targets, the next word, and tokens of a text."""

from __future__ import annotations

import torch
from torch import Tensor

from reference.decoding import filter_logits
from reference.figures.figure import TEMPERATURE, Figure, FigureInfo, Parameter, grid
from reference.figures.heads import SENTENCE, specimen, spoken_by
from reference.schedules import cosine_learning_rate, noam_learning_rate
from reference.tokenizer import BPE, train_bpe

STEPS = (1, 500, 1000, 2000, 3000, 4000, 6000, 8000, 12_000, 16_000, 20_000, 30_000, 40_000)
TOTAL = 40_000
PROBABILITIES = (0.1, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.99, 0.999, 0.9999)
WORDS = 9  # as many as fit beside the names of the rows
EVERY = 73  # words of the specimen's vocabulary
TEXTS = {
    "low": "low lower lowest",
    "banana": "banana bandana band",
    "sea": "she sells sea shells",
    "café": "café, cafés, thé",
}


def learning_rate(schedule: str, warmup: int, width: int) -> Figure:
    """Both schedules with one peak, that of the original, so that their shapes can be compared."""
    peak = noam_learning_rate(warmup, width, warmup)
    rates = {
        "noam": [noam_learning_rate(step, width, warmup) for step in STEPS],
        "cosine": [cosine_learning_rate(step, peak, warmup, TOTAL) for step in STEPS],
    }[schedule]
    thousandths = 1000 * torch.tensor([rates], dtype=torch.float64)
    return Figure(
        title=f"Learning rate: {schedule}",
        **grid(thousandths),
        row_labels=[schedule],
        column_labels=[str(step) for step in STEPS],
        low=0.0,
        high=1000 * peak,
        caption=f"Columns are steps, values thousandths. The rate rises to {1000 * peak:.3g}"
        f" thousandths at step {warmup}, and then falls.",
    )


def smoothed_loss(smoothing: float, classes: int) -> Figure:
    """What a prediction costs that shares all it does not give to the right token evenly."""
    right = torch.tensor(PROBABILITIES, dtype=torch.float64)
    other = (1 - right) / (classes - 1)
    target, rest = 1 - smoothing + smoothing / classes, smoothing / classes
    rows = torch.stack([-right.log(), -target * right.log() - rest * (classes - 1) * other.log()])
    return Figure(
        title="Loss by the probability of the right token",
        **grid(rows),
        row_labels=["one-hot", "smoothed"],
        column_labels=[f"{p:g}" for p in PROBABILITIES],
        low=0.0,
        high=float(rows.max()),
        caption=f"Columns are the probability of the right token; the other {classes - 1} share"
        f" the rest evenly. The smoothed target gives {target:.3g} to the right token, and there"
        " its loss is least. Nats.",
    )


def next_word(temperature: float, top_k: int, top_p: float, sentence: str, read: int) -> Figure:
    """The specimen's next word, before and after its logits were filtered."""
    said = spoken_by(sentence)
    with torch.no_grad():
        logits = specimen().model(said.tokens[None, :read])[0, -1].double()  # (V)
    kept = filter_logits(logits, top_k, top_p, temperature)
    rows = torch.stack([logits, kept]).softmax(-1)  # (2, V)
    shown = rows[0].topk(WORDS).indices
    return Figure(
        title=f"The word after {' '.join(said.words[max(0, read - 4) : read])}",
        **grid(_with_rest(rows, shown)),
        row_labels=["model", "drawn from"],
        column_labels=[*(specimen().vocabulary[word] for word in shown.tolist()), "others"],
        low=0.0,
        high=1.0,
        caption="Probabilities, of the model and after temperature, top-k and top-p."
        f" {int(kept.isfinite().sum())} of {EVERY} words may be drawn.",
    )


def _with_rest(rows: Tensor, shown: Tensor) -> Tensor:
    chosen = rows[:, shown]
    return torch.cat([chosen, (1 - chosen.sum(-1, keepdim=True)).clamp(min=0)], dim=-1)


def text_in_tokens(text: str, merges: int) -> Figure:
    """The tokens that byte pair encoding makes of a short text that it was trained on."""
    said = TEXTS[text]
    learned = train_bpe(said, merges)
    tokenizer = BPE(learned)
    tokens = tokenizer.encode(said)
    pieces = [tokenizer.decode([token]).replace(" ", "␣") for token in tokens]
    sizes = torch.tensor([[len(_bytes_of(token, learned)) for token in tokens]])
    newest = f" The last merge made {_shown(tokenizer, learned)}." if learned else ""
    return Figure(
        title=f"“{said}” after {len(learned)} merges",
        **grid(sizes.double()),
        row_labels=["bytes"],
        column_labels=pieces,
        low=0.0,
        high=max(8.0, float(sizes.max())),
        caption=f"{len(said.encode())} bytes in {len(tokens)} tokens, of a vocabulary of"
        f" {tokenizer.vocab_size}. ␣ is a space, � a part of a character.{newest}",
    )


def _bytes_of(token: int, merges: list[tuple[int, int]]) -> list[int]:
    if token < 256:
        return [token]
    first, second = merges[token - 256]
    return _bytes_of(first, merges) + _bytes_of(second, merges)


def _shown(tokenizer: BPE, merges: list[tuple[int, int]]) -> str:
    return tokenizer.decode([255 + len(merges)]).replace(" ", "␣")


FIGURES = (
    FigureInfo(
        "learning_rate",
        "Learning rate over time",
        learning_rate,
        (
            Parameter("schedule", "how it falls", ("noam", "cosine"), "noam"),
            Parameter("warmup", "steps of the rise", (500, 1000, 2000, 4000, 8000), 4000),
            Parameter("width", "of the model", (64, 128, 256, 512, 1024), 512),
        ),
    ),
    FigureInfo(
        "smoothed_loss",
        "Label smoothing",
        smoothed_loss,
        (
            Parameter("smoothing", "share that is spread", (0.0, 0.05, 0.1, 0.2, 0.4), 0.1),
            Parameter("classes", "size of the vocabulary", (5, 73, 1000, 37_000), 73),
        ),
    ),
    FigureInfo(
        "next_word",
        "Choosing the next word",
        next_word,
        (
            TEMPERATURE,
            Parameter("top_k", "how many words stay", (1, 2, 3, 5, 10, 20, EVERY), EVERY),
            Parameter("top_p", "probability that stays", (0.1, 0.3, 0.5, 0.7, 0.9, 1.0), 1.0),
            SENTENCE,
            Parameter("read", "words that were read", (8, 12, 16, 20), 16),
        ),
    ),
    FigureInfo(
        "text_in_tokens",
        "A text in tokens",
        text_in_tokens,
        (
            Parameter("text", "that is read", tuple(TEXTS), "low"),
            Parameter("merges", "that are learned from it", (0, 1, 2, 3, 4, 6, 8), 2),
        ),
    ),
)
