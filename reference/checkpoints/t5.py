"""T5 as `transformers` writes it."""

import re
from dataclasses import replace
from typing import Any

from reference.checkpoints.file import CheckpointError
from reference.checkpoints.layout import (
    SMALL,
    Entry,
    Layout,
    Settings,
    Shapes,
    every_layer,
    is_tied,
)
from reference.config import PRESETS, TransformerConfig
from reference.t5 import T5

T5_GATES = {"gated-gelu": "gelu_new", "gated-silu": "silu"}  # feed_forward_proj → activation


def read_config(settings: Settings, shapes: Shapes) -> TransformerConfig:
    bias = "block.0.layer.0.SelfAttention.relative_attention_bias.weight"
    feed_forward = "encoder.block.0.layer.1.DenseReluDense"
    vocab_size, D = shapes["shared.weight"]
    inner = shapes["encoder.block.0.layer.0.SelfAttention.q.weight"][0]
    if inner != D:
        raise CheckpointError(
            f"The heads of this T5 are {inner} wide together, and its vectors {D}. Here both are"
            " the same, as in t5-small, t5-base and t5-large."
        )
    # Newer files say of one with an output of its own no more than that it is not scaled.
    scaled = settings.values.get("scale_decoder_outputs", is_tied(settings, shapes))
    gated = f"{feed_forward}.wi_0.weight" in shapes
    kind = settings.values.get("feed_forward_proj", "gated-gelu" if gated else "relu")
    if str(kind).startswith("gated-") != gated:
        raise CheckpointError(f"config.json: feed_forward_proj is {kind!r}, and the file is not.")
    n_buckets, n_heads = shapes[f"encoder.{bias}"]
    farthest = settings.whole("relative_attention_max_distance", 128)
    if n_buckets < 4 or farthest <= n_buckets // 2:  # half are for near keys, one each
        raise CheckpointError(
            f"{n_buckets} buckets for distances up to {farthest} are none that a T5 has."
        )
    return replace(
        PRESETS["t5-small"],
        vocab_size=vocab_size,
        d_model=D,
        n_heads=n_heads,
        n_encoder_layers=LAYOUT.n_layers(shapes, "encoder."),
        n_decoder_layers=LAYOUT.n_layers(shapes, "decoder."),
        d_ff=shapes[f"{feed_forward}.{'wi_0' if gated else 'wi'}.weight"][0],
        gated=gated,
        activation=Settings({"feed_forward_proj": T5_GATES.get(str(kind), kind)}).activation(
            "feed_forward_proj", "relu"
        ),
        relative_buckets=n_buckets,
        relative_max_distance=farthest,
        eps=settings.positive("layer_norm_epsilon", 1e-6),
        tie_output=bool(scaled),
        dropout=0.0,
    )


def entries(config: TransformerConfig) -> list[Entry]:
    bias = "block.0.layer.0.SelfAttention.relative_attention_bias.weight"

    def weight(ours: str, theirs: str) -> Entry:
        return Entry(f"{theirs}.weight", (f"{ours}.weight",))

    def attention(ours: str, theirs: str) -> list[Entry]:
        return [weight(f"{ours}.w_{part}", f"{theirs}.{part}") for part in "qkvo"]

    def feed_forward(ours: str, theirs: str) -> list[Entry]:
        names = {"linear1": "wi", "linear2": "wo"}
        if config.gated:
            names = {"gate": "wi_0", "up": "wi_1", "down": "wo"}
        return [weight(f"{ours}.feed_forward.{a}", f"{theirs}.DenseReluDense.{b}")
                for a, b in names.items()]  # fmt: skip

    encoder, decoder = "encoder.block.#.layer", "decoder.block.#.layer"
    reader, writer = "encoder.layers.#", "decoder.layers.#"
    return [
        weight("target_embeddings.embedding", "shared"),
        Entry(f"encoder.{bias}", ("encoder_positions.relative.embedding.weight",)),
        Entry(f"decoder.{bias}", ("decoder_positions.relative.embedding.weight",)),
        *every_layer(
            config.n_encoder_layers,
            [
                weight(f"{reader}.sublayer1.norm", f"{encoder}.0.layer_norm"),
                *attention(f"{reader}.self_attention", f"{encoder}.0.SelfAttention"),
                weight(f"{reader}.sublayer2.norm", f"{encoder}.1.layer_norm"),
                *feed_forward(reader, f"{encoder}.1"),
            ],
        ),
        weight("encoder.norm", "encoder.final_layer_norm"),
        *every_layer(
            config.n_decoder_layers,
            [
                weight(f"{writer}.sublayer1.norm", f"{decoder}.0.layer_norm"),
                *attention(f"{writer}.self_attention", f"{decoder}.0.SelfAttention"),
                weight(f"{writer}.sublayer2.norm", f"{decoder}.1.layer_norm"),
                *attention(f"{writer}.cross_attention", f"{decoder}.1.EncDecAttention"),
                weight(f"{writer}.sublayer3.norm", f"{decoder}.2.layer_norm"),
                *feed_forward(writer, f"{decoder}.2"),
            ],
        ),
        weight("decoder.norm", "decoder.final_layer_norm"),
        *([] if config.tie_output else [weight("output", "lm_head")]),
    ]


def settings_of(config: TransformerConfig) -> dict[str, Any]:
    return {
        "model_type": "t5",
        "architectures": ["T5ForConditionalGeneration"],
        "vocab_size": config.vocab_size,
        "d_model": config.d_model,
        "d_kv": config.d_head,
        "d_ff": config.ff_width,
        "num_layers": config.n_encoder_layers,
        "num_decoder_layers": config.n_decoder_layers,
        "num_heads": config.n_heads,
        "relative_attention_num_buckets": config.relative_buckets,
        "relative_attention_max_distance": config.relative_max_distance,
        "layer_norm_epsilon": config.eps,
        "feed_forward_proj": "relu",
        "tie_word_embeddings": config.tie_output,
        "pad_token_id": config.pad_id,
        "decoder_start_token_id": config.pad_id,
    }


LAYOUT = Layout(
    family="t5",
    title="T5",
    model=T5,
    prefix="",
    mark="shared.weight",
    layer=re.compile(r"(?:encoder|decoder)\.block\.(\d{1,4})\."),
    config=read_config,
    entries=entries,
    settings=settings_of,
    # Copies of what is tied, and a bias of the cross-attention that was never used.
    ignored=re.compile(
        r"(encoder|decoder)\.embed_tokens\.weight|lm_head\.weight"
        r"|decoder\.block\.0\.layer\.1\.EncDecAttention\.relative_attention_bias\.weight"
    ),
    small=replace(
        PRESETS["t5-small"], **SMALL, vocab_size=300, n_encoder_layers=2, n_decoder_layers=2
    ),
)
