"""The memory's keys and values, made once; attention to them step by step, and for several rows."""

import pytest
import torch

import reference

NAMES = ("x", "k", "v", "w_q", "w_o")


def draw_weights(rng, D, dtype=torch.float32):
    """w_k, w_v, w_q and w_o, so that scores stay small and no two of them are alike."""
    return [rng.normal(D, D, scale=1.3 * D**-0.5, dtype=dtype) for _ in range(4)]


def projected(memory, w_k, w_v, H):
    """What project_memory should give."""
    return [reference.split_heads(torch.nn.functional.linear(memory, w), H) for w in (w_k, w_v)]


def attended(x, memory, weights, H, mask=None):
    """What all at once gives, computed anew from the memory for every row of x."""
    w_k, w_v, w_q, w_o = weights
    K = len(x) // len(memory)
    memory = memory.repeat_interleave(K, dim=0)
    mask = None if mask is None else mask.repeat_interleave(K, dim=0)
    return reference.multi_head_attention(x, memory, w_q, w_k, w_v, w_o, H, mask)


sizes = pytest.mark.parametrize(
    ("B", "T", "S", "H", "d"),
    [
        pytest.param(2, 5, 7, 3, 4, id="a longer source"),
        pytest.param(3, 5, 4, 2, 3, id="a shorter source"),
        pytest.param(3, 3, 3, 3, 3, id="all sizes equal"),
        pytest.param(2, 4, 3, 1, 6, id="one head"),
        pytest.param(2, 4, 3, 6, 1, id="heads of width 1"),
        pytest.param(4, 1, 5, 2, 3, id="one token"),
        pytest.param(1, 1, 1, 2, 2, id="one token of one source"),
    ],
)


@pytest.mark.points(2)
@sizes
def test_keys_and_values_of_the_memory(submission, rng, expect, B, T, S, H, d):
    """Keys are memory W_kᵀ and values memory W_vᵀ, cut into heads."""
    memory, (w_k, w_v, *_) = rng.normal(B, S, H * d), draw_weights(rng, H * d)
    k, v = submission.project_memory(memory, w_k, w_v, H)
    right = projected(memory, w_k, w_v, H)
    expect(k).matches(right[0], because="These are the keys.")
    expect(v).matches(right[1], because="These are the values.")


@pytest.mark.points(2)
@sizes
def test_one_row_for_each_source(submission, rng, expect, B, T, S, H, d):
    """With one row of x for each source, it is multi-head attention from x to the memory."""
    x, memory, weights = rng.normal(B, T, H * d), rng.normal(B, S, H * d), draw_weights(rng, H * d)
    k, v = projected(memory, *weights[:2], H)
    result = submission.cached_cross_attention(x, k, v, *weights[2:])
    expect(result).matches(attended(x, memory, weights, H))


@pytest.mark.points(3)
@pytest.mark.parametrize(
    ("B", "K", "T", "S", "H", "d"),
    [
        pytest.param(2, 3, 4, 5, 2, 3, id="3 rows for each of 2 sources"),
        pytest.param(3, 2, 1, 4, 3, 2, id="2 rows of one token for each of 3 sources"),
        pytest.param(1, 4, 2, 3, 2, 2, id="4 rows for one source"),
        pytest.param(2, 2, 2, 2, 2, 2, id="all sizes equal"),
        pytest.param(3, 3, 3, 3, 1, 3, id="all sizes equal but for one head"),
    ],
)
def test_several_rows_for_each_source(submission, rng, expect, B, K, T, S, H, d):
    """Rows b·K to b·K + K − 1 of x use the keys and values of source b, and its mask."""
    x, memory = rng.normal(B * K, T, H * d), rng.normal(B, S, H * d)
    weights, mask = draw_weights(rng, H * d), rng.mask(B, 1, 1, S)
    k, v = projected(memory, *weights[:2], H)
    for allowed in (None, mask):
        result = submission.cached_cross_attention(x, k, v, *weights[2:], allowed)
        expect(result).matches(attended(x, memory, weights, H, allowed))


