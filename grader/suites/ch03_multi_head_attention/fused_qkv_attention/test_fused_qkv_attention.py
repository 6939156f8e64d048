"""Self-attention from a packed weight: the order of its rows, biases, masks."""

import pytest
import torch
from torch import nn

import reference

NAMES = ("x", "w_qkv", "b_qkv", "w_o", "b_o")


def draw(rng, B, T, D, dtype=torch.float32):
    """x, w_qkv, b_qkv, w_o and b_o; the weights keep the scores small, the biases are not 0."""
    scale = 1.3 * D**-0.5
    return [
        rng.normal(B, T, D, dtype=dtype),
        rng.normal(3 * D, D, scale=scale, dtype=dtype),
        rng.normal(3 * D, dtype=dtype),
        rng.normal(D, D, scale=scale, dtype=dtype),
        rng.normal(D, dtype=dtype),
    ]


@pytest.mark.points(3)
@pytest.mark.parametrize(
    ("B", "T", "H", "d"),
    [
        pytest.param(2, 5, 3, 4, id="four different sizes"),
        pytest.param(3, 3, 3, 3, id="all sizes equal"),
        pytest.param(2, 4, 1, 6, id="one head"),
        pytest.param(2, 4, 6, 1, id="heads of width 1"),
        pytest.param(1, 1, 2, 3, id="one token"),
    ],
)
def test_the_rows_of_the_packed_weight(submission, rng, expect, B, T, H, d):
    """The packed weight holds the rows of W_q, then of W_k, then of W_v, head by head in each."""
    given = draw(rng, B, T, H * d)
    result = submission.fused_qkv_attention(*given, H)
    expect(result).matches(reference.fused_qkv_attention(*given, H))


@pytest.mark.points(2)
@pytest.mark.parametrize(
    ("has_b_qkv", "has_b_o"),
    [
        pytest.param(False, False, id="none"),
        pytest.param(True, False, id="of the packed projection"),
        pytest.param(False, True, id="of the output"),
    ],
)
def test_biases_may_be_missing(submission, rng, expect, has_b_qkv, has_b_o):
    """Either bias may be None, without the other or with it."""
    x, w_qkv, b_qkv, w_o, b_o = draw(rng, 2, 4, 6)
    given = (x, w_qkv, b_qkv if has_b_qkv else None, w_o, b_o if has_b_o else None)
    for mask in (None, rng.mask(4, 4)):
        result = submission.fused_qkv_attention(*given, 3, mask)
        expect(result).matches(reference.fused_qkv_attention(*given, 3, mask))


@pytest.mark.points(2)
@pytest.mark.parametrize(
    "shape",
    [
        pytest.param((5, 5), id="one for all"),
        pytest.param((1, 5), id="one row for all"),
        pytest.param((3, 1, 1, 5), id="padding"),
        pytest.param((3, 1, 5, 5), id="one for each sequence"),
        pytest.param((3, 5, 5), id="one for each head"),
        pytest.param((3, 3, 5, 5), id="one for each sequence and head"),
    ],
)
def test_queries_attend_only_where_the_mask_is_true(submission, rng, expect, shape):
    """Keys that the mask forbids add nothing, in the heads and sequences that it speaks of."""
    given, mask = draw(rng, 3, 5, 12), rng.mask(*shape)
    result = submission.fused_qkv_attention(*given, 3, mask)
    expect(result).matches(reference.fused_qkv_attention(*given, 3, mask))


def test_a_mask_is_aligned_from_the_right(submission, rng, expect):
    """The last two dimensions of a mask are queries and keys, also where all sizes are equal."""
    given = draw(rng, 3, 3, 12)
    for mask in (rng.mask(3, 3), rng.mask(3, 3, 3)):
        result = submission.fused_qkv_attention(*given, 3, mask)
        expect(result).matches(reference.fused_qkv_attention(*given, 3, mask))


@pytest.mark.points(2)
def test_a_row_that_allows_nothing_leaves_the_bias(submission, rng, expect):
    """A head whose row allows nothing contributes 0; where all do so, b_o is left."""
    given, mask = draw(rng, 2, 4, 6), rng.mask(2, 3, 4, 4)
    mask[0, 1, 2] = False  # one head of this token
    mask[0, 0, 1] = False  # the first head of another one
    mask[1, :, 3] = False  # all of them
    result = submission.fused_qkv_attention(*given, 3, mask)
    expect(result[1, 3]).matches(
        given[-1], because="No head may attend to anything for this token."
    )
    expect(result).matches(reference.fused_qkv_attention(*given, 3, mask))


