"""What each hidden value writes, added one after the other."""

import torch


def silu(x):
    return x * torch.sigmoid(x)


def gated_feed_forward(x, w_gate, w_up, w_down, activation=silu):
    output = torch.zeros_like(x)
    for gate_row, up_row, column in zip(w_gate, w_up, w_down.T, strict=True):
        gate = activation((x * gate_row).sum(-1, keepdim=True))
        output = output + gate * (x * up_row).sum(-1, keepdim=True) * column
    return output
