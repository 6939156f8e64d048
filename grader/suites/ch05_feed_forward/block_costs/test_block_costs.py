"""The cost of a block: against a real one, and by its shapes at any size."""

import pytest
import torch
from torch.overrides import TorchFunctionMode

import reference
from reference.config import LayerConfig

GATED = pytest.mark.parametrize(
    "gated", [pytest.param(False, id="plain"), pytest.param(True, id="gated")]
)
BIAS = pytest.mark.parametrize(
    "bias", [pytest.param(True, id="with biases"), pytest.param(False, id="without biases")]
)


class ProductCounter(TorchFunctionMode):
    """Counts the operations of every matrix product that runs inside it."""

    flops = 0

    def __torch_function__(self, function, types, args=(), kwargs=None):
        result = function(*args, **(kwargs or {}))
        if getattr(function, "__name__", "") in ("linear", "matmul", "mm", "bmm"):
            self.flops += 2 * result.numel() * args[0].size(-1)
        return result


def real_block(D, F, *, bias=True, gated=False):
    config = LayerConfig(d_model=D, n_heads=1, d_ff=F, bias=bias, gated=gated, attention="explicit")
    with torch.device("meta"):
        return reference.EncoderLayer(config)


def linear_layers(D, F, gated):
    """Inputs and outputs of every linear layer."""
    return [(D, D)] * 4 + [(D, F)] * (2 if gated else 1) + [(F, D)]


def exact_parameters(D, F, bias, gated):
    layers = linear_layers(D, F, gated)
    return sum(a * b + (b if bias else 0) for a, b in layers) + 2 * (D + D)


def exact_flops(T, D, F, gated):
    products = [(T, a, b) for a, b in linear_layers(D, F, gated)] + [(T, D, T), (T, T, D)]
    return sum(2 * rows * inner * columns for rows, inner, columns in products)


def drawn(rng, low, high):
    """A whole number, so that nobody can know the answers beforehand."""
    return int(rng.integers(low, high))


@pytest.mark.points(2)
@BIAS
@GATED
def test_parameters_of_a_real_block(submission, rng, expect, bias, gated):
    """The parameters are those of a block that is built, with and without biases."""
    for widths, inner in (((20, 400), (500, 3000)), ((300, 900), (2, 90))):
        D, F = drawn(rng, *widths), drawn(rng, *inner)
        parameters = real_block(D, F, bias=bias, gated=gated).parameters()
        expected = sum(parameter.numel() for parameter in parameters)
        expect(submission.block_parameters(D, F, bias, gated)).equals(expected)


@pytest.mark.points(2)
@GATED
def test_operations_of_a_counted_run(submission, rng, expect, gated):
    """The operations are those of the matrix products that run in a block."""
    for lengths, widths, inner in (
        ((2, 30), (40, 90), (100, 300)),
        ((100, 300), (4, 30), (40, 90)),
        ((40, 90), (30, 40), (2, 20)),
    ):
        T, D, F = drawn(rng, *lengths), drawn(rng, *widths), drawn(rng, *inner)
        block = real_block(D, F, gated=gated)
        with ProductCounter() as counter:
            block(torch.empty(1, T, D, device="meta"))
        expect(submission.block_flops(T, D, F, gated)).equals(counter.flops)


@pytest.mark.points(2)
@GATED
def test_default_width(submission, rng, expect, gated):
    """Without a d_ff there are 4 · d_model hidden values, gated or not."""
    T, D = drawn(rng, 100, 5000), drawn(rng, 100, 2000)
    expected = exact_parameters(D, 4 * D, True, gated)
    expect(submission.block_parameters(D, gated=gated)).equals(expected)
    expect(submission.block_parameters(D, None, True, gated)).equals(expected)
    expected = exact_flops(T, D, 4 * D, gated)
    expect(submission.block_flops(T, D, gated=gated)).equals(expected)
    expect(submission.block_flops(T, D, None, gated)).equals(expected)


def test_neither_gate_nor_missing_bias_by_default(submission, rng, expect):
    """By default there are biases and no gate; the arguments may be given by name."""
    T, D, F = drawn(rng, 100, 5000), drawn(rng, 100, 2000), drawn(rng, 100, 9000)
    expected = exact_parameters(D, F, True, False)
    expect(submission.block_parameters(D, F)).equals(expected)
    expected = exact_parameters(D, F, False, True)
    found = submission.block_parameters(gated=True, bias=False, d_ff=F, d_model=D)
    expect(found).equals(expected)
    expect(submission.block_flops(T, D, F)).equals(exact_flops(T, D, F, False))
    expected = exact_flops(T, D, F, True)
    expect(submission.block_flops(gated=True, d_ff=F, d_model=D, length=T)).equals(expected)


@GATED
def test_sizes_of_one(submission, rng, expect, gated):
    """One feature, one hidden value or one token counts like any other number of them."""
    large = drawn(rng, 1000, 90_000)
    for D, F in ((1, large), (large, 1), (1, 1)):
        expected = exact_parameters(D, F, True, gated)
        expect(submission.block_parameters(D, F, True, gated)).equals(expected)
        for T in (1, large):
            expected = exact_flops(T, D, F, gated)
            expect(submission.block_flops(T, D, F, gated)).equals(expected)


@GATED
def test_growth(submission, rng, expect, gated):
    """With the length, the linear layers grow in step, and attention with its square."""
    T, D, F = drawn(rng, 1000, 9000), drawn(rng, 50, 400), drawn(rng, 50, 4000)
    for length in (T, 2 * T, 10 * T):
        expected = exact_flops(length, D, F, gated)
        expect(submission.block_flops(length, D, F, gated)).equals(expected)


@GATED
def test_huge_sizes_are_exact(submission, rng, expect, gated):
    """Sizes beyond all models are counted to the last parameter and the last operation."""
    # Odd and that large: the answers fit neither into the 53 bits of a float nor into 63 bits.
    odd = 2 * drawn(rng, 50_000_000, 80_000_000) + 1
    for T, D, F in ((odd, odd + 2, None), (10**10 + 1, 3, 10**17 + 1), (5, 10**12 + 1, 7)):
        inner = 4 * D if F is None else F
        expected = exact_flops(T, D, inner, gated)
        expect(submission.block_flops(T, D, F, gated)).equals(expected)
        for bias in (True, False):
            expected = exact_parameters(D, inner, bias, gated)
            expect(submission.block_parameters(D, F, bias, gated)).equals(expected)
