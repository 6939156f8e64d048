"""Beam search: several unfinished sentences at once, and the best finished one at the end."""

import math
from collections.abc import Callable
from typing import NamedTuple

import torch


class Hypothesis(NamedTuple):
    """A sequence that was found."""

    tokens: torch.Tensor  # (T), int64, `bos_id` and, where it ended, `eos_id` included
    score: float  # its log-probability in nats, divided by the length penalty


def beam_search(
    step: Callable[[torch.Tensor], torch.Tensor],
    bos_id: int,
    eos_id: int,
    beam: int,
    max_len: int,
    length_penalty: float = 0.6,
) -> Hypothesis:
    """Find a sequence of high probability, keeping the `beam` best prefixes at every length.

    The log-probability log P of a sequence is the sum of the log-probabilities of its tokens after
    `bos_id`, each given the tokens before it. At first the only open prefix is `bos_id` alone.
    Then, for each length:

    1. Every open prefix is continued by every token of the vocabulary.
    2. Of all these continuations the `beam` with the largest log P are kept, or all where there are
       fewer. Length penalties play no part here: all have the same length.
    3. Of those kept, the ones that end in `eos_id` are finished. They are put aside and
       never continued. The others are the open prefixes of the next length. There may
       be fewer of them than `beam`; `beam` of their continuations are kept all the
       same.

    The search goes on until no prefix is open or the sequences have `max_len` tokens. Sequences
    that are open at `max_len` tokens count like finished ones. The result is the one with the
    largest

        log P / ((5 + n) / 6) ** length_penalty

    of all that were put aside or are open at the end, where n is the number of tokens after
    `bos_id`, `eos_id` included. You may stop earlier where no open prefix can win any more, but not
    just because `beam` sequences are finished: a longer one may still have the larger score.

    Args:
        step: From open prefixes of one length, (N, t), int64, to the logits of the next token,
            (N, V), float32 or float64. It is called at most once for each length, with all open
            prefixes as the rows of one tensor, in any order; so N ≤ beam, and no row has ended.
            Logits may be −inf: such a token has probability 0. Whether continuations with it are
            kept is up to you; they never win. Each row has at least one finite logit.
        bos_id: The token that begins each sequence. It may be the same number as `eos_id`; at the
            beginning it ends nothing.
        eos_id: The token that ends a sequence.
        beam: How many continuations are kept. It may be larger than V. With 1 the search is greedy.
        max_len: The largest number of tokens, at least 2. `bos_id` and `eos_id` count.
        length_penalty: 0 compares plain log-probabilities, which favours short sequences.

    Returns:
        The best sequence, without padding, and its score. You may rely on there being no ties.

    Raises:
        ValueError: beam is below 1, or length_penalty is below 0.

    Source: Wu et al. 2016, "Google's Neural Machine Translation System" (the length penalty).

    >>> def step(tokens):  # 2 looks better than 3 at first; what follows 3 is certain
    ...     table = {0: [0.0, 0.0, 0.6, 0.4], 2: [0.0, 0.4, 0.3, 0.3], 3: [0.0, 1.0, 0.0, 0.0]}
    ...     return torch.tensor([table[token] for token in tokens[:, -1].tolist()]).log()
    >>> greedy = beam_search(step, bos_id=0, eos_id=1, beam=1, max_len=3, length_penalty=0.0)
    >>> greedy.tokens, round(greedy.score, 4)
    (tensor([0, 2, 1]), -1.4271)
    >>> best = beam_search(step, bos_id=0, eos_id=1, beam=2, max_len=3, length_penalty=0.0)
    >>> best.tokens, round(best.score, 4)
    (tensor([0, 3, 1]), -0.9163)
    """
    raise NotImplementedError
