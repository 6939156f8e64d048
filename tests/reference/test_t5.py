"""T5 against `transformers`: relative biases, padding, plain and gated feed-forward."""

from dataclasses import replace

import pytest
import torch
from parity import Parity, every_layer
from transformers import T5Config, T5ForConditionalGeneration

from reference.cache import KVCache
from reference.config import PRESETS
from reference.decoding import shift_right
from reference.losses import IGNORE, cross_entropy
from reference.t5 import T5

CONFIG = replace(
    PRESETS["t5-small"], vocab_size=37, max_len=64, d_model=24, n_heads=6, d_ff=40,
    n_encoder_layers=2, n_decoder_layers=3, relative_buckets=10, relative_max_distance=20,
    dropout=0.0,
)  # fmt: skip


def some_batch():
    generator = torch.Generator().manual_seed(1)
    source = torch.randint(1, 37, (3, 30), generator=generator)
    source[1, 20:] = source[2, 5:] = 0
    return source, torch.randint(1, 37, (3, 27), generator=generator)


@pytest.mark.parametrize("gated", [False, True])
@pytest.mark.parametrize("path", ["explicit", "fused"])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_equals_transformers(monkeypatch, dtype, path, gated):
    theirs = T5ForConditionalGeneration(
        T5Config(
            vocab_size=37, d_model=24, d_kv=4, d_ff=40, num_layers=2, num_decoder_layers=3,
            num_heads=6, relative_attention_num_buckets=10, relative_attention_max_distance=20,
            feed_forward_proj="gated-gelu" if gated else "relu",
            decoder_start_token_id=0, pad_token_id=0,
        )
    )  # fmt: skip
    activation = "gelu_tanh" if gated else "relu"
    ours = T5(replace(CONFIG, attention=path, gated=gated, activation=activation))
    feed_forward = (
        {"gate": "wi_0", "up": "wi_1", "down": "wo"}
        if gated
        else {"linear1": "wi", "linear2": "wo"}
    )
    bias = "block.0.layer.0.SelfAttention.relative_attention_bias.weight"
    encoder, decoder = "encoder.block.#.layer", "decoder.block.#.layer"
    mapping = {
        "target_embeddings.embedding.weight": "shared.weight",
        "encoder_positions.relative.embedding.weight": f"encoder.{bias}",
        "decoder_positions.relative.embedding.weight": f"decoder.{bias}",
        "encoder.norm.weight": "encoder.final_layer_norm.weight",
        "decoder.norm.weight": "decoder.final_layer_norm.weight",
        **every_layer(2, {
            **{
                f"encoder.layers.#.self_attention.w_{part}.weight":
                    f"{encoder}.0.SelfAttention.{part}.weight"
                for part in "qkvo"
            },
            "encoder.layers.#.sublayer1.norm.weight": f"{encoder}.0.layer_norm.weight",
            **{
                f"encoder.layers.#.feed_forward.{a}.weight":
                    f"{encoder}.1.DenseReluDense.{b}.weight"
                for a, b in feed_forward.items()
            },
            "encoder.layers.#.sublayer2.norm.weight": f"{encoder}.1.layer_norm.weight",
        }),
        **every_layer(3, {
            **{
                f"decoder.layers.#.{ours_}.w_{part}.weight": f"{decoder}.{theirs_}.{part}.weight"
                for part in "qkvo"
                for ours_, theirs_ in {
                    "self_attention": "0.SelfAttention", "cross_attention": "1.EncDecAttention"
                }.items()
            },
            "decoder.layers.#.sublayer1.norm.weight": f"{decoder}.0.layer_norm.weight",
            "decoder.layers.#.sublayer2.norm.weight": f"{decoder}.1.layer_norm.weight",
            **{
                f"decoder.layers.#.feed_forward.{a}.weight":
                    f"{decoder}.2.DenseReluDense.{b}.weight"
                for a, b in feed_forward.items()
            },
            "decoder.layers.#.sublayer3.norm.weight": f"{decoder}.2.layer_norm.weight",
        }),
    }  # fmt: skip
    pair = Parity(ours.to(dtype), theirs.to(dtype), mapping)
    source, target = some_batch()
    labels = target.masked_fill(target == 5, IGNORE)
    inputs = shift_right(labels, bos_id=0, pad_id=0)
    logits = ours(source, inputs)
    with monkeypatch.context() as patch:
        # Theirs computes norms in what it calls float32 even in a float64 model.
        patch.setattr(torch, "float32", dtype)
        output = theirs(source, attention_mask=(source != 0).long(), labels=labels)
    torch.testing.assert_close(cross_entropy(logits, labels), output.loss, check_dtype=False)
    pair.compare(logits, output.logits, dtype)


def test_cached_decoding_equals_the_full_pass():
    torch.manual_seed(0)
    model = T5(CONFIG).double().eval()
    source, target = some_batch()
    mask = (source != 0)[:, None, None, :]
    with torch.no_grad():
        full = model(source, target)
        projected = model.decoder.project_memory(model.encode(source))
        caches = [KVCache(4) for _ in model.decoder.layers]
        parts = [
            model.decode(part, projected, mask, caches=caches)
            for part in target.split([5, 1, 1, 9, 11], dim=1)
        ]
    torch.testing.assert_close(torch.cat(parts, 1), full, atol=1e-10, rtol=1e-10)


def test_only_a_tied_projection_is_scaled():
    x = torch.randn(1, 2, 24)
    tied, untied = T5(CONFIG), T5(replace(CONFIG, tie_output=False))
    table = tied.target_embeddings.embedding.weight
    torch.testing.assert_close(tied.logits(x), x @ table.T / 24**0.5)
    torch.testing.assert_close(untied.logits(x), x @ untied.output.weight.T)


def test_initial_logits_and_scores_have_about_unit_variance():
    torch.manual_seed(0)
    model = T5(replace(CONFIG, d_model=192, d_ff=768, vocab_size=500)).eval()
    tokens = torch.randint(1, 500, (4, 50))
    with torch.no_grad():
        assert 0.5 < model(tokens, tokens).std() < 2
        x = torch.randn(200, 192)
        layer = model.encoder.layers[0].self_attention
        q, k = (w(x).view(200, 6, 32).transpose(0, 1) for w in (layer.w_q, layer.w_k))
        assert 0.3 < (q @ k.mT).std() < 2