@pytest.mark.points(3)
@pytest.mark.parametrize("K", [1, 2])
def test_every_step_equals_all_at_once(submission, rng, expect, K):
    """With keys and values made once, each token finds what it finds when all come together."""
    B, T, S, H, D = 2, 5, 6, 3, 6
    x, memory, weights = rng.normal(B * K, T, D), rng.normal(B, S, D), draw_weights(rng, D)
    mask = rng.mask(B, 1, 1, S)
    k, v = submission.project_memory(memory, *weights[:2], H)
    whole = attended(x, memory, weights, H, mask)
    step = submission.cached_cross_attention
    for t in range(T):
        found = step(x[:, t : t + 1], k, v, *weights[2:], mask)
        because = "These are your own k and v, and one token of each row."
        expect(found).matches(whole[:, t : t + 1], because=because)
    for piece in (slice(0, 2), slice(2, 5)):
        found = step(x[:, piece], k, v, *weights[2:], mask)
        because = "These are your own k and v, and some tokens of each row."
        expect(found).matches(whole[:, piece], because=because)


def test_a_search_changes_its_rows(submission, rng, expect):
    """Rows of a source may be exchanged and repeated at each step; its keys and values stay."""
    B, K, S, H, D = 2, 3, 4, 2, 4
    x, memory, weights = rng.normal(B * K, 2, D), rng.normal(B, S, D), draw_weights(rng, D)
    k, v = projected(memory, *weights[:2], H)
    found = submission.cached_cross_attention(x, k, v, *weights[2:])
    expect(found).matches(attended(x, memory, weights, H))
    rows = rng.integers(0, K, B, K) + K * torch.arange(B, device=x.device)[:, None]
    again = submission.cached_cross_attention(x[rows.flatten()], k, v, *weights[2:])
    because = "These are rows of the call before, each with its own source."
    expect(again).matches(found[rows.flatten()], because=because)


@pytest.mark.points(2)
def test_two_memories_side_by_side(submission, rng, expect):
    """Each call uses the keys and values that it is given, not those of the memory made last."""
    x, weights = rng.normal(2, 3, 6), draw_weights(rng, 6)
    memories = [rng.normal(2, 5, 6), rng.normal(2, 5, 6), rng.normal(2, 4, 6)]
    made = [submission.project_memory(memory, *weights[:2], 2) for memory in memories]
    for (k, v), memory in zip(made, memories, strict=True):
        found = submission.cached_cross_attention(
            w_o=weights[3], w_q=weights[2], v=v, k=k, x=x, memory_mask=None
        )
        because = "Three memories have been prepared before."
        expect(found).matches(attended(x, memory, weights, 2), because=because)
    k, v = submission.project_memory(n_heads=2, w_v=weights[1], w_k=weights[0], memory=memories[0])
    expect(k).matches(projected(memories[0], *weights[:2], 2)[0])
    expect(v).matches(projected(memories[0], *weights[:2], 2)[1])


@pytest.mark.points(2)
@pytest.mark.parametrize("K", [1, 2])
def test_padding_of_the_source_changes_nothing(submission, rng, expect, device, K):
    """Where the mask hides tokens of the memory, the result is as if they were not there."""
    x, memory, weights = rng.normal(2 * K, 3, 6), rng.normal(2, 6, 6), draw_weights(rng, 6)
    real = torch.arange(6, device=device) < torch.tensor([[6], [4]], device=device)
    mask = real[:, None, None]
    k, v = projected(memory, *weights[:2], 2)
    found = submission.cached_cross_attention(x, k, v, *weights[2:], mask)
    expect(found).matches(attended(x, memory, weights, 2, mask))
    because = "This source has padding behind its 4 tokens."
    expect(found[K:]).matches(attended(x[K:], memory[1:, :4], weights, 2), because=because)
    other_k, other_v = (y.masked_fill(~real[:, None, :, None], 40.0) for y in (k, v))
    again = submission.cached_cross_attention(x, other_k, other_v, *weights[2:], mask)
    because = "Only keys and values of padding have changed since the call before."
    expect(again).matches(found, because=because)


