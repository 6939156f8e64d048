"""The rest of the run as a function of h_t, and autograd for its Jacobian."""

import torch
from torch.autograd.functional import jacobian


def rnn_gradient_norms(w, u, xs, h0):
    def run(h, inputs):
        for x in inputs:
            h = torch.tanh(w @ h + u @ x)
        return h

    norms = []
    for t in range(1, len(xs) + 1):
        full = jacobian(lambda h, t=t: run(h, xs[t:]), run(h0, xs[:t]))
        norms.append(full.flatten().norm())
    return torch.stack(norms)
