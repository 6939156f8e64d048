"""Adam: both means and their correction, the step, eps, the decay, several steps, one error."""

import pytest
import torch

import reference


def draw(rng, *shape, first=False, scale=1.0, dtype=torch.float32):
    """Parameter, gradient, m and v; m and v are 0 before the first step."""
    parameter, gradient = rng.normal(*shape, dtype=dtype), rng.normal(*shape, scale=scale)
    gradient = gradient.to(dtype)
    if first:
        return parameter, gradient, torch.zeros_like(gradient), torch.zeros_like(gradient)
    m = rng.normal(*shape, scale=0.4 * scale).to(dtype)
    v = rng.uniform(*shape, low=0.3 * scale**2, high=2.0 * scale**2).to(dtype)
    return parameter, gradient, m, v


def exact(tensors, *setting, **named):
    """In float64, in the dtype of the parameter."""
    result = reference.adam_step(*(t.double() for t in tensors), *setting, **named)
    return tuple(tensor.to(tensors[0].dtype) for tensor in result)


@pytest.mark.points(3)
@pytest.mark.parametrize("shape", [(5,), (3, 4), (4, 4), (2, 3, 4), (1, 1), (1,), ()], ids=str)
def test_one_step(submission, rng, expect, shape):
    """The new parameter, m and v, of tensors of any shape."""
    tensors = draw(rng, *shape)
    expect(submission.adam_step(*tensors, 7, 0.03)).matches(exact(tensors, 7, 0.03))


@pytest.mark.points(2)
@pytest.mark.parametrize("step", [1, 2, 3, 10, 100, 5000, 10**6])
def test_the_correction_of_both_means(submission, rng, expect, step):
    """m and v are corrected for the zeros that they began with, by the number of the step."""
    tensors = draw(rng, 4, 3)
    found = submission.adam_step(*tensors, step, 0.05, 0.9, 0.98)
    expect(found).matches(exact(tensors, step, 0.05, 0.9, 0.98))
    expect(submission.adam_step(*tensors, step, 0.05)).matches(exact(tensors, step, 0.05))


@pytest.mark.points(2)
def test_the_first_step_is_a_learning_rate_long(submission, rng, expect):
    """From m = v = 0 each entry moves by lr against its gradient, whatever the gradient's size."""
    for scale in (1e-3, 1.0, 1e3):
        parameter, gradient, m, v = draw(rng, 3, 4, first=True, scale=scale)
        gradient = gradient + scale * gradient.sign()
        found = submission.adam_step(parameter, gradient, m, v, 1, 0.25)
        expect(found).matches(exact((parameter, gradient, m, v), 1, 0.25))
        because = "This is the parameter, which moves by lr = 0.25."
        expect(found[0]).matches(parameter - 0.25 * gradient.sign(), rtol=1e-3, because=because)


@pytest.mark.points(3)
def test_several_steps(submission, rng, expect):
    """m and v of a step are what the next one goes on from."""
    ours = theirs = draw(rng, 3, 2, first=True)
    for step in range(1, 7):
        gradient = rng.normal(3, 2) * step
        ours = exact((ours[0], gradient, *ours[-2:]), step, 0.1, 0.8, 0.95, 1e-6, 0.1)
        theirs = submission.adam_step(
            theirs[0], gradient, *theirs[-2:], step, 0.1, 0.8, 0.95, 1e-6, 0.1
        )
        expect(theirs).matches(ours, because=f"After {step} step(s).")


@pytest.mark.points(2)
@pytest.mark.parametrize(
    ("beta1", "beta2"), [(0.9, 0.999), (0.9, 0.98), (0.0, 0.9), (0.9, 0.0), (0.6, 0.7)]
)
def test_other_betas(submission, rng, expect, beta1, beta2):
    """Each mean has a β of its own, which may be 0."""
    for step in (1, 4):
        tensors = draw(rng, 4, 3)
        found = submission.adam_step(*tensors, step, 0.05, beta1, beta2)
        expect(found).matches(exact(tensors, step, 0.05, beta1, beta2))


@pytest.mark.points(2)
def test_eps_stands_beside_the_root(submission, rng, expect):
    """eps is added to the root of the corrected v: it counts where gradients are tiny."""
    for eps in (1e-8, 1e-3, 0.1, 2.0):
        tensors = draw(rng, 3, 4, first=True, scale=eps)
        expect(submission.adam_step(*tensors, 1, 0.5, eps=eps)).matches(
            exact(tensors, 1, 0.5, eps=eps)
        )
        tensors = draw(rng, 3, 4, scale=eps)
        expect(submission.adam_step(*tensors, 3, 0.5, eps=eps)).matches(
            exact(tensors, 3, 0.5, eps=eps)
        )


