"""ViT against `transformers`, and patches against a convolution."""

from dataclasses import replace

import pytest
import torch
import torch.nn.functional as F
from parity import From, Parity, every_layer
from transformers import ViTConfig, ViTForImageClassification

from reference.config import PRESETS, TransformerConfig
from reference.vit import ViT, patchify

CONFIG = replace(
    PRESETS["vit-b16"], max_len=10, d_model=24, n_heads=6, d_ff=40, n_encoder_layers=2,
    image_size=12, patch_size=4, n_channels=5, n_classes=7,
)  # fmt: skip


@pytest.mark.parametrize("path", ["explicit", "fused"])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_equals_transformers(dtype, path):
    theirs = ViTForImageClassification(
        ViTConfig(
            hidden_size=24, num_hidden_layers=2, num_attention_heads=6, intermediate_size=40,
            image_size=12, patch_size=4, num_channels=5, num_labels=7,
        )
    )  # fmt: skip
    ours = ViT(replace(CONFIG, attention=path))
    patches = "vit.embeddings.patch_embeddings.projection"
    mapping = {
        "class_token": From("vit.embeddings.cls_token", torch.flatten),
        "positions.absolute.embedding.weight": From(
            "vit.embeddings.position_embeddings", lambda w: w[0]
        ),
        "patch_projection.weight": From(f"{patches}.weight", lambda w: w.flatten(1)),
        "patch_projection.bias": f"{patches}.bias",
        "encoder.norm.weight": "vit.layernorm.weight",
        "encoder.norm.bias": "vit.layernorm.bias",
        "head.weight": "classifier.weight",
        "head.bias": "classifier.bias",
        **every_layer(2, {
            f"encoder.layers.#.{our_module}.{kind}": f"vit.layers.#.{their_module}.{kind}"
            for kind in ("weight", "bias")
            for our_module, their_module in {
                "sublayer1.norm": "layernorm_before",
                "self_attention.w_q": "attention.q_proj",
                "self_attention.w_k": "attention.k_proj",
                "self_attention.w_v": "attention.v_proj",
                "self_attention.w_o": "attention.o_proj",
                "sublayer2.norm": "layernorm_after",
                "feed_forward.linear1": "mlp.fc1",
                "feed_forward.linear2": "mlp.fc2",
            }.items()
        }),
    }  # fmt: skip
    pair = Parity(ours.to(dtype), theirs.to(dtype), mapping)
    images = torch.randn(3, 5, 12, 12, generator=torch.Generator().manual_seed(1), dtype=dtype)
    pair.compare(ours(images), theirs(images).logits, dtype)


def test_patches_lie_row_by_row_and_channel_first():
    images = torch.arange(2 * 3 * 4 * 6).view(2, 3, 4, 6).float()
    patches = patchify(images, 2)
    assert patches.shape == (2, 6, 12)
    for i in range(2):
        for j in range(3):
            expected = images[:, :, 2 * i : 2 * i + 2, 2 * j : 2 * j + 2].flatten(1)
            assert torch.equal(patches[:, 3 * i + j], expected)


def test_projected_patches_are_a_strided_convolution():
    images, kernel = torch.randn(2, 3, 8, 12), torch.randn(5, 3, 4, 4)
    projected = patchify(images, 4) @ kernel.flatten(1).T  # (B, N, 5)
    convolved = F.conv2d(images, kernel, stride=4).flatten(2).mT  # (B, 5, h, w) → (B, N, 5)
    torch.testing.assert_close(projected, convolved, atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize("size", [(7, 8), (8, 6)])
def test_images_that_do_not_divide_are_refused(size):
    with pytest.raises(ValueError, match="patches of 4"):
        patchify(torch.zeros(1, 3, *size), 4)


@pytest.mark.parametrize("change", [{"n_decoder_layers": 1}, {"max_len": 9}])
def test_other_shapes_of_model_are_refused(change):
    with pytest.raises(ValueError):
        ViT(replace(CONFIG, **change))
    assert isinstance(CONFIG, TransformerConfig)
