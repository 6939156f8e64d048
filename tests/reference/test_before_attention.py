"""Recurrence and the first attentions, against autograd and against loops."""

import pytest
import torch
from torch import nn

import reference


def test_rnn_gradient_norms_are_those_of_autograd() -> None:
    h, d, T = 4, 3, 6
    w, u, xs, h0 = torch.randn(h, h), torch.randn(h, d), torch.randn(T, d), torch.randn(h)

    def rest(state: torch.Tensor, start: int) -> torch.Tensor:
        for x in xs[start:]:
            state = torch.tanh(w @ state + u @ x)
        return state

    state, expected = h0, []
    for t in range(1, T + 1):
        state = torch.tanh(w @ state + u @ xs[t - 1])
        jacobian = torch.autograd.functional.jacobian(lambda s, t=t: rest(s, t), state)
        expected.append(jacobian.norm())
    actual = reference.rnn_gradient_norms(w, u, xs, h0)
    torch.testing.assert_close(actual, torch.stack(expected))


@pytest.mark.parametrize(("gain", "vanishes"), [(0.5, True), (1.5, False)])
def test_gradients_vanish_or_explode(gain: float, vanishes: bool) -> None:
    w = gain * torch.linalg.qr(torch.randn(8, 8)).Q
    norms = reference.rnn_gradient_norms(w, torch.zeros(8, 2), torch.zeros(20, 2), torch.zeros(8))
    assert (norms[0] < 1e-4) if vanishes else (norms[0] > 1e3)


def test_kernel_regression_is_nadaraya_watson() -> None:
    queries, keys, values = torch.randn(3), torch.randn(5), torch.randn(5)
    for i, query in enumerate(queries):
        kernel = torch.exp(-((query - keys) ** 2) / (2 * 0.7**2))
        expected = (kernel * values).sum() / kernel.sum()
        actual = reference.kernel_regression(queries, keys, values, 0.7)[i]
        torch.testing.assert_close(actual, expected)


def test_kernel_regression_far_from_all_data_takes_the_nearest() -> None:
    far, keys = torch.tensor([1e4, -1e4]), torch.tensor([0.0, 1.0])
    estimates = reference.kernel_regression(far, keys, torch.tensor([5.0, 7.0]), 0.1)
    assert estimates.tolist() == [7.0, 5.0]


def test_additive_score_is_a_small_network_per_pair() -> None:
    query, keys = torch.randn(2, 3, 4), torch.randn(2, 5, 6)
    w_query, w_key, v = torch.randn(7, 4), torch.randn(7, 6), torch.randn(7)
    scores = reference.additive_score(query, keys, w_query, w_key, v)
    assert scores.shape == (2, 3, 5)
    expected = v @ torch.tanh(w_query @ query[1, 2] + w_key @ keys[1, 4])
    torch.testing.assert_close(scores[1, 2, 4], expected)


def test_multiplicative_score_is_a_bilinear_form() -> None:
    query, keys, weight = torch.randn(2, 3, 4), torch.randn(2, 5, 6), torch.randn(4, 6)
    expected = torch.einsum("btq,qk,bsk->bts", query, weight, keys)
    torch.testing.assert_close(reference.multiplicative_score(query, keys, weight), expected)


def test_soft_lookup_nears_a_dictionary_as_scores_grow() -> None:
    keys, values = torch.eye(4), torch.randn(4, 3)
    torch.testing.assert_close(reference.soft_lookup(100 * keys[2], keys, values), values[2])
    torch.testing.assert_close(reference.soft_lookup(0 * keys[2], keys, values), values.mean(0))


def test_decoder_cell_reads_real_states_and_updates_by_gru() -> None:
    cell = reference.AttentionDecoderCell(d_embed=3, d_hidden=4, d_encoder=5)
    y, h, encoder = torch.randn(2, 3), torch.randn(2, 4), torch.randn(2, 6, 5)
    mask = torch.tensor([[True] * 6, [True] * 4 + [False] * 2])
    state, weights = cell(y, h, encoder, mask)
    assert (weights[~mask] == 0).all()
    torch.testing.assert_close(weights.sum(-1), torch.ones(2))
    gru = nn.GRUCell(8, 4)
    gru.load_state_dict(cell.gru.state_dict())
    context = torch.einsum("bs,bsc->bc", weights, encoder)
    torch.testing.assert_close(state, gru(torch.cat((y, context), -1), h))
    by_pair = cell.v(torch.tanh(cell.w_query(h)[:, None] + cell.w_key(encoder)))[..., 0]
    expected = torch.softmax(by_pair.masked_fill(~mask, -torch.inf), -1)
    torch.testing.assert_close(weights, expected)
