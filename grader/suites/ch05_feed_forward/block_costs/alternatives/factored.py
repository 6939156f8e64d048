"""Closed formulas, factored."""


def block_parameters(d_model, d_ff=None, bias=True, gated=False):
    if d_ff is None:
        d_ff = 4 * d_model
    maps = 3 if gated else 2
    count = d_model * (4 * (d_model + 1) + maps * d_ff)
    if bias:
        count += 5 * d_model + (maps - 1) * d_ff
    return count


def block_flops(length, d_model, d_ff=None, gated=False):
    if d_ff is None:
        d_ff = 4 * d_model
    maps = 3 if gated else 2
    return 2 * length * d_model * (4 * d_model + maps * d_ff + 2 * length)
