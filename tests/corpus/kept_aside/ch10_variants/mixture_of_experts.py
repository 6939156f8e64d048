# %% right | plain-lists | Python lists of members, one token at a time for the sums
import torch


def mixture_of_experts(x, router, experts, k):
    E = len(experts)
    if k < 1 or k > E or router.size(0) != E:
        raise ValueError("wrong k, or wrong number of experts")
    tokens = x.reshape(-1, x.shape[-1])
    N = len(tokens)
    scores = tokens @ router.T

    # who goes where, in plain lists
    members = [[] for _ in range(E)]
    choices = []
    for n in range(N):
        best = sorted(range(E), key=lambda e: scores[n, e].item(), reverse=True)[:k]
        choices.append(best)
        for e in best:
            members[e].append(n)

    results = {}
    for e in range(E):
        if members[e]:
            out = experts[e](tokens[members[e]])
            for n, row in zip(members[e], out):
                results[n, e] = row

    rows = []
    for n in range(N):
        gates = torch.softmax(scores[n, choices[n]], dim=0)
        rows.append(sum(g * results[n, e] for g, e in zip(gates, choices[n])))

    probs = torch.softmax(scores, dim=1)
    loss = sum(len(members[e]) / (N * k) * probs[:, e].mean() for e in range(E)) * E
    return torch.stack(rows).reshape(x.shape), loss

# %% right | threshold | the k-th largest score as a threshold, gates as renormalised probabilities
import torch


def mixture_of_experts(x, router, experts, k):
    if len(experts) != router.shape[0] or not 0 < k <= len(experts):
        raise ValueError
    tokens = x.reshape(-1, x.shape[-1])
    scores = (tokens.unsqueeze(1) * router).sum(-1)
    threshold = scores.kthvalue(len(experts) - k + 1, dim=-1, keepdim=True).values
    chosen = scores >= threshold
    probability = scores.softmax(-1)
    kept = probability * chosen
    gates = kept / kept.sum(-1, keepdim=True)        # renormalised: the same as a softmax of the k
    y = torch.zeros_like(tokens)
    for column, expert in enumerate(experts):
        rows = torch.arange(len(tokens), device=x.device)[chosen[:, column]]
        if rows.shape[0] > 0:
            y = y.index_add(0, rows, expert(tokens[rows]) * gates[rows, column].reshape(-1, 1))
    loss = (chosen.to(x.dtype).sum(0) / chosen.sum() * probability.mean(0)).sum() * len(experts)
    return y.reshape(x.shape), loss

# %% wrong | one-batch-axis | x must be (B, T, D); a single vector, or (N, D), is an error
from collections.abc import Callable, Sequence

import torch


def mixture_of_experts(
    x: torch.Tensor,
    router: torch.Tensor,
    experts: Sequence[Callable[[torch.Tensor], torch.Tensor]],
    k: int,
) -> tuple[torch.Tensor, torch.Tensor]:
    E = router.size(0)
    if len(experts) != E:
        raise ValueError(f"{E} rows, {len(experts)} experts")
    if not 1 <= k <= E:
        raise ValueError(f"k is {k}, with {E} experts")
    B, T, D = x.shape
    tokens = x.reshape(B * T, D)
    N = tokens.size(0)
    scores = tokens @ router.transpose(0, 1)
    best, chosen = scores.topk(k, dim=-1)
    gates = best.softmax(dim=-1)
    y = torch.zeros_like(tokens)
    for i, expert in enumerate(experts):
        rows, places = torch.where(chosen == i)
        if rows.numel() == 0:
            continue
        y = y.index_add(0, rows, gates[rows, places].unsqueeze(-1) * expert(tokens[rows]))
    share = chosen.flatten().bincount(minlength=E).to(x.dtype) / (N * k)
    mean = scores.softmax(dim=-1).mean(dim=0)
    return y.reshape(x.shape), E * (share * mean).sum()

# %% wrong | gates-as-numbers | the gates are read out with tolist, so no gradient of y reaches the router
import torch


def mixture_of_experts(x, router, experts, k):
    E = len(experts)
    if k < 1 or k > E or router.size(0) != E:
        raise ValueError("wrong k, or wrong number of experts")
    tokens = x.reshape(-1, x.shape[-1])
    N = len(tokens)
    scores = tokens @ router.T

    # who goes where, in plain lists
    members = [[] for _ in range(E)]
    choices = []
    for n in range(N):
        best = sorted(range(E), key=lambda e: scores[n, e].item(), reverse=True)[:k]
        choices.append(best)
        for e in best:
            members[e].append(n)

    results = {}
    for e in range(E):
        if members[e]:
            out = experts[e](tokens[members[e]])
            for n, row in zip(members[e], out):
                results[n, e] = row

    rows = []
    for n in range(N):
        gates = torch.softmax(scores[n, choices[n]], dim=0).tolist()
        rows.append(sum(g * results[n, e] for g, e in zip(gates, choices[n])))

    probs = torch.softmax(scores, dim=1)
    loss = sum(len(members[e]) / (N * k) * probs[:, e].mean() for e in range(E)) * E
    return torch.stack(rows).reshape(x.shape), loss

