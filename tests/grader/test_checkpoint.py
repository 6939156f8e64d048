"""The learner's parts in published models: right ones, mistakes, and code that means harm."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from safetensors.torch import load_file, save_file
from tokenizers import ByteLevelBPETokenizer
from transformers import (
    BertConfig,
    BertForPreTraining,
    GPT2Config,
    GPT2LMHeadModel,
    T5Config,
    T5ForConditionalGeneration,
    ViTConfig,
    ViTForImageClassification,
)

from exercises.catalog import load_catalog
from grader import Grader
from grader.checkpoint import FAMILIES, _load
from grader.checkpoint_report import CheckpointReport, PartResult
from grader.errors import UsageError
from grader.formats.checkpoint import render
from reference import checkpoints

CATALOG = load_catalog()
MODELS: dict[str, Any] = {
    "gpt2": lambda: GPT2LMHeadModel(
        GPT2Config(vocab_size=37, n_positions=19, n_embd=24, n_head=6, n_inner=40, n_layer=3,
                   bos_token_id=0, eos_token_id=0)
    ),
    "relu gpt2": lambda: GPT2LMHeadModel(
        GPT2Config(vocab_size=37, n_positions=19, n_embd=24, n_head=6, n_layer=2, bos_token_id=0,
                   eos_token_id=0, activation_function="relu")
    ),
    "bert": lambda: BertForPreTraining(
        BertConfig(vocab_size=37, hidden_size=24, num_hidden_layers=2, num_attention_heads=6,
                   intermediate_size=40, max_position_embeddings=19)
    ),
    "t5": lambda: T5ForConditionalGeneration(
        T5Config(vocab_size=37, d_model=24, d_kv=4, d_ff=40, num_layers=2, num_heads=6)
    ),
    "gated t5": lambda: T5ForConditionalGeneration(
        T5Config(vocab_size=37, d_model=24, d_kv=4, d_ff=40, num_layers=1, num_heads=6,
                 feed_forward_proj="gated-gelu")
    ),
    "vit": lambda: ViTForImageClassification(
        ViTConfig(hidden_size=24, num_hidden_layers=2, num_attention_heads=6,
                  intermediate_size=40, image_size=12, patch_size=4, num_channels=5, num_labels=7)
    ),
}  # fmt: skip
ATTENTION = {
    "multi_head_attention_layer", "fused_qkv_attention", "scaled_dot_product_attention"
}  # fmt: skip
STAND = {
    "gpt2": ATTENTION | {"activations", "layer_norm", "learned_positional_embedding",
                         "causal_mask"},
    "relu gpt2": ATTENTION | {"encoder_layer", "feed_forward", "activations", "layer_norm",
                              "learned_positional_embedding", "causal_mask"},
    "bert": ATTENTION | {"activations", "layer_norm", "learned_positional_embedding",
                         "padding_mask"},
    "t5": {"cross_attention", "feed_forward", "activations", "rms_norm",
           "relative_position_bucket", "causal_mask", "padding_mask"},
    "gated t5": {"cross_attention", "gated_feed_forward", "activations", "rms_norm",
                 "relative_position_bucket", "causal_mask", "padding_mask"},
    "vit": ATTENTION | {"activations", "layer_norm", "learned_positional_embedding", "vit"},
}  # fmt: skip
WHERE = [(model, exercise) for model, exercises in STAND.items() for exercise in sorted(exercises)]


@pytest.fixture(scope="session")
def folders(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A folder that `transformers` wrote, by model."""
    made: dict[str, Path] = {}

    def folder(model: str) -> Path:
        if model not in made:
            made[model] = tmp_path_factory.mktemp("published")
            network = MODELS[model]()
            for parameter in network.parameters():  # else every token would look alike
                parameter.data += 0.2 * parameter.data.new_empty(parameter.shape).normal_()
            network.save_pretrained(made[model])
        return made[model]

    return folder


@pytest.fixture
def load(folders: Any, grader: Grader) -> Any:
    """The report on a model, with these answers."""

    def report(model: str, **answers: str) -> CheckpointReport:
        files = {name: {f"{name}.py": source} for name, source in answers.items()}
        assert grader._own
        return grader._own.submit(_load, folders(model), None, files).result()

    return report


