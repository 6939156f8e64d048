"""One matrix [W_query W_key] on the concatenation of each query and key."""

import torch


def additive_score(query, keys, w_query, w_key, v):
    T, S = query.shape[1], keys.shape[1]
    pairs = torch.cat(
        [
            query[:, :, None].expand(-1, -1, S, -1),
            keys[:, None].expand(-1, T, -1, -1),
        ],
        dim=-1,
    )
    hidden = torch.tanh(pairs @ torch.cat([w_query, w_key], dim=1).T)
    return (hidden * v).sum(dim=-1)
