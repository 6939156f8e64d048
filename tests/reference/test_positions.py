"""Sinusoids, learned positions, and the identities they keep."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import reference

double = torch.float64
few = settings(max_examples=30, deadline=None)


@pytest.mark.parametrize("D", [1, 2, 7, 10])
def test_sinusoids_interleave_sine_and_cosine(D: int) -> None:
    encoding = reference.sinusoidal_encoding(9, D)
    assert encoding.shape == (9, D)
    for p in range(9):
        for j in range(D):
            angle = p / 10_000 ** ((j - j % 2) / D)
            expected = math.cos(angle) if j % 2 else math.sin(angle)
            assert encoding[p, j].item() == pytest.approx(expected, abs=1e-6)


@few
@given(p=st.integers(0, 500), offset=st.integers(-400, 400), half=st.integers(1, 8))
def test_a_shift_is_one_matrix_for_every_position(p: int, offset: int, half: int) -> None:
    if p + offset < 0:
        p -= offset
    encoding = reference.sinusoidal_encoding(1000, 2 * half)
    shift = reference.position_shift_matrix(offset, 2 * half)
    torch.testing.assert_close(shift @ encoding[p], encoding[p + offset], rtol=0, atol=2e-6)


@few
@given(a=st.integers(-50, 50), b=st.integers(-50, 50))
def test_shifts_compose_and_rotate(a: int, b: int) -> None:
    shift = reference.position_shift_matrix
    torch.testing.assert_close(shift(a, 6) @ shift(b, 6), shift(a + b, 6), rtol=0, atol=1e-6)
    torch.testing.assert_close(shift(a, 6).T, shift(-a, 6))


def test_an_odd_width_cannot_be_shifted() -> None:
    with pytest.raises(ValueError, match="even"):
        reference.position_shift_matrix(1, 5)


@few
@given(p=st.integers(0, 80), q=st.integers(0, 80), shift=st.integers(0, 15))
def test_products_of_sinusoids_depend_on_the_distance(p: int, q: int, shift: int) -> None:
    encoding = reference.sinusoidal_encoding(100, 16)
    here, there = encoding[p] @ encoding[q], encoding[p + shift] @ encoding[q + shift]
    torch.testing.assert_close(here, there, rtol=0, atol=1e-5)


def test_positional_encoding_adds_drops_out_and_is_not_trained() -> None:
    layer = reference.PositionalEncoding(6, dropout=0.5, max_len=20)
    assert not list(layer.parameters()) and dict(layer.named_buffers()).keys() == {"encoding"}
    x = torch.randn(2, 4, 6)
    dropped = layer(x)
    assert (dropped == 0).any()
    layer.eval()
    expected = x + reference.sinusoidal_encoding(20, 6)[:4]
    torch.testing.assert_close(layer(x), expected)
    torch.testing.assert_close(layer(x, past=3), x + reference.sinusoidal_encoding(20, 6)[3:7])
    assert layer.to(double)(x.to(double)).dtype == double


def test_learned_positions_are_rows_of_one_table() -> None:
    layer, x = reference.LearnedPositionalEmbedding(20, 6), torch.randn(2, 4, 6)
    torch.testing.assert_close(layer(x, past=3), x + layer.embedding.weight[3:7])
    layer(x).sum().backward()
    assert layer.embedding.weight.grad.sum(1).tolist() == [12.0] * 4 + [0.0] * 16


@pytest.mark.parametrize("kind", ["learned", "sinusoidal"])
def test_a_table_that_is_too_short_says_so(kind: str) -> None:
    layer = {
        "learned": reference.LearnedPositionalEmbedding(5, 6),
        "sinusoidal": reference.PositionalEncoding(6, max_len=5),
    }[kind]
    layer(torch.zeros(1, 2, 6), past=3)
    with pytest.raises(ValueError, match="Position 5 is beyond max_len=5"):
        layer(torch.zeros(1, 2, 6), past=4)