def solution(exercise: str) -> str:
    return (CATALOG.exercise(exercise).suite / "solution.py").read_text("utf-8")


def the(report: CheckpointReport, exercise: str) -> PartResult:
    [part] = (part for part in report.parts if part.exercise == exercise)
    return part


def test_the_families_are_those_of_the_reference() -> None:
    assert tuple(checkpoints.FAMILIES) == FAMILIES


@pytest.mark.parametrize("model", MODELS)
def test_right_answers_give_the_same_numbers(load: Any, model: str) -> None:
    report = load(model, **{exercise.id: solution(exercise.id) for exercise in CATALOG.exercises})
    same = {part.exercise for part in report.parts if part.state == "same"}
    assert same == STAND[model]
    assert all(part.places > 0 for part in report.parts if part.state == "same")
    assert {part.state for part in report.parts} <= {"same", "misfit"}
    assert report.together.state == "same"
    # Everybody who found a place stands at each of its places.
    together = report.together.exercise.split(", ")
    assert report.together.places == sum(the(report, name).places for name in together)
    assert report.exit_code == 0


@pytest.mark.slow
@pytest.mark.parametrize(("model", "exercise"), WHERE)
def test_every_right_way_gives_the_same_numbers(load: Any, model: str, exercise: str) -> None:
    folder = CATALOG.exercise(exercise).suite / "alternatives"
    for file in sorted(folder.glob("*.py")):
        part = the(load(model, **{exercise: file.read_text("utf-8")}), exercise)
        assert part.state == "same", (file.name, part)


def test_what_is_not_passed_is_not_tried(load: Any) -> None:
    report = load("vit")
    assert {part.state for part in report.parts} == {"absent", "misfit"}
    assert (report.together, report.exit_code) == (None, 0)


# Planted mistakes: what is edited in the solution, and where it is seen first.
PLANTED = {
    "unscaled": ("gpt2", "scaled_dot_product_attention", "/ math.sqrt(q.size(-1))", "",
                 "layer 1, self-attention"),
    "wrong eps": ("bert", "layer_norm", "variance + self.eps", "variance + 1e-3",
                  "the norm of the embeddings"),
    "pre-norm": ("vit", "layer_norm", "variance + self.eps", "variance + 1e-3",
                 "layer 1, first norm"),
    "shifted": ("t5", "relative_position_bucket", "relative > 0", "relative >= 0",
                "the encoder's relative positions"),
    "seeing all": ("t5", "causal_mask", ".tril(", ".triu(",
                   "layer 1 of the decoder, self-attention"),
}  # fmt: skip


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_mistake_is_named_where_it_is_seen_first(load: Any, name: str) -> None:
    model, exercise, right, wrong, where = PLANTED[name]
    source = solution(exercise)
    assert right in source
    report = load(model, **{exercise: source.replace(right, wrong)})
    part = the(report, exercise)
    assert (part.state, part.where) == ("differs", where)
    assert part.difference > 1e-6 and part.output > 1e-6
    assert (report.together, report.exit_code) == (None, 1)


def test_a_mistake_in_a_later_layer_is_named_there(load: Any) -> None:
    source = solution("multi_head_attention_layer") + (
        "\nright, made = MultiHeadAttention.forward, []\n"
        "def forward(self, *args):\n"
        "    made.append(self)\n"
        "    output, weights = right(self, *args)\n"
        "    return output * (1 if len(made) < 3 else 1.001), weights\n"
        "MultiHeadAttention.forward = forward\n"
    )
    part = the(load("gpt2", multi_head_attention_layer=source), "multi_head_attention_layer")
    assert (part.state, part.where, part.places) == ("differs", "layer 3, self-attention", 3)


