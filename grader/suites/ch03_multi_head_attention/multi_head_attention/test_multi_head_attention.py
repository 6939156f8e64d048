"""Multi-head attention as a function: projections, heads, masks, the output projection."""

import pytest
import torch

import reference

NAMES = ("x_q", "x_kv", "w_q", "w_k", "w_v", "w_o")


def draw(rng, B, T, S, D, dtype=torch.float32):
    """x_q, x_kv and the four weights, so that scores stay small and no two of them are alike."""
    weights = [rng.normal(D, D, scale=1.3 * D**-0.5, dtype=dtype) for _ in range(4)]
    return [rng.normal(B, T, D, dtype=dtype), rng.normal(B, S, D, dtype=dtype), *weights]


@pytest.mark.points(3)
@pytest.mark.parametrize(
    ("B", "T", "S", "H", "d"),
    [
        pytest.param(2, 5, 7, 3, 4, id="five different sizes"),
        pytest.param(2, 5, 5, 3, 4, id="as many queries as keys"),
        pytest.param(3, 3, 3, 3, 3, id="all sizes equal"),
        pytest.param(2, 4, 3, 1, 6, id="one head"),
        pytest.param(2, 4, 3, 6, 1, id="heads of width 1"),
        pytest.param(1, 1, 4, 2, 3, id="one query"),
        pytest.param(2, 4, 1, 2, 3, id="one key"),
    ],
)
def test_heads_attend_and_are_mixed(submission, rng, expect, B, T, S, H, d):
    """Each head attends with its own slice, and the output projection mixes what they find."""
    given = draw(rng, B, T, S, H * d)
    result = submission.multi_head_attention(*given, H)
    expect(result).matches(reference.multi_head_attention(*given, H))


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
    given, mask = draw(rng, 3, 5, 5, 12), rng.mask(*shape)
    result = submission.multi_head_attention(*given, 3, mask)
    expect(result).matches(reference.multi_head_attention(*given, 3, mask))


def test_a_mask_is_aligned_from_the_right(submission, rng, expect):
    """The last two dimensions of a mask are queries and keys, also where all sizes are equal."""
    given = draw(rng, 3, 3, 3, 12)
    for mask in (rng.mask(3, 3), rng.mask(3, 3, 3)):
        result = submission.multi_head_attention(*given, 3, mask)
        expect(result).matches(reference.multi_head_attention(*given, 3, mask))


@pytest.mark.points(2)
def test_a_row_that_allows_nothing_adds_nothing(submission, rng, expect):
    """Where a row of the mask allows nothing, its head contributes 0 to that token."""
    given, mask = draw(rng, 2, 4, 5, 6), rng.mask(2, 3, 4, 5)
    mask[0, 1, 2] = False  # one head of this token
    mask[1, :, 3] = False  # all of them
    result = submission.multi_head_attention(*given, 3, mask)
    expect(result[1, 3]).equals(0.0, because="No head may attend to anything for this token.")
    expect(result).matches(reference.multi_head_attention(*given, 3, mask))


def test_what_no_query_may_see_has_no_influence(submission, rng, expect):
    """What a key holds that no query may attend to changes nothing."""
    given, is_real, cotangent = draw(rng, 2, 4, 5, 6), rng.mask(2, 5), rng.normal(2, 4, 6)
    mask = is_real[:, None, None]
    before = submission.multi_head_attention(*given, 3, mask)
    expect(before).matches(reference.multi_head_attention(*given, 3, mask))
    for size in (9.0, 1e30):
        other = list(given)
        other[1] = torch.where(is_real[..., None], given[1], rng.uniform(2, 5, 6) * size)
        after = submission.multi_head_attention(*other, 3, mask)
        expect(after).matches(before, because="Only x_kv at forbidden keys changed.")
        call = submission.multi_head_attention.gradients(*other, 3, mask, cotangent=cotangent)
        for name, gradient in zip(NAMES, call.inputs, strict=False):
            expect(gradient).is_finite(because=f"This is the gradient of {name}.")


def test_the_weights_of_a_trained_model(submission, rng, expect, device):
    """With the weights of a trained layer and a causal mask, the layer's own output comes out."""
    layer = reference.attention_layers(reference.load_specimen().model.to(device))[1]
    weights = [getattr(layer, name).weight for name in ("w_q", "w_k", "w_v", "w_o")]
    x, mask = rng.normal(1, 6, 64), reference.causal_mask(6, device=device)
    expected, _ = layer(x, x, x, mask)
    result = submission.multi_head_attention(x, x, *weights, 4, mask)
    expect(result).matches(expected)


