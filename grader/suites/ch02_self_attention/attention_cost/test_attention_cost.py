"""The cost of attention: against a counted run, and by its growth."""

import math

import pytest
import torch
from torch.overrides import TorchFunctionMode

import reference

SMALL, LARGE = (2, 20), (30, 90)
SIZES = pytest.mark.parametrize(
    ("lengths", "widths"),
    [
        pytest.param(LARGE, SMALL, id="more tokens than features"),
        pytest.param(SMALL, LARGE, id="more features than tokens"),
    ],
)


class ProductCounter(TorchFunctionMode):
    """Counts the operations of every matrix product that runs inside it.

    `FlopCounterMode` gives the same numbers, but torch imports sympy for it, which takes seconds.
    """

    flops = 0

    def __torch_function__(self, function, types, args=(), kwargs=None):
        result = function(*args, **(kwargs or {}))
        if getattr(function, "__name__", "") in ("matmul", "mm", "bmm"):
            self.flops += 2 * result.numel() * args[0].size(-1)
        return result


def counted_flops(n, d):
    """The operations that are counted while attention runs."""
    q, k, v = torch.ones(3, n, d)
    with ProductCounter() as counter:
        reference.scaled_dot_product_attention(q, k, v)
    return counter.flops


def kept_bytes(n, d):
    """The memory that autograd holds on to after the forward pass, each tensor once."""
    kept = {}

    def keep(tensor):
        kept[tensor.untyped_storage().data_ptr()] = tensor.untyped_storage().nbytes()
        return tensor

    q, k, v = (torch.ones(n, d, requires_grad=True) for _ in range(3))
    with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
        output = (q @ k.mT / math.sqrt(d)).softmax(-1) @ v
    del output
    return sum(kept.values())


def drawn(rng, low, high):
    """A whole number, so that nobody can know the answers beforehand."""
    return int(rng.integers(low, high))


def compare(expect, cost, flops, activation_bytes):
    expect(cost.flops).equals(flops, because="Look at flops.")
    expect(cost.activation_bytes).equals(activation_bytes, because="Look at activation_bytes.")


@pytest.mark.points(2)
@SIZES
def test_operations_of_a_counted_run(submission, rng, expect, lengths, widths):
    """The operations are those that a run of the two matrix products takes."""
    n, d = drawn(rng, *lengths), drawn(rng, *widths)
    flops = submission.attention_cost(n, d).flops
    expect(flops).equals(counted_flops(n, d), because="Look at flops.")


@pytest.mark.points(2)
@SIZES
def test_memory_of_a_measured_run(submission, rng, expect, lengths, widths):
    """The memory is what a run holds on to for its backward pass."""
    n, d = drawn(rng, *lengths), drawn(rng, *widths)
    activation_bytes = submission.attention_cost(n, d).activation_bytes
    expect(activation_bytes).equals(kept_bytes(n, d), because="Look at activation_bytes.")


def test_twice_the_length(submission, rng, expect):
    """Twice the tokens take four times the operations; twice the width takes two times."""
    length, width = drawn(rng, 90, 900), drawn(rng, 20, 80)
    for n, d in ((length, width), (2 * length, width), (length, 2 * width)):
        expected = reference.attention_cost(n, d).flops
        expect(submission.attention_cost(n, d).flops).equals(expected, because="Look at flops.")


def test_a_long_sequence_is_exact(submission, rng, expect):
    """A hundred million tokens and more are counted to the last operation and the last byte."""
    # Odd and that large: neither n² nor n² + 3·n·d fits into the 53 bits of a float, and later not
    # into 63 bits either.
    odd = 2 * drawn(rng, 50_000_000, 80_000_000) + 1
    for n, d in ((odd, 128), (10**10 + 1, 1), (3, 10**17 + 1)):
        cost, expected = submission.attention_cost(n, d), reference.attention_cost(n, d)
        compare(expect, cost, expected.flops, expected.activation_bytes)


def test_a_single_token(submission, rng, expect):
    """One token has one weight, and its query, key and value."""
    d = drawn(rng, 20, 2000)
    cost = submission.attention_cost(d=d, n=1)  # by name
    compare(expect, cost, 4 * d, 4 * (3 * d + 1))
