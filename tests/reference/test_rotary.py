"""Rotary positions: relative, norm-keeping, and the same in both layouts."""

from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import reference

LAYOUT = pytest.mark.parametrize("layout", ["half", "interleaved"])
few = settings(max_examples=30, deadline=None)
double = torch.float64


@LAYOUT
@few
@given(p=st.integers(0, 200), q=st.integers(0, 200), shift=st.integers(0, 1000))
def test_scores_depend_on_the_distance_alone(layout: Any, p: int, q: int, shift: int) -> None:
    a, b = torch.randn(2, 1, 8, dtype=double)

    def score(p: int, q: int) -> torch.Tensor:
        at = [torch.tensor([n]) for n in (p, q)]
        turned = [
            reference.rotary_embedding(x, n, layout=layout) for x, n in zip((a, b), at, strict=True)
        ]
        return turned[0] @ turned[1].T

    torch.testing.assert_close(score(p, q), score(p + shift, q + shift))
    if p != q:
        assert (score(p, q) - score(p, p)).abs() > 1e-12


@LAYOUT
def test_rotation_keeps_lengths_and_position_zero(layout: Any) -> None:
    x = torch.randn(2, 3, 5, 8)
    turned = reference.rotary_embedding(x, torch.arange(5), layout=layout)
    torch.testing.assert_close(turned.norm(dim=-1), x.norm(dim=-1))
    torch.testing.assert_close(turned[..., 0, :], x[..., 0, :])


def test_interleaved_is_multiplication_by_complex_phases() -> None:
    x, positions = torch.randn(2, 5, 8, dtype=double), torch.arange(3, 8)
    angles = positions[:, None] * 100.0 ** (-torch.arange(4, dtype=double) / 4)
    z = torch.view_as_complex(x.view(2, 5, 4, 2)) * torch.polar(torch.ones_like(angles), angles)
    actual = reference.rotary_embedding(x, positions, 100.0, "interleaved")
    torch.testing.assert_close(actual, torch.view_as_real(z).flatten(-2))


def test_half_is_what_llama_in_transformers_does() -> None:
    llama = pytest.importorskip("transformers.models.llama.modeling_llama")
    x, positions = torch.randn(2, 3, 5, 8), torch.arange(5)
    angles = positions[:, None] * 10_000.0 ** (-torch.arange(0, 8, 2) / 8)
    angles = torch.cat((angles, angles), -1)[None]
    expected, _ = llama.apply_rotary_pos_emb(x, x, angles.cos(), angles.sin())
    torch.testing.assert_close(reference.rotary_embedding(x, positions), expected)


def test_positions_may_differ_between_sequences() -> None:
    x, positions = torch.randn(2, 1, 3, 8), torch.tensor([[[0, 1, 2]], [[7, 8, 9]]])
    turned = reference.rotary_embedding(x, positions)
    torch.testing.assert_close(turned[1], reference.rotary_embedding(x[1], positions[1]))


def test_far_positions_stay_exact() -> None:
    x = torch.randn(1, 8)
    far = reference.rotary_embedding(x, torch.tensor([1_000_003]), theta=5e5)
    exact = reference.rotary_embedding(x.to(double), torch.tensor([1_000_003]), theta=5e5)
    torch.testing.assert_close(far, exact.float())


def test_an_odd_width_is_refused() -> None:
    with pytest.raises(ValueError, match="even"):
        reference.rotary_embedding(torch.zeros(2, 3), torch.arange(2))
