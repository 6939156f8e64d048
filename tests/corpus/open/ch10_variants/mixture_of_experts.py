# %% right | topk-and-index-add | topk, torch.where for the rows of an expert, index_add
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
    share = chosen.flatten().bincount(minlength=E).to(x.dtype) / (N * k)
    mean = scores.softmax(dim=-1).mean(dim=0)
    return y.reshape(x.shape), E * (share * mean).sum()

# %% right | masked-softmax | argsort, scores that are not chosen masked by -inf, index_put
import torch


def mixture_of_experts(x, router, experts, k):
    n_experts = len(experts)
    if router.shape[0] != n_experts or k < 1 or k > n_experts:
        raise ValueError("router, experts and k do not fit together")
    flat = x.flatten(0, -2) if x.dim() > 1 else x.unsqueeze(0)
    logits = torch.einsum("nd,ed->ne", flat, router)
    index = logits.argsort(dim=-1, descending=True)[:, :k]
    picked = torch.zeros_like(logits, dtype=torch.bool).scatter(1, index, True)
    gates = logits.masked_fill(~picked, float("-inf")).softmax(-1)      # 0 where not chosen
    y = 0 * flat
    for e in range(n_experts):
        who = picked[:, e].nonzero().squeeze(1)
        if len(who):
            made = experts[e](flat[who])
            y = y.index_put((who,), gates[who, e, None] * made, accumulate=True)
    f = picked.to(x.dtype).mean(0) / k
    p = torch.softmax(logits, -1).mean(0)
    return y.view(x.shape), n_experts * torch.dot(f, p)

# %% right | sorted-by-expert | all choices sorted by expert, pieces by split, one weighted sum at the end
import torch


