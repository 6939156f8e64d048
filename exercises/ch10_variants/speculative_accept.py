"""Speculative decoding: which drafted tokens are kept, and from what the next one is drawn."""

from typing import NamedTuple

import torch


class Accepted(NamedTuple):
    """What becomes of the drafted tokens.

    count: How many of them are kept, from the first on.
    next_probs: (V): the distribution from which the token behind them is to be drawn.
    """

    count: int
    next_probs: torch.Tensor


def speculative_accept(
    draft_probs: torch.Tensor,
    target_probs: torch.Tensor,
    drafted: torch.Tensor,
    uniform: torch.Tensor,
) -> Accepted:
    """Keep drafted tokens so that the text is distributed as if the target had drawn every token.

    A small draft model has drawn n tokens one after the other. The target model has read them all
    in one pass, and says for each place what it would have drawn from there. Let q_i be the draft's
    distribution for place i, p_i the target's, and x_i the token that was drawn from q_i.

    Token x_i is kept with the probability min(1, p_i(x_i) / q_i(x_i)): exactly where
    uniform_i · q_i(x_i) < p_i(x_i). The first token that is not kept ends it, and those behind it
    count no more. The token in its place i is drawn from max(p_i − q_i, 0), entry by entry, divided
    by the sum of its entries. Where all n are kept, one more token is drawn, from p_n.

    Args:
        draft_probs: (n, V), q_0 to q_(n−1), each row a distribution. n may be 0. float32 or
            float64.
        target_probs: (n + 1, V), p_0 to p_n, each row a distribution, of the same
            dtype. p_i is q_i itself, or differs from it by more than rounding.
        drafted: (n), int64, the tokens drawn from draft_probs: the q_i(x_i) are above 0. p_i(x_i)
            may be 0.
        uniform: (n), of the dtype of draft_probs, uniform random numbers, at least 0 and below 1.

        The tensors need not be contiguous, and are not changed.

    Returns:
        Accepted. count is an int. next_probs has the dtype of target_probs and sums to 1. Gradients
        are not asked for.

    Source: Leviathan et al. 2023, "Fast Inference from Transformers via Speculative Decoding"; Chen
    et al. 2023, "Accelerating Large Language Model Decoding with Speculative Sampling".

    >>> draft_probs = torch.tensor([[0.5, 0.25, 0.25], [0.2, 0.6, 0.2]])
    >>> target_probs = torch.tensor([[0.4, 0.5, 0.1], [0.5, 0.3, 0.2], [0.1, 0.1, 0.8]])
    >>> drafted = torch.tensor([0, 1])
    >>> speculative_accept(draft_probs, target_probs, drafted, torch.tensor([0.7, 0.9]))
    Accepted(count=1, next_probs=tensor([1., 0., 0.]))
    >>> speculative_accept(draft_probs, target_probs, drafted, torch.tensor([0.7, 0.4]))
    Accepted(count=2, next_probs=tensor([0.1000, 0.1000, 0.8000]))
    """
    raise NotImplementedError
