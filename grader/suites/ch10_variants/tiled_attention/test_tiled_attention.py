"""Tiled attention: equal to attention for any block size, large scores, gradients, memory."""

import pytest
import torch

import reference


def attention(q, k, v):
    """The formula in float64."""
    scores = q.double() @ k.double().transpose(-2, -1) / q.size(-1) ** 0.5
    return scores.softmax(-1) @ v.double()


def drawn(rng, T, S, d, d_v, leading=(), dtype=torch.float32):
    return tuple(
        rng.normal(*leading, n, width, dtype=dtype) for n, width in ((T, d), (S, d), (S, d_v))
    )


@pytest.mark.points(3)
@pytest.mark.parametrize(
    ("T", "S", "d", "d_v", "block"),
    [
        pytest.param(5, 12, 3, 4, 4, id="blocks that fit"),
        pytest.param(5, 11, 3, 4, 4, id="a last block of 3"),
        pytest.param(7, 9, 4, 6, 8, id="a last block of 1"),
        pytest.param(4, 6, 5, 2, 1, id="one key at a time"),
        pytest.param(4, 6, 5, 2, 6, id="a single block"),
        pytest.param(4, 6, 5, 2, 100, id="a block larger than S"),
        pytest.param(6, 6, 6, 6, 3, id="all sizes equal"),
        pytest.param(1, 5, 1, 3, 2, id="one query and one feature"),
        pytest.param(3, 2, 4, 1, 1, id="more queries than keys"),
    ],
)
def test_equal_to_attention(submission, rng, expect, T, S, d, d_v, block):
    """The result is softmax(q kᵀ / √d) v, whatever the size of the blocks."""
    q, k, v = drawn(rng, T, S, d, d_v, (2,))
    expect(submission.tiled_attention(q, k, v, block)).matches(attention(q, k, v).float())


@pytest.mark.parametrize("leading", [(), (3, 2), (1, 2, 1, 3)], ids=str)
def test_any_leading_dimensions(submission, rng, expect, leading):
    """Whatever stands before the last two axes is kept, and each part has results of its own."""
    q, k, v = drawn(rng, 4, 7, 3, 5, leading)
    result = submission.tiled_attention(block=3, v=v, k=k, q=q)
    expect(result).matches(attention(q, k, v).float())


@pytest.mark.points(2)
@pytest.mark.parametrize("order", ["rising", "falling"])
def test_largest_scores_first_or_last(submission, rng, expect, order):
    """It makes no difference in which block the largest scores lie."""
    q, k, v = drawn(rng, 5, 12, 4, 3, (2,))
    q[..., 0], k[..., 0] = 4.0, torch.arange(12, device=k.device) * (1 if order == "rising" else -1)
    for block in (1, 5):
        expect(submission.tiled_attention(q, k, v, block)).matches(attention(q, k, v).float())


@pytest.mark.points(2)
@pytest.mark.parametrize("offset", [2000.0, -2000.0], ids=["large", "far below zero"])
def test_scores_of_any_size(submission, rng, expect, offset):
    """Scores in the thousands, of either sign, give the right weights."""
    q, k, v = drawn(rng, 5, 9, 4, 3, (2,), torch.float64)
    q[..., 0], k[..., 0] = 1.0, 2 * offset  # the same for all keys of a query
    result = submission.tiled_attention(q, k, v, 4)
    expect(result).is_finite()
    expect(result).matches(attention(q, k, v))


@pytest.mark.points(2)
def test_queries_of_very_different_size(submission, rng, expect):
    """Each query has a maximum of its own, however far the scores of others lie from it."""
    q, k, v = drawn(rng, 6, 9, 4, 3, dtype=torch.float64)
    k[:, 0] = 2.0
    q[:, 0] = torch.tensor([1500.0, -1500.0, 0.0, 300.0, -300.0, 1.0], device=q.device)
    for block in (2, 9):
        result = submission.tiled_attention(q, k, v, block)
        expect(result).is_finite()
        expect(result).matches(attention(q, k, v))


