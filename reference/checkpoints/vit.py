"""ViT as `transformers` writes it."""

import re
from dataclasses import replace
from typing import Any

from reference.checkpoints.file import CheckpointError
from reference.checkpoints.layout import (
    HEAD_WIDTH,
    SMALL,
    Entry,
    Layout,
    Settings,
    Shapes,
    as_convolution,
    behind_ones,
    both,
    every_layer,
)
from reference.config import PRESETS, TransformerConfig
from reference.vit import ViT

MOST_PIXELS, MOST_CHANNELS = 1024, 16  # what published models have, and room above


def read_config(settings: Settings, shapes: Shapes) -> TransformerConfig:
    settings.require("qkv_bias", True, "A ViT as it was published has these biases.")
    D, n_channels, height, width = shapes["embeddings.patch_embeddings.projection.weight"]
    max_len = shapes["embeddings.position_embeddings"][1]
    side = int((max_len - 1) ** 0.5)
    if height != width or side * side != max_len - 1:
        raise CheckpointError("The patches and the images of this ViT should be square.")
    if side * height > MOST_PIXELS or n_channels > MOST_CHANNELS:
        raise CheckpointError(
            f"The images of this ViT have {n_channels:,} channels of {side * height:,} pixels"
            f" squared. {MOST_CHANNELS} of {MOST_PIXELS:,} are the most that is run here."
        )
    return replace(
        PRESETS["vit-b16"],
        d_model=D,
        n_channels=n_channels,
        patch_size=height,
        image_size=side * height,
        max_len=max_len,
        n_classes=shapes.get("classifier.weight", (1,))[0],
        n_heads=settings.whole("num_attention_heads", max(1, D // HEAD_WIDTH)),
        n_encoder_layers=LAYOUT.n_layers(shapes),
        d_ff=shapes["encoder.layer.0.intermediate.dense.weight"][0],
        activation=settings.activation("hidden_act", "gelu"),
        eps=settings.positive("layer_norm_eps", 1e-12),
    )


def entries(config: TransformerConfig) -> list[Entry]:
    layer, ours = "encoder.layer.#", "encoder.layers.#"
    patches = as_convolution(config.n_channels, config.patch_size)
    return [
        Entry("embeddings.cls_token", ("class_token",), behind_ones(2)),
        Entry(
            "embeddings.position_embeddings",
            ("positions.absolute.embedding.weight",),
            behind_ones(1),
        ),
        *both("patch_projection", "embeddings.patch_embeddings.projection", patches),
        *every_layer(
            config.n_encoder_layers,
            [
                *both(f"{ours}.sublayer1.norm", f"{layer}.layernorm_before"),
                *both(f"{ours}.self_attention.w_q", f"{layer}.attention.attention.query"),
                *both(f"{ours}.self_attention.w_k", f"{layer}.attention.attention.key"),
                *both(f"{ours}.self_attention.w_v", f"{layer}.attention.attention.value"),
                *both(f"{ours}.self_attention.w_o", f"{layer}.attention.output.dense"),
                *both(f"{ours}.sublayer2.norm", f"{layer}.layernorm_after"),
                *both(f"{ours}.feed_forward.linear1", f"{layer}.intermediate.dense"),
                *both(f"{ours}.feed_forward.linear2", f"{layer}.output.dense"),
            ],
        ),
        *both("encoder.norm", "layernorm"),
        *both("head", "classifier"),
    ]


def settings_of(config: TransformerConfig) -> dict[str, Any]:
    return {
        "model_type": "vit",
        "architectures": ["ViTForImageClassification"],
        "hidden_size": config.d_model,
        "num_hidden_layers": config.n_encoder_layers,
        "num_attention_heads": config.n_heads,
        "intermediate_size": config.ff_width,
        "hidden_act": "gelu",
        "image_size": config.image_size,
        "patch_size": config.patch_size,
        "num_channels": config.n_channels,
        "layer_norm_eps": config.eps,
        "id2label": {str(i): f"class {i}" for i in range(config.n_classes)},
    }


LAYOUT = Layout(
    family="vit",
    title="ViT",
    model=ViT,
    prefix="vit.",
    mark="embeddings.cls_token",
    layer=re.compile(r"encoder\.layer\.(\d{1,4})\."),
    config=read_config,
    entries=entries,
    settings=settings_of,
    ignored=re.compile(r"pooler\.dense\.(weight|bias)"),
    heads=("head.",),
    small=replace(
        PRESETS["vit-b16"],
        **SMALL,
        n_encoder_layers=3,
        image_size=16,
        patch_size=4,
        max_len=17,
        n_classes=10,
    ),
)