NORM = """
import torch
from torch import nn

class LayerNorm(nn.Module):
    def __init__(self, d_model, eps=1e-5):
        super().__init__()
        self.{weight} = nn.Parameter(torch.ones(d_model))
        self.bias = nn.Parameter(torch.zeros(d_model))

    def forward(self, x):
        {body}
"""
FAILING = {
    "raises": ("weight", "raise ValueError('no \\x1b[2J')", "ValueError: no \\x1b[2J"),
    "unwritten": ("weight", "raise NotImplementedError", "not written yet"),
    "shape": ("weight", "return x[..., :3]", "(2, 12, 3)"),
    "no tensor": ("weight", "return 'x'", "not a tensor"),
    "other names": ("gamma", "return x", "no parameter weight"),
    "leaves": ("weight", "import os; os._exit(0)", "ended the Python process"),
    "is killed": ("weight", "import ctypes; ctypes.string_at(0)", "Python"),
    "reads": ("weight", "return open('/etc/passwd')", "computes in memory"),
    "writes": ("weight", "return open('/tmp/learned', 'w')", "computes in memory"),
    "connects": ("weight", "import socket; socket.socket()", "not allowed"),
    "looks for answers": ("weight", "import reference", "No module named 'reference'"),
    "floods": ("weight", "return torch.zeros(2**40)", "memory"),
}


