"""One token after the other, each row given to its experts alone."""

import torch


def mixture_of_experts(x, router, experts, k):
    E = len(experts)
    if not 0 < k <= E or router.shape[0] != E:
        raise ValueError("These sizes do not fit.")
    rows, f, p = [], torch.zeros(E, dtype=x.dtype, device=x.device), 0
    tokens = x.reshape(-1, x.shape[-1])
    for token in tokens:
        scores = router @ token
        best = torch.topk(scores, k)
        gates = best.values.softmax(0)
        total = 0
        for gate, i in zip(gates, best.indices.tolist(), strict=True):
            total = total + gate * experts[i](token[None])[0]
            f[i] += 1
        rows.append(total)
        p = p + scores.softmax(0)
    loss = E * ((f / f.sum()) * (p / len(tokens))).sum()
    return torch.stack(rows).reshape(x.shape), loss
