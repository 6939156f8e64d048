"""What the heads of a model of the language look at, and what breaks without them.

Sources: Clark et al. (2019) for heads that look back, and at brackets' like in English; Olsson et
al., "In-context Learning and Induction Heads" (2022); Voita et al., "Analyzing Multi-Head
Self-Attention" (2019) for heads with a role.
"""

from collections.abc import Sequence
from itertools import chain, pairwise
from typing import Literal, NamedTuple, get_args

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from reference.analysis import attention_layers, record_attention, silenced
from reference.gpt import GPT
from reference.training.specimen.language import THINGS, Sentence

Role = Literal["previous", "first", "induction", "bracket"]
ROLES: tuple[Role, ...] = get_args(Role)
Prediction = Literal["ending", "particle", "repeat", "answer"]
PREDICTIONS: tuple[Prediction, ...] = get_args(Prediction)


class Head(NamedTuple):
    """Both are counted from 0."""

    layer: int
    head: int


def tokens_of(sentences: Sequence[Sentence]) -> Tensor:
    """(B, T), of sentences that are equally long."""
    return torch.stack([sentence.tokens for sentence in sentences])


def sought(sentence: Sentence, role: Role) -> Bool[Tensor, "T T"]:
    """True at (t, s) where a head with this role, at the query t, looks at the key s.

    previous: the token before, where it is needed: at endings, and at things named after others.
    first: the first token, where a verb waits for its ending.
    induction: what came after each earlier occurrence of this token, where that comes again.
    bracket: a closing bracket's own opener.
    """
    T = len(sentence.words)
    keys = torch.zeros(T, T, dtype=torch.bool)
    if role == "previous":
        things = set(chain.from_iterable(THINGS.values()))
        for query, pair in enumerate(pairwise(sentence.words), start=1):
            keys[query, query - 1] = query in sentence.endings or things.issuperset(pair)
    elif role == "first":
        keys[list(sentence.verbs), 0] = True
    elif role == "induction":
        for query, _ in sentence.repeats:
            for place in range(query):
                keys[query, place + 1] = sentence.words[place] == sentence.words[query]
    else:
        for closer, opener in sentence.brackets:
            keys[closer, opener] = True
    return keys


def role_scores(model: GPT, sentences: Sequence[Sentence]) -> dict[Role, Float[Tensor, "L H"]]:
    """Mean weight that each head gives to what a role looks for, over that role's queries."""
    weights = torch.stack(record_attention(model, tokens_of(sentences)))  # (L, B, H, T, T)
    scores: dict[Role, Tensor] = {}
    for role in ROLES:
        keys = torch.stack([sought(sentence, role) for sentence in sentences])  # (B, T, T)
        found = (weights * keys[:, None]).sum(-1)  # (L, B, H, T)
        scores[role] = found.sum((1, 3)) / keys.any(-1).sum()
    return scores


def expected(sentence: Sentence, prediction: Prediction) -> Bool[Tensor, " T"]:
    """True at each query whose next token is this prediction."""
    queries: dict[Prediction, Sequence[int]] = {
        "ending": sentence.verbs,
        "particle": sentence.endings,
        "repeat": [query for query, _ in sentence.repeats],
        "answer": [closer for closer, _ in sentence.brackets],
    }
    chosen = torch.zeros(len(sentence.words), dtype=torch.bool)
    chosen[list(queries[prediction])] = True
    return chosen


class Predictions(NamedTuple):
    """Of one kind of prediction, over all sentences."""

    loss: float  # nats, the mean
    accuracy: float


@torch.no_grad()
def predict(model: GPT, sentences: Sequence[Sentence]) -> dict[Prediction, Predictions]:
    """How well the model foretells what the language makes certain."""
    tokens = tokens_of(sentences)
    log_probabilities = model(tokens[:, :-1]).log_softmax(-1)  # (B, T-1, V)
    loss = -log_probabilities.gather(-1, tokens[:, 1:, None])[..., 0]  # (B, T-1)
    right = (log_probabilities.argmax(-1) == tokens[:, 1:]).float()
    found: dict[Prediction, Predictions] = {}
    for prediction in PREDICTIONS:
        chosen = torch.stack([expected(sentence, prediction) for sentence in sentences])[:, :-1]
        found[prediction] = Predictions(float(loss[chosen].mean()), float(right[chosen].mean()))
    return found


def costs_of_silence(
    model: GPT, sentences: Sequence[Sentence]
) -> dict[Head, dict[Prediction, float]]:
    """By how many nats each kind of prediction gets worse when one head is silenced."""
    whole = predict(model, sentences)
    costs: dict[Head, dict[Prediction, float]] = {}
    for number, attention in enumerate(attention_layers(model)):
        for head in range(attention.n_heads):
            with silenced(attention, head):
                without = predict(model, sentences)
            costs[Head(number, head)] = {
                name: without[name].loss - whole[name].loss for name in PREDICTIONS
            }
    return costs
