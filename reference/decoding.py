"""From next-token scores to a sequence: the shift of teacher forcing; greedy, sampled, beam search.

Decoding knows nothing of models. All it asks for is a `step`: given the tokens so far, (N, T), the
logits of the next token for each row, (N, V). A model with a cache hides it inside its `step`.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

Step = Callable[[Tensor], Tensor]


def shift_right(tokens: Int[Tensor, "B T"], bos_id: int, pad_id: int) -> Int[Tensor, "B T"]:
    """The decoder's input under teacher forcing: BOS, then every target but the last.

    Position t so sees the targets before t and must predict target t. Labels below zero (ignored
    by the loss, −100 by custom) are no tokens and become `pad_id`, as in T5.
    """
    shifted = tokens.roll(1, dims=1)  # (B, T)
    shifted[:, 0] = bos_id
    return shifted.masked_fill(shifted < 0, pad_id)


def filter_logits(
    logits: Float[Tensor, "*batch vocab"],
    top_k: int | None = None,
    top_p: float | None = None,
    temperature: float = 1.0,
) -> Float[Tensor, "*batch vocab"]:
    """Divide by the temperature, then put −∞ where a token may not be sampled.

    `top_k` keeps the k largest logits (ties with the k-th stay too). `top_p` keeps the fewest most
    probable tokens whose probabilities, after temperature and top-k, sum to at least p; the token
    that crosses p is among them, so one always remains. Holtzman et al. 2020, section 3.1. Raises
    ValueError unless temperature > 0, k ≥ 1 and 0 < p ≤ 1.
    """
    if temperature <= 0:
        raise ValueError(f"temperature must be above 0, got {temperature}; for 0 decode greedily")
    logits = logits / temperature
    if top_k is not None:
        if top_k < 1:
            raise ValueError(f"top_k must be at least 1, got {top_k}")
        smallest_kept = logits.topk(min(top_k, logits.size(-1))).values[..., -1:]
        logits = logits.masked_fill(logits < smallest_kept, -math.inf)
    if top_p is not None:
        if not 0 < top_p <= 1:
            raise ValueError(f"top_p must lie in (0, 1], got {top_p}")
        if top_p < 1:  # at 1 all stay, also those whose probability is lost beside the others
            logits = logits.masked_fill(~_nucleus(logits, top_p), -math.inf)
    return logits


def _nucleus(logits: Tensor, top_p: float) -> Bool[Tensor, "*batch vocab"]:
    probs, order = logits.softmax(-1).sort(dim=-1, descending=True)
    mass_before = probs.cumsum(-1) - probs
    kept = mass_before < top_p
    kept[..., 0] = True  # rounding must not empty the set
    return torch.zeros_like(kept).scatter(-1, order, kept)


def sample_token(
    logits: Float[Tensor, "N V"], generator: torch.Generator | None = None
) -> Int[Tensor, " N"]:
    """Draw one token per row from softmax(logits)."""
    return torch.multinomial(logits.softmax(-1), 1, generator=generator).squeeze(-1)


@torch.no_grad()
def continue_tokens(
    step: Step,
    tokens: Int[Tensor, "N T"],
    choose: Callable[[Tensor], Tensor],
    max_len: int,
    eos_id: int | None = None,
) -> Int[Tensor, "N T2"]:
    """Append tokens one by one until there are `max_len`, or every row has had its EOS.

    `choose` takes the next-token logits, (N, V), to the tokens, (N). A row that ended early is
    filled up with EOS. Only new tokens end a row; an EOS in the prompt does not.
    """
    ended = torch.zeros(len(tokens), dtype=torch.bool, device=tokens.device)
    while tokens.size(1) < max_len:
        chosen = choose(step(tokens))  # (N)
        if eos_id is not None:
            chosen = chosen.masked_fill(ended, eos_id)
            ended = ended | (chosen == eos_id)
        tokens = torch.cat([tokens, chosen.unsqueeze(1)], dim=1)  # (N, T+1)
        if eos_id is not None and ended.all():
            break
    return tokens


def greedy_decode(
    step: Step,
    bos_id: int,
    eos_id: int,
    max_len: int,
    batch_size: int = 1,
    device: torch.device | str = "cpu",
) -> Int[Tensor, "N T"]:
    """The most probable token, again and again, from BOS on. T ≤ max_len, BOS and EOS included.

    Stops when every row has ended; a row that ended early is filled up with EOS.
    """
    start = torch.full((batch_size, 1), bos_id, device=device)
    return continue_tokens(step, start, lambda logits: logits.argmax(-1), max_len, eos_id)


@dataclass(frozen=True)
class Hypothesis:
    """A decoded sequence, BOS included, and its length-normalised log-probability in nats."""

    tokens: Int[Tensor, " T"]
    score: float


@torch.no_grad()
def beam_search(
    step: Step,
    bos_id: int,
    eos_id: int,
    beam: int,
    max_len: int,
    length_penalty: float = 0.6,
    device: torch.device | str = "cpu",
) -> Hypothesis:
    """The best sequence found when the `beam` best prefixes are kept at every length.

    A prefix that takes EOS is finished and is never extended. What is finished, or still open at
    `max_len` tokens (BOS included), is compared by log P / ((5 + n) / 6)^α, where n counts the
    tokens after BOS and α is `length_penalty`; 0 compares plain sums, which favours short ones.
    Wu et al. 2016, section 7, whose α = 0.6 and beam of 4 the 2017 paper uses. The search ends
    early only when no open prefix can still win. Raises ValueError where α < 0 or beam < 1.
    """
    if beam < 1 or length_penalty < 0:
        raise ValueError(f"need beam ≥ 1 and length_penalty ≥ 0, got {beam} and {length_penalty}")

    def normalised(log_prob: float, length: int) -> float:
        return log_prob / float(((5 + length) / 6) ** length_penalty)

    tokens = torch.full((1, 1), bos_id, device=device)
    log_probs = torch.zeros(1, device=device)
    best = Hypothesis(tokens[0], -math.inf)
    for length in range(1, max_len):
        tokens, log_probs = _extend(tokens, log_probs, step, beam)
        ended = (tokens[:, -1] == eos_id) | (length == max_len - 1)
        # Rows come best first, so the first one that ended is the best of this length.
        if ended.any():
            first = int(ended.int().argmax())
            score = normalised(float(log_probs[first]), length)
            if score > best.score:
                best = Hypothesis(tokens[first], score)
        tokens, log_probs = tokens[~ended], log_probs[~ended]
        # Log-probabilities only fall and the divisor only grows, up to its value at the end.
        if not len(tokens) or normalised(float(log_probs[0]), max_len - 1) <= best.score:
            break
    return best


def _extend(
    tokens: Int[Tensor, "N T"], log_probs: Float[Tensor, " N"], step: Step, beam: int
) -> tuple[Int[Tensor, "M T+1"], Float[Tensor, " M"]]:
    """The M ≤ beam best one-token continuations of the N prefixes, best first."""
    continued = log_probs.unsqueeze(1) + step(tokens).log_softmax(-1)  # (N, V)
    n_prefixes, vocab_size = continued.shape
    best = continued.flatten().topk(min(beam, n_prefixes * vocab_size))  # (M)
    parents = tokens[best.indices // vocab_size]  # (M, T)
    chosen = (best.indices % vocab_size).unsqueeze(1)  # (M, 1)
    return torch.cat([parents, chosen], dim=1), best.values
