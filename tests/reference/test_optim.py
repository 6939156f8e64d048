"""AdamW and clipping agree with PyTorch's, step for step."""

import copy

import pytest
import torch

from reference.optim import AdamW, adam_step, clip_grad_norm

DTYPES = [torch.float32, torch.float64]
SETTINGS = [
    {"lr": 1e-3},
    {"lr": 0.05, "betas": (0.9, 0.98), "eps": 1e-9, "weight_decay": 0.0},
    {"lr": 0.05, "betas": (0.5, 0.7), "eps": 1e-2, "weight_decay": 0.3},
]


def a_model(dtype):
    torch.manual_seed(1)
    return torch.nn.Sequential(torch.nn.Linear(3, 5), torch.nn.Tanh(), torch.nn.Linear(5, 2)).to(
        dtype
    )


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("settings", SETTINGS)
def test_adamw_follows_pytorch_for_twenty_steps(dtype, settings):
    ours, theirs = a_model(dtype), a_model(dtype)
    our_optimizer = AdamW(ours.parameters(), **settings)
    their_optimizer = torch.optim.AdamW(theirs.parameters(), **settings)
    generator = torch.Generator().manual_seed(2)
    start = [p.clone() for p in ours.parameters()]
    for _ in range(20):
        x = torch.randn(4, 3, generator=generator, dtype=dtype)
        for model, optimizer in ((ours, our_optimizer), (theirs, their_optimizer)):
            optimizer.zero_grad()
            model(x).square().sum().backward()
            optimizer.step()
        for mine, yours in zip(ours.parameters(), theirs.parameters(), strict=True):
            torch.testing.assert_close(mine, yours)
    assert all((p != s).any() for p, s in zip(ours.parameters(), start, strict=True))


def test_adamw_leaves_parameters_without_gradient_alone():
    used, unused = torch.nn.Parameter(torch.ones(2)), torch.nn.Parameter(torch.ones(2))
    optimizer = AdamW([used, unused], lr=0.1, weight_decay=0.5)
    used.sum().backward()
    optimizer.step()
    assert (used != 1).all() and (unused == 1).all()


def test_adamw_resumes_from_its_state_dict():
    ours, resumed = a_model(torch.float32), a_model(torch.float32)
    first, second = AdamW(ours.parameters(), lr=0.1), AdamW(resumed.parameters(), lr=0.1)
    x = torch.randn(4, 3)

    def train(model, optimizer):
        optimizer.zero_grad()
        model(x).square().sum().backward()
        optimizer.step()

    for _ in range(3):
        train(ours, first)
    resumed.load_state_dict(ours.state_dict())
    second.load_state_dict(copy.deepcopy(first.state_dict()))
    train(ours, first)
    train(resumed, second)
    for mine, yours in zip(ours.parameters(), resumed.parameters(), strict=True):
        assert torch.equal(mine, yours)


def test_adam_step_worked_out_by_hand():
    # After bias correction the first m̂ is g and the first v̂ is g², so the step is lr·g/(|g| + eps),
    # after the decay of 0.1 · 0.5.
    parameter, gradient = torch.tensor([2.0, -4.0]), torch.tensor([3.0, -0.5])
    m, v = torch.zeros(2), torch.zeros(2)
    new, new_m, new_v = adam_step(
        parameter, gradient, m, v, step=1, lr=0.1, eps=0.5, weight_decay=0.5
    )
    expected = torch.tensor([2 * 0.95 - 0.1 * 3 / 3.5, -4 * 0.95 + 0.1 * 0.5 / 1.0])
    torch.testing.assert_close(new, expected)
    torch.testing.assert_close(new_m, 0.1 * gradient)
    torch.testing.assert_close(new_v, 0.001 * gradient**2)
    assert parameter.tolist() == [2.0, -4.0] and (m == 0).all() and (v == 0).all()


def test_adam_steps_count_from_one():
    zeros = torch.zeros(2)
    with pytest.raises(ValueError, match="counts from 1"):
        adam_step(zeros, zeros, zeros, zeros, step=0, lr=0.1)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("max_norm", [0.1, 1.0, 100.0])
def test_clipping_equals_pytorch_and_leaves_its_inputs_alone(dtype, max_norm):
    model = a_model(dtype)
    model(torch.ones(4, 3, dtype=dtype)).square().sum().backward()
    grads = [p.grad.clone() for p in model.parameters()]
    clipped, norm = clip_grad_norm(grads, max_norm)
    before = [g.clone() for g in grads]
    their_norm = torch.nn.utils.clip_grad_norm_(model.parameters(), max_norm)
    torch.testing.assert_close(norm, their_norm)
    for mine, parameter, grad, saved in zip(
        clipped, model.parameters(), grads, before, strict=True
    ):
        torch.testing.assert_close(mine, parameter.grad)
        assert torch.equal(grad, saved)


def test_clipping_nothing_gives_nothing():
    clipped, norm = clip_grad_norm([], 1.0)
    assert clipped == [] and norm == 0
