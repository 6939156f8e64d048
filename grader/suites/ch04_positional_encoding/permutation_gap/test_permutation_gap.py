"""The permutation gap of functions that know of order and of some that do not."""

import pytest
import torch

import reference

FUNCTIONS = """
import torch

def attention(x):  # blind to order
    return (x @ x.mT / x.size(-1) ** 0.5).softmax(-1) @ x

def tripled(x):
    return 3 * x

def centred(x):
    return x - x.mean(1, keepdim=True)

def same(x):
    return x

def running_sum(x):  # from here on they know of order
    return x.cumsum(1)

def minus_running_sum(x):
    return -x.cumsum(1)

def numbered(x):
    steps = torch.arange(x.size(1), dtype=x.dtype, device=x.device)
    return x + 0.7 * steps.square()[:, None]

def barely_numbered(x):
    steps = torch.arange(x.size(1), dtype=x.dtype, device=x.device)
    return x + 1e-7 * steps[:, None]

def widened(x):
    return torch.cat([x, x.flip(1), x.cumsum(1)], dim=-1)

def narrowed(x):
    return x.cumsum(1)[..., :1]
"""
HERE = {}
exec(FUNCTIONS, HERE)


def cycle(rng, length):
    """A permutation that leads round all positions: it differs from its inverse from 3 on."""
    order = rng.permutation(length)
    permutation = torch.empty_like(order)
    permutation[order] = order.roll(1)
    return permutation


@pytest.mark.points(2)
@pytest.mark.parametrize("name", ["running_sum", "minus_running_sum", "numbered"])
def test_functions_that_know_of_order(submission, rng, expect, name):
    """The gap is the largest difference between shuffling before f and after it."""
    functions = submission.helper(FUNCTIONS)
    for shape in ((2, 6, 3), (5, 5, 5)):
        x, permutation = rng.normal(*shape), cycle(rng, shape[1])
        gap = submission.permutation_gap(getattr(functions, name), x, permutation)
        expect(gap).matches(reference.permutation_gap(HERE[name], x, permutation))


@pytest.mark.points(2)
@pytest.mark.parametrize("name", ["attention", "tripled", "centred"])
def test_functions_blind_to_order(submission, rng, expect, name):
    """A function that is blind to order has no gap, until positions are added to its input."""
    functions = submission.helper(
        FUNCTIONS + f"\ndef with_positions(x):\n    return {name}(numbered(x))\n"
    )
    x, permutation = rng.normal(3, 5, 4), cycle(rng, 5)
    gap = submission.permutation_gap(functions.with_positions, x, permutation)
    expected = reference.permutation_gap(lambda x: HERE[name](HERE["numbered"](x)), x, permutation)
    expect(gap).matches(expected)
    gap = submission.permutation_gap(getattr(functions, name), x, permutation)
    expect(gap).is_between(0.0, 1e-5, because="Only a rounding error may be left here.")


def test_an_output_of_another_width(submission, rng, expect):
    """The output of f may be wider or narrower than its input."""
    functions = submission.helper(FUNCTIONS)
    x, permutation = rng.normal(2, 6, 3), cycle(rng, 6)
    for name in ("widened", "narrowed"):
        gap = submission.permutation_gap(
            permutation=permutation, x=x, f=getattr(functions, name)
        )  # by name
        expect(gap).matches(reference.permutation_gap(HERE[name], x, permutation))


def test_a_small_gap_in_float64(submission, rng, expect):
    """A gap of a ten-millionth shows in float64, and has that dtype."""
    functions = submission.helper(FUNCTIONS)
    x, permutation = rng.normal(2, 7, 3, dtype=torch.float64), cycle(rng, 7)
    gap = submission.permutation_gap(functions.barely_numbered, x, permutation)
    expected = reference.permutation_gap(HERE["barely_numbered"], x, permutation)
    expect(gap).matches(expected, rtol=1e-6, atol=1e-14)


def test_far_sizes(submission, rng, expect):
    """Numbers that are far larger or smaller than usual have a gap that is as far from 1."""
    functions = submission.helper(FUNCTIONS)
    for size in (1e30, 1e-30):
        x, permutation = size * rng.normal(2, 6, 3), cycle(rng, 6)
        gap = submission.permutation_gap(functions.running_sum, x, permutation)
        expected = reference.permutation_gap(HERE["running_sum"], x, permutation)
        expect(gap / size).matches(expected / size)


def test_sizes_of_one(submission, rng, expect):
    """One sequence, one feature, two positions; and a single position, which has no gap."""
    functions = submission.helper(FUNCTIONS)
    x, permutation = rng.normal(1, 2, 1), cycle(rng, 2)
    gap = submission.permutation_gap(functions.running_sum, x, permutation)
    expect(gap).matches(reference.permutation_gap(HERE["running_sum"], x, permutation))
    alone = submission.permutation_gap(functions.running_sum, x[:, :1], permutation[:1] * 0)
    expect(alone).equals(0.0)


def test_positions_left_in_place(submission, rng, expect):
    """Where nothing is shuffled there is no gap; where only two positions change, they count."""
    functions = submission.helper(FUNCTIONS)
    x, order = rng.normal(2, 6, 3).transpose(0, 1).contiguous().transpose(0, 1), rng.permutation(6)
    still = order.sort().values
    swapped = still.clone()
    swapped[order[0]], swapped[order[1]] = order[1], order[0]
    gap = submission.permutation_gap(functions.running_sum, x, swapped)
    expect(gap).matches(reference.permutation_gap(HERE["running_sum"], x, swapped))
    expect(submission.permutation_gap(functions.running_sum, x, still)).is_between(0.0, 1e-5)


def test_arguments_are_left_alone(submission, rng, expect):
    """x and the permutation hold after the call what they held before."""
    functions = submission.helper(FUNCTIONS)
    x, permutation = rng.normal(2, 5, 3), cycle(rng, 5)
    for f in (functions.running_sum, functions.same):
        after = submission.permutation_gap.inputs_after(f, x, permutation)[1:]
        for name, now, then in zip(("x", "permutation"), after, (x, permutation), strict=True):
            expect(now).equals(then, because=f"Your call changes {name}.")
