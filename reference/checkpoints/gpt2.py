"""GPT-2 as `transformers` writes it."""

import re
from dataclasses import replace
from typing import Any

from reference.checkpoints.layout import (
    HEAD_WIDTH,
    PACKED,
    SMALL,
    TRANSPOSED,
    Entry,
    Layout,
    Settings,
    Shapes,
    both,
    every_layer,
    is_tied,
)
from reference.config import PRESETS, TransformerConfig
from reference.gpt import GPT


def read_config(settings: Settings, shapes: Shapes) -> TransformerConfig:
    why = "Only GPT-2 as it was published is known here."
    settings.require("scale_attn_weights", True, why)
    settings.require("scale_attn_by_inverse_layer_idx", False, why)
    settings.require("add_cross_attention", False, why)
    vocab_size, D = shapes["wte.weight"]
    return replace(
        PRESETS["gpt2"],
        vocab_size=vocab_size,
        d_model=D,
        max_len=shapes["wpe.weight"][0],
        n_heads=settings.whole("n_head", max(1, D // HEAD_WIDTH)),
        n_decoder_layers=LAYOUT.n_layers(shapes),
        d_ff=shapes["h.0.mlp.c_fc.weight"][1],
        activation=settings.activation("activation_function", "gelu_new"),
        eps=settings.positive("layer_norm_epsilon", 1e-5),
        tie_output=is_tied(settings, shapes),
        dropout=0.0,
    )


def entries(config: TransformerConfig) -> list[Entry]:
    layer, ours = "h.#", "decoder.layers.#"
    return [
        Entry("wte.weight", ("embeddings.embedding.weight",)),
        Entry("wpe.weight", ("positions.absolute.embedding.weight",)),
        *every_layer(
            config.n_decoder_layers,
            [
                *both(f"{ours}.sublayer1.norm", f"{layer}.ln_1"),
                *(
                    Entry(
                        f"{layer}.attn.c_attn.{kind}",
                        tuple(f"{ours}.self_attention.w_{part}.{kind}" for part in "qkv"),
                        PACKED,
                    )
                    for kind in ("weight", "bias")
                ),
                *both(f"{ours}.self_attention.w_o", f"{layer}.attn.c_proj", TRANSPOSED),
                *both(f"{ours}.sublayer2.norm", f"{layer}.ln_2"),
                *both(f"{ours}.feed_forward.linear1", f"{layer}.mlp.c_fc", TRANSPOSED),
                *both(f"{ours}.feed_forward.linear2", f"{layer}.mlp.c_proj", TRANSPOSED),
            ],
        ),
        *both("decoder.norm", "ln_f"),
        *([] if config.tie_output else [Entry("lm_head.weight", ("output.weight",))]),
    ]


def settings_of(config: TransformerConfig) -> dict[str, Any]:
    return {
        "model_type": "gpt2",
        "architectures": ["GPT2LMHeadModel"],
        "vocab_size": config.vocab_size,
        "n_positions": config.max_len,
        "n_embd": config.d_model,
        "n_head": config.n_heads,
        "n_layer": config.n_decoder_layers,
        "n_inner": config.ff_width,
        "activation_function": "gelu_new",
        "layer_norm_epsilon": config.eps,
        "bos_token_id": 0,
        "eos_token_id": 0,
    }


LAYOUT = Layout(
    family="gpt2",
    title="GPT-2",
    model=GPT,
    prefix="transformer.",
    mark="wpe.weight",
    layer=re.compile(r"h\.(\d{1,4})\."),
    config=read_config,
    entries=entries,
    settings=settings_of,
    ignored=re.compile(r"h\.\d+\.attn\.(bias|masked_bias)|lm_head\.weight"),  # masks; a tied copy
    small=replace(PRESETS["gpt2"], **SMALL, vocab_size=300, max_len=64, n_decoder_layers=3),
)