@pytest.mark.parametrize("K", [1, 3])
def test_a_source_of_padding_alone(submission, rng, expect, K):
    """Where the mask allows nothing, the result is 0; other sources are as ever."""
    x, memory, weights = rng.normal(3 * K, 2, 6), rng.normal(3, 4, 6), draw_weights(rng, 6)
    mask = rng.mask(3, 1, 1, 4)
    mask[1] = False
    k, v = projected(memory, *weights[:2], 3)
    found = submission.cached_cross_attention(x, k, v, *weights[2:], mask)
    expect(found).matches(attended(x, memory, weights, 3, mask))
    expect(found[K : 2 * K]).equals(0.0, because="Nothing of this source is real.")


def test_large_scores(submission, rng, expect):
    """Scores above 100 do not overflow."""
    x, memory, weights = rng.normal(2, 3, 8), rng.normal(2, 4, 8), draw_weights(rng, 8)
    x, memory = x + 6, memory + 8
    k, v = projected(memory, *weights[:2], 2)
    found = submission.cached_cross_attention(x, k, v, *weights[2:])
    expect(found).matches(attended(x, memory, weights, 2), rtol=1e-3, atol=2e-3)


def test_order_in_memory_makes_no_difference(submission, rng, expect):
    """Tensors that are not contiguous, such as transposed ones, count like any others."""
    x, memory = rng.normal(3, 4, 6).transpose(0, 1), rng.normal(5, 2, 6).transpose(0, 1)
    weights, mask = [w.T for w in draw_weights(rng, 6)], rng.mask(5, 1, 1, 2).transpose(0, 3)
    mask = mask | ~mask.any(-1, keepdim=True)
    k, v = submission.project_memory(memory, *weights[:2], 3)
    right = projected(memory, *weights[:2], 3)
    expect(k).matches(right[0])
    expect(v).matches(right[1])
    k, v = (y.transpose(1, 2).contiguous().transpose(1, 2) for y in right)
    for rows in (x, x[:2]):
        found = submission.cached_cross_attention(rows, k, v, *weights[2:], mask)
        expect(found).matches(attended(rows, memory, weights, 3, mask))


@pytest.mark.parametrize(
    ("dtype", "rounding"),
    [
        pytest.param(torch.float64, 1e-10, id="float64"),
        pytest.param(torch.float16, 2e-3, id="float16"),
        pytest.param(torch.bfloat16, 2e-2, id="bfloat16"),
    ],
)
def test_other_dtypes(submission, rng, expect, dtype, rounding):
    """The result has the dtype of its arguments, and is as exact, empty rows included."""
    x, memory = rng.normal(4, 3, 12, dtype=dtype), rng.normal(2, 5, 12, dtype=dtype)
    weights, mask = draw_weights(rng, 12, dtype), rng.mask(2, 1, 1, 5)
    weights[3] /= 16  # a small output, so that right answers differ by little
    exact = [w.double() for w in weights]
    k, v = submission.project_memory(memory, *weights[:2], 3)
    for found, right in zip((k, v), projected(memory.double(), *exact[:2], 3), strict=True):
        expect(found).matches(right.to(dtype))
    k, v = projected(memory, *weights[:2], 3)
    for hidden in (0, 1):  # first nothing more, then all of source 1
        mask[1] &= not hidden
        found = submission.cached_cross_attention(x, k, v, *weights[2:], mask)
        right = attended(x.double(), memory.double(), exact, 3, mask)
        expect(found).matches(right.to(dtype), atol=rounding)


