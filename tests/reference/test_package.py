"""What the package promises as a whole: its face, its import, and that it compiles."""

import subprocess
import sys
import textwrap

import pytest
import torch
from jaxtyping import TypeCheckError

import reference


def run(code: str) -> str:
    """A fresh interpreter, where neither this test's imports nor its shape checks are in place."""
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_shapes_are_enforced() -> None:
    with pytest.raises(TypeCheckError):
        reference.split_heads(torch.zeros(2, 3), 1)
    with pytest.raises(TypeCheckError):
        reference.scaled_dot_product_attention(*(torch.zeros(1, 2, d) for d in (3, 4, 4)))


def test_every_public_name_exists() -> None:
    assert len(set(reference.__all__)) == len(reference.__all__)
    assert all(hasattr(reference, name) for name in reference.__all__)


def test_importing_is_cheap() -> None:
    loaded = run(
        """
        import sys, reference
        print(*(n for n in ("torch._dynamo", "transformers", "torchvision") if n in sys.modules))
        """
    )
    assert loaded.strip() == ""


@pytest.mark.slow
def test_models_compile_without_a_graph_break() -> None:
    run(
        """
        import torch, reference
        from reference import PRESETS
        from dataclasses import replace

        torch.manual_seed(0)
        torch.set_num_threads(1)
        small = replace(PRESETS["tiny"], dropout=0.0, n_encoder_layers=1, n_decoder_layers=1)
        rotary = {"positions": "rotary", "n_kv_heads": 2, "norm": "rms", "norm_first": True}
        t5 = {"positions": "t5", "attention": "explicit"}
        for config in (small, replace(small, **rotary), replace(small, **t5)):
            model = reference.Transformer(config)
            compiled = torch.compile(model, backend="eager", fullgraph=True)
            src, tgt = torch.randint(1, 32, (2, 3, 5))
            expected, actual = model(src, tgt), compiled(src, tgt)
            torch.testing.assert_close(actual, expected)
            actual.sum().backward()

        tokens = torch.randint(1, 32, (2, 5))
        encoder = replace(small, n_decoder_layers=0, n_segments=2, image_size=8, patch_size=4)
        decoder = replace(small, n_encoder_layers=0)
        for model, x in (
            (reference.GPT(decoder), tokens),
            (reference.GPT(replace(decoder, **rotary)), tokens),
            (reference.BERT(encoder), tokens),
            (reference.ViT(encoder), torch.randn(2, 3, 8, 8)),
        ):
            compiled = torch.compile(model, backend="eager", fullgraph=True)
            torch.testing.assert_close(compiled(x), model(x))
        """
    )
