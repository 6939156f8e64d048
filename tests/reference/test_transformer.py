"""The whole model: what it may see, what it must not, and that every way through it is one."""

import dataclasses
from itertools import pairwise
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import reference
from reference import TransformerConfig

V, PAD = 13, 0
SMALL = TransformerConfig(
    vocab_size=V,
    max_len=32,
    d_model=16,
    n_heads=4,
    d_ff=24,
    n_encoder_layers=2,
    n_decoder_layers=2,
    dropout=0.0,
)
LLAMA_LIKE = {"norm": "rms", "norm_first": True, "gated": True, "activation": "silu"}
CONFIGS = {
    "2017": SMALL,
    "pre": dataclasses.replace(SMALL, norm_first=True, positions="learned"),
    "t5": dataclasses.replace(SMALL, positions="t5", bias=False, scale_scores=False, norm="rms"),
    "rotary": dataclasses.replace(SMALL, positions="rotary", n_kv_heads=2, **LLAMA_LIKE),
    "alibi": dataclasses.replace(SMALL, positions="alibi", n_kv_heads=1, tie_output=False),
}
CONFIG = pytest.mark.parametrize("name", CONFIGS)
PATH = pytest.mark.parametrize("path", ["explicit", "fused"])
few = settings(max_examples=8, deadline=None)


def build(name: str, **changes: Any) -> reference.Transformer:
    torch.manual_seed(0)
    return reference.Transformer(dataclasses.replace(CONFIGS[name], **changes)).eval()


def batch(S: int = 7, T: int = 5) -> tuple[torch.Tensor, torch.Tensor]:
    return torch.randint(1, V, (2, S)), torch.randint(1, V, (2, T))


@CONFIG
@PATH
def test_no_token_sees_its_future(name: str, path: Any) -> None:
    model, (src, tgt) = build(name, attention=path), batch()
    assert not reference.leak_probe(lambda tokens: model(src, tokens), tgt).any()


@CONFIG
def test_every_token_sees_its_past_and_all_of_the_source(name: str) -> None:
    model, (src, tgt) = build(name), batch()
    logits = model(src, tgt)
    for s in range(src.size(1)):
        changed = src.clone()
        changed[:, s] = changed[:, s] % (V - 1) + 1
        assert (model(changed, tgt) != logits).any(-1).all()
    changed = tgt.clone()
    changed[:, 0] = changed[:, 0] % (V - 1) + 1
    assert (model(src, changed) != logits).any(-1).all()


@CONFIG
@PATH
@few
@given(S=st.integers(1, 6), extra=st.integers(1, 4), T=st.integers(1, 5))
def test_padding_changes_nothing(name: str, path: Any, S: int, extra: int, T: int) -> None:
    model, (src, tgt) = build(name, attention=path), batch(S, T)
    pad = torch.full((2, extra), PAD)
    padded = model(torch.cat((src, pad), 1), torch.cat((tgt, pad), 1))[:, :T]
    torch.testing.assert_close(padded, model(src, tgt), rtol=1e-4, atol=1e-5)


def test_each_source_is_read_on_its_own() -> None:
    model, (src, tgt) = build("2017"), batch()
    src[0, 4:] = PAD
    alone = model(src[:1, :4], tgt[:1])
    torch.testing.assert_close(model(src, tgt)[:1], alone, rtol=1e-4, atol=1e-5)


@CONFIG
@PATH
@few
@given(cuts=st.sets(st.integers(1, 5)))
def test_decoding_with_caches_equals_the_full_pass(name: str, path: Any, cuts: set[int]) -> None:
    model, (src, tgt) = build(name, attention=path), batch(T=6)
    src[1, 5:] = PAD
    with torch.no_grad():
        expected = model(src, tgt)
        mask = reference.padding_mask(src, PAD)
        memory = model.decoder.project_memory(model.encode(src, mask))
        caches = [reference.KVCache() for _ in model.decoder.layers]
        bounds = [0, *sorted(cuts), 6]
        chunks = [tgt[:, a:b] for a, b in pairwise(bounds)]
        pieces = [model.decode(chunk, memory, mask, caches=caches) for chunk in chunks]
    torch.testing.assert_close(torch.cat(pieces, 1), expected, rtol=1e-4, atol=1e-5)


@CONFIG
def test_the_paths_agree_in_the_whole_model(name: str) -> None:
    (src, tgt), results = batch(), []
    src[1, 4:] = PAD
    for path in ("explicit", "fused"):
        model = build(name, attention=path).double()
        logits = model(src, tgt)
        logits.square().sum().backward()
        results.append((logits, *(p.grad for p in model.parameters())))
    for explicit, fused in zip(*results, strict=True):
        torch.testing.assert_close(explicit, fused)