@pytest.mark.points(2)
@pytest.mark.parametrize("K", [1, 2])
def test_gradients_reach_everything(submission, rng, expect, K):
    """Gradients reach all tensors, and are finite where the mask allows nothing."""
    x, memory, weights = rng.normal(2 * K, 3, 6), rng.normal(2, 4, 6), draw_weights(rng, 6)
    mask, cotangent = rng.mask(2, 1, 1, 4), rng.normal(2 * K, 3, 6)
    mask[1] = False
    heads = projected(memory, *weights[:2], 3)
    given = [x, *heads, *weights[2:]]
    call = submission.cached_cross_attention
    actual = call.gradients(*given, mask, cotangent=cotangent).inputs
    leaves = [tensor.clone().requires_grad_() for tensor in given]
    many = [y.repeat_interleave(K, dim=0) for y in leaves[1:3]]
    q = reference.split_heads(leaves[0] @ leaves[3].T, 3)
    allowed = mask.repeat_interleave(K, dim=0)
    found, _ = reference.scaled_dot_product_attention(q, *many, allowed)
    output = reference.merge_heads(found) @ leaves[4].T
    expected = reference.vjp(output, leaves, cotangent)
    for name, gradient, right in zip(NAMES, actual, expected, strict=False):
        because = f"This is the gradient of {name}."
        expect(gradient).is_finite(because=because)
        expect(gradient).matches(right, because=because)


def test_gradients_reach_the_memory(submission, rng, expect):
    """Gradients reach the memory and both weights of `project_memory`."""
    given = rng.normal(2, 4, 6), *draw_weights(rng, 6)[:2]
    cotangents = rng.normal(2, 3, 4, 2), rng.normal(2, 3, 4, 2)
    actual = submission.project_memory.gradients(*given, 3, cotangent=cotangents).inputs
    leaves = [tensor.clone().requires_grad_() for tensor in given]
    expected = reference.vjp(projected(*leaves, 3), leaves, cotangents)
    for name, gradient, right in zip(("memory", "w_k", "w_v"), actual, expected, strict=False):
        expect(gradient).matches(right, because=f"This is the gradient of {name}.")


def test_sizes_that_do_not_divide(submission, rng, expect):
    """A width that n_heads does not divide is a ValueError, and so are rows that B does not."""
    x, memory, weights = rng.normal(4, 2, 6), rng.normal(2, 3, 6), draw_weights(rng, 6)
    k, v = projected(memory, *weights[:2], 2)
    found = submission.project_memory(memory, *weights[:2], 2)
    expect(found[0]).matches(k)
    for H in (4, 5):
        submission.project_memory.raises(ValueError, memory, *weights[:2], H)
    found = submission.cached_cross_attention(x, k, v, *weights[2:])
    expect(found).matches(attended(x, memory, weights, 2))
    for rows in (x[:3], x[:1]):
        submission.cached_cross_attention.raises(ValueError, rows, k, v, *weights[2:])


def test_arguments_are_left_alone(submission, rng, expect):
    """All tensors hold after a call what they held before."""
    x, memory, weights = rng.normal(4, 3, 6), rng.normal(2, 5, 6), draw_weights(rng, 6)
    mask = rng.mask(2, 1, 1, 5)
    empty = mask.clone()
    empty[1] = False
    after = submission.project_memory.inputs_after(memory, *weights[:2], 3)
    for now, then in zip(after, (memory, *weights[:2]), strict=False):
        expect(now).equals(then, because="Your `project_memory` changes an argument.")
    given = [x, *projected(memory, *weights[:2], 3), *weights[2:]]
    for allowed in (mask, empty):
        after = submission.cached_cross_attention.inputs_after(*given, allowed)
        for name, now, then in zip((*NAMES, "mask"), after, (*given, allowed), strict=True):
            expect(now).equals(then, because=f"Your `cached_cross_attention` changes {name}.")
