"""Number by number, into tensors that were made before."""

import torch


def unpack_projections(packed):
    return tuple(packed.unflatten(0, (3, -1)).unbind(0))


def pack_projections(w_q, w_k, w_v):
    D = w_q.size(0)
    packed = w_q.new_zeros(3 * D, *w_q.shape[1:])
    for part, weight in enumerate((w_q, w_k, w_v)):
        packed[part * D : (part + 1) * D] = weight
    return packed


def weight_to_heads(weight, n_heads):
    D = weight.size(0)
    d = D // n_heads
    heads = torch.empty(n_heads, D, d, dtype=weight.dtype, device=weight.device)
    for row in range(D):
        heads[row // d, :, row % d] = weight[row]
    return heads


def heads_to_weight(heads):
    H, D, d = heads.shape
    weight = torch.zeros(D, D, dtype=heads.dtype, device=heads.device)
    for h in range(H):
        for column in range(d):
            weight[h * d + column] = heads[h, :, column]
    return weight
