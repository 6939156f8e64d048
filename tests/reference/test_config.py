"""The configuration refuses contradictions, and the presets have the sizes that papers report."""

import dataclasses
from typing import Any

import pytest
import torch

import reference
from reference import PRESETS, TransformerConfig


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"d_model": 10, "n_heads": 4}, "d_model=10 does not divide into n_heads=4"),
        ({"n_kv_heads": 3}, "n_heads=8 does not divide into n_kv_heads=3"),
        ({"n_kv_heads": 0}, "n_kv_heads must be at least 1, not 0"),
        ({"d_ff": -4}, "d_ff must be at least 1, not -4"),
        ({"dropout": 1.0}, "dropout must be in"),
        ({"vocab_size": 0}, "vocab_size must be at least 1, not 0"),
        ({"source_vocab_size": 0}, "source_vocab_size must be at least 1"),
        ({"n_encoder_layers": -1}, "must not be negative"),
        ({"n_encoder_layers": 0, "n_decoder_layers": 0}, "at least one"),
        ({"d_model": 24, "positions": "rotary"}, "even head width, not 3"),
        ({"image_size": 30}, "image_size=30 does not divide into patches of 16"),
    ],
)
def test_contradictions_are_refused_in_a_sentence(changes: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        TransformerConfig(**changes)


def test_a_config_does_not_change() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        TransformerConfig().d_model = 3


def parameters(config: TransformerConfig) -> int:
    with torch.device("meta"):
        model = reference.Transformer(config)
    return sum(parameter.numel() for parameter in model.parameters())


def test_base_and_big_have_the_sizes_of_table_3() -> None:
    assert parameters(PRESETS["base"]) / 1e6 == pytest.approx(65, abs=2)
    assert parameters(PRESETS["big"]) / 1e6 == pytest.approx(213, abs=4)


def test_presets_have_the_widths_of_their_papers() -> None:
    sizes = {name: (c.d_model, c.d_head, c.ff_width, c.kv_heads) for name, c in PRESETS.items()}
    assert sizes == {
        "tiny": (64, 16, 256, 4),
        "base": (512, 64, 2048, 8),
        "big": (1024, 64, 4096, 16),
        "bert-base": (768, 64, 3072, 12),
        "gpt2": (768, 64, 3072, 12),
        "t5-small": (512, 64, 2048, 8),
        "vit-b16": (768, 64, 3072, 12),
        "llama": (2048, 64, 8192, 8),
    }
