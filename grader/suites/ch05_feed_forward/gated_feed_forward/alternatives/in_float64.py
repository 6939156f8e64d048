"""Float64 inside."""

import torch


def gated_feed_forward(x, w_gate, w_up, w_down, activation=torch.nn.functional.silu):
    wide = x.double()
    gate = activation(wide @ w_gate.double().mT)
    hidden = gate * (wide @ w_up.double().mT)
    return (hidden @ w_down.double().mT).to(x.dtype)
