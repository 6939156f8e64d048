"""The benchmark: fair pairs, a ratio the right way round, and output that machines can read."""

import json
import time

import pytest
import torch
from click.testing import CliRunner

from reference.bench import rivals
from reference.bench.__main__ import main
from reference.bench.contest import Contest, compare
from reference.bench.rivals import Size, check_same_size, decoders, encoder_decoders

TINY = Size(d_model=16, n_heads=2, n_layers=2, vocab_size=30, batch=2, length=8)
CPU = torch.device("cpu")


def test_the_ratio_is_theirs_over_ours_and_rounds_are_interleaved(monkeypatch):
    calls = []
    now = 0.0

    def work(name, seconds):
        def run():
            nonlocal now
            calls.append(name)
            now += seconds

        return run

    monkeypatch.setattr(time, "perf_counter", lambda: now)
    contest = Contest("task", "them", work("ours", 1.0), work("theirs", 3.0), tokens=12)
    result = compare(contest, rounds=4, device=CPU)
    assert result.ratio == 3.0
    assert (result.our_tokens_per_second, result.their_tokens_per_second) == (12.0, 4.0)
    assert calls == ["theirs", "ours", "ours", "theirs"] * 3


def test_ours_and_pytorchs_are_one_function_when_they_share_weights():
    """So the encoder-decoder race is run over the same distance."""
    ours, theirs = encoder_decoders(TINY)
    for name in ("encoder", "decoder"):
        for mine, yours in zip(
            getattr(ours, name).layers, getattr(theirs.core, name).layers, strict=True
        ):
            pairs = {"self_attention": yours.self_attn}
            if name == "decoder":
                pairs["cross_attention"] = yours.multihead_attn
            for attention, packed in pairs.items():
                for i, part in enumerate("qkv"):
                    linear = getattr(getattr(mine, attention), f"w_{part}")
                    linear.weight.data.copy_(packed.in_proj_weight.chunk(3)[i])
                    linear.bias.data.copy_(packed.in_proj_bias.chunk(3)[i])
                getattr(mine, attention).w_o.load_state_dict(packed.out_proj.state_dict())
            mine.feed_forward.linear1.load_state_dict(yours.linear1.state_dict())
            mine.feed_forward.linear2.load_state_dict(yours.linear2.state_dict())
    ours.target_embeddings.load_state_dict(theirs.embeddings.state_dict())
    source, target = torch.randint(2, 30, (2, 3, 8), generator=torch.Generator().manual_seed(0))
    source[1, 5:] = 0
    torch.testing.assert_close(ours(source, target), theirs(source, target), atol=1e-5, rtol=1e-5)


def test_models_of_another_size_are_no_rivals():
    ours, theirs = decoders(TINY)
    with pytest.raises(AssertionError):
        check_same_size(ours, theirs.transformer.h)


def test_every_contest_runs_and_the_report_is_json(monkeypatch):
    monkeypatch.setitem(rivals.SIZES, "small", TINY)
    options = ["--device", "cpu", "--size", "small", "--rounds", "1"]
    result = CliRunner().invoke(main, [*options, "--format", "json"])
    assert result.exit_code == 0, result.output
    report = json.loads(result.stdout)
    assert report["size"]["d_model"] == 16 and report["rounds"] == 1
    assert [(r["task"], r["opponent"]) for r in report["results"]] == [
        ("encoder-decoder, training step", "torch.nn.Transformer"),
        ("encoder-decoder, greedy decoding", "torch.nn.Transformer"),
        ("decoder-only, training step", "transformers GPT-2"),
        ("decoder-only, greedy decoding", "transformers GPT-2"),
    ]
    for r in report["results"]:
        assert r["ratio"] > 0
        assert r["ratio"] == pytest.approx(
            r["our_tokens_per_second"] / r["their_tokens_per_second"]
        )
    text = CliRunner().invoke(main, options)
    assert text.exit_code == 0 and "decoder-only, training step" in text.stdout


def test_an_unknown_device_is_refused_with_a_sentence():
    result = CliRunner().invoke(main, ["--device", "abacus"])
    assert result.exit_code == 1 and "no device called 'abacus'" in result.stderr
