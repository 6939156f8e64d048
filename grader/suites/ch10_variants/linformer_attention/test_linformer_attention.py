"""Linformer: the formula, unequal mixtures, shapes, large scores, gradients."""

import pytest
import torch

import reference


def drawn(rng, T, S, r, d, d_v, leading=(), dtype=torch.float32):
    """q, k, v, e and f, with every score of common size."""
    q, k, v = (rng.normal(*leading, n, w, dtype=dtype) for n, w in ((T, d), (S, d), (S, d_v)))
    e, f = (rng.normal(r, S, scale=S**-0.5, dtype=dtype) for _ in range(2))
    return q, k, v, e, f


def attention(*given):
    """The formula in float64, in the dtype of q."""
    return reference.linformer_attention(*(t.double() for t in given)).to(given[0].dtype)


@pytest.mark.points(3)
@pytest.mark.parametrize(
    ("T", "S", "r", "d", "d_v"),
    [
        pytest.param(5, 7, 3, 4, 6, id="five different sizes"),
        pytest.param(4, 4, 4, 4, 4, id="all sizes equal"),
        pytest.param(3, 5, 8, 4, 2, id="more mixtures than positions"),
        pytest.param(6, 6, 2, 3, 3, id="as many queries as keys"),
        pytest.param(3, 5, 1, 4, 2, id="one mixture"),
        pytest.param(3, 1, 4, 2, 5, id="one position"),
        pytest.param(1, 6, 3, 1, 1, id="one query and one feature"),
    ],
)
def test_formula(submission, rng, expect, T, S, r, d, d_v):
    """The output is softmax(q (E k)ᵀ / √d) (F v)."""
    given = drawn(rng, T, S, r, d, d_v, (2,))
    expect(submission.linformer_attention(*given)).matches(attention(*given))


@pytest.mark.parametrize(
    "leading",
    [
        pytest.param((), id="one sequence"),
        pytest.param((3, 2), id="batch and heads"),
        pytest.param((1, 2, 1, 3), id="four leading dimensions"),
    ],
)
def test_any_leading_dimensions(submission, rng, expect, leading):
    """Whatever stands before the last two axes is kept, and each part has results of its own."""
    given = drawn(rng, 4, 6, 3, 5, 2, leading)
    expect(submission.linformer_attention(*given)).matches(attention(*given))


@pytest.mark.points(2)
def test_two_matrices(submission, rng, expect):
    """E mixes the keys alone, and F the values alone."""
    q, k, v, e, f = drawn(rng, 4, 6, 3, 5, 2, (2,))
    for given in ((q, k, v, e, e), (q, k, v, f, e), (q, k, v, 0 * e, f), (q, k, v, -e, f)):
        expect(submission.linformer_attention(*given)).matches(attention(*given))


def test_every_position_as_a_mixture(submission, rng, expect, device):
    """With the identity for E and F it is ordinary attention."""
    q, k, v, _, _ = drawn(rng, 4, 6, 3, 5, 2, (2,))
    one = torch.eye(6, device=device)
    expected = reference.scaled_dot_product_attention(q, k, v)[0]
    expect(submission.linformer_attention(f=one, e=one, v=v, k=k, q=q)).matches(expected)


def test_mixtures_that_are_pieces(submission, rng, expect, device):
    """Mixtures of two neighbours each, a mean of the keys and a sum of the values."""
    q, k, v, _, _ = drawn(rng, 5, 8, 4, 3, 6, (2,))
    pieces = torch.eye(4, device=device).repeat_interleave(2, dim=1)  # (4, 8)
    given = (q, k, v, pieces / 2, pieces)
    expect(submission.linformer_attention(*given)).matches(attention(*given))


@pytest.mark.points(2)
@pytest.mark.parametrize("scale", [100.0, 2000.0], ids=["hundreds", "thousands"])
def test_large_scores(submission, rng, expect, scale):
    """Scores of any size give finite results."""
    q, k, v, e, f = drawn(rng, 5, 6, 4, 3, 2, (2,), torch.float64)
    given = (scale * q, k, v, e, f)
    result = submission.linformer_attention(*given)
    expect(result).is_finite()
    expect(result).matches(attention(*given))
    single = tuple(t.float() for t in given)
    expect(submission.linformer_attention(*single)).is_finite()


def test_float64(submission, rng, expect):
    """float64 stays float64, and as exact."""
    given = drawn(rng, 5, 7, 3, 4, 6, (2, 2), torch.float64)
    expect(submission.linformer_attention(*given)).matches(attention(*given))


def test_order_in_memory_makes_no_difference(submission, rng, expect):
    """Tensors that are not contiguous, such as transposed ones, count like any others."""
    given = drawn(rng, 4, 6, 3, 5, 2, (2, 3))
    turned = [t.transpose(-2, -1).contiguous().transpose(-2, -1) for t in given]
    expect(submission.linformer_attention(*turned)).matches(attention(*given))
    turned = [t.transpose(0, 1).contiguous().transpose(0, 1) for t in given]
    expect(submission.linformer_attention(*turned)).matches(attention(*given))


@pytest.mark.points(2)
def test_gradients(submission, rng, expect):
    """Gradients reach all five arguments, and are right."""
    given, cotangent = drawn(rng, 4, 6, 3, 5, 2, (2,)), rng.normal(2, 4, 2)
    leaves = [t.double().requires_grad_() for t in given]
    output = reference.linformer_attention(*leaves)
    expected = reference.vjp(output, leaves, cotangent.double())
    found = submission.linformer_attention.gradients(*given, cotangent=cotangent).inputs
    for name, mine, right in zip("qkvef", found, expected, strict=True):
        expect(mine).matches(right.float(), because=f"This is the gradient of {name}.")


def test_arguments_are_left_alone(submission, rng, expect):
    """The arguments hold after the call what they held before."""
    given = drawn(rng, 4, 6, 3, 5, 2, (2,))
    after = submission.linformer_attention.inputs_after(*given)
    for name, now, before in zip("qkvef", after, given, strict=True):
        expect(now).equals(before, because=f"Your call changes {name}.")


@pytest.mark.points(2)
def test_no_table_of_queries_and_positions(submission, rng, expect):
    """Memory grows with T + S, not with T · S."""
    given = drawn(rng, 1200, 25_000, 8, 4, 3, dtype=torch.float64)  # T · S would take 240 MB
    because = "E k and F v are small, and nothing larger than they has to be made."
    cost = submission.linformer_attention.cost(*given)
    expect(cost).holds_at_most(120, because=because)


@pytest.mark.parametrize("size", [1e-30, 1e30], ids=str)
def test_values_of_any_size(submission, rng, expect, size):
    """The result is as much larger or smaller as the values, or what mixes them."""
    q, k, v, e, f = given = drawn(rng, 4, 6, 3, 5, 2)
    for name, scaled in (("v", (size * v, e, f)), ("f", (v, e, size * f))):
        because = f"This is the result divided by the size of {name}."
        result = submission.linformer_attention(q, k, *scaled)
        expect(result / size).matches(attention(*given), because=because)
