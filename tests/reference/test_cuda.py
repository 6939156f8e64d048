"""What only a GPU can show: compiled kernels, and memory that does not grow with n²."""

from dataclasses import replace

import pytest
import torch

import reference
from reference import PRESETS

pytestmark = [
    pytest.mark.cuda,
    pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU"),
]
MIB = 2**20


def peak_mib(n: int, path: str, backward: bool) -> float:
    """Memory that causal attention of 4 heads takes beyond its inputs, in MiB."""
    q, k, v = torch.randn(3, 1, 4, n, 64, device="cuda", dtype=torch.float16)
    for x in (q, k, v):
        x.requires_grad_(backward)
    torch.cuda.synchronize()
    torch.cuda.reset_peak_memory_stats()
    before = torch.cuda.memory_allocated()
    output, _ = reference.PATHS[path](q, k, v, causal=True)
    if backward:
        output.sum().backward()
    torch.cuda.synchronize()
    return (torch.cuda.max_memory_allocated() - before) / MIB


@pytest.mark.parametrize("backward", [False, True], ids=["forward", "backward"])
def test_fused_attention_never_holds_the_scores(backward: bool) -> None:
    n = 16_384
    scores = 4 * n * n * 2 / MIB  # float16, all heads: 2 GiB
    assert peak_mib(n, "fused", backward) < scores / 8
    assert peak_mib(n // 4, "explicit", backward) > scores / 16


@pytest.mark.parametrize("path", ["explicit", "fused"])
def test_the_compiled_model_is_the_model(path: str) -> None:
    torch.manual_seed(0)
    config = replace(PRESETS["tiny"], dropout=0.0, attention=path)
    model = reference.Transformer(config).cuda()
    src, tgt = torch.randint(1, 32, (2, 4, 16), device="cuda")
    src[0, 9:] = config.pad_id
    compiled = torch.compile(model)
    torch.testing.assert_close(compiled(src, tgt), model(src, tgt), rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize("half", [torch.float16, torch.bfloat16])
def test_autocast_on_the_gpu(half: torch.dtype) -> None:
    torch.manual_seed(0)
    model = reference.Transformer(replace(PRESETS["tiny"], dropout=0.0)).cuda()
    src, tgt = torch.randint(1, 32, (2, 4, 16), device="cuda")
    expected = model(src, tgt)
    with torch.autocast("cuda", half):
        logits = model(src, tgt)
    assert logits.dtype == half
    torch.testing.assert_close(logits.float(), expected, rtol=0, atol=0.15)
