"""A product for each sequence and head, stacked."""

import torch


def per_head_projection(x, w):
    return torch.stack([torch.stack([torch.mm(tokens, matrix) for matrix in w]) for tokens in x])