def test_order_in_memory_makes_no_difference(submission, rng, expect):
    """Tensors that are not contiguous, such as transposed ones, count like any others."""
    x_q, x_kv, *weights = draw(rng, 5, 2, 2, 6)
    mask = rng.mask(2, 5).T[..., None, None, :] | torch.tensor([True, False]).to(x_q.device)
    given = [x_q, x_kv, *(weight.T for weight in weights)]
    result = submission.multi_head_attention(*given, 3, mask)
    expect(result).matches(reference.multi_head_attention(*given, 3, mask))
    given[:2] = rng.normal(4, 2, 6).transpose(0, 1), rng.normal(2, 6, 3).mT
    result = submission.multi_head_attention(**dict(zip(NAMES, given, strict=True)), n_heads=2)
    expect(result).matches(reference.multi_head_attention(*given, 2))


def test_float64(submission, rng, expect):
    """float64 stays float64, and is computed in it."""
    given, mask = draw(rng, 2, 4, 5, 12, torch.float64), rng.mask(4, 5)
    for allowed in (None, mask):  # √4 is exact in every dtype
        result = submission.multi_head_attention(*given, 3, allowed)
        expect(result).matches(reference.multi_head_attention(*given, 3, allowed))


@pytest.mark.parametrize(
    ("dtype", "rounding"),
    [
        pytest.param(torch.float16, 2e-3, id="float16"),
        pytest.param(torch.bfloat16, 2e-2, id="bfloat16"),
    ],
)
def test_half_precision(submission, rng, expect, dtype, rounding):
    """float16 and bfloat16 give a result of the same dtype, empty rows included."""
    given, mask = draw(rng, 2, 4, 5, 12, dtype), rng.mask(2, 1, 4, 5)
    given[-1] /= 16  # a small output, so that right answers differ by little
    mask[1, 0, 2] = False
    right = reference.multi_head_attention(*(tensor.double() for tensor in given), 3, mask)
    result = submission.multi_head_attention(*given, 3, mask)
    expect(result[1, 2]).equals(0.0)
    expect(result).matches(right.to(dtype), atol=rounding)


@pytest.mark.points(2)
def test_gradients_reach_everything(submission, rng, expect):
    """Gradients reach both inputs and all weights, and are finite where a row allows nothing."""
    given, mask, cotangent = draw(rng, 2, 4, 5, 6), rng.mask(2, 3, 4, 5), rng.normal(2, 4, 6)
    mask[1, 2, 0] = False
    actual = submission.multi_head_attention.gradients(*given, 3, mask, cotangent=cotangent).inputs
    leaves = [tensor.clone().requires_grad_() for tensor in given]
    output = reference.multi_head_attention(*leaves, 3, mask)
    expected = reference.vjp(output, leaves, cotangent)
    for name, gradient, right in zip(NAMES, actual, expected, strict=False):
        because = f"This is the gradient of {name}."
        expect(gradient).is_finite(because=because)
        expect(gradient).matches(right, because=because)


def test_arguments_are_left_alone(submission, rng, expect):
    """Inputs, weights and the mask hold after the call what they held before."""
    given, mask = draw(rng, 2, 4, 5, 6), rng.mask(2, 1, 4, 5)
    empty = mask.clone()
    empty[0, 0, 1] = False
    for allowed in (mask, empty):
        after = submission.multi_head_attention.inputs_after(*given, 3, allowed)
        for name, now, then in zip(NAMES, after, given, strict=False):
            expect(now).equals(then, because=f"Your call changes {name}.")
        expect(after[-1]).equals(allowed, because="Your call changes the mask.")


@pytest.mark.parametrize("size", [1e-30, 1e30], ids=str)
def test_weights_of_any_size(submission, rng, expect, size):
    """The result is as much larger or smaller as w_v or w_o is."""
    given = draw(rng, 2, 3, 5, 6)
    expected = reference.multi_head_attention(*given, 2)
    for i in (4, 5):
        found = submission.multi_head_attention(*given[:i], size * given[i], *given[i + 1 :], 2)
        because = f"This is the result divided by the size of {NAMES[i]}."
        expect(found / size).matches(expected, because=because)
