"""The chain rule in full: values, the softmax's Jacobian diag(p) − p pᵀ, keys."""

import torch


def attention_query_jacobian(q, keys, values):
    p = torch.softmax(keys @ q, dim=-1)
    return values.T @ (torch.diag(p) - torch.outer(p, p)) @ keys