def test_positions_are_needed_to_tell_orders_apart() -> None:
    (src, tgt), order = batch(), torch.tensor([3, 0, 6, 1, 5, 2, 4])
    without = build("2017", positions="none")
    torch.testing.assert_close(without(src[:, order], tgt), without(src, tgt), rtol=0, atol=1e-5)
    for name in CONFIGS:
        model = build(name)
        assert (model(src[:, order], tgt) - model(src, tgt)).abs().max() > 1e-3


def test_initial_logits_and_embeddings_have_unit_scale() -> None:
    model = build("2017", d_model=256, vocab_size=200)
    src, tgt = torch.randint(1, 200, (2, 4, 16))
    assert model.source_embeddings(src).std().item() == pytest.approx(1, abs=0.1)
    assert 0.5 < model(src, tgt).std().item() < 2


def test_tied_weights_are_one_parameter() -> None:
    tied, untied = build("2017"), build("2017", tie_output=False, source_vocab_size=9)
    sizes = [
        sum(p.shape[-1:] == (16,) and p.size(0) in (V, 9) for p in model.parameters())
        for model in (tied, untied)
    ]
    assert sizes == [1, 3]
    x = torch.randn(2, 3, 16)
    expected = x @ tied.target_embeddings.embedding.weight.T
    torch.testing.assert_close(tied.logits(x), expected)
    tokens = torch.tensor([[3, 1]])
    row = tied.target_embeddings.embedding.weight[3]
    torch.testing.assert_close(tied.target_embeddings(tokens)[0, 0], 4 * row)


def test_one_seed_one_model_one_run() -> None:
    src, tgt = batch()

    def run() -> torch.Tensor:
        torch.manual_seed(5)
        return reference.Transformer(dataclasses.replace(SMALL, dropout=0.3))(src, tgt)

    assert torch.equal(run(), run())


def test_dropout_acts_in_training_only() -> None:
    model, (src, tgt) = build("2017", dropout=0.3), batch()
    assert torch.equal(model(src, tgt), model(src, tgt))
    model.train()
    assert not torch.equal(model(src, tgt), model(src, tgt))


@CONFIG
@PATH
@pytest.mark.parametrize("half", [torch.float64, torch.bfloat16, torch.float16])
def test_any_float_type(name: str, path: Any, half: torch.dtype) -> None:
    model, (src, tgt) = build(name, attention=path), batch()
    expected = model(src, tgt)
    actual = model.to(half)(src, tgt)
    assert actual.dtype == half
    limit = 1e-5 if half == torch.float64 else 0.15
    torch.testing.assert_close(actual.float(), expected, rtol=0, atol=limit)


@CONFIG
@PATH
def test_every_tensor_is_made_where_the_inputs_are(name: str, path: Any) -> None:
    model, (src, tgt) = build(name, attention=path).to("meta"), batch()
    with pytest.raises((RuntimeError, NotImplementedError)):
        model(src, tgt)  # a tensor left on the CPU would be noticed
    logits = model(src.to("meta"), tgt.to("meta"))
    assert logits.device.type == "meta" and logits.shape == (2, 5, V)


@CONFIG
@PATH
def test_autocast(name: str, path: Any) -> None:
    model, (src, tgt) = build(name, attention=path), batch()
    expected = model(src, tgt)
    with torch.autocast("cpu", torch.bfloat16):
        logits = model(src, tgt)
    assert logits.dtype == torch.bfloat16
    torch.testing.assert_close(logits.float(), expected, rtol=0, atol=0.15)
    logits.float().square().mean().backward()
    assert all(p.grad is not None and p.grad.dtype == torch.float32 for p in model.parameters())


def test_state_dict_names_are_a_promise() -> None:
    model = reference.Transformer(
        dataclasses.replace(SMALL, n_encoder_layers=1, n_decoder_layers=1, norm_first=True)
    )
    attention = [f"{w}.{kind}" for w in ("w_q", "w_k", "w_v", "w_o") for kind in ("weight", "bias")]
    network = [f"linear{i}.{kind}" for i in (1, 2) for kind in ("weight", "bias")]
    norm = ["norm.weight", "norm.bias"]
    encoder = {
        "self_attention": attention,
        "feed_forward": network,
        "sublayer1": norm,
        "sublayer2": norm,
    }
    decoder = {**encoder, "cross_attention": attention, "sublayer3": norm}
    expected = {"source_embeddings.embedding.weight", "target_embeddings.embedding.weight"}
    for stack, parts in (("encoder", encoder), ("decoder", decoder)):
        expected |= {f"{stack}.{name}" for name in norm}
        for part, names in parts.items():
            expected |= {f"{stack}.layers.0.{part}.{name}" for name in names}
    assert set(model.state_dict()) == expected


def test_an_encoder_alone_is_no_transformer() -> None:
    with pytest.raises(ValueError, match="both sides"):
        reference.Transformer(dataclasses.replace(SMALL, n_decoder_layers=0))