def test_the_weights_of_a_torch_layer(submission, rng, expect, device):
    """With the packed weights of an `nn.MultiheadAttention`, its own output comes out."""
    x, w_qkv, b_qkv, w_o, b_o = draw(rng, 2, 5, 12)
    layer = nn.MultiheadAttention(12, 3, batch_first=True).to(device)
    layer.load_state_dict(
        {
            "in_proj_weight": w_qkv,
            "in_proj_bias": b_qkv,
            "out_proj.weight": w_o,
            "out_proj.bias": b_o,
        }
    )
    mask = rng.mask(5, 5)
    expected, _ = layer(x, x, x, attn_mask=~mask)  # theirs is True where attention is forbidden
    result = submission.fused_qkv_attention(
        mask=mask, n_heads=3, b_o=b_o, w_o=w_o, b_qkv=b_qkv, w_qkv=w_qkv, x=x
    )
    expect(result).matches(expected.detach())


def test_order_in_memory_makes_no_difference(submission, rng, expect):
    """Tensors that are not contiguous, such as transposed ones, count like any others."""
    _, _, b_qkv, w_o, b_o = draw(rng, 5, 2, 6)
    mask = rng.mask(5, 5).T
    mask = mask | ~mask.any(-1, keepdim=True)
    for x in (rng.normal(5, 2, 6).transpose(0, 1), rng.normal(2, 6, 5).mT):
        given = [x, rng.normal(6, 18, scale=0.5).T, b_qkv, w_o.T, b_o]
        result = submission.fused_qkv_attention(*given, 3, mask)
        expect(result).matches(reference.fused_qkv_attention(*given, 3, mask))


def test_float64(submission, rng, expect):
    """float64 stays float64, and is computed in it."""
    given, mask = draw(rng, 2, 5, 12, torch.float64), rng.mask(5, 5)
    for allowed in (None, mask):  # √4 is exact in every dtype
        result = submission.fused_qkv_attention(*given, 3, allowed)
        expect(result).matches(reference.fused_qkv_attention(*given, 3, allowed))


@pytest.mark.parametrize(
    ("dtype", "rounding"),
    [
        pytest.param(torch.float16, 2e-3, id="float16"),
        pytest.param(torch.bfloat16, 2e-2, id="bfloat16"),
    ],
)
def test_half_precision(submission, rng, expect, dtype, rounding):
    """float16 and bfloat16 give a result of the same dtype, empty rows included."""
    given, mask = draw(rng, 2, 5, 12, dtype), rng.mask(2, 1, 5, 5)
    given[-2:] = (tensor / 16 for tensor in given[-2:])  # so that right answers differ by little
    mask[1, 0, 2] = False
    right = reference.fused_qkv_attention(*(tensor.double() for tensor in given), 3, mask)
    result = submission.fused_qkv_attention(*given, 3, mask)
    expect(result).matches(right.to(dtype), atol=rounding)


@pytest.mark.points(2)
def test_gradients_reach_everything(submission, rng, expect):
    """Gradients reach x, weights and biases, and are finite where a row allows nothing."""
    given, mask, cotangent = draw(rng, 2, 5, 6), rng.mask(2, 3, 5, 5), rng.normal(2, 5, 6)
    mask[1, 2, 0] = False
    # No query may see the last token, whose scores are large, and nothing depends on its output.
    given[0][:, 4] *= 300
    mask[..., 4], cotangent[:, 4] = False, 0.0
    actual = submission.fused_qkv_attention.gradients(*given, 3, mask, cotangent=cotangent).inputs
    leaves = [tensor.clone().requires_grad_() for tensor in given]
    output = reference.fused_qkv_attention(*leaves, 3, mask)
    expected = reference.vjp(output, leaves, cotangent)
    for name, gradient, right in zip(NAMES, actual, expected, strict=False):
        because = f"This is the gradient of {name}."
        expect(gradient).is_finite(because=because)
        expect(gradient).matches(right, because=because)


def test_arguments_are_left_alone(submission, rng, expect):
    """x, weights, biases and the mask hold after the call what they held before."""
    given, mask = draw(rng, 2, 4, 6), rng.mask(2, 1, 4, 4)
    empty = mask.clone()
    empty[0, 0, 1] = False
    for allowed in (mask, empty):
        after = submission.fused_qkv_attention.inputs_after(*given, 3, allowed)
        for name, now, then in zip(NAMES, after, given, strict=False):
            expect(now).equals(then, because=f"Your call changes {name}.")
        expect(after[-1]).equals(allowed, because="Your call changes the mask.")


@pytest.mark.parametrize("size", [1e-30, 1e30], ids=str)
def test_an_output_of_any_size(submission, rng, expect, size):
    """The result is as much larger or smaller as w_o and b_o are."""
    *given, w_o, b_o = draw(rng, 2, 4, 6)
    found = submission.fused_qkv_attention(*given, size * w_o, size * b_o, 3)
    expected = reference.fused_qkv_attention(*given, w_o, b_o, 3)
    because = "This is the result divided by the size of w_o and b_o."
    expect(found / size).matches(expected, because=because)
