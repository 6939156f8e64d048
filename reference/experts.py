"""Mixture of experts: many feed-forward networks, of which each token pays for only a few."""

from collections.abc import Callable, Sequence

import torch
from jaxtyping import Float
from torch import Tensor

Expert = Callable[[Tensor], Tensor]


def mixture_of_experts(
    x: Float[Tensor, "*batch D"],
    router: Float[Tensor, "E D"],
    experts: Sequence[Expert],
    k: int,
) -> tuple[Float[Tensor, "*batch D"], Float[Tensor, ""]]:
    """Each token goes to the k experts its router scores highest: (y, balance_loss).

    y is the sum of their outputs, weighted by the softmax over those k scores alone (Mixtral,
    Jiang et al. 2024, section 2.1). Tokens travel to an expert together, and an expert that nobody
    chose is not run. The loss E·Σ f_e·P_e keeps the router from sending all to a favourite: f_e is
    the share of choices that fell on expert e, P_e its mean probability; perfect balance gives 1
    (Switch Transformer, Fedus et al. 2022, equation 4). Raises ValueError unless 1 ≤ k ≤ E and
    there are as many experts as router rows.
    """
    n_experts = len(experts)
    if router.size(0) != n_experts or not 1 <= k <= n_experts:
        raise ValueError(f"got {n_experts} experts, a router for {router.size(0)}, and k = {k}")
    tokens = x.flatten(0, -2)  # (N, D)
    scores = tokens @ router.mT  # (N, E)
    top_scores, chosen = scores.topk(k)  # (N, k)
    gates = top_scores.softmax(-1)  # (N, k)
    y = torch.zeros_like(tokens)
    for index, expert in enumerate(experts):
        rows, choices = (chosen == index).nonzero(as_tuple=True)
        if len(rows):
            weighted = gates[rows, choices].unsqueeze(-1) * expert(tokens[rows])
            y = y.index_add(0, rows, weighted)
    share = chosen.flatten().bincount(minlength=n_experts) / chosen.numel()  # (E)
    balance_loss = n_experts * (share * scores.softmax(-1).mean(0)).sum()
    return y.view_as(x), balance_loss
