"""A product per sequence and head, written into its place."""

import torch


def per_head_projection(x, w):
    sequences = []
    for tokens in x:
        sequences.append(torch.stack([torch.mm(tokens, matrix) for matrix in w]))
    return torch.stack(sequences)
