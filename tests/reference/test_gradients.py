"""Derivatives by hand are those of autograd."""

import subprocess
import sys

import torch
import torch.nn.functional as F
from torch.autograd.functional import jacobian

import reference

double = torch.float64


def test_softmax_jacobian() -> None:
    x = torch.randn(2, 3, 5, dtype=double)
    p = torch.softmax(x, -1)
    actual = reference.softmax_jacobian(p)
    assert actual.shape == (2, 3, 5, 5)
    expected = jacobian(lambda row: torch.softmax(row, -1), x[1, 2])
    torch.testing.assert_close(actual[1, 2], expected)


def test_attention_query_jacobian() -> None:
    q = torch.randn(4, dtype=double)
    keys, values = torch.randn(6, 4, dtype=double), torch.randn(6, 3, dtype=double)
    expected = jacobian(lambda q: reference.soft_lookup(q, keys, values), q)
    torch.testing.assert_close(reference.attention_query_jacobian(q, keys, values), expected)


def test_attention_backward() -> None:
    q, k, v = (torch.randn(2, n, d, dtype=double) for n, d in ((5, 4), (7, 4), (7, 3)))
    tensors = [x.requires_grad_() for x in (q, k, v)]
    output = F.scaled_dot_product_attention(*tensors)
    d_output = torch.randn_like(output)
    expected = torch.autograd.grad(output, tensors, d_output)
    actual = reference.attention_backward(d_output, *(x.detach() for x in tensors))
    torch.testing.assert_close(actual, expected)


def test_layer_norm_backward() -> None:
    x = torch.randn(2, 3, 5, dtype=double, requires_grad=True)
    gamma = torch.randn(5, dtype=double, requires_grad=True)
    beta = torch.randn(5, dtype=double, requires_grad=True)
    output = F.layer_norm(x, (5,), gamma, beta, eps=0.01)
    d_out = torch.randn_like(output)
    expected = torch.autograd.grad(output, (x, gamma, beta), d_out)
    actual = reference.layer_norm_backward(d_out, x.detach(), gamma.detach(), eps=0.01)
    torch.testing.assert_close(actual, expected)


def test_residual_gradient_is_the_chain_rule_in_order() -> None:
    jacobians = torch.randn(3, 4, 4, dtype=double)

    def network(x: torch.Tensor, residual: bool) -> torch.Tensor:
        for j in jacobians:
            x = x * residual + j @ x
        return x

    for residual in (True, False):
        expected = jacobian(lambda x, r=residual: network(x, r), torch.randn(4, dtype=double))
        torch.testing.assert_close(reference.residual_gradient(jacobians, residual), expected)


def test_post_norm_gradients_keep_their_size_while_pre_norm_gradients_fall_with_depth() -> None:
    def last(depth: int, norm_first: bool) -> float:
        seeds = range(4)
        runs = [reference.gradient_norms_by_depth(depth, 32, norm_first, s)[-1] for s in seeds]
        return torch.stack(runs).mean().item()

    assert 0.7 < last(64, norm_first=False) / last(4, norm_first=False) < 1.5
    assert last(64, norm_first=True) / last(4, norm_first=True) < 0.5  # 1/√16 in the limit


def test_gradient_norms_follow_the_seed_and_leave_the_generator_alone() -> None:
    before = torch.get_rng_state()
    first = reference.gradient_norms_by_depth(3, 8, True, seed=1)
    assert torch.equal(torch.get_rng_state(), before)
    assert torch.equal(reference.gradient_norms_by_depth(3, 8, True, seed=1), first)
    assert not torch.equal(reference.gradient_norms_by_depth(3, 8, True, seed=2), first)


def test_vjp_is_autograd_s() -> None:
    x, w = (torch.randn(*shape, requires_grad=True) for shape in ((3, 4), (4, 5)))
    outputs = (x @ w, x.exp())
    cotangents = [torch.randn_like(output) for output in outputs]
    expected = torch.autograd.grad(outputs, (x, w), cotangents, retain_graph=True)
    torch.testing.assert_close(reference.vjp(outputs, (x, w), cotangents), expected)
    (alone,) = torch.autograd.grad(x @ w, w, cotangents[0])
    assert torch.equal(reference.vjp(x @ w, w, cotangents[0])[0], alone)


def test_vjp_does_without_sympy() -> None:
    """It is what an examiner of a single answer would wait for longest."""
    script = (
        "import sys, torch, reference\n"
        "x = torch.ones(2, requires_grad=True)\n"
        "reference.vjp(2 * x, x, torch.ones(2))\n"
        "print('sympy' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "False"
