"""`torch.cov` of keys and values stacked, with the weights; one block of it is the answer."""

import torch


def attention_query_jacobian(q, keys, values):
    weights = torch.softmax(torch.mv(keys, q), 0)
    both = torch.cat([values, keys], dim=1).T
    e = values.shape[1]
    return torch.cov(both, correction=0, aweights=weights)[:e, e:]