def test_no_gradient_at_all(submission, rng, expect):
    """An entry whose gradient has always been 0 stays where it is; one that was pushed moves on."""
    parameter, gradient, m, v = draw(rng, 4, 3)
    gradient[:, 0], m[:2, 0], v[:2, 0] = 0.0, 0.0, 0.0
    found = submission.adam_step(parameter, gradient, m, v, 5, 0.1)
    expect(found).matches(exact((parameter, gradient, m, v), 5, 0.1))
    tensors = parameter, torch.zeros_like(gradient), m, v
    found = submission.adam_step(*tensors, 5, 0.1, weight_decay=0.3)
    expect(found).matches(
        exact(tensors, 5, 0.1, weight_decay=0.3), because="The whole gradient is 0."
    )


@pytest.mark.points(2)
@pytest.mark.parametrize("weight_decay", [0.01, 0.5, 4.0])
def test_decoupled_decay(submission, rng, expect, weight_decay):
    """The decay takes lr · λ · θ off the old parameter, and does not enter m and v."""
    for lr in (0.1, 0.02):
        parameter, *others = draw(rng, 3, 4)
        tensors = 3 * parameter, *others
        found = submission.adam_step(*tensors, 4, lr, weight_decay=weight_decay)
        expect(found).matches(exact(tensors, 4, lr, weight_decay=weight_decay))
    for shape in ((5,), (), (2, 3, 2)):
        tensors = draw(rng, *shape)
        found = submission.adam_step(*tensors, 4, 0.1, weight_decay=weight_decay)
        expect(found).matches(exact(tensors, 4, 0.1, weight_decay=weight_decay))


def test_arguments_by_name(submission, rng, expect):
    """The arguments may be given by name, in any order, or all by position."""
    parameter, gradient, m, v = draw(rng, 2, 3)
    setting = {"weight_decay": 0.2, "eps": 0.01, "beta2": 0.7, "beta1": 0.8, "lr": 0.3, "step": 2}
    found = submission.adam_step(**setting, v=v, m=m, gradient=gradient, parameter=parameter)
    expected = exact((parameter, gradient, m, v), **setting)
    expect(found).matches(expected)
    found = submission.adam_step(parameter, gradient, m, v, 2, 0.3, 0.8, 0.7, 0.01, 0.2)
    expect(found).matches(expected)


def test_float64(submission, rng, expect):
    """float64 stays float64, and as exact."""
    for step in (1, 3, 10**6):
        tensors = draw(rng, 3, 4, dtype=torch.float64)
        found = submission.adam_step(*tensors, step, 0.8, 0.9, 0.98, 1e-9, 0.1)
        expect(found).matches(exact(tensors, step, 0.8, 0.9, 0.98, 1e-9, 0.1))


def test_steps_below_1_are_refused(submission, rng, expect):
    """A step of 0 or less is a ValueError, since the correction would divide by 0."""
    tensors = draw(rng, 2, 3)
    for step in (0, -1, -10):
        submission.adam_step.raises(ValueError, *tensors, step, 0.1)
    expect(submission.adam_step(*tensors, 1, 0.1)).matches(exact(tensors, 1, 0.1))


def test_order_in_memory_makes_no_difference(submission, rng, expect):
    """Tensors that are not contiguous, such as transposed ones, count like any others."""
    tensors = tuple(tensor.T for tensor in draw(rng, 4, 3))
    expect(submission.adam_step(*tensors, 2, 0.1)).matches(exact(tensors, 2, 0.1))
    mixed = (tensors[0], tensors[1].contiguous(), *tensors[2:])
    expect(submission.adam_step(*mixed, 2, 0.1)).matches(exact(mixed, 2, 0.1))


@pytest.mark.points(2)
def test_arguments_are_left_alone(submission, rng, expect):
    """All four tensors hold after the call what they held before."""
    for first in (True, False):
        tensors = draw(rng, 3, 4, first=first)
        after = submission.adam_step.inputs_after(*tensors, 1, 0.1, 0.9, 0.99, 1e-8, 0.1)
        names = ("parameter", "gradient", "m", "v")
        for name, before, found in zip(names, tensors, after[:4], strict=True):
            expect(found).equals(before, because=f"Your call changes `{name}`.")


def test_large_numbers(submission, rng, expect):
    """Gradients and parameters may be large; the step depends on the size of neither."""
    for size in (1e6, 1e12):
        parameter, *rest = draw(rng, 3, 4, scale=size)
        for tensors in ((parameter, *rest), (size * parameter, *rest)):
            found = submission.adam_step(*tensors, 5, 0.25, weight_decay=0.1)
            expect(found).matches(exact(tensors, 5, 0.25, weight_decay=0.1))
