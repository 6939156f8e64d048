"""The two cases of the derivative, entry by entry, in float64."""

import torch


def softmax_jacobian(p: torch.Tensor) -> torch.Tensor:
    s = p.size(-1)
    rows = p.double().reshape(-1, s)
    jacobian = torch.empty(rows.size(0), s, s, dtype=torch.float64, device=p.device)
    for b, row in enumerate(rows):
        for i in range(s):
            for j in range(s):
                jacobian[b, i, j] = row[i] * (1 - row[i]) if i == j else -row[i] * row[j]
    return jacobian.reshape(*p.shape, s).to(p.dtype)
