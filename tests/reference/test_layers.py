"""Encoder and decoder layers and stacks, against torch's with every weight mapped by name."""

from dataclasses import replace
from typing import Any

import pytest
import torch
from torch import Tensor, nn

import reference

NORM_FIRST = pytest.mark.parametrize("norm_first", [True, False], ids=["pre", "post"])
PATH = pytest.mark.parametrize("path", ["explicit", "fused"])
B, T, S, D, H, F = 2, 5, 7, 12, 3, 20
SMALL = reference.LayerConfig(d_model=D, n_heads=H, d_ff=F)
SOURCE_IS_REAL = torch.tensor([[True] * S, [True] * (S - 3) + [False] * 3])
TARGET_IS_REAL = torch.tensor([[True] * T, [True] * (T - 1) + [False]])


def attention_names(ours: str, theirs: str) -> dict[str, str]:
    names = {}
    for kind in ("weight", "bias"):
        for i, part in enumerate(("w_q", "w_k", "w_v")):
            names[f"{ours}.{part}.{kind}"] = f"{theirs}.in_proj_{kind}[{i}]"
        names[f"{ours}.w_o.{kind}"] = f"{theirs}.out_proj.{kind}"
    return names


def plain_names(pairs: dict[str, str]) -> dict[str, str]:
    return {f"{a}.{kind}": f"{b}.{kind}" for a, b in pairs.items() for kind in ("weight", "bias")}


NETWORK = {"feed_forward.linear1": "linear1", "feed_forward.linear2": "linear2"}
ENCODER_LAYER = {
    **attention_names("self_attention", "self_attn"),
    **plain_names({**NETWORK, "sublayer1.norm": "norm1", "sublayer2.norm": "norm2"}),
}
DECODER_LAYER = {
    **ENCODER_LAYER,
    **attention_names("cross_attention", "multihead_attn"),
    **plain_names({"sublayer3.norm": "norm3"}),
}
LAST_NORM = plain_names({"norm": "norm"})


def stacked(layer: dict[str, str], n: int) -> dict[str, str]:
    return {f"layers.{i}.{a}": f"layers.{i}.{b}" for i in range(n) for a, b in layer.items()}


def prefixed(prefix: str, names: dict[str, str]) -> dict[str, str]:
    return {f"{prefix}.{a}": f"{prefix}.{b}" for a, b in names.items()}


def causal_forbidden() -> Tensor:
    return ~reference.causal_mask(T)


@NORM_FIRST
@PATH
@pytest.mark.parametrize("activation", ["relu", "gelu"])
def test_encoder_layer(
    norm_first: bool, path: Any, activation: Any, dtype: torch.dtype, check_parity: Any
) -> None:
    check_parity(
        reference.EncoderLayer(
            replace(SMALL, norm_first=norm_first, activation=activation, attention=path)
        ),
        nn.TransformerEncoderLayer(
            D, H, F, 0.0, activation, batch_first=True, norm_first=norm_first
        ),
        ENCODER_LAYER,
        [torch.randn(B, S, D, dtype=dtype)],
        lambda layer, x: layer(*x, SOURCE_IS_REAL[:, None, None]),
        lambda layer, x: layer(*x, src_key_padding_mask=~SOURCE_IS_REAL),
    )


@NORM_FIRST
@PATH
def test_decoder_layer(norm_first: bool, path: Any, dtype: torch.dtype, check_parity: Any) -> None:
    check_parity(
        reference.DecoderLayer(replace(SMALL, norm_first=norm_first, attention=path)),
        nn.TransformerDecoderLayer(D, H, F, 0.0, batch_first=True, norm_first=norm_first),
        DECODER_LAYER,
        [torch.randn(B, T, D, dtype=dtype), torch.randn(B, S, D, dtype=dtype)],
        lambda layer, x: layer(
            *x, TARGET_IS_REAL[:, None, None], SOURCE_IS_REAL[:, None, None], causal=True
        ),
        lambda layer, x: layer(
            *x,
            tgt_mask=causal_forbidden(),
            tgt_key_padding_mask=~TARGET_IS_REAL,
            memory_key_padding_mask=~SOURCE_IS_REAL,
        ),
    )


