"""What one Transformer block costs: its parameters, and its operations."""

# One block, of width D = d_model and with F = d_ff hidden values, has
#   attention: four linear layers of D × D, which make the queries, keys and values and mix the
#       heads. The number of heads changes nothing.
#   a feed-forward network: a linear layer from D to F and one from F to D. A gated one has two
#       from D to F, the gate and the other, and one from F to D.
#   two layer norms, each with a weight (D) and a bias (D).
# In both functions, F is 4 · d_model when d_ff is None, gated or not. All sizes are at least 1.
# The answers are exact for any size: Python's `int`, which has no largest value.


def block_parameters(
    d_model: int, d_ff: int | None = None, bias: bool = True, gated: bool = False
) -> int:
    """Count the trained numbers of one block.

    Args:
        d_model: Width D.
        d_ff: Number F of hidden values of the network; 4 · D when None.
        bias: Whether each linear layer has a bias, which is one number for each number that comes
            out of it. The layer norms have theirs in any case.
        gated: Whether the network is gated.

    Returns:
        The number of parameters, weights and biases together.

    Source: Vaswani et al. 2017, "Attention Is All You Need", section 3; Shazeer 2020, "GLU Variants
    Improve Transformer", for the gate.

    >>> block_parameters(512, 2048)
    3152384
    >>> block_parameters(512, 2048, bias=False)
    3147776
    >>> block_parameters(2, 3, gated=True)
    58
    """
    D = d_model
    F = 4 * D if d_ff is None else d_ff
    ups = 2 if gated else 1
    weights = 4 * D * D + (ups + 1) * D * F
    biases = 4 * D + ups * F + D
    norms = 2 * 2 * D
    return weights + norms + (biases if bias else 0)


def block_flops(length: int, d_model: int, d_ff: int | None = None, gated: bool = False) -> int:
    """Count the floating-point operations of one block's forward pass over one sequence.

    Only matrix products count: those of the linear layers, and in attention the queries with the
    keys and the weights with the values. A multiplication and the addition that goes with it are
    two operations. Biases, softmax, activation, the product of the gate, norms and sums of a
    residual are left out. Every token attends to all tokens of the sequence; there is no mask.

    Args:
        length: Number T of tokens in the sequence.
        d_model: Width D; all heads together have this width.
        d_ff: Number F of hidden values of the network; 4 · D when None.
        gated: Whether the network is gated.

    Returns:
        The number of operations.

    >>> block_flops(1, 2, 3)
    64
    >>> block_flops(1024, 512, 2048)
    8589934592
    """
    T, D = length, d_model
    F = 4 * D if d_ff is None else d_ff
    ups = 2 if gated else 1
    weights = 4 * D * D + (ups + 1) * D * F
    linear = 2 * T * weights
    attention = 2 * (2 * T * T * D)  # queries with keys, weights with values
    return linear + attention