def mixture_of_experts(x, router, experts, k):
    """Sort all N * k choices by expert, run each on its piece, and put them back."""
    if len(experts) != len(router):
        raise ValueError("as many experts as rows, please")
    if k not in range(1, len(router) + 1):
        raise ValueError("k")
    d = x.shape[-1]
    tokens = x.reshape(-1, d)
    n, n_experts = tokens.shape[0], len(router)
    scores = tokens @ router.mT
    values, which = torch.topk(scores, k)
    order = which.reshape(-1).argsort(stable=True)
    counts = torch.bincount(which.reshape(-1), minlength=n_experts)
    pieces = tokens[order // k].split(counts.tolist())
    outs = [expert(piece) for expert, piece in zip(experts, pieces) if len(piece) > 0]
    back = torch.empty_like(order)
    back[order] = torch.arange(len(order), device=x.device)
    made = torch.cat(outs)[back].reshape(n, k, d)
    y = (values.softmax(-1)[..., None] * made).sum(dim=1)
    probability = scores.softmax(-1).sum(0) / n
    loss = (counts.to(x.dtype) / (n * k) * probability).sum() * n_experts
    return y.reshape(x.shape), loss

# %% right | place-by-place | for each of the k places an expert is called with the tokens that have it there, so up to k times, each token once
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
        for place in range(k):
            (rows,) = torch.where(chosen[:, place] == i)
            if len(rows) > 0:
                y = y.index_add(0, rows, gates[rows, place].unsqueeze(-1) * expert(tokens[rows]))
    share = chosen.flatten().bincount(minlength=E).to(x.dtype) / (N * k)
    mean = scores.softmax(dim=-1).mean(dim=0)
    return y.reshape(x.shape), E * (share * mean).sum()

# %% wrong | gates-of-all-experts | the gates are the probabilities under the softmax over all E scores, and do not sum to 1
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
    gates = scores.softmax(dim=-1).gather(1, chosen)
    y = torch.zeros_like(tokens)
    for i, expert in enumerate(experts):
        rows, places = torch.where(chosen == i)
        if rows.numel() == 0:
            continue
        y = y.index_add(0, rows, gates[rows, places].unsqueeze(-1) * expert(tokens[rows]))
    share = chosen.flatten().bincount(minlength=E).to(x.dtype) / (N * k)
    mean = scores.softmax(dim=-1).mean(dim=0)
    return y.reshape(x.shape), E * (share * mean).sum()

# %% wrong | every-expert-on-every-token | each expert is given all tokens and the gates of the others are 0: every token pays for E experts
import torch


def mixture_of_experts(x, router, experts, k):
    E = len(experts)
    if router.size(0) != E or not 1 <= k <= E:
        raise ValueError("k or router")
    tokens = x.reshape(-1, x.size(-1))
    scores = tokens @ router.T
    values, idx = scores.topk(k, -1)
    gates = torch.zeros_like(scores).scatter(1, idx, values.softmax(-1))
    y = sum(gates[:, i : i + 1] * experts[i](tokens) for i in range(E))
    f = (gates > 0).to(x.dtype).mean(0) / k
    return y.reshape(x.shape), E * (f * scores.softmax(-1).mean(0)).sum()

# %% wrong | idle-expert-called | an expert that no token chose is called with zero rows
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
        y = y.index_add(0, rows, gates[rows, places].unsqueeze(-1) * expert(tokens[rows]))
    share = chosen.flatten().bincount(minlength=E).to(x.dtype) / (N * k)
    mean = scores.softmax(dim=-1).mean(dim=0)
    return y.reshape(x.shape), E * (share * mean).sum()

# %% wrong | share-of-tokens | the counts are divided by N and not by N · k, so the loss grows with k
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
    share = chosen.flatten().bincount(minlength=E).to(x.dtype) / N
    mean = scores.softmax(dim=-1).mean(dim=0)
    return y.reshape(x.shape), E * (share * mean).sum()

# %% wrong | always-two-experts | topk takes 2, whatever k is
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
    best, chosen = scores.topk(min(2, E), dim=-1)
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

# %% wrong | unweighted-sum | the outputs of the chosen experts are added without their gates, so no gradient reaches the router
import torch
import torch.nn.functional as F


def check_arguments(router, experts, k):
    if router.size(0) != len(experts):
        raise ValueError(f"router has {router.size(0)} rows for {len(experts)} experts")
    if k < 1:
        raise ValueError("k must be at least 1")
    if k > len(experts):
        raise ValueError("k must not be above the number of experts")


def balance(scores, one_hot):
    shares = one_hot.sum(dim=(0, 1)) / one_hot.sum()
    return scores.size(-1) * (shares * scores.softmax(dim=-1)).sum(dim=-1).mean()


def mixture_of_experts(x, router, experts, k):
    check_arguments(router, experts, k)
    tokens = x.reshape(-1, x.size(-1))
    scores = F.linear(tokens, router)
    top = scores.topk(k, dim=-1)
    one_hot = F.one_hot(top.indices, len(experts)).to(x.dtype)        # (N, k, E)
    gates = top.values.exp() / top.values.exp().sum(dim=-1, keepdim=True)
    gate_of = torch.einsum("nk,nke->en", gates, one_hot)
    y = torch.zeros_like(tokens)
    for i, expert in enumerate(experts):
        mask = (top.indices == i).any(dim=-1)
        if mask.any():
            mixed = torch.zeros_like(tokens)
            mixed[mask] = expert(tokens[mask])
            y = y + mixed
    return y.reshape(x.shape), balance(scores, one_hot)

# %% wrong | loss-without-E | the balance loss is not multiplied by E, and is 1 / E where all are even
import torch


def mixture_of_experts(x, router, experts, k):
    n_experts = len(experts)
    if router.shape[0] != n_experts or k < 1 or k > n_experts:
        raise ValueError("router, experts and k do not fit together")
    flat = x.flatten(0, -2) if x.dim() > 1 else x.unsqueeze(0)
    logits = torch.einsum("nd,ed->ne", flat, router)
    index = logits.argsort(dim=-1, descending=True)[:, :k]
    picked = torch.zeros_like(logits, dtype=torch.bool).scatter(1, index, True)
    gates = logits.masked_fill(~picked, float("-inf")).softmax(-1)      # 0 where not chosen
    y = 0 * flat
    for e in range(n_experts):
        who = picked[:, e].nonzero().squeeze(1)
        if len(who):
            made = experts[e](flat[who])
            y = y.index_put((who,), gates[who, e, None] * made, accumulate=True)
    f = picked.to(x.dtype).mean(0) / k
    p = torch.softmax(logits, -1).mean(0)
    return y.view(x.shape), torch.dot(f, p)

# %% wrong | width-probed | experts[0] is called with the first token to find the width of its output, although that token may not have chosen it
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
    width = experts[0](tokens[:1]).size(-1)
    y = tokens.new_zeros(N, width)
    for i, expert in enumerate(experts):
        rows, places = torch.where(chosen == i)
        if rows.numel() == 0:
            continue
        y = y.index_add(0, rows, gates[rows, places].unsqueeze(-1) * expert(tokens[rows]))
    share = chosen.flatten().bincount(minlength=E).to(x.dtype) / (N * k)
    mean = scores.softmax(dim=-1).mean(dim=0)
    return y.reshape(x.shape), E * (share * mean).sum()

# %% wrong | k-not-checked | k = 0 gives zeros and a division by 0 instead of a ValueError
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
    if k > E:
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

# %% wrong | mean-of-the-gates | P is the mean of the gates of the k chosen and not of the softmax over all E scores
import torch


def mixture_of_experts(x, router, experts, k):
    n_experts = len(experts)
    if router.shape[0] != n_experts or k < 1 or k > n_experts:
        raise ValueError("router, experts and k do not fit together")
    flat = x.flatten(0, -2) if x.dim() > 1 else x.unsqueeze(0)
    logits = torch.einsum("nd,ed->ne", flat, router)
    index = logits.argsort(dim=-1, descending=True)[:, :k]
    picked = torch.zeros_like(logits, dtype=torch.bool).scatter(1, index, True)
    gates = logits.masked_fill(~picked, float("-inf")).softmax(-1)      # 0 where not chosen
    y = 0 * flat
    for e in range(n_experts):
        who = picked[:, e].nonzero().squeeze(1)
        if len(who):
            made = experts[e](flat[who])
            y = y.index_put((who,), gates[who, e, None] * made, accumulate=True)
    f = picked.to(x.dtype).mean(0) / k
    p = gates.mean(0)
    return y.view(x.shape), n_experts * torch.dot(f, p)

# %% wrong | lowest-scores | topk takes the k lowest scores and not the highest
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
    best, chosen = scores.topk(k, dim=-1, largest=False)
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

# %% wrong | gate-inside-the-expert | the gate multiplies what goes into the expert and not what comes out: gate · expert(x) becomes expert(gate · x), right only for linear experts
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
        y = y.index_add(0, rows, expert(gates[rows, places].unsqueeze(-1) * tokens[rows]))
    share = chosen.flatten().bincount(minlength=E).to(x.dtype) / (N * k)
    mean = scores.softmax(dim=-1).mean(dim=0)
    return y.reshape(x.shape), E * (share * mean).sum()

# %% wrong | capacity-limit | an expert takes 1.25 · N · k / E tokens at most, and the others that chose it lose that part of their sum
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
        room = int(1.25 * N * k / E) or 1
        rows, places = rows[:room], places[:room]
        y = y.index_add(0, rows, gates[rows, places].unsqueeze(-1) * expert(tokens[rows]))
    share = chosen.flatten().bincount(minlength=E).to(x.dtype) / (N * k)
    mean = scores.softmax(dim=-1).mean(dim=0)
    return y.reshape(x.shape), E * (share * mean).sum()

# %% wrong | gates-counted-for-f | f adds up the gates in place of counting the choices, so it is no count for k above 1 and carries a gradient
import torch


def mixture_of_experts(x, router, experts, k):
    n_experts = len(experts)
    if router.shape[0] != n_experts or k < 1 or k > n_experts:
        raise ValueError("router, experts and k do not fit together")
    flat = x.flatten(0, -2) if x.dim() > 1 else x.unsqueeze(0)
    logits = torch.einsum("nd,ed->ne", flat, router)
    index = logits.argsort(dim=-1, descending=True)[:, :k]
    picked = torch.zeros_like(logits, dtype=torch.bool).scatter(1, index, True)
    gates = logits.masked_fill(~picked, float("-inf")).softmax(-1)      # 0 where not chosen
    y = 0 * flat
    for e in range(n_experts):
        who = picked[:, e].nonzero().squeeze(1)
        if len(who):
            made = experts[e](flat[who])
            y = y.index_put((who,), gates[who, e, None] * made, accumulate=True)
    f = gates.mean(0)
    p = torch.softmax(logits, -1).mean(0)
    return y.view(x.shape), n_experts * torch.dot(f, p)

# %% wrong | probabilities-detached | P is detached along with f, so no gradient of the loss reaches x and router
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
    share = chosen.flatten().bincount(minlength=E).to(x.dtype) / (N * k)
    mean = scores.detach().softmax(dim=-1).mean(dim=0)
    return y.reshape(x.shape), E * (share * mean).sum()

# %% wrong | router-rows-unchecked | only k is checked against the number of experts; a router with another number of rows is no ValueError
import torch


def mixture_of_experts(x, router, experts, k):
    E = len(experts)
    if k < 1 or k > E:
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
