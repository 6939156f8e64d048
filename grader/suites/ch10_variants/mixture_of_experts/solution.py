"""Mixture of experts: many networks, of which each token pays for k."""

from collections.abc import Callable, Sequence

import torch


def mixture_of_experts(
    x: torch.Tensor,
    router: torch.Tensor,
    experts: Sequence[Callable[[torch.Tensor], torch.Tensor]],
    k: int,
) -> tuple[torch.Tensor, torch.Tensor]:
    """Send each token to the k experts whose scores are highest, and add up what they make of it.

    A token x scores the E experts by x Wᵀ, with W given as router. The softmax over its k highest
    scores alone gives the k gates. The output is the sum over the k chosen experts of gate ·
    expert(x).

    The balance loss is E Σ_i f_i P_i. With N tokens, there are N · k choices, and f_i is the share
    of them that fell on expert i. P_i is the mean over the N tokens of expert i's probability under
    the softmax over all E scores. Where all experts are chosen alike and have the same mean
    probability, the loss is 1.

    Each token pays for its k experts only. An expert is given the tokens that chose it,
    each once and no others, in one call or in several. An expert that no token chose is
    not called.

    Args:
        x: (..., D), with any number of leading dimensions, also none; all vectors in it are the N
            tokens. float32 or float64. N is at least 1.
        router: (E, D), of the dtype of x.
        experts: E functions. Each takes (n, D), with n at least 1, and gives (n, D) of the same
            dtype; it treats each row for itself.
        k: How many experts a token goes to, from 1 to E.

        No two scores of a token are equal, and all lie between −40 and 40. x and router need not be
        contiguous, and are not changed.

    Returns:
        (y, balance_loss). y is (..., D), of the shape and dtype of x. balance_loss has the same
        dtype and no dimensions. Gradients of y reach x and router, through the gates, and those of
        the loss reach them through P; the f_i are counts and carry none.

    Raises:
        ValueError: k is below 1 or above E, or router has not as many rows as there are experts.

    Source: Fedus et al. 2022, "Switch Transformers", for the loss; Jiang et al. 2024, "Mixtral of
    Experts", for the gates.

    >>> x = torch.tensor([[1.0, 0.0], [0.0, 1.0]])
    >>> router = torch.tensor([[2.0, 0.0], [1.0, 1.0], [0.0, 3.0]])
    >>> experts = [lambda rows: 10 * rows, lambda rows: 20 * rows, lambda rows: 30 * rows]
    >>> y, balance_loss = mixture_of_experts(x, router, experts, k=2)
    >>> y
    tensor([[12.6894,  0.0000],
            [ 0.0000, 28.8080]])
    >>> balance_loss
    tensor(0.8846)
    """
    E = len(experts)
    if router.size(0) != E:
        raise ValueError(f"{E} experts, and a router for {router.size(0)}.")
    if not 1 <= k <= E:
        raise ValueError(f"A token goes to 1 to {E} experts, and not to {k}.")
    tokens = x.reshape(-1, x.size(-1))  # (N, D)
    scores = tokens @ router.T  # (N, E)
    highest, chosen = scores.topk(k, dim=-1)  # (N, k)
    gates = highest.softmax(dim=-1)
    y = torch.zeros_like(tokens)
    for i, expert in enumerate(experts):
        rows, places = torch.where(chosen == i)
        if len(rows):
            weighted = gates[rows, places].unsqueeze(-1) * expert(tokens[rows])
            y = y.index_add(0, rows, weighted)
    share = torch.bincount(chosen.flatten(), minlength=E).to(x.dtype) / chosen.numel()
    mean_probability = scores.softmax(dim=-1).mean(dim=0)
    balance_loss = E * (share * mean_probability).sum()
    return y.view(x.shape), balance_loss
