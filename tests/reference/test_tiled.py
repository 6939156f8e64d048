"""Tiled attention is attention: for any block size, any grouping, forward and backward."""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from reference.attention import scaled_dot_product_attention
from reference.tiled import merge_partial_attention, tiled_attention


def draw(seed, *shape, dtype=torch.float64):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=dtype)


def partial_attention(scores, v):
    """The triple by its definition; over no keys it is the neutral element."""
    if scores.size(-1) == 0:
        rows = scores.shape[:-1]
        return torch.full(rows, -math.inf).double(), scores.sum(-1), scores @ v
    m = scores.amax(-1)
    exponentials = (scores - m[..., None]).exp()
    return m, exponentials.sum(-1), exponentials @ v


@given(st.integers(0, 999), st.lists(st.integers(0, 4), min_size=3, max_size=3))
def test_merging_is_associative_and_commutative_and_gives_the_union(seed, sizes):
    scores, v = 5 * draw(seed, 2, 3, sum(sizes)), draw(seed + 1, 2, sum(sizes), 4)
    a, b, c = (
        partial_attention(s, values)
        for s, values in zip(scores.split(sizes, -1), v.split(sizes, -2), strict=True)
    )
    left = merge_partial_attention(*merge_partial_attention(*a, *b), *c)
    right = merge_partial_attention(*a, *merge_partial_attention(*b, *c))
    swapped = merge_partial_attention(*c, *merge_partial_attention(*b, *a))
    whole = partial_attention(scores, v)
    for grouping in (left, right, swapped):
        for found, expected in zip(grouping, whole, strict=True):
            assert not found.isnan().any()
            torch.testing.assert_close(found, expected)


@given(
    T=st.integers(1, 9),
    S=st.integers(1, 9),
    block=st.integers(1, 12),
    scale=st.sampled_from([0.1, 1.0, 30.0]),
    seed=st.integers(0, 999),
)
def test_any_block_size_gives_attention_and_its_gradients(T, S, block, scale, seed):
    shapes = [(2, 3, T, 5), (2, 3, S, 5), (2, 3, S, 7)]
    tensors = [draw(seed + i, *shape).mul(scale).requires_grad_() for i, shape in enumerate(shapes)]
    direction = draw(seed + 3, 2, 3, T, 7)
    tiled = tiled_attention(*tensors, block)
    full, _ = scaled_dot_product_attention(*tensors)
    torch.testing.assert_close(tiled, full)
    ours = torch.autograd.grad((tiled * direction).sum(), tensors)
    theirs = torch.autograd.grad((full * direction).sum(), tensors)
    for mine, expected in zip(ours, theirs, strict=True):
        torch.testing.assert_close(mine, expected, atol=1e-9, rtol=1e-6)


def test_scores_that_overflow_exp_do_no_harm():
    q, k, v = 40 * draw(0, 1, 4, 8), 40 * draw(1, 1, 6, 8), draw(2, 1, 6, 3)
    torch.testing.assert_close(
        tiled_attention(q, k, v, 2), scaled_dot_product_attention(q, k, v)[0]
    )


def test_half_precision_sums_are_kept_in_single():
    """4,000 equal keys: in bfloat16 a running sum would stand still at 256."""
    q, k = torch.zeros(1, 1, 8).bfloat16(), torch.zeros(1, 4000, 8).bfloat16()
    v = torch.ones(1, 4000, 2).bfloat16()
    output = tiled_attention(q, k, v, block=1)
    assert output.dtype == torch.bfloat16
    torch.testing.assert_close(output, torch.ones_like(output))


class LargestTensor(torch.utils._python_dispatch.TorchDispatchMode):
    """Notes the largest tensor that any operation makes."""

    elements = 0

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        out = func(*args, **(kwargs or {}))
        for tensor in out if isinstance(out, tuple | list) else [out]:
            if isinstance(tensor, torch.Tensor):
                self.elements = max(self.elements, tensor.untyped_storage().size() // 8)
        return out


def largest(function, n):
    q, k, v = (draw(i, 1, n, 8).requires_grad_() for i in range(3))
    with LargestTensor() as watch:
        function(q, k, v).sum().backward()
    return watch.elements


def test_no_tensor_grows_with_the_square_of_the_length():
    def tiled(q, k, v):
        return tiled_attention(q, k, v, 16)

    def full(q, k, v):
        return scaled_dot_product_attention(q, k, v)[0]

    assert largest(tiled, 512) == 2 * largest(tiled, 256) == 512 * 16
    assert largest(full, 512) == 4 * largest(full, 256) == 512 * 512


def test_what_is_kept_for_the_backward_pass_grows_with_the_length_only():
    def kept(n):
        tensors = [draw(i, 1, n, 8).requires_grad_() for i in range(3)]
        sizes = []
        with torch.autograd.graph.saved_tensors_hooks(
            lambda t: sizes.append(t.numel()) or t, lambda t: t
        ):
            tiled_attention(*tensors, 16)
        return sum(sizes)

    assert kept(512) == 2 * kept(256) > 0


def test_a_block_of_nothing_is_refused():
    q = torch.zeros(1, 2, 4)
    with pytest.raises(ValueError, match="block"):
        tiled_attention(q, q, q, 0)


@pytest.mark.cuda
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
def test_peak_memory_at_sixteen_thousand_tokens():
    """The scores alone would be 16,384² · 4 bytes = 1 GiB per head."""
    n, d = 16_384, 64
    tensors = [torch.randn(1, 1, n, d, device="cuda", requires_grad=True) for _ in range(3)]
    torch.cuda.reset_peak_memory_stats()
    before = torch.cuda.memory_allocated()
    tiled_attention(*tensors, 128).sum().backward()
    torch.cuda.synchronize()
    peak = torch.cuda.max_memory_allocated() - before
    assert peak < 16 * n * 128 * 4  # a dozen tiles of (n, 128), far below the one matrix
