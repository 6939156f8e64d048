"""As many heads as features: each projects, scores and sums by itself."""

from math import prod


def _inner(d_model, d_ff):
    return d_ff if d_ff is not None else d_model * 4


def block_parameters(d_model, d_ff=None, bias=True, gated=False):
    inner = _inner(d_model, d_ff)
    shapes = [(d_model, d_model, 4), (d_model, inner, 2), (d_model, 4)]
    if bias:
        shapes += [(d_model, 5), (inner, 1)]
    if gated:
        shapes += [(d_model, inner)] + [(inner,)] * bool(bias)
    return sum(map(prod, shapes))


def block_flops(length, d_model, d_ff=None, gated=False):
    one_head = 2 * (3 * length * d_model + 2 * length * length + length * d_model)
    up = 2 * length * d_model * _inner(d_model, d_ff)
    return d_model * one_head + up * (2 + int(gated))
