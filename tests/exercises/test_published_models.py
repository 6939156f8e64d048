"""What chapter 10 says of published models is what their configurations say.

The defaults of a configuration in `transformers` are those of the model it was written for.
"""

from collections.abc import Callable

import pytest
from transformers import (
    DeepseekV3Config,
    DeepseekV4Config,
    Gemma3TextConfig,
    GptOssConfig,
    MistralConfig,
    MixtralConfig,
    Qwen3NextConfig,
)

from exercises.catalog import load_catalog


def deepseek_v3() -> list[str]:
    c = DeepseekV3Config()
    return [
        f"{c.num_attention_heads} heads, latent of {c.kv_lora_rank}",
        f"RoPE on {c.qk_rope_head_dim} features",
        f"{c.num_experts_per_tok} of {c.n_routed_experts} experts + {c.n_shared_experts} shared",
    ]


def deepseek_v4() -> list[str]:
    """Its defaults are V4-Flash's, which has fewer experts than V4-Pro."""
    c = DeepseekV4Config()
    return [f"{c.num_experts_per_tok} of ", f"experts + {c.n_shared_experts} shared"]


def gemma_3() -> list[str]:
    c = Gemma3TextConfig()
    windows = c.layer_types.index("full_attention")
    angles = {each["rope_theta"] for each in c.rope_parameters.values()}
    return [
        f"{windows} window layers to 1 full",
        f"{ {2: 'two'}[len(angles)] } θ",
        f"gated {c.hidden_activation.split('_')[0].upper()}",
    ]


def gpt_oss() -> list[str]:
    c = GptOssConfig()
    return [
        f"window of {c.sliding_window} and full in turns, {c.num_key_value_heads} groups",
        f"{c.num_experts_per_tok} of {c.num_local_experts} experts",
    ]


def qwen3_next() -> list[str]:
    c = Qwen3NextConfig()
    turned = {0.25: "a quarter"}[c.rope_parameters["partial_rotary_factor"]]
    return [
        f"{c.layer_types.index('full_attention')} linear layers to 1 full",
        f"RoPE on {turned}",
        f"{c.num_experts_per_tok} of {c.num_experts} experts",
    ]


def mistral() -> list[str]:
    c = MistralConfig()
    return [f"$w = {c.sliding_window}$ and $L = {c.num_hidden_layers}$"]


def mixtral() -> list[str]:
    c = MixtralConfig()
    return [
        f"$L = {c.num_hidden_layers}$, $D = {c.hidden_size}$, $F = {c.intermediate_size}$,"
        f" $E = {c.num_local_experts}$, $k = {c.num_experts_per_tok}$"
    ]


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("| DeepSeek-V3,", deepseek_v3),
        ("| DeepSeek-V4-Pro,", deepseek_v4),
        ("| Gemma 3 27B,", gemma_3),
        ("| gpt-oss-120b,", gpt_oss),
        ("| Qwen3-Next 80B,", qwen3_next),
        ("as in Mistral 7B", mistral),
        ("Mixtral 8x7B:", mixtral),
    ],
)
def test_a_model_is_as_its_configuration_says(line: str, says: Callable[[], list[str]]) -> None:
    text = load_catalog().chapters[-1].lesson.read_text("utf-8")
    (told,) = (each for each in text.splitlines() if line in each)
    assert [phrase for phrase in says() if phrase not in told] == []