def test_slow_parts_share_the_time_and_are_no_error_of_ours(
    folders: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each for itself within its limit, together they would outlast what an examiner may use."""
    monkeypatch.setattr("grader.examiner.checkpoints.bench.PARTS_SECONDS", 1.0)
    body = "import time; time.sleep(0.6); return x"
    answers = {
        "layer_norm": {"layer_norm.py": NORM.format(weight="weight", body=body)},
        "learned_positional_embedding": {
            "learned_positional_embedding.py": solution("learned_positional_embedding")
        },
    }
    report = _load(folders("bert"), None, answers)
    slow, late = the(report, "layer_norm"), the(report, "learned_positional_embedding")
    assert (slow.state, late.state) == ("failed", "failed")
    assert "1 s" in slow.says and "used up the time" in late.says
    assert report.together is None


@pytest.mark.parametrize(
    "settings", [{"n_head": ["x" * 50_000]}, {"scale_attn_weights": "y" * 50_000}]
)
def test_a_sentence_that_quotes_a_file_is_no_longer_than_one(
    folders: Any, tmp_path: Path, settings: dict[str, Any]
) -> None:
    folder = Path(shutil.copytree(folders("gpt2"), tmp_path / "copy"))
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**config, **settings}))
    with pytest.raises(UsageError, match=next(iter(settings))) as caught:
        _load(folder, None, {})
    assert len(str(caught.value)) <= 1_000


@pytest.mark.parametrize("name", FAILING)
def test_code_that_fails_is_told_and_does_no_harm(load: Any, name: str) -> None:
    weight, body, words = FAILING[name]
    report = load("bert", layer_norm=NORM.format(weight=weight, body=body))
    part = the(report, "layer_norm")
    assert part.state == "failed"
    assert words in part.says
    assert report.exit_code == 1
    assert not Path("/tmp/learned").exists()
    # What comes after it is as ever.
    assert the(load("bert", layer_norm=solution("layer_norm")), "layer_norm").state == "same"


@pytest.mark.parametrize(
    "body",
    [
        "return x * float('nan')",
        "return x.float().double() + 1e-4",
        "torch.Tensor.__sub__ = torch.Tensor.abs = lambda *a: torch.zeros(()); return x",
        "import sys; [m.__dict__.update(TOLERANCE=1e9) for m in list(sys.modules.values())"
        " if 'bench' in m.__name__]; return x",
    ],
)
def test_no_code_makes_wrong_numbers_the_same(load: Any, body: str) -> None:
    report = load("bert", layer_norm=NORM.format(weight="weight", body=body))
    part = the(report, "layer_norm")
    assert (part.state, part.where) == ("differs", "the norm of the embeddings")
    assert "✗ layer_norm: differs first at the norm of the embeddings" in render(report)
    assert ("NaN or inf" in render(report)) == ("nan" in body)
    json.dumps(report.to_dict(), allow_nan=False)


def test_a_file_without_the_class_is_told(load: Any) -> None:
    part = the(load("bert", layer_norm="x = 1"), "layer_norm")
    assert part.state == "failed" and "does not define `LayerNorm`" in part.says


def test_calls_that_are_forbidden_stay_so(load: Any) -> None:
    source = "from torch import nn\n\nclass LayerNorm(nn.LayerNorm):\n    pass\n"
    part = the(load("bert", layer_norm=source), "layer_norm")
    assert part.state == "failed"


def test_a_wrong_mask_may_hide_everything(load: Any) -> None:
    """Other masks than the right one reach the reference, too; it stays whole."""
    hiding = solution("causal_mask").replace(".tril(past)", " & False")
    part = the(load("gpt2", causal_mask=hiding), "causal_mask")
    assert (part.state, part.where) == ("differs", "layer 1, self-attention")


def test_a_model_without_numbers_is_refused(folders: Any, grader: Grader, tmp_path: Path) -> None:
    folder = shutil.copytree(folders("gpt2"), tmp_path / "huge")
    file = folder / "model.safetensors"
    save_file({name: tensor.double() * 1e300 for name, tensor in load_file(file).items()}, file)
    assert grader._own
    with pytest.raises(UsageError, match="NaN or inf"):
        grader._own.submit(_load, folder, None, {}).result()


# GPT-2's tokens.


@pytest.fixture(scope="session")
def with_tokenizer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model of 300 tokens with a tokenizer of fewer, as the library that GPT-2 is used with
    writes it."""
    folder = tmp_path_factory.mktemp("with tokenizer")
    checkpoints.make_checkpoint("gpt2", folder, seed=1)
    tokenizer = ByteLevelBPETokenizer()
    tokenizer.train_from_iterator(["The Transformer reads and reads."] * 9, vocab_size=290)
    tokenizer.save_model(str(folder))
    return folder


def tokens(grader: Grader, folder: Path, source: str) -> tuple[CheckpointReport, PartResult]:
    assert grader._own
    report = grader._own.submit(_load, folder, None, {"bpe": {"bpe.py": source}}).result()
    return report, the(report, "bpe")


def test_a_prompt_is_read_and_the_answer_written(grader: Grader, with_tokenizer: Path) -> None:
    report, part = tokens(grader, with_tokenizer, solution("bpe"))
    assert (part.state, part.places) == ("same", 3)
    assert report.text.startswith("The Transformer reads")
    assert len(report.greedy) == 8 and len(report.prompt) < 10


WRONG_TOKENS = {
    "bytes": "return list(text.encode())",
    "no list": "return text",
    "tensors": "import torch; return [torch.ones(2)]",
    "too many": "return [1] * 10**5",
}


@pytest.mark.parametrize("name", WRONG_TOKENS)
def test_other_tokens_are_told(grader: Grader, with_tokenizer: Path, name: str) -> None:
    source = (
        "class BPE:\n    def __init__(self, merges): pass\n    def decode(self, tokens): pass\n"
        f"    def encode(self, text):\n        {WRONG_TOKENS[name]}\n"
    )
    _, part = tokens(grader, with_tokenizer, source)
    assert part.state == "failed"
    assert "'The'" in part.says or "than can be taken back" in part.says
    assert len(part.says) < 1000


def test_a_tokenizer_of_another_model_is_not_used(
    grader: Grader, with_tokenizer: Path, tmp_path: Path
) -> None:
    for file in with_tokenizer.iterdir():
        shutil.copy(file, tmp_path)
    vocabulary = json.loads((tmp_path / "vocab.json").read_text("utf-8"))
    (tmp_path / "vocab.json").write_text(json.dumps({**vocabulary, "e": 300}))
    report, part = tokens(grader, tmp_path, solution("bpe"))
    assert part.state == "misfit" and report.text == ""
    assert "token 300" in report.notes[0]


@pytest.mark.parametrize("keys", ["torch.ones(2)", "3", "['x']"])
def test_what_load_state_dict_says_may_be_made_up(load: Any, keys: str) -> None:
    body = (
        "return x\n\n"
        "    def load_state_dict(self, *args):\n"
        "        from collections import namedtuple\n"
        f"        return namedtuple('K', 'missing_keys unexpected_keys')([], {keys})"
    )
    part = the(load("bert", layer_norm=NORM.format(weight="weight", body=body)), "layer_norm")
    assert part.state in ("differs", "failed")
