"""Every layer by its inputs and outputs."""


def layers(d_model, d_ff, gated):
    d_ff = 4 * d_model if d_ff is None else d_ff
    attention = [(d_model, d_model) for _ in "qkvo"]
    network = [(d_model, d_ff), (d_ff, d_model)] + ([(d_model, d_ff)] if gated else [])
    return attention + network


def block_parameters(d_model, d_ff=None, bias=True, gated=False):
    total = 4 * d_model
    for inputs, outputs in layers(d_model, d_ff, gated):
        total += (inputs + bias) * outputs
    return total


def block_flops(length, d_model, d_ff=None, gated=False):
    total = 2 * 2 * length**2 * d_model
    for inputs, outputs in layers(d_model, d_ff, gated):
        total += 2 * length * inputs * outputs
    return total