# %% wrong | sequence-by-sequence | the experts are called anew for every sequence of a batch, and the loss is the mean of the losses of the sequences
from collections.abc import Callable, Sequence

import torch


def route(
    x: torch.Tensor,
    router: torch.Tensor,
    experts: Sequence[Callable[[torch.Tensor], torch.Tensor]],
    k: int,
) -> tuple[torch.Tensor, torch.Tensor]:
    E = router.size(0)
    if len(experts) != E:
        raise ValueError(f"{E} rows, {len(experts)} experts")
    if not 1 <= k <= E:
        raise ValueError(f"k is {k}, with {E} experts")
    tokens = x.reshape(-1, x.size(-1))
    N = tokens.size(0)
    scores = tokens @ router.transpose(0, 1)
    best, chosen = scores.topk(k, dim=-1)
    gates = best.softmax(dim=-1)
    y = torch.zeros_like(tokens)
    for i, expert in enumerate(experts):
        rows, places = torch.where(chosen == i)
        if rows.numel() == 0:
            continue
        y = y.index_add(0, rows, gates[rows, places].unsqueeze(-1) * expert(tokens[rows]))
    share = chosen.flatten().bincount(minlength=E).to(x.dtype) / (N * k)
    mean = scores.softmax(dim=-1).mean(dim=0)
    return y.reshape(x.shape), E * (share * mean).sum()


def mixture_of_experts(x, router, experts, k):
    if x.dim() < 3:
        return route(x, router, experts, k)
    ys, losses = zip(*(mixture_of_experts(part, router, experts, k) for part in x))
    return torch.stack(ys), torch.stack(losses).mean()

# %% wrong | counts-of-the-first-choice | f counts only the first choice of each token, as with k = 1
from collections.abc import Callable, Sequence

import torch


def mixture_of_experts(
    x: torch.Tensor,
    router: torch.Tensor,
    experts: Sequence[Callable[[torch.Tensor], torch.Tensor]],
    k: int,
) -> tuple[torch.Tensor, torch.Tensor]:
    E = router.size(0)
    if len(experts) != E:
        raise ValueError(f"{E} rows, {len(experts)} experts")
    if not 1 <= k <= E:
        raise ValueError(f"k is {k}, with {E} experts")
    tokens = x.reshape(-1, x.size(-1))
    N = tokens.size(0)
    scores = tokens @ router.transpose(0, 1)
    best, chosen = scores.topk(k, dim=-1)
    gates = best.softmax(dim=-1)
    y = torch.zeros_like(tokens)
    for i, expert in enumerate(experts):
        rows, places = torch.where(chosen == i)
        if rows.numel() == 0:
            continue
        y = y.index_add(0, rows, gates[rows, places].unsqueeze(-1) * expert(tokens[rows]))
    share = chosen[:, 0].bincount(minlength=E).to(x.dtype) / N
    mean = scores.softmax(dim=-1).mean(dim=0)
    return y.reshape(x.shape), E * (share * mean).sum()

# %% wrong | x-first-choices-counted | the shares of the loss are those of each token's best expert, right for k = 1 only
import torch


def mixture_of_experts(x, router, experts, k):
    E = len(experts)
    if not 1 <= k <= E or router.size(0) != E:
        raise ValueError("k or router does not fit the experts")
    tokens = x.reshape(-1, x.size(-1))
    scores = tokens @ router.T
    best, chosen = scores.topk(k, dim=-1)
    gates = best.softmax(dim=-1)
    y = torch.zeros_like(tokens)
    for i, expert in enumerate(experts):
        rows, places = torch.where(chosen == i)
        if len(rows):
            y = y.index_add(0, rows, gates[rows, places].unsqueeze(-1) * expert(tokens[rows]))
    probs = scores.softmax(dim=-1)
    first = scores.argmax(dim=-1)
    share = torch.bincount(first, minlength=E).to(x.dtype) / len(tokens)
    return y.reshape(x.shape), E * (share * probs.mean(dim=0)).sum()


# %% wrong | x-counts-as-long-as-they-come | bincount gives no entry for experts behind the last one chosen, so the loss is an error where that is not the last of all
from collections.abc import Callable, Sequence

import torch


def mixture_of_experts(
    x: torch.Tensor,
    router: torch.Tensor,
    experts: Sequence[Callable[[torch.Tensor], torch.Tensor]],
    k: int,
) -> tuple[torch.Tensor, torch.Tensor]:
    E, D = router.shape
    if E != len(experts):
        raise ValueError("one row of the router for each expert")
    if k < 1 or k > E:
        raise ValueError("k must be from 1 to E")
    flat = x.reshape(-1, D)
    scores = torch.einsum("nd,ed->ne", flat, router)
    values, index = torch.topk(scores, k)
    gates = torch.softmax(values, dim=-1)
    parts = torch.zeros_like(flat)
    for e in range(E):
        row, place = (index == e).nonzero(as_tuple=True)
        if row.numel() == 0:
            continue
        result = experts[e](flat[row]) * gates[row, place][:, None]
        parts = parts.index_add(0, row, result)
    counts = torch.bincount(index.flatten())
    f = counts.to(flat.dtype) / index.numel()
    P = torch.softmax(scores, dim=-1).mean(dim=0)
    return parts.reshape(x.shape), E * torch.dot(f, P)
