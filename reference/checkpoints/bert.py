"""BERT as `transformers` writes it."""

import re
from dataclasses import replace
from typing import Any

from reference.bert import BERT
from reference.checkpoints.layout import (
    HEAD_WIDTH,
    SMALL,
    Entry,
    Layout,
    Settings,
    Shapes,
    both,
    every_layer,
)
from reference.config import PRESETS, TransformerConfig


def read_config(settings: Settings, shapes: Shapes) -> TransformerConfig:
    settings.require("position_embedding_type", "absolute", "BERT's own positions are absolute.")
    settings.require("is_decoder", False, "BERT is an encoder.")
    vocab_size, D = shapes["embeddings.word_embeddings.weight"]
    return replace(
        PRESETS["bert-base"],
        vocab_size=vocab_size,
        d_model=D,
        max_len=shapes["embeddings.position_embeddings.weight"][0],
        n_segments=shapes["embeddings.token_type_embeddings.weight"][0],
        n_heads=settings.whole("num_attention_heads", max(1, D // HEAD_WIDTH)),
        n_encoder_layers=LAYOUT.n_layers(shapes),
        d_ff=shapes["encoder.layer.0.intermediate.dense.weight"][0],
        activation=settings.activation("hidden_act", "gelu"),
        eps=settings.positive("layer_norm_eps", 1e-12),
        dropout=0.0,
    )


def entries(config: TransformerConfig) -> list[Entry]:
    layer, ours = "encoder.layer.#", "encoder.layers.#"
    return [
        Entry("embeddings.word_embeddings.weight", ("embeddings.embedding.weight",)),
        Entry("embeddings.position_embeddings.weight", ("positions.absolute.embedding.weight",)),
        Entry("embeddings.token_type_embeddings.weight", ("segments.weight",)),
        *both("norm", "embeddings.LayerNorm"),
        *every_layer(
            config.n_encoder_layers,
            [
                *both(f"{ours}.self_attention.w_q", f"{layer}.attention.self.query"),
                *both(f"{ours}.self_attention.w_k", f"{layer}.attention.self.key"),
                *both(f"{ours}.self_attention.w_v", f"{layer}.attention.self.value"),
                *both(f"{ours}.self_attention.w_o", f"{layer}.attention.output.dense"),
                *both(f"{ours}.sublayer1.norm", f"{layer}.attention.output.LayerNorm"),
                *both(f"{ours}.feed_forward.linear1", f"{layer}.intermediate.dense"),
                *both(f"{ours}.feed_forward.linear2", f"{layer}.output.dense"),
                *both(f"{ours}.sublayer2.norm", f"{layer}.output.LayerNorm"),
            ],
        ),
        *both("token_head.dense", "cls.predictions.transform.dense"),
        *both("token_head.norm", "cls.predictions.transform.LayerNorm"),
        Entry("cls.predictions.bias", ("token_head.bias",)),
        *both("pooler", "pooler.dense"),
        *both("order_head", "cls.seq_relationship"),
    ]


def settings_of(config: TransformerConfig) -> dict[str, Any]:
    return {
        "model_type": "bert",
        "architectures": ["BertForPreTraining"],
        "vocab_size": config.vocab_size,
        "hidden_size": config.d_model,
        "num_hidden_layers": config.n_encoder_layers,
        "num_attention_heads": config.n_heads,
        "intermediate_size": config.ff_width,
        "hidden_act": "gelu",
        "max_position_embeddings": config.max_len,
        "type_vocab_size": config.n_segments,
        "layer_norm_eps": config.eps,
        "pad_token_id": config.pad_id,
    }


LAYOUT = Layout(
    family="bert",
    title="BERT",
    model=BERT,
    prefix="bert.",
    mark="embeddings.word_embeddings.weight",
    layer=re.compile(r"encoder\.layer\.(\d{1,4})\."),
    config=read_config,
    entries=entries,
    settings=settings_of,
    # Copies of what is tied, numbers 0, 1, 2, … that some files keep, and heads of other tasks.
    ignored=re.compile(
        r"cls\.predictions\.decoder\.(weight|bias)|embeddings\.\w+_ids|(classifier|qa_outputs)\.\w+"
    ),
    heads=("token_head.", "pooler.", "order_head."),
    small=replace(PRESETS["bert-base"], **SMALL, vocab_size=300, max_len=64, n_encoder_layers=3),
)
