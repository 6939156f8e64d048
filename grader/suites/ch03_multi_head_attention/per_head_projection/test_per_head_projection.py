"""One matrix per head: every token of every sequence meets every head's own."""

import pytest
import torch

import reference

SIZES = [
    # B, T, D, H, d
    pytest.param(2, 5, 6, 3, 4, id="five different sizes"),
    pytest.param(3, 4, 6, 3, 2, id="as many heads as sequences"),
    pytest.param(2, 3, 6, 3, 2, id="as many heads as tokens"),
    pytest.param(3, 3, 3, 3, 3, id="all sizes equal"),
    pytest.param(2, 4, 5, 1, 5, id="one head of full width"),
    pytest.param(2, 4, 5, 3, 1, id="heads of width 1"),
    pytest.param(1, 1, 5, 2, 3, id="one token"),
    pytest.param(1, 1, 1, 1, 1, id="sizes of 1"),
]


@pytest.mark.points(3)
@pytest.mark.parametrize(("B", "T", "D", "H", "d"), SIZES)
def test_every_head_has_a_matrix_of_its_own(submission, rng, expect, B, T, D, H, d):
    """The result for sequence b and head h is x[b] times w[h]."""
    x, w = rng.normal(B, T, D), rng.normal(H, D, d)
    result = submission.per_head_projection(x, w)
    expect(result).matches(reference.per_head_projection(x, w))


def test_heads_do_not_see_each_other(submission, rng, expect):
    """When one head's matrix changes, only the results of that head do."""
    x, w = rng.normal(2, 5, 6), rng.normal(3, 6, 4)
    other = w.clone()
    other[1] = rng.normal(6, 4, scale=1e4)
    before = submission.per_head_projection(x, w)
    after = submission.per_head_projection(w=other, x=x)
    expect(after[:, 1]).matches(reference.per_head_projection(x, other)[:, 1])
    expect(after[:, ::2]).matches(before[:, ::2], because="Only w[1] changed.")
    expect(before).matches(reference.per_head_projection(x, w))


def test_the_same_as_one_large_product(submission, rng, expect, device):
    """Equal to one large product cut into heads, also with the weights of a trained layer."""
    attention = reference.attention_layers(reference.load_specimen().model)[0]
    weight, x = attention.w_q.weight.to(device), rng.normal(1, 5, 64)
    w = reference.convert_head_weights(weight.repeat(3, 1), 4, "packed", "per_head")[0]
    expected = reference.split_heads(x @ weight.T, 4)
    expect(submission.per_head_projection(x, w)).matches(expected)


def test_order_in_memory_makes_no_difference(submission, rng, expect):
    """Tensors that are not contiguous, such as transposed ones, count like any others."""
    x, w = rng.normal(5, 2, 6).transpose(0, 1), rng.normal(4, 6, 3).permute(2, 1, 0)
    expect(submission.per_head_projection(x, w)).matches(reference.per_head_projection(x, w))


def test_float64(submission, rng, expect):
    """float64 stays float64, and is computed in it."""
    x, w = rng.normal(2, 5, 6, dtype=torch.float64), rng.normal(3, 6, 4, dtype=torch.float64)
    expect(submission.per_head_projection(x, w)).matches(reference.per_head_projection(x, w))


@pytest.mark.parametrize(
    ("dtype", "rounding"),
    [
        pytest.param(torch.float16, 1e-2, id="float16"),
        pytest.param(torch.bfloat16, 8e-2, id="bfloat16"),
    ],
)
def test_half_precision(submission, rng, expect, dtype, rounding):
    """float16 and bfloat16 give results of the same dtype."""
    x, w = rng.normal(2, 5, 6, dtype=dtype), rng.normal(3, 6, 4, dtype=dtype)
    right = reference.per_head_projection(x.double(), w.double()).to(dtype)
    expect(submission.per_head_projection(x, w)).matches(right, atol=rounding)


@pytest.mark.points(2)
def test_gradients_reach_tokens_and_matrices(submission, rng, expect):
    """Gradients reach x, summed over the heads, and each head's own matrix."""
    x, w, cotangent = rng.normal(2, 5, 6), rng.normal(3, 6, 4), rng.normal(2, 3, 5, 4)
    d_x, d_w = submission.per_head_projection.gradients(x, w, cotangent=cotangent).inputs
    leaves = [x.clone().requires_grad_(), w.clone().requires_grad_()]
    right = reference.vjp(reference.per_head_projection(*leaves), leaves, cotangent)
    expect(d_x).matches(right[0], because="This is the gradient of x.")
    expect(d_w).matches(right[1], because="This is the gradient of w.")


def test_arguments_are_left_alone(submission, rng, expect):
    """x and w hold after the call what they held before."""
    x, w = rng.normal(2, 5, 6), rng.normal(3, 6, 4)
    after = submission.per_head_projection.inputs_after(x, w)
    for name, now, then in zip("xw", after, (x, w), strict=True):
        expect(now).equals(then, because=f"Your call changes {name}.")


@pytest.mark.parametrize("size", [1e-30, 1e30], ids=str)
def test_arguments_of_any_size(submission, rng, expect, size):
    """The result is as much larger or smaller as the tokens or the matrices are."""
    x, w = rng.normal(2, 5, 6), rng.normal(3, 6, 4)
    expected = reference.per_head_projection(x, w)
    for name, given in (("x", (size * x, w)), ("w", (x, size * w))):
        because = f"This is the result divided by the size of {name}."
        expect(submission.per_head_projection(*given) / size).matches(expected, because=because)
