"""The Jacobian of a stack: the order of its factors, and what a residual connection adds."""

import pytest
import torch

import reference

BOTH = pytest.mark.parametrize("residual", [True, False], ids=["residual", "no residual"])


def draw(rng, L, D, dtype=torch.float32, gain=0.8):
    """Jacobians of layers that make a vector neither much longer nor much shorter."""
    return rng.normal(L, D, D, scale=gain * D**-0.5, dtype=dtype)


@pytest.mark.points(3)
@BOTH
@pytest.mark.parametrize(
    ("L", "D"),
    [
        pytest.param(2, 3, id="two layers"),
        pytest.param(5, 4, id="five layers"),
        pytest.param(3, 3, id="as many layers as features"),
        pytest.param(1, 5, id="one layer"),
        pytest.param(4, 1, id="one feature"),
    ],
)
def test_product_of_the_stack(submission, rng, expect, L, D, residual):
    """The stack's Jacobian is the product of its layers', and the last layer stands leftmost."""
    jacobians = draw(rng, L, D)
    result = submission.residual_gradient(jacobians, residual)
    expect(result).matches(reference.residual_gradient(jacobians, residual))


@BOTH
def test_where_the_order_shows(submission, rng, expect, device, residual):
    """The first layer writes only what the second layer reads; the other order would give 0."""
    jacobians = torch.zeros(2, 4, 4, device=device)
    jacobians[0, 2, 1], jacobians[1, 3, 2] = rng.uniform(2, low=1.0, high=3.0)
    result = submission.residual_gradient(residual=residual, jacobians=jacobians)
    expect(result).matches(reference.residual_gradient(jacobians, residual))


def test_layers_that_change_nothing(submission, rng, expect, device):
    """Where a layer's Jacobian is 0, a stack of sums goes round it, and a product stops at it."""
    jacobians, zeros = draw(rng, 4, 3), torch.zeros(3, 5, 5, device=device)
    jacobians[2] = 0.0
    for given in (jacobians, zeros):
        for residual in (True, False):
            result = submission.residual_gradient(given, residual)
            expect(result).matches(reference.residual_gradient(given, residual))


@pytest.mark.points(2)
@BOTH
def test_fifty_layers(submission, rng, expect, residual):
    """In a deep stack each layer counts, also where hardly anything is left of the gradient."""
    jacobians = draw(rng, 50, 6, torch.float64, gain=0.3)
    expected = reference.residual_gradient(jacobians, residual)
    result = submission.residual_gradient(jacobians, residual)
    expect(result).matches(expected, atol=1e-9 * float(expected.abs().max()))


@BOTH
def test_float64(submission, rng, expect, residual):
    """float64 stays float64, and is computed in it."""
    jacobians = draw(rng, 3, 5, torch.float64)
    result = submission.residual_gradient(jacobians, residual)
    expect(result).matches(reference.residual_gradient(jacobians, residual))


@BOTH
def test_order_in_memory_makes_no_difference(submission, rng, expect, residual):
    """A tensor that is not contiguous, such as a transposed one, counts like any other."""
    for jacobians in (draw(rng, 3, 4).mT, rng.normal(4, 3, 4, scale=0.4).transpose(0, 1)):
        result = submission.residual_gradient(jacobians, residual)
        expect(result).matches(reference.residual_gradient(jacobians, residual))


@BOTH
def test_arguments_are_left_alone(submission, rng, expect, residual):
    """The Jacobians hold after the call what they held before."""
    for L in (1, 3):
        jacobians = draw(rng, L, 4)
        after = submission.residual_gradient.inputs_after(jacobians, residual)
        expect(after[0]).equals(jacobians, because="Your call changes the Jacobians.")


@pytest.mark.parametrize("size", [1e-30, 1e30], ids=str)
def test_jacobians_of_any_size(submission, rng, expect, size):
    """A product is as much larger or smaller as one of its factors is, and 1 is added to any."""
    jacobians = draw(rng, 3, 4)
    for layer in range(3):
        given = jacobians.clone()
        given[layer] *= size
        found = submission.residual_gradient(given, False)
        expected = reference.residual_gradient(jacobians, False)
        because = f"One of three Jacobians is large or small: the result divided by {size:g}."
        expect(found / size).matches(expected, because=because)
        found = submission.residual_gradient(given, True) / max(size, 1.0)
        expected = reference.residual_gradient(given.double(), True).float() / max(size, 1.0)
        expect(found).matches(expected)
