"""The backward pass by hand, against autograd on the forward pass."""

import pytest
import torch

import reference

SHAPES = pytest.mark.parametrize(
    "shape",
    [
        # lead, T, S, d, e
        pytest.param(((2,), 4, 4, 6, 3), id="as many queries as keys"),
        pytest.param(((), 5, 5, 4, 2), id="no batch dimension"),
        pytest.param(((1,), 1, 4, 3, 1), id="sizes of 1"),
        pytest.param(((2, 1, 1, 3), 3, 2, 1, 2), id="four leading dimensions, keys of width 1"),
    ],
)


def inputs(rng, shape, dtype=torch.float32):
    lead, t, s, d, e = shape
    return (
        rng.normal(*lead, t, e, dtype=dtype),
        rng.normal(*lead, t, d, dtype=dtype),
        rng.normal(*lead, s, d, dtype=dtype),
        rng.normal(*lead, s, e, dtype=dtype),
    )


def autograd(d_output, q, k, v):
    leaves = [x.clone().requires_grad_() for x in (q, k, v)]
    output, _ = reference.scaled_dot_product_attention(*leaves)
    return reference.vjp(output, leaves, d_output)


@SHAPES
def test_gradient_of_the_values(submission, rng, expect, shape):
    """dv is what autograd gives."""
    given = inputs(rng, shape)
    _, _, dv = submission.attention_backward(*given)
    expect(dv).matches(autograd(*given)[2])


@pytest.mark.points(2)
@SHAPES
def test_gradient_of_the_queries(submission, rng, expect, shape):
    """dq is what autograd gives."""
    given = inputs(rng, shape)
    dq, _, _ = submission.attention_backward(*given)
    expect(dq).matches(autograd(*given)[0])


@pytest.mark.points(2)
@SHAPES
def test_gradient_of_the_keys(submission, rng, expect, shape):
    """dk is what autograd gives."""
    given = inputs(rng, shape)
    _, dk, _ = submission.attention_backward(*given)
    expect(dk).matches(autograd(*given)[1])


def test_many_heads_in_float64(submission, rng, expect):
    """Batch and head dimensions are carried along, and float64 stays float64."""
    given = inputs(rng, ((2, 3), 6, 5, 9, 7), dtype=torch.float64)  # √9 is exact in any dtype
    gradients = submission.attention_backward(*given)
    names = ("dq", "dk", "dv")
    for name, gradient, expected in zip(names, gradients, autograd(*given), strict=True):
        expect(gradient).matches(expected, because=f"Look at {name}.")


def test_heads_split_by_a_transpose(submission, rng, expect):
    """Arguments that are not contiguous, such as transposed ones, count like any others."""
    given = [x.transpose(1, 2) for x in inputs(rng, ((2, 3), 4, 4, 6, 5))]
    names = ("d_output", "q", "k", "v")
    gradients = submission.attention_backward(**dict(zip(names, given, strict=True)))
    names = ("dq", "dk", "dv")
    for name, gradient, expected in zip(names, gradients, autograd(*given), strict=True):
        expect(gradient).matches(expected, because=f"Look at {name}.")


def test_half_precision(submission, rng, expect):
    """float16 and bfloat16 arguments give gradients of the same dtype."""
    names = ("dq", "dk", "dv")
    for dtype, rounding in ((torch.float16, 2e-2), (torch.bfloat16, 0.16)):
        given = inputs(rng, ((2,), 3, 5, 4, 4), dtype=dtype)
        right = autograd(*(x.double() for x in given))
        gradients = submission.attention_backward(*given)
        for name, gradient, expected in zip(names, gradients, right, strict=True):
            expect(gradient).matches(
                expected.to(dtype), atol=rounding, because=f"Look at {name} in {dtype}."
            )


def test_equal_values_leave_nothing_to_steer(submission, rng, expect):
    """Where all keys bring the same value, the weights do not matter: dq and dk are 0."""
    d_output, q, k, v = inputs(rng, ((2,), 3, 5, 6, 4))
    v = v[:, :1].expand_as(v).contiguous()
    dq, dk, dv = submission.attention_backward(d_output, q, k, v)
    expect(dq).matches(torch.zeros_like(q), rtol=0.0, atol=1e-5)
    expect(dk).matches(torch.zeros_like(k), rtol=0.0, atol=1e-5)
    expect(dv).matches(autograd(d_output, q, k, v)[2])


def test_large_scores_stay_finite(submission, rng, expect, device):
    """Scores near ±1000 give the same gradients of the values as scores near 0."""
    # float64: in float32 the logarithm of a sum near exp(1024) is known to 1e-4 and no better.
    d_output, q, k, v = inputs(rng, ((2,), 3, 5, 16, 4), dtype=torch.float64)
    # The last feature adds 64 · 64 / √16 = ±1024 to every score.
    q[..., -1] = torch.tensor([[64.0], [-64.0]], device=device)
    k[..., -1] = 64.0
    dq, dk, dv = submission.attention_backward(d_output, q, k, v)
    expect(dq).is_finite()
    expect(dk).is_finite()
    expect(dv).matches(autograd(d_output, q, k, v)[2])


def test_arguments_are_left_alone(submission, rng, expect):
    """d_output, q, k and v hold after the call what they held before."""
    before = inputs(rng, ((2,), 3, 5, 6, 4))
    after = submission.attention_backward.inputs_after(*before)
    for name, now, then in zip(("d_output", "q", "k", "v"), after, before, strict=True):
        expect(now).equals(then, because=f"Your call changes {name}.")


@pytest.mark.parametrize("size", [1e-30, 1e30], ids=str)
def test_a_loss_of_any_size(submission, rng, expect, size):
    """All gradients are as much larger or smaller as the gradient of the output is."""
    d_output, *rest = inputs(rng, ((2,), 3, 5, 4, 6))
    found = submission.attention_backward(size * d_output, *rest)
    expected = autograd(d_output, *rest)
    for name, gradient, right in zip(("dq", "dk", "dv"), found, expected, strict=True):
        because = f"This is {name} divided by the size of d_output."
        expect(gradient / size).matches(right, because=because)
