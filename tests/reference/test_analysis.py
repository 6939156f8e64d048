"""Measures of heads and models, on cases whose answer is known."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import reference


def test_entropy_of_one_key_none_and_all() -> None:
    weights = torch.tensor([[1.0, 0.0, 0.0, 0.0], [0.25] * 4, [0.5, 0.5, 0.0, 0.0], [0.0] * 4])
    entropy = reference.attention_entropy(weights)
    expected = torch.tensor([0.0, math.log(4), math.log(2), 0.0])
    torch.testing.assert_close(entropy, expected)


def test_head_patterns_tell_three_kinds_apart() -> None:
    T = 5
    previous = torch.eye(T).roll(-1, dims=1).tril()
    previous[0, 0] = 1
    first = torch.zeros(T, T)
    first[:, 0] = 1
    patterns = reference.head_patterns(torch.stack((previous, torch.eye(T), first)))
    torch.testing.assert_close(patterns.previous, torch.tensor([1.0, 0.0, 1 / 4]))
    torch.testing.assert_close(patterns.current, torch.tensor([1 / 5, 1.0, 1 / 5]))
    torch.testing.assert_close(patterns.first, torch.tensor([2 / 5, 1 / 5, 1.0]))


def test_head_patterns_need_a_previous_token() -> None:
    with pytest.raises(ValueError, match="single token"):
        reference.head_patterns(torch.ones(2, 1, 1))


def test_head_importance_is_the_rise_of_the_error() -> None:
    H, x = 3, torch.randn(2, 5, 12)
    w_q, w_k, w_v, w_o = torch.randn(4, 12, 12) / 3
    w_o[:, 4:8] = 0  # the output does not read head 1
    target = reference.multi_head_attention(x, x, w_q, w_k, w_v, w_o, H)
    importance = reference.head_importance(x, w_q, w_k, w_v, w_o, H, target)
    assert importance[1] == 0 and importance[0] > 0 and importance[2] > 0
    without = w_o.clone()
    without[:, :4] = 0
    silenced = reference.multi_head_attention(x, x, w_q, w_k, w_v, without, H)
    torch.testing.assert_close(importance[0], (silenced - target).square().mean())


def test_rollout_multiplies_layers_in_order() -> None:
    weights = torch.softmax(torch.randn(3, 2, 4, 5, 5), -1)
    rollout = reference.attention_rollout(weights)
    torch.testing.assert_close(rollout.sum(-1), torch.ones(2, 5))
    a, b, c = ((layer.mean(1) + torch.eye(5)) / 2 for layer in weights)
    torch.testing.assert_close(rollout, c @ b @ a)


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 999), scale=st.floats(0.1, 10))
def test_cka_sees_neither_rotation_nor_scale_nor_shift(seed: int, scale: float) -> None:
    torch.manual_seed(seed)
    x = torch.randn(20, 6)
    rotation = torch.linalg.qr(torch.randn(6, 6)).Q
    alike = reference.linear_cka(x, scale * x @ rotation + 3)
    torch.testing.assert_close(alike, torch.tensor(1.0))
    other = reference.linear_cka(x, torch.randn(20, 9))
    assert 0 <= other < 0.95
    torch.testing.assert_close(reference.linear_cka(x, x[:, :2]), reference.linear_cka(x[:, :2], x))


def test_permutation_gap_is_zero_without_positions_only() -> None:
    layer = reference.EncoderLayer(reference.LayerConfig(d_model=12, n_heads=3))
    x, order = torch.randn(2, 5, 12), torch.tensor([3, 0, 4, 1, 2])
    positions = reference.PositionalEncoding(12)
    assert reference.permutation_gap(layer, x, order) < 1e-5
    assert reference.permutation_gap(lambda x: layer(positions(x)), x, order) > 0.1


def test_leak_probe_finds_the_leak_and_nothing_else() -> None:
    table = torch.randn(11, 7)

    def model(tokens: torch.Tensor) -> torch.Tensor:
        x = table[tokens].cumsum(1)  # causal
        x[:, 2] += x[:, 4]  # but for one leak
        return torch.nn.functional.pad(x, (0, 4))

    leaks = reference.leak_probe(model, torch.randint(11, (3, 6)))
    assert leaks.nonzero().tolist() == [[2, 3], [2, 4]]


def test_leak_probe_takes_rounding_for_no_leak() -> None:
    def model(tokens: torch.Tensor) -> torch.Tensor:
        noise = 1e-7 * tokens.sum(1).sin()[:, None, None]  # as of another order of summation
        return tokens.cumsum(1)[..., None].expand(-1, -1, 9) + noise.double()

    assert not reference.leak_probe(model, torch.randint(9, (3, 6))).any()


def test_recorded_attention_is_that_of_each_layer_in_order() -> None:
    config = reference.LayerConfig(d_model=12, n_heads=3, attention="explicit")
    encoder, x = reference.Encoder(2, config), torch.randn(2, 5, 12)
    first, second = reference.record_attention(encoder, x)
    attention = encoder.layers[0].self_attention
    torch.testing.assert_close(first, attention(x, x, x)[1])
    assert second.shape == (2, 3, 5, 5) and not torch.equal(first, second)
    attention.path = "fused"
    with pytest.raises(ValueError, match="holds no weights"):
        reference.record_attention(encoder, x)
    attention.path = "explicit"
    assert len(reference.record_attention(encoder, x)) == 2, "nothing is left behind"


def test_a_silenced_head_adds_nothing_and_comes_back() -> None:
    attention, x = reference.MultiHeadAttention(12, 3, bias=False), torch.randn(2, 5, 12)
    whole = attention(x, x, x)[0]
    without = []
    for head in range(3):
        with reference.silenced(attention, head):
            without.append(attention(x, x, x)[0])
    torch.testing.assert_close(sum(without), 2 * whole)
    torch.testing.assert_close(attention(x, x, x)[0], whole)
    with pytest.raises(RuntimeError), reference.silenced(attention, 0):
        raise RuntimeError
    torch.testing.assert_close(attention(x, x, x)[0], whole)
