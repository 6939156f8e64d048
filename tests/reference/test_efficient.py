"""Linformer and Performer: exact where they must be, and nearer with more features."""

from itertools import pairwise

import pytest
import torch

from reference.attention import scaled_dot_product_attention
from reference.efficient import (
    linear_attention,
    linformer_attention,
    orthogonal_projection,
    performer_attention,
    performer_features,
)


def draw(seed, *shape):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def test_linformer_with_identity_mixtures_is_attention():
    q, k, v = draw(0, 2, 3, 4, 5), draw(1, 2, 3, 7, 5), draw(2, 2, 3, 7, 6)
    identity = torch.eye(7, dtype=torch.float64)
    expected, _ = scaled_dot_product_attention(q, k, v)
    torch.testing.assert_close(linformer_attention(q, k, v, identity, identity), expected)


def test_linformer_mixes_keys_by_e_and_values_by_f():
    q, k, v, e, f = (
        draw(0, 2, 4, 5),
        draw(1, 2, 7, 5),
        draw(2, 2, 7, 6),
        draw(3, 3, 7),
        draw(4, 3, 7),
    )
    expected = torch.empty(2, 4, 6, dtype=torch.float64)
    for b in range(2):
        keys = torch.stack([sum(e[r, s] * k[b, s] for s in range(7)) for r in range(3)])
        values = torch.stack([sum(f[r, s] * v[b, s] for s in range(7)) for r in range(3)])
        expected[b] = torch.softmax(q[b] @ keys.T / 5**0.5, -1) @ values
    torch.testing.assert_close(linformer_attention(q, k, v, e, f), expected)


def test_features_estimate_the_exponential_without_bias():
    x, y = draw(0, 4, 3) / 2, draw(1, 5, 3) / 2
    projection = draw(2, 200_000, 3)
    estimate = performer_features(x, projection) @ performer_features(y, projection).T
    assert (performer_features(x, projection) > 0).all()
    torch.testing.assert_close(estimate, (x @ y.T).exp(), rtol=0.02, atol=0.0)


def test_features_entry_by_entry():
    x, projection = draw(0, 2, 3), draw(1, 4, 3)
    features = performer_features(x, projection)
    for i in range(2):
        for j in range(4):
            expected = torch.exp(projection[j] @ x[i] - x[i] @ x[i] / 2) / 4**0.5
            torch.testing.assert_close(features[i, j], expected)


def mean_error(n_features, draws=40):
    q, k, v = draw(0, 6, 8) / 2, draw(1, 9, 8) / 2, draw(2, 9, 5)
    exact, _ = scaled_dot_product_attention(q, k, v)
    errors = []
    for seed in range(draws):
        projection = draw(100 + seed, n_features, 8)
        errors.append((performer_attention(q, k, v, projection) - exact).square().mean())
    return torch.stack(errors).mean().sqrt()


def test_the_error_falls_as_features_are_added():
    errors = [mean_error(m) for m in (16, 64, 256, 1024, 4096)]
    assert all(more < less for less, more in pairwise(errors))
    # As 1/√m once m is large: four times the features, half the error.
    assert errors[4] / errors[3] == pytest.approx(0.5, abs=0.15)


def test_causal_linear_attention_sees_only_the_past():
    phi_q, phi_k = draw(0, 2, 6, 4).exp(), draw(1, 2, 6, 4).exp()
    v = draw(2, 2, 6, 3)
    causal = linear_attention(phi_q, phi_k, v, causal=True)
    for t in range(6):
        prefix = linear_attention(phi_q[:, t : t + 1], phi_k[:, : t + 1], v[:, : t + 1])
        torch.testing.assert_close(causal[:, t : t + 1], prefix)


def test_linear_attention_equals_the_quadratic_form():
    phi_q, phi_k, v = draw(0, 2, 5, 4).exp(), draw(1, 2, 7, 4).exp(), draw(2, 2, 7, 3)
    weights = phi_q @ phi_k.mT
    expected = weights / weights.sum(-1, keepdim=True) @ v
    torch.testing.assert_close(linear_attention(phi_q, phi_k, v), expected)


def test_orthogonal_directions_are_orthogonal_and_have_no_favourite():
    directions = torch.stack(
        [orthogonal_projection(6, 4, torch.Generator().manual_seed(s)) for s in range(2000)]
    )
    gram = directions[:, :4] @ directions[:, :4].mT
    off_diagonal = gram - torch.diag_embed(gram.diagonal(dim1=-2, dim2=-1))
    assert off_diagonal.abs().max() < 1e-4
    assert directions.shape == (2000, 6, 4)
    # Every entry is distributed as N(0, 1): mean 0 within four standard errors, variance 1.
    assert directions.mean(0).abs().max() < 4 / 2000**0.5
    torch.testing.assert_close(directions.var(0), torch.ones(6, 4), atol=0.15, rtol=0)
