"""Slices, stacked and joined; each head's rows turned over by `.T`."""

import torch


def unpack_projections(packed):
    D = packed.shape[0] // 3
    return packed[:D], packed[D : 2 * D], packed[2 * D :]


def pack_projections(w_q, w_k, w_v):
    return torch.vstack((w_q, w_k, w_v)) if w_q.dim() == 2 else torch.hstack((w_q, w_k, w_v))


def weight_to_heads(weight, n_heads):
    d = weight.shape[0] // n_heads
    return torch.stack([weight[h * d : (h + 1) * d].T for h in range(n_heads)])


def heads_to_weight(heads):
    return torch.cat([matrix.T for matrix in heads])