class Stacks(nn.Module):
    """Our two stacks under the names that `nn.Transformer` gives its own."""

    def __init__(self, norm_first: bool) -> None:
        super().__init__()
        config = replace(SMALL, norm_first=norm_first)
        self.encoder = reference.Encoder(2, config)
        self.decoder = reference.Decoder(3, config)

    def forward(self, src: Tensor, tgt: Tensor) -> Tensor:
        mask = SOURCE_IS_REAL[:, None, None]
        return self.decoder(tgt, self.encoder(src, mask), memory_mask=mask, causal=True)


@NORM_FIRST
@pytest.mark.filterwarnings("ignore:enable_nested_tensor")
def test_both_stacks_are_nn_transformer(
    norm_first: bool, dtype: torch.dtype, check_parity: Any
) -> None:
    theirs = nn.Transformer(D, H, 2, 3, F, 0.0, batch_first=True, norm_first=norm_first)
    last_norm = LAST_NORM if norm_first else {}
    if not norm_first:  # torch normalises the already normalised once more; the paper does not
        theirs.encoder.norm = theirs.decoder.norm = None
    check_parity(
        Stacks(norm_first),
        theirs,
        {
            **prefixed("encoder", {**stacked(ENCODER_LAYER, 2), **last_norm}),
            **prefixed("decoder", {**stacked(DECODER_LAYER, 3), **last_norm}),
        },
        [torch.randn(B, S, D, dtype=dtype), torch.randn(B, T, D, dtype=dtype)],
        lambda model, x: model(*x),
        lambda model, x: model(
            *x,
            tgt_mask=causal_forbidden(),
            src_key_padding_mask=~SOURCE_IS_REAL,
            memory_key_padding_mask=~SOURCE_IS_REAL,
        ),
    )


@NORM_FIRST
def test_sublayer_connection_is_its_formula(norm_first: bool) -> None:
    sublayer, x = reference.SublayerConnection(D, norm_first=norm_first), torch.randn(B, T, D)
    nn.init.normal_(sublayer.norm.weight)
    norm = sublayer.norm
    expected = x + torch.tanh(norm(x)) if norm_first else norm(x + torch.tanh(x))
    torch.testing.assert_close(sublayer(x, torch.tanh), expected)


def test_sublayer_dropout_spares_the_residual() -> None:
    sublayer = reference.SublayerConnection(D, dropout=0.999, norm_first=True)
    x = torch.randn(B, T, D)
    assert (sublayer(x, torch.ones_like) == x).float().mean() > 0.9


def test_layers_of_a_stack_have_weights_of_their_own() -> None:
    for stack in (reference.Encoder(3, SMALL), reference.Decoder(3, SMALL)):
        weights = [layer.self_attention.w_q.weight for layer in stack.layers]
        assert len({weight.data_ptr() for weight in weights}) == 3


def test_masked_mean_pool_leaves_padding_out() -> None:
    x, mask = torch.randn(2, 4, 3), torch.tensor([[True, True, False, False], [False] * 4])
    x[0, 2:] = torch.nan
    pooled = reference.masked_mean_pool(x, mask)
    torch.testing.assert_close(pooled[0], x[0, :2].mean(0))
    assert (pooled[1] == 0).all()


@PATH
def test_cross_attention_of_a_projected_memory_is_that_of_the_memory(path: Any) -> None:
    layer = reference.CrossAttention(D, H, path=path)
    x, memory, mask = torch.randn(B, T, D), torch.randn(B, S, D), SOURCE_IS_REAL[:, None, None]
    expected = layer(x, memory, mask)[0]
    projected = layer.project_memory(memory)
    torch.testing.assert_close(layer(x, projected, mask)[0], expected)
    nn.init.zeros_(layer.w_q.bias)
    nn.init.zeros_(layer.w_o.bias)
    actual = reference.cached_cross_attention(
        x, projected, layer.w_q.weight, layer.w_o.weight, mask
    )
    torch.testing.assert_close(actual, layer(x, memory, mask)[0])


def test_cross_attention_reads_the_memory_only() -> None:
    layer = reference.CrossAttention(D, H)
    x, memory = torch.randn(B, T, D), torch.randn(B, S, D)
    order = torch.randperm(S)
    torch.testing.assert_close(layer(x, memory[:, order])[0], layer(x, memory)[0])
    weights = layer(x, memory)[1]
    assert weights is not None and weights.shape == (B, H, T, S)
