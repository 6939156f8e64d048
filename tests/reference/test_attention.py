"""The two attention paths agree with each other, with torch, and with what the paper implies."""

import math

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

import reference
from reference.attention import PATHS, TOLERANCE

PATH = pytest.mark.parametrize("path", ["explicit", "fused"])
DEVICE = pytest.mark.parametrize(
    "device",
    [
        "cpu",
        pytest.param(
            "cuda",
            marks=[
                pytest.mark.cuda,
                pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU"),
            ],
        ),
    ],
)
sizes = st.integers(1, 6)
few = settings(max_examples=30, deadline=None)


def qkv(B: int = 2, H: int = 3, T: int = 5, S: int = 7, d: int = 8, e: int = 8) -> list[Tensor]:
    return [torch.randn(B, H, T, d), torch.randn(B, H, S, d), torch.randn(B, H, S, e)]


@pytest.mark.parametrize("dim", [-1, 0, 1])
def test_softmax_is_torchs(dtype: torch.dtype, dim: int) -> None:
    x = (30 * torch.randn(3, 4, 5)).to(dtype).requires_grad_()
    torch.testing.assert_close(reference.softmax(x, dim), torch.softmax(x, dim))
    direction = torch.randn_like(x)
    ours = torch.autograd.grad(reference.softmax(x, dim), x, direction)
    theirs = torch.autograd.grad(torch.softmax(x, dim), x, direction)
    torch.testing.assert_close(ours, theirs)


def test_softmax_survives_huge_scores_and_minus_infinity() -> None:
    p = reference.softmax(torch.tensor([1e4, -math.inf, 1e4, -1e4]))
    assert p.tolist() == [0.5, 0.0, 0.5, 0.0]


def test_masked_softmax_gives_masked_keys_nothing() -> None:
    scores = (5 * torch.randn(2, 3, 4)).requires_grad_()
    mask = torch.tensor([[True, False, True, True], [False] * 4, [True] * 4])
    p = reference.masked_softmax(scores, mask)
    assert (p[:, ~mask] == 0).all()
    torch.testing.assert_close(p.sum(-1), mask.any(-1).float().expand(2, 3))
    torch.testing.assert_close(p[:, 0, [0, 2, 3]], torch.softmax(scores[:, 0, [0, 2, 3]], -1))
    (gradient,) = torch.autograd.grad(p.square().sum(), scores)
    assert gradient.isfinite().all() and (gradient[:, ~mask] == 0).all()


def test_the_explicit_path_is_the_formula(dtype: torch.dtype) -> None:
    q, k, v = (x.to(dtype) for x in qkv(e=6))
    output, weights = reference.scaled_dot_product_attention(q, k, v)
    expected = torch.softmax(torch.einsum("bhtd,bhsd->bhts", q, k) / 8**0.5, -1)
    torch.testing.assert_close(weights, expected)
    torch.testing.assert_close(output, torch.einsum("bhts,bhse->bhte", expected, v))


@DEVICE
@pytest.mark.parametrize("half", TOLERANCE)
@pytest.mark.parametrize("masked", [False, True], ids=["", "mask"])
@pytest.mark.parametrize("biased", [False, True], ids=["", "bias"])
@pytest.mark.parametrize("causal", [False, True], ids=["", "causal"])
@pytest.mark.parametrize("T", [7, 3, 1])
def test_the_paths_agree(
    device: str, half: torch.dtype, masked: bool, biased: bool, causal: bool, T: int
) -> None:
    tensors = [x.to(device, half).requires_grad_() for x in qkv(T=T, d=16, e=16)]
    mask = torch.rand(2, 1, T, 7, device=device) < 0.7 if masked else None
    bias = torch.randn(3, T, 7, device=device, dtype=half) if biased else None
    results = []
    direction = torch.randn(2, 3, T, 16, device=device, dtype=half)
    for path in PATHS.values():
        output, _ = path(*tensors, mask, bias=bias, causal=causal, scale=0.3)
        results.append([output, *torch.autograd.grad(output, tensors, direction)])
    for explicit, fused in zip(*results, strict=True):
        assert explicit.dtype == fused.dtype == half
        # gradients are sums of products of unit scale: a few times the output's error
        limit = TOLERANCE[half] * (1 if explicit is results[0][0] else 4)
        assert (explicit - fused).abs().max() <= limit


