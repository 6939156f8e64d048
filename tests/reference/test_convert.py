"""Weights brought from one layout to another compute the same."""

from typing import Any

import pytest
import torch
from torch import nn

import reference
from reference import LayerConfig


def test_layouts_of_the_heads_are_the_same_projection() -> None:
    theirs = nn.MultiheadAttention(12, 3).in_proj_weight.detach()
    x = torch.randn(2, 5, 12)
    split = reference.convert_head_weights(theirs, 3, "packed", "split")
    per_head = reference.convert_head_weights(theirs, 3, "packed", "per_head")
    assert per_head.shape == (3, 3, 12, 4)
    for i, packed in enumerate(theirs.chunk(3)):
        expected = reference.split_heads(x @ packed.T, 3)
        torch.testing.assert_close(split[i], packed)
        torch.testing.assert_close(reference.per_head_projection(x, per_head[i]), expected)


@pytest.mark.parametrize("source", ["packed", "split", "per_head"])
@pytest.mark.parametrize("target", ["packed", "split", "per_head"])
def test_there_and_back(source: Any, target: Any) -> None:
    packed = torch.randn(36, 12)
    start = reference.convert_head_weights(packed, 3, "packed", source)
    there = reference.convert_head_weights(start, 3, source, target)
    assert torch.equal(reference.convert_head_weights(there, 3, target, "packed"), packed)


@pytest.mark.parametrize("H", [1, 3])
def test_rope_layouts_give_the_same_scores_with_converted_weights(H: int) -> None:
    x, positions = torch.randn(2, 5, 12), torch.arange(5)
    weights = torch.randn(2, H * 8, 12)
    biases = torch.randn(2, H * 8)

    def scores(weights: list[torch.Tensor], biases: list[torch.Tensor], layout: Any) -> Any:
        q, k = (
            reference.rotary_embedding(
                reference.split_heads(x @ w.T + b, H), positions, layout=layout
            )
            for w, b in zip(weights, biases, strict=True)
        )
        return q @ k.mT

    expected = scores(list(weights), list(biases), "interleaved")
    half = [[reference.convert_rope_layout(w, H) for w in pair] for pair in (weights, biases)]
    torch.testing.assert_close(scores(*half, "half"), expected)
    back = reference.convert_rope_layout(half[0][0], H, "interleaved")
    assert torch.equal(back, weights[0])
    assert not torch.allclose(scores(list(weights), list(biases), "half"), expected)


@pytest.mark.parametrize("norm_first", [True, False])
def test_a_torch_encoder_layer_loads(norm_first: bool) -> None:
    theirs = nn.TransformerEncoderLayer(
        12, 3, 20, dropout=0.0, batch_first=True, norm_first=norm_first
    )
    for parameter in theirs.parameters():
        nn.init.normal_(parameter, 0.1, 0.3)
    ours = reference.EncoderLayer(
        LayerConfig(d_model=12, n_heads=3, d_ff=20, norm_first=norm_first)
    )
    ours.load_state_dict(reference.load_torch_encoder_layer(theirs.state_dict()))
    x = torch.randn(2, 5, 12)
    torch.testing.assert_close(ours(x), theirs(x))


def test_a_wrong_state_dict_is_refused_by_name() -> None:
    state = nn.TransformerEncoderLayer(12, 3, 20).state_dict()
    with pytest.raises(ValueError, match=r"norm3\.weight"):
        reference.load_torch_encoder_layer({**state, "norm3.weight": torch.zeros(12)})
    del state["linear2.bias"]
    with pytest.raises(ValueError, match=r"lacks 'linear2\.bias'"):
        reference.load_torch_encoder_layer(state)
