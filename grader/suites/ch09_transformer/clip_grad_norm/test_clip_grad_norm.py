"""Clipping: one norm over all, one factor for all, short gradients, zeros, no gradients."""

import pytest
import torch

import reference

SHAPES = ((3, 4), (5,), (), (2, 1, 3))
CLOSE = 5e-6  # relative: whether 1e-6 is added to a norm of at least 0.5 is up to the learner


def draw(rng, norm, shapes=SHAPES, dtype=torch.float32):
    """Gradients whose joint norm is `norm`."""
    grads = [rng.normal(*shape, dtype=torch.float64) for shape in shapes]
    length = torch.stack([grad.norm() for grad in grads]).norm()
    return [(grad * (norm / length)).to(dtype) for grad in grads]


def clip(grads, max_norm):
    """In float64, in the gradients' dtype."""
    dtype = grads[0].dtype
    clipped, norm = reference.clip_grad_norm([grad.double() for grad in grads], max_norm)
    return [grad.to(dtype) for grad in clipped], norm.to(dtype)


def compare(submission, expect, grads, max_norm):
    found, norm = submission.clip_grad_norm(grads, max_norm)
    expected, length = clip(list(grads), max_norm)
    expect(norm).matches(length, because="The norm before clipping.")
    for number, (mine, right) in enumerate(zip(found, expected, strict=True)):
        exact = grads[0].dtype == torch.float64
        because = f"Gradient {number} of {len(grads)}."
        expect(mine).matches(right, rtol=CLOSE if exact else None, because=because)


@pytest.mark.points(3)
@pytest.mark.parametrize("norm", [2.0, 5.0, 40.0, 1000.0])
def test_long_gradients_are_shortened(submission, rng, expect, norm):
    """Where the joint norm is too large, all are multiplied by max_norm / norm."""
    for max_norm in (1.0, 0.5, 1.7):
        compare(submission, expect, draw(rng, norm), max_norm)


@pytest.mark.points(2)
@pytest.mark.parametrize("norm", [0.9, 0.5, 0.01])
def test_short_gradients_stay(submission, rng, expect, norm):
    """Where the joint norm is small enough, nothing changes, and nothing grows."""
    for max_norm in (1.0, 10.0, 1e6):
        compare(submission, expect, draw(rng, norm), max_norm)
        compare(submission, expect, draw(rng, 3 * norm), 0.7 * norm)


@pytest.mark.points(2)
def test_limits_of_any_size(submission, rng, expect):
    """However short gradients have to be, and however long they are, the factor is the same."""
    for norm, max_norm in ((1.0, 1e-4), (3.0, 1e-9), (1e6, 1e-3), (1e15, 1.0), (1e15, 1e12)):
        grads = draw(rng, norm)
        found, length = submission.clip_grad_norm(grads, max_norm)
        expected, whole = clip(list(grads), max_norm)
        expect(length).matches(whole, because="The norm before clipping.")
        for number, (mine, right) in enumerate(zip(found, expected, strict=True)):
            # On the scale of the limit: a small one counts as well.
            because = f"Gradient {number} of {len(grads)}, divided by max_norm."
            expect(mine / max_norm).matches(right / max_norm, because=because)


@pytest.mark.points(2)
def test_the_norm_is_over_all_of_them(submission, rng, expect):
    """Gradients that are short one by one can be too long together; large ones do not hide small
    ones."""
    shapes = [(4, 3)] * 9
    compare(submission, expect, draw(rng, 2.7, shapes), 1.0)
    compare(submission, expect, draw(rng, 2.7, shapes), 3.0)
    grads = draw(rng, 1.0)
    for k in range(len(grads)):
        uneven = [(30.0 if i == k else 0.1) * grad for i, grad in enumerate(grads)]
        compare(submission, expect, uneven, 1.0)


@pytest.mark.points(2)
@pytest.mark.parametrize(
    "shapes",
    [
        pytest.param([(6,)], id="one vector"),
        pytest.param([(4, 4)], id="one square matrix"),
        pytest.param([(3, 2, 4)], id="one tensor of three dimensions"),
        pytest.param([()], id="one scalar"),
        pytest.param([(), (), ()], id="three scalars"),
        pytest.param([(2, 3), (2, 3)], id="two of one shape"),
        pytest.param([(1,), (1, 1), (1, 1, 1)], id="all sizes 1"),
        pytest.param([(40, 30), (7,)], id="a larger one"),
    ],
)
def test_any_shapes(submission, rng, expect, shapes):
    """There may be any number of tensors, of any shapes."""
    for norm, max_norm in ((4.0, 1.5), (0.8, 1.5)):
        compare(submission, expect, draw(rng, norm, shapes), max_norm)


def test_a_tuple_and_names(submission, rng, expect):
    """The gradients may stand in a tuple, and the arguments may be given by name."""
    grads = draw(rng, 6.0)
    found, norm = submission.clip_grad_norm(max_norm=2.0, grads=tuple(grads))
    expected, length = clip(grads, 2.0)
    expect(norm).matches(length)
    for mine, right in zip(found, expected, strict=True):
        expect(mine).matches(right)


@pytest.mark.points(2)
def test_gradients_that_are_all_zero(submission, rng, expect):
    """Gradients that are all 0 stay 0, with a norm of 0; some zeros beside others stay as well."""
    for shapes in (SHAPES, [(3,)]):
        grads = [torch.zeros_like(grad) for grad in draw(rng, 1.0, shapes)]
        found, norm = submission.clip_grad_norm(grads, 1.0)
        expect(norm).equals(0.0, because="The norm of gradients that are all 0.")
        for mine in found:
            expect(mine).equals(0.0, because="Gradients that are all 0.")
    grads = draw(rng, 5.0)
    compare(submission, expect, [grads[0], 0 * grads[1], *grads[2:]], 1.0)


def test_no_gradients(submission, rng, expect):
    """Without gradients the list is empty and the norm is 0; with one it is that one's."""
    for nothing in ([], ()):
        found, norm = submission.clip_grad_norm(nothing, 1.0)
        expect(norm).equals(0.0, because="The norm without any gradient.")
        expect(found).equals([])
    compare(submission, expect, draw(rng, 3.0, [(2, 3)]), 1.0)


def test_float64(submission, rng, expect):
    """float64 stays float64, and as exact."""
    for norm, max_norm in ((7.0, 1.0), (0.9, 1.0), (1e4, 3.0)):
        compare(submission, expect, draw(rng, norm, dtype=torch.float64), max_norm)


def test_order_in_memory_makes_no_difference(submission, rng, expect):
    """Gradients that are not contiguous, such as transposed ones, count like any others."""
    grads = [grad.mT for grad in draw(rng, 5.0, [(4, 3), (2, 3, 4)])]
    compare(submission, expect, grads, 1.0)


@pytest.mark.points(2)
def test_gradients_are_left_alone(submission, rng, expect):
    """The gradients hold after the call what they held before; the list is as long as before."""
    for norm in (5.0, 0.5):
        grads = draw(rng, norm)
        after = submission.clip_grad_norm.inputs_after(grads, 1.0)[0]
        expect(len(after)).equals(len(grads), because="Your call changes the list.")
        for number, (before, found) in enumerate(zip(grads, after, strict=True)):
            expect(found).equals(before, because=f"Your call changes gradient {number}.")
