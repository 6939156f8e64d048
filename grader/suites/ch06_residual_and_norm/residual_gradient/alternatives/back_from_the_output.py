"""From the output towards the input, as backpropagation goes."""

import functools

import torch


def residual_gradient(jacobians, residual):
    g = torch.diag(torch.ones_like(jacobians[0, 0]))
    backwards = jacobians.flip(0).unbind()
    return functools.reduce(lambda g, J: g * bool(residual) + g @ J, backwards, g)
