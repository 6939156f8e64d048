"""Memories that fire: which, how strongly, what they write, silent ones, ties, bounds of k."""

import pytest
import torch

import reference


def drawn(rng, leading, D, F, dtype=torch.float32):
    """x, keys and values. For each x half of the memories fire, so up to F // 2 are determined.

    Where silent ones may be named at will, an answer that is wrong elsewhere looks as if it were
    wrong there.
    """
    keys = rng.normal(F, D, scale=D**-0.5, dtype=dtype)
    lengths = rng.uniform(F // 2, 1, low=0.5, high=2.0, dtype=dtype)
    keys[: F // 2] = -lengths * keys[F - F // 2 :]  # each fires where its partner does not
    return rng.normal(*leading, D, dtype=dtype), keys, rng.normal(F, D, dtype=dtype)


def all_firing(rng, leading, D, F):
    """x, keys and values with which each memory fires for each x."""
    x, keys = rng.uniform(*leading, D, low=0.1), rng.uniform(F, D, low=0.1)
    return x, keys, rng.normal(F, D)


def compare(expect, found, given, k):
    """Any order of equal coefficients will do, and so will any memories that do not fire."""
    x, keys, values = (t.double() for t in given)
    dtype, F = given[0].dtype, keys.size(0)
    right = reference.feed_forward_as_memory(x, keys, values, k)
    strongest = right.coefficients.to(dtype)
    expect(found.coefficients).matches(strongest, because="Look at coefficients.")
    because = f"Look at indices, which count the {F} memories from 0."
    expect(found.indices).is_between(0, F - 1, because=because)
    fired = (x @ keys.T).clamp(min=0)
    because = "Look at indices. These are the coefficients of the memories that you name."
    expect(fired.gather(-1, found.indices).to(dtype)).matches(strongest, because=because)
    steps = found.indices.sort(-1).values.diff()
    expect(steps).is_between(1, F, because="Look at indices. A memory is named twice.")
    expect(found.output).matches(right.output.to(dtype), because="Look at output.")


@pytest.mark.points(3)
@pytest.mark.parametrize(
    ("leading", "D", "F", "k"),
    [
        pytest.param((2, 5), 4, 9, 3, id="three of nine"),
        pytest.param((3,), 6, 4, 2, id="fewer memories than features"),
        pytest.param((5, 5), 5, 5, 2, id="all sizes equal"),
        pytest.param((4, 3), 4, 12, 1, id="the strongest alone"),
        pytest.param((2, 3), 1, 8, 2, id="one feature"),
    ],
)
def test_strongest_memories(submission, rng, expect, leading, D, F, k):
    """The k memories with the largest coefficients, and the sum of what they write."""
    given = drawn(rng, leading, D, F)
    compare(expect, submission.feed_forward_as_memory(*given, k), given, k)


@pytest.mark.points(2)
def test_all_memories_are_the_network(submission, rng, expect):
    """With k = F the output is that of the whole network, however many memories fire."""
    for leading, D, F in (((2, 4), 5, 9), ((3,), 4, 4), ((2,), 3, 1)):
        given = x, keys, values = drawn(rng, leading, D, F)
        found = submission.feed_forward_as_memory(x, keys, values, k=F)
        compare(expect, found, given, F)
        expect(found.output).matches((x @ keys.T).clamp(min=0) @ values)


def test_five_by_default(submission, rng, expect):
    """Without a k there are five, and the arguments may be given by name."""
    given = x, keys, values = drawn(rng, (2, 3), 4, 11)
    compare(expect, submission.feed_forward_as_memory(values=values, keys=keys, x=x), given, 5)


@pytest.mark.points(2)
def test_fewer_fire_than_are_asked_for(submission, rng, expect):
    """Memories that do not fire have the coefficient 0 and write nothing, however unlike x."""
    D, F, k = 4, 7, 5
    x = rng.uniform(3, D, low=0.2, high=1.0)
    keys = -rng.uniform(F, D, low=1.0, high=3.0)  # against every x
    keys[2], keys[5] = rng.uniform(D, low=0.2, high=1.0), rng.uniform(D, low=0.2, high=1.0)
    x[1] = -x[1]  # five fire here
    x[2] = 0.0  # none at all
    given = x, keys, 10 * rng.normal(F, D)
    compare(expect, submission.feed_forward_as_memory(*given, k), given, k)


def test_what_is_written_does_not_decide(submission, rng, expect):
    """A memory is chosen by its coefficient, not by the size of its value."""
    x, keys, values = drawn(rng, (3, 4), 5, 8)
    values = values * torch.tensor([1e-3, 1e3, 1.0, 0.0, 1e2, 1e-2, 1e3, 1.0]).to(x)[:, None]
    given = x, keys, values
    compare(expect, submission.feed_forward_as_memory(*given, 3), given, 3)


def test_each_token_has_its_own(submission, rng, expect):
    """Each token has memories of its own: one that is far larger changes no other."""
    x, keys, values = drawn(rng, (2, 4), 5, 8)
    x[0, 1] *= 1000
    given = x, keys, values
    compare(expect, submission.feed_forward_as_memory(*given, 2), given, 2)


def test_memories_that_are_alike(submission, rng, expect):
    """Memories with the same key stand side by side: each is named once, and only k write."""
    x, keys, values = drawn(rng, (3, 4), 3, 3)
    given = x, keys.repeat(3, 1), values.repeat(3, 1)  # what they write is the same as well
    for k in (6, 2, 4):  # 2 and 4 part memories that are alike
        compare(expect, submission.feed_forward_as_memory(*given, k), given, k)


@pytest.mark.parametrize(
    "leading",
    [
        pytest.param((), id="one vector"),
        pytest.param((1, 1), id="a single token"),
        pytest.param((2, 1, 3), id="three leading dimensions"),
        pytest.param((2, 1, 3, 2), id="four leading dimensions"),
    ],
)
def test_any_leading_dimensions(submission, rng, expect, leading):
    """Whatever stands before the last axis is kept."""
    given = drawn(rng, leading, 5, 8)
    compare(expect, submission.feed_forward_as_memory(*given, 3), given, 3)


def test_tensors_that_are_not_contiguous(submission, rng, expect):
    """Transposed tensors count like any others, as `linear2.weight.T` is one."""
    x, keys, values = drawn(rng, (2, 4), 5, 7)
    given = x.transpose(0, 1), keys.T.contiguous().T, values.T.contiguous().T
    compare(expect, submission.feed_forward_as_memory(*given, 3), given, 3)


@pytest.mark.parametrize("dtype", [torch.float64, torch.float16, torch.bfloat16], ids=str)
def test_other_dtypes(submission, rng, expect, dtype):
    """The numbers are right in other dtypes, and of that dtype."""
    x, keys, values = drawn(rng, (3, 4), 5, 8, dtype)
    given = x / 2, keys, values / 4  # small, so that sums in any order stay close
    # Halves may round two coefficients alike, so all memories are asked for, whatever their order.
    found = submission.feed_forward_as_memory(*given, k=8)
    wide = [t.double() for t in given]
    right = reference.feed_forward_as_memory(*wide, 8)
    expect(found.coefficients).matches(right.coefficients.to(dtype))
    expect(found.output).matches(right.output.to(dtype))


def test_k_out_of_bounds(submission, rng, expect):
    """A k below 1, or above the number of memories, is a ValueError."""
    given = all_firing(rng, (2, 3), 4, 6)
    compare(expect, submission.feed_forward_as_memory(*given, 6), given, 6)
    for k in (7, -1, 0):
        submission.feed_forward_as_memory.raises(ValueError, *given, k)


@pytest.mark.points(2)
def test_gradients(submission, rng, expect):
    """Gradients of coefficients and output reach x, keys and values, through those that fire."""
    given = drawn(rng, (3, 4), 5, 8, torch.float64)
    d_coefficients = rng.normal(3, 4, 2, dtype=torch.float64)
    d_output = rng.normal(3, 4, 5, dtype=torch.float64)
    leaves = [t.clone().requires_grad_() for t in given]
    _, *results = reference.feed_forward_as_memory(*leaves, 2)
    expected = reference.vjp(results, leaves, [d_coefficients, d_output])
    actual = submission.feed_forward_as_memory.gradients(
        *given, 2, cotangent=(None, d_coefficients, d_output)
    ).inputs
    for name, gradient, right in zip(("x", "keys", "values"), actual, expected, strict=False):
        expect(gradient).matches(right, because=f"This is the gradient of {name}.")


def test_arguments_are_left_alone(submission, rng, expect):
    """x, keys and values hold after the call what they held before."""
    given = all_firing(rng, (2, 3), 4, 7)
    after = submission.feed_forward_as_memory.inputs_after(*given, 3)
    for name, got, before in zip(("x", "keys", "values"), after, given, strict=False):
        expect(got).equals(before, because=f"Your call changes {name}.")


@pytest.mark.parametrize("size", [1e-30, 1e30], ids=str)
def test_values_of_any_size(submission, rng, expect, size):
    """What memories write is as much larger or smaller as their values are."""
    x, keys, values = given = drawn(rng, (2, 5), 4, 9)
    output = submission.feed_forward_as_memory(x, keys, size * values, 3).output
    expected = reference.feed_forward_as_memory(*(t.double() for t in given), 3).output
    because = "This is the output divided by the size of the values."
    expect(output / size).matches(expected.float(), because=because)
