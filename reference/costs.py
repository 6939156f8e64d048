"""What a layer costs: operations, steps that must wait for each other, parameters and memory.

One multiplication and one addition count as two operations (FLOPs), and only matrix products are
counted, as usual. Source: Vaswani et al. (2017), section 4 and table 1.
"""

from typing import Literal, NamedTuple

LayerKind = Literal["self_attention", "recurrent", "convolutional", "restricted"]


class LayerCosts(NamedTuple):
    """A row of table 1, with the constants that O(…) hides left out."""

    operations: int
    sequential: int  # operations that must wait for one another
    path_length: int  # steps between the two tokens that are furthest apart


def layer_costs(
    kind: LayerKind, n: int, d: int, kernel: int = 3, window: int | None = None
) -> LayerCosts:
    """Costs of one layer over n tokens of width d.

    Args:
        kind: of the layer.
        n: number of tokens.
        d: width.
        kernel: size of the convolution's kernel; its path length is that of dilated layers.
        window: neighbourhood r of restricted self-attention.

    Raises:
        ValueError: if the kind is unknown, a kernel cannot reach a neighbour, or "restricted" has
            no window.
    """
    if kind == "self_attention":
        return LayerCosts(n * n * d, 1, 1)
    if kind == "recurrent":
        return LayerCosts(n * d * d, n, n)
    if kind == "convolutional":
        if kernel < 2:
            raise ValueError(f"A kernel of {kernel} never sees a second token.")
        return LayerCosts(kernel * n * d * d, 1, _layers_to_span(n, kernel))
    if kind == "restricted":
        if window is None or window < 1:
            raise ValueError('A "restricted" layer needs a window of at least one token.')
        return LayerCosts(window * n * d, 1, -(-n // window))
    raise ValueError(f"Unknown kind of layer: {kind!r}.")


def _layers_to_span(n: int, kernel: int) -> int:
    """⌈log_kernel n⌉ without rounding errors."""
    layers, span = 0, 1
    while span < n:
        layers, span = layers + 1, span * kernel
    return layers


class AttentionCost(NamedTuple):
    """What one head of self-attention takes."""

    flops: int
    activation_bytes: int  # kept for the backward pass


def attention_cost(n: int, d: int) -> AttentionCost:
    """Cost of softmax(q kᵀ / √d) v for n tokens of width d in float32, without projections.

    Two products of 2·n²·d FLOPs each. The backward pass needs q, k, v (n·d each) and the weights
    (n²), at 4 bytes a number.
    """
    return AttentionCost(flops=4 * n * n * d, activation_bytes=4 * (3 * n * d + n * n))


def block_parameters(d_model: int, d_ff: int | None = None, bias: bool = True) -> int:
    """Parameters of an encoder layer: attention, feed-forward, and two layer norms.

    Args:
        d_model: width D.
        d_ff: inner width F; 4·D when None, which gives 12·D² and lower terms.
        bias: whether the linear layers have one. The norms always do.
    """
    D, F = d_model, 4 * d_model if d_ff is None else d_ff
    weights = 4 * D * D + 2 * D * F
    biases = 4 * D + F + D
    norms = 4 * D
    return weights + (biases if bias else 0) + norms


def block_flops(length: int, d_model: int, d_ff: int | None = None) -> int:
    """FLOPs of an encoder layer's forward pass over one sequence: projections, attention, network.

    The number of heads changes nothing.
    """
    T, D, F = length, d_model, 4 * d_model if d_ff is None else d_ff
    projections = 2 * T * 4 * D * D
    attention = 2 * 2 * T * T * D
    network = 2 * T * 2 * D * F
    return projections + attention + network
