"""Choices sorted by expert; every expert gets one slice of them."""

import torch
import torch.nn.functional as F


def mixture_of_experts(x, router, experts, k):
    E, D = len(experts), x.size(-1)
    if len(router) != E:
        raise ValueError("one row of the router for each expert")
    if k not in range(1, E + 1):
        raise ValueError("k")
    tokens = x.reshape(-1, D)
    N = tokens.size(0)
    scores = F.linear(tokens, router)
    top, chosen = torch.topk(scores, k)
    gates = (top - top.amax(-1, keepdim=True)).exp()
    gates = (gates / gates.sum(-1, keepdim=True)).flatten()
    order = chosen.flatten().argsort(stable=True)
    counts = chosen.flatten().bincount(minlength=E).tolist()
    pieces = []
    for expert, part in zip(experts, order.split(counts), strict=True):
        if part.numel():
            pieces.append(expert(tokens[part // k]) * gates[part].unsqueeze(1))
    done = torch.cat(pieces)
    back = torch.empty_like(order)
    back[order] = torch.arange(N * k, device=x.device)
    y = done[back].view(N, k, D).sum(1)
    share = F.one_hot(chosen, E).to(x.dtype).mean(dim=(0, 1))
    loss = E * (share @ F.softmax(scores, dim=-1).mean(0))
    return y.view_as(x), loss