def test_one_key_that_counts(submission, rng, expect):
    """One score far above all others, in a later block, takes nearly all the weight."""
    q, k, v = drawn(rng, 4, 10, 3, 5)
    k[7] = 3 * k[7] / k[7].norm()
    q = q / 10 + 100 * k[7]
    expect(submission.tiled_attention(q, k, v, 3)).matches(attention(q, k, v).float(), atol=1e-4)
    expect(submission.tiled_attention(-q / 30, k, v, 3)).matches(attention(-q / 30, k, v).float())


def test_float64(submission, rng, expect):
    """float64 stays float64, and as exact."""
    q, k, v = drawn(rng, 5, 11, 3, 4, (2, 2), torch.float64)
    expect(submission.tiled_attention(q, k, v, 4)).matches(attention(q, k, v))


def test_order_in_memory_makes_no_difference(submission, rng, expect):
    """Tensors that are not contiguous, such as transposed ones, count like any others."""
    given = drawn(rng, 5, 7, 3, 4, (2, 3))
    turned = [t.transpose(-2, -1).contiguous().transpose(-2, -1) for t in given]
    expect(submission.tiled_attention(*turned, 3)).matches(attention(*given).float())
    turned = [t.transpose(0, 2).contiguous().transpose(0, 2) for t in given]
    expect(submission.tiled_attention(*turned, 3)).matches(attention(*given).float())


@pytest.mark.points(2)
@pytest.mark.parametrize("block", [1, 3, 20])
def test_gradients(submission, rng, expect, block):
    """Gradients reach q, k and v, and are those of attention."""
    given, cotangent = drawn(rng, 4, 7, 3, 5, (2,)), rng.normal(2, 4, 5)
    leaves = [t.double().requires_grad_() for t in given]
    expected = reference.vjp(attention(*leaves), leaves, cotangent.double())
    found = submission.tiled_attention.gradients(*given, block, cotangent=cotangent).inputs
    for name, mine, right in zip("qkv", found, expected, strict=False):
        expect(mine).matches(right.float(), because=f"This is the gradient of {name}.")


@pytest.mark.parametrize("block", [0, -1, -3])
def test_a_block_holds_a_key(submission, rng, expect, block):
    """A block below 1 is a ValueError, and one of 1 is fine."""
    q, k, v = drawn(rng, 4, 6, 3, 5)
    expect(submission.tiled_attention(q, k, v, 1)).matches(attention(q, k, v).float())
    submission.tiled_attention.raises(ValueError, q, k, v, block)


def test_arguments_are_left_alone(submission, rng, expect):
    """q, k and v hold after the call what they held before."""
    given = drawn(rng, 4, 7, 3, 5, (2,))
    after = submission.tiled_attention.inputs_after(*given, 3)
    for name, now, before in zip("qkv", after, given, strict=False):
        expect(now).equals(before, because=f"Your call changes {name}.")


@pytest.mark.points(3)
def test_never_holds_all_scores(submission, rng, expect):
    """Memory grows with T and S, not with T · S."""
    # All scores would take 240 MB. Blocks of queries are no way out: all of them fit into one.
    given = drawn(rng, 240, 125_000, 4, 3, dtype=torch.float64)
    because = "The scores of one block are all that has to be held."
    expect(submission.tiled_attention.cost(*given, 256)).holds_at_most(120, because=because)


@pytest.mark.parametrize("size", [1e-30, 1e30], ids=str)
def test_values_of_any_size(submission, rng, expect, size):
    """Values are averaged alike, however large or small their numbers are."""
    q, k, v = drawn(rng, 4, 7, 3, 5)
    result = submission.tiled_attention(q, k, size * v, 3)
    because = "This is the result divided by the size of the values."
    expect(result / size).matches(attention(q, k, v).float(), because=because)
