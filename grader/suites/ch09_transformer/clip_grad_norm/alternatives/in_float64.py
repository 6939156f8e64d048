"""float64 inside, by dot products of vectors with themselves; what is short comes back itself."""

import math

import torch


def clip_grad_norm(grads, max_norm):
    vectors = [grad.double().flatten() for grad in grads]
    length = math.sqrt(sum(float(torch.dot(vector, vector)) for vector in vectors))
    dtype = grads[0].dtype if grads else torch.float32
    device = grads[0].device if grads else None
    norm = torch.tensor(length, dtype=dtype, device=device)
    if length <= max_norm:
        return list(grads), norm
    return [(grad * (max_norm / length)).to(dtype) for grad in grads], norm