@DEVICE
@PATH
@pytest.mark.parametrize("biased", [False, True], ids=["", "bias"])
def test_a_query_with_no_key_gets_zero_and_finite_gradients(
    device: str, path: str, biased: bool
) -> None:
    tensors = [x.to(device).requires_grad_() for x in qkv()]
    mask = torch.rand(2, 1, 5, 7, device=device) < 0.5
    mask[0, :, 2] = False
    mask[1, :, 4] = False
    bias = torch.randn(3, 5, 7, device=device) if biased else None
    output, _ = PATHS[path](*tensors, mask, bias=bias)
    assert (output[0, :, 2] == 0).all() and (output[1, :, 4] == 0).all()
    assert (output[0, :, 1] != 0).all()
    gradients = torch.autograd.grad(output.square().sum(), tensors)
    assert all(gradient.isfinite().all() for gradient in gradients)
    assert (gradients[0][0, :, 2] == 0).all()


@PATH
@few
@given(T=sizes, past=st.integers(0, 4), seed=st.integers(0, 99))
def test_causal_hides_exactly_the_future(path: str, T: int, past: int, seed: int) -> None:
    torch.manual_seed(seed)
    q, k, v = qkv(1, 1, T, past + T)
    output, _ = PATHS[path](q, k, v, causal=True)
    for t in range(T):
        seen = past + t + 1
        alone, _ = PATHS[path](q[..., [t], :], k[..., :seen, :], v[..., :seen, :])
        torch.testing.assert_close(output[..., [t], :], alone)


@PATH
@few
@given(S=sizes, seed=st.integers(0, 99))
def test_the_order_of_the_keys_does_not_matter(path: str, S: int, seed: int) -> None:
    torch.manual_seed(seed)
    q, k, v = qkv(S=S)
    order = torch.randperm(S)
    output, _ = PATHS[path](q, k, v)
    permuted, _ = PATHS[path](q, k[..., order, :], v[..., order, :])
    torch.testing.assert_close(output, permuted)


@PATH
def test_what_is_masked_has_no_influence(path: str) -> None:
    q, k, v = qkv()
    mask = torch.tensor([True] * 4 + [False] * 3)
    output, _ = PATHS[path](q, k, v, mask)
    k[..., 4:, :], v[..., 4:, :] = 1e3, -1e3
    torch.testing.assert_close(PATHS[path](q, k, v, mask)[0], output, rtol=0, atol=0)


@PATH
def test_inputs_are_left_alone(path: str) -> None:
    tensors = qkv()
    copies = [x.clone() for x in tensors]
    mask = torch.rand(5, 7) < 0.5
    PATHS[path](*tensors, mask, bias=torch.randn(5, 7), causal=True)
    for x, copy in zip(tensors, copies, strict=True):
        assert torch.equal(x, copy)


def test_dropout_thins_the_sum_but_not_the_weights_returned() -> None:
    q, k, v = qkv(64, 8)
    clean, weights = reference.scaled_dot_product_attention(q, k, v)
    dropped, same_weights = reference.scaled_dot_product_attention(q, k, v, dropout=0.4)
    torch.testing.assert_close(weights, same_weights)
    assert not torch.allclose(dropped, clean)
    ones = torch.ones_like(v)
    mean = reference.scaled_dot_product_attention(q, k, ones, dropout=0.4)[0].mean().item()
    assert mean == pytest.approx(1, abs=0.05)


def test_distance_attention_weighs_by_distance(dtype: torch.dtype) -> None:
    q, k, v = (x.to(dtype) for x in qkv())
    output, weights = reference.distance_attention(q, k, v)
    expected = torch.softmax(-(torch.cdist(q, k) ** 2) / 2, -1)
    torch.testing.assert_close(weights, expected)
    torch.testing.assert_close(output, expected @ v)


def test_distance_attention_to_unit_keys_is_dot_product_attention() -> None:
    q, k, v = qkv()
    k = F.normalize(k, dim=-1)
    expected, _ = reference.scaled_dot_product_attention(q, k, v, scale=1.0)
    torch.testing.assert_close(reference.distance_attention(q, k, v)[0], expected)


def test_self_attention_uses_each_projection_for_its_own_part() -> None:
    layer = reference.SelfAttention(6, 4, 3, bias=True)
    x, mask = torch.randn(2, 5, 6), torch.rand(2, 5, 5) < 0.8
    output, weights = layer(x, mask)
    q, k, v = layer.query(x), layer.key(x), layer.value(x)
    scores = (q @ k.mT / 2).masked_fill(~mask, -math.inf)
    expected = torch.softmax(scores, -1).nan_to_num()
    torch.testing.assert_close(weights, expected)
    torch.testing.assert_close(output, expected @ v)
