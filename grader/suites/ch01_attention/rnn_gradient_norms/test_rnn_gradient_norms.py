"""Gradients through time: the chain of Jacobians, its ends, and how it vanishes or explodes."""

import pytest
import torch

import reference

NAMES = ("w", "u", "xs", "h0")


def network(rng, h, d, T, scale, dtype=torch.float32):
    """A recurrent matrix that is not symmetric, and states at which tanh bends."""
    return (
        rng.normal(h, h, dtype=dtype, scale=scale / h**0.5),
        rng.normal(h, d, dtype=dtype, scale=0.5),
        rng.normal(T, d, dtype=dtype),
        rng.normal(h, dtype=dtype, scale=0.5),
    )


@pytest.mark.points(2)
@pytest.mark.parametrize(
    ("h", "d", "T", "scale"),
    [
        pytest.param(4, 3, 5, 0.9, id="vanishing"),
        pytest.param(3, 5, 4, 2.0, id="strong recurrence"),
        pytest.param(3, 3, 3, 1.2, id="all sizes alike"),
        pytest.param(1, 1, 3, 1.2, id="states and inputs of width 1"),
    ],
)
def test_norms_follow_the_chain_rule(submission, rng, expect, h, d, T, scale):
    """Entry t − 1 is the norm of ∂h_T/∂h_t, a product of one Jacobian per step."""
    args = network(rng, h, d, T, scale)
    expect(submission.rnn_gradient_norms(*args)).matches(reference.rnn_gradient_norms(*args))


def test_transposed_arguments(submission, rng, expect):
    """Inputs that are not contiguous, such as transposed ones, count like any others."""
    w, u, xs, h0 = network(rng, 4, 3, 5, 0.9)
    turned = w.T, u.T.contiguous().T, xs.T.contiguous().T, h0
    expect(submission.rnn_gradient_norms(**dict(zip(NAMES, turned, strict=True)))).matches(
        reference.rnn_gradient_norms(*turned)
    )


def test_a_long_way_back(submission, rng, expect):
    """Forty steps back the norms are tiny or huge, and right."""
    for scale in (0.3, 3.0):
        w, u, xs, h0 = network(rng, 3, 2, 40, 1.0, dtype=torch.float64)
        args = scale * torch.linalg.qr(w)[0], u, 0 * xs, 0 * h0
        expected = reference.rnn_gradient_norms(*args)
        expect(submission.rnn_gradient_norms(*args) / expected).matches(torch.ones_like(expected))


def test_far_sizes(submission, rng, expect):
    """Inputs, a first state or matrices that are far from 1 count as they are."""
    w, u, xs, h0 = network(rng, 4, 3, 3, 0.9, dtype=torch.float64)
    large = 1e30
    for args in (
        (w, u / large, large * xs, h0),
        (w, u * large, xs / large, h0),
        (w / large, u, xs, large * h0),
    ):
        expected = reference.rnn_gradient_norms(*args)
        expect(submission.rnn_gradient_norms(*args) / expected).matches(torch.ones_like(expected))


def test_the_last_state_is_itself(submission, rng, expect):
    """The last entry is ‖∂h_T/∂h_T‖ = √n_h; with a single step it is the only one."""
    w, u, xs, h0 = network(rng, 4, 2, 3, 0.9)
    root = torch.full_like(h0[:1], 2.0)
    expect(submission.rnn_gradient_norms(w, u, xs, h0)[-1:]).matches(root)
    expect(submission.rnn_gradient_norms(w, u, xs[:1], h0)).matches(root)


@pytest.mark.points(2)
def test_at_rest_only_the_matrix_counts(submission, rng, expect, device):
    """At rest tanh has slope 1: a matrix c·Q with orthogonal Q gives √n_h · c^(T − t)."""
    rotation = torch.linalg.qr(rng.normal(3, 3))[0]
    u, xs, h0 = rng.normal(3, 2), rng.normal(5, 2) * 0, rng.normal(3) * 0
    steps = torch.tensor([4.0, 3.0, 2.0, 1.0, 0.0], device=device)
    for scale in (0.5, 1.5):
        norms = submission.rnn_gradient_norms(scale * rotation, u, xs, h0)
        expect(norms).matches(3**0.5 * scale**steps)


def test_saturated_states_block_the_gradient(submission, rng, expect, device):
    """Inputs that drive a state to ±1 let no gradient past it."""
    w, u, xs, h0 = network(rng, 3, 2, 4, 1.0)
    u, xs = torch.full((3, 2), 50.0, device=device), xs.abs() + 1
    xs[-1] = 0  # The last step starts from a state of ones and does not saturate.
    norms = submission.rnn_gradient_norms(w, u, xs, h0)
    expect(norms[:2]).matches(torch.zeros(2, device=device))
    expect(norms).matches(reference.rnn_gradient_norms(w, u, xs, h0))


def test_first_state_counts(submission, rng, expect):
    """The run starts from h_0: another start gives other norms."""
    w, u, xs, h0 = network(rng, 4, 3, 4, 1.3)
    norms = submission.rnn_gradient_norms(w, u, xs, h0)
    other = submission.rnn_gradient_norms(w, u, xs, h0 + 1)
    expect(other).differs_from(norms)
    expect(other).matches(reference.rnn_gradient_norms(w, u, xs, h0 + 1))


def test_float64_keeps_its_precision(submission, rng, expect):
    """float64 inputs give float64 norms, with all their digits."""
    args = network(rng, 5, 2, 6, 1.1, dtype=torch.float64)
    expect(submission.rnn_gradient_norms(*args)).matches(reference.rnn_gradient_norms(*args))


def test_arguments_are_left_as_they_were(submission, rng, expect):
    """The matrices, the inputs and the first state are the same afterwards."""
    before = network(rng, 4, 3, 5, 0.9)
    after = submission.rnn_gradient_norms.inputs_after(*before)
    for name, now, then in zip(NAMES, after, before, strict=True):
        expect(now).equals(then, because=f"Your call changes {name}.")
