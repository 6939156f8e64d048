"""Checkpoints in published layouts: files that `transformers` wrote, made ones, and odd ones."""

import json
import os
import shutil
import struct
from pathlib import Path

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from safetensors.torch import load_file, save_file
from tokenizers import ByteLevelBPETokenizer
from transformers import (
    BertConfig,
    BertForMaskedLM,
    BertForPreTraining,
    BertForSequenceClassification,
    BertModel,
    GPT2Config,
    GPT2LMHeadModel,
    GPT2Model,
    LlamaConfig,
    LlamaForCausalLM,
    T5Config,
    T5ForConditionalGeneration,
    ViTConfig,
    ViTForImageClassification,
    ViTModel,
)

from reference.checkpoints import CheckpointError, GPT2Tokenizer, load_checkpoint, make_checkpoint
from reference.checkpoints.file import memory_needed

# Of the largest output, in float64, where our model computes. The largest error measured was 3e-15.
TOLERANCE = 1e-12
CLASSES = {
    "gpt2": GPT2LMHeadModel,
    "bert": BertForPreTraining,
    "t5": T5ForConditionalGeneration,
    "vit": ViTForImageClassification,
}
CONFIGS = {
    "gpt2": GPT2Config(
        vocab_size=37, n_positions=19, n_embd=24, n_head=6, n_inner=40, n_layer=2, bos_token_id=0,
        eos_token_id=0,
    ),
    "bert": BertConfig(
        vocab_size=37, hidden_size=24, num_hidden_layers=2, num_attention_heads=6,
        intermediate_size=40, max_position_embeddings=19, type_vocab_size=3,
    ),
    "t5": T5Config(
        vocab_size=37, d_model=24, d_kv=4, d_ff=40, num_layers=2, num_decoder_layers=3,
        num_heads=6, decoder_start_token_id=0, pad_token_id=0,
    ),
    "vit": ViTConfig(
        hidden_size=24, num_hidden_layers=2, num_attention_heads=6, intermediate_size=40,
        image_size=12, patch_size=4, num_channels=5, num_labels=7,
    ),
}  # fmt: skip


def noisy(model):
    """Weights in which an exchanged or forgotten bias would show."""
    generator = torch.Generator().manual_seed(0)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(0.2 * torch.randn(parameter.shape, generator=generator))
    return model


def written(model, folder):
    noisy(model).save_pretrained(folder)
    return folder


@pytest.fixture
def folders(tmp_path):
    """A folder that `transformers` wrote, by family."""

    def write(family, **changes):
        config = CONFIGS[family].from_dict({**CONFIGS[family].to_dict(), **changes})
        return written(CLASSES[family](config), tmp_path / family)

    return write


def some_tokens(*shape, vocab_size=37):
    return torch.randint(1, vocab_size, shape, generator=torch.Generator().manual_seed(1))


def ours(family, model):
    """Every output of our model that theirs has too, in one tensor."""
    tokens = some_tokens(3, 11)
    if family == "gpt2":
        return model(tokens)
    if family == "t5":
        return model(tokens, some_tokens(3, 9))
    if family == "vit":
        return model(some_images(model.config.n_channels, model.config.image_size))
    mask = torch.arange(11) < torch.tensor([[11], [7], [4]])
    output = model(tokens, some_segments(), mask)
    return torch.cat([output.token_logits[mask].flatten(), output.order_logits.flatten()])


def theirs(family, model, patch):
    tokens = some_tokens(3, 11)
    if family == "gpt2":
        return model(tokens).logits
    if family == "t5":  # theirs computes norms in what it calls float32 even in a float64 model
        patch.setattr(torch, "float32", torch.float64)
        return model(tokens, decoder_input_ids=some_tokens(3, 9)).logits
    if family == "vit":
        return model(some_images(model.config.num_channels, model.config.image_size)).logits
    mask = torch.arange(11) < torch.tensor([[11], [7], [4]])
    output = model(tokens, attention_mask=mask.long(), token_type_ids=some_segments())
    return torch.cat(
        [output.prediction_logits[mask].flatten(), output.seq_relationship_logits.flatten()]
    )


def some_segments():
    return torch.randint(2, (3, 11), generator=torch.Generator().manual_seed(2))


def some_images(n_channels, size):
    generator = torch.Generator().manual_seed(1)
    return torch.randn(2, n_channels, size, size, generator=generator, dtype=torch.float64)


def same_numbers(folder, family):
    """Load a folder on both sides, in float64, and compare."""
    checkpoint = load_checkpoint(folder)
    other = CLASSES[family].from_pretrained(folder, dtype=torch.float64).eval()
    with torch.no_grad(), pytest.MonkeyPatch.context() as patch:
        expected = theirs(family, other, patch)
        got = ours(family, checkpoint.model)
    size = max(1.0, float(expected.abs().max()))
    assert checkpoint.layout.family == family
    assert checkpoint.n_parameters == sum(p.numel() for p in other.parameters())
    assert float((got - expected).abs().max()) < TOLERANCE * size
    return checkpoint


VARIANTS = [
    *((family, {}) for family in CLASSES),
    ("gpt2", {"activation_function": "relu", "layer_norm_epsilon": 1e-3, "n_head": 3}),
    ("bert", {"hidden_act": "relu", "layer_norm_eps": 1e-3, "num_attention_heads": 3}),
    ("vit", {"hidden_act": "gelu_new", "layer_norm_eps": 1e-3, "num_attention_heads": 3}),
    ("t5", {"relative_attention_num_buckets": 12, "relative_attention_max_distance": 9}),
]


@pytest.mark.parametrize(("family", "changes"), VARIANTS)
def test_what_transformers_wrote_gives_the_same_numbers(folders, family, changes):
    same_numbers(folders(family, **changes), family)


@pytest.mark.parametrize(
    "said", [{"tie_word_embeddings": False}, {"scale_decoder_outputs": False}], ids=["old", "new"]
)
def test_a_t5_of_version_1_1(folders, said):
    """Its feed-forward network has a gate, and its output a matrix of its own."""
    gated = {"feed_forward_proj": "gated-gelu", "dense_act_fn": "gelu_new", "is_gated_act": True}
    folder = rewritten(
        folders("t5", **gated),
        lambda tensors: {**tensors, "lm_head.weight": tensors["shared.weight"].flip(0)},
    )
    config = json.loads((folder / "config.json").read_text())
    del config["scale_decoder_outputs"], config["tie_word_embeddings"]
    (folder / "config.json").write_text(json.dumps({**config, **said}))
    checkpoint = same_numbers(folder, "t5")
    assert checkpoint.config.gated and not checkpoint.config.tie_output


@pytest.mark.parametrize("family", CLASSES)
def test_what_was_made_here_is_read_by_transformers(tmp_path, family):
    make_checkpoint(family, tmp_path / "made", seed=3)
    same_numbers(tmp_path / "made", family)


@pytest.mark.parametrize("family", CLASSES)
def test_a_seed_gives_one_checkpoint(tmp_path, family):
    one, two, other = (
        make_checkpoint(family, tmp_path / name, seed).read_bytes()
        for name, seed in (("a", 1), ("b", 1), ("c", 2))
    )
    assert one == two != other


@pytest.mark.parametrize("family", CLASSES)
@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float64])
def test_other_precisions_are_read_as_they_are(folders, family, dtype):
    folder = folders(family)
    file = folder / "model.safetensors"
    rounded = {name: tensor.to(dtype) for name, tensor in load_file(file).items()}
    save_file(rounded, file, {"format": "pt"})
    checkpoint = load_checkpoint(folder)
    largest = {float(tensor.double().max()) for tensor in rounded.values()}
    for parameter in checkpoint.model.parameters():
        assert parameter.dtype is torch.float64
    found = {float(parameter.detach().max()) for parameter in checkpoint.model.parameters()}
    assert largest <= found


def rewritten(folder, change):
    """The file with its tensors changed by name."""
    file = folder / "model.safetensors"
    tensors = load_file(file)
    save_file({name: t.contiguous() for name, t in change(tensors).items()}, file, {"format": "pt"})
    return folder


def test_a_bare_gpt2_with_its_masks_as_it_is_published(folders, tmp_path):
    model = load_checkpoint(folders("gpt2")).model
    tokens = some_tokens(2, 7)

    def as_published(tensors):
        bare = {name.removeprefix("transformer."): t for name, t in tensors.items()}
        return {
            **bare,
            "h.0.attn.bias": torch.ones(1, 1, 19, 19),
            "h.1.attn.masked_bias": torch.ones(1),
        }

    bare = load_checkpoint(rewritten(tmp_path / "gpt2", as_published)).model
    assert torch.equal(bare(tokens), model(tokens))


def test_the_letters_of_the_first_bert(folders, tmp_path):
    before = load_checkpoint(folders("bert")).model

    def old(tensors):
        return {
            name.replace("LayerNorm.weight", "LayerNorm.gamma").replace(
                "LayerNorm.bias", "LayerNorm.beta"
            ): tensor
            for name, tensor in tensors.items()
        } | {"cls.predictions.decoder.weight": torch.zeros(37, 24)}

    after = load_checkpoint(rewritten(tmp_path / "bert", old)).model
    assert torch.equal(ours("bert", after), ours("bert", before))


@pytest.mark.parametrize(
    ("model", "family", "missing"),
    [
        (BertModel(CONFIGS["bert"]), "bert", ("token_head.", "order_head.")),
        (BertForMaskedLM(CONFIGS["bert"]), "bert", ("pooler.", "order_head.")),
        (
            BertForSequenceClassification(CONFIGS["bert"]),
            "bert",
            ("token_head.", "order_head."),
        ),
        (ViTModel(CONFIGS["vit"]), "vit", ("head.",)),
        (GPT2Model(CONFIGS["gpt2"]), "gpt2", ()),
    ],
)
def test_a_file_may_lack_heads(tmp_path, model, family, missing):
    checkpoint = load_checkpoint(written(model, tmp_path / "bare"))
    assert (checkpoint.layout.family, checkpoint.missing) == (family, missing)


def test_without_a_config_heads_are_as_wide_as_those_that_were_published(folders, tmp_path):
    folders("gpt2", n_embd=128, n_head=2)
    file = shutil.copy(tmp_path / "gpt2" / "model.safetensors", tmp_path / "alone.safetensors")
    assert load_checkpoint(Path(file)).config.n_heads == 2


# What is refused, and the words in which.


def refused(path, *words, family=None):
    with pytest.raises(CheckpointError) as caught:
        load_checkpoint(path, family)
    sentence = str(caught.value)
    assert all(word in sentence for word in words), sentence
    assert "\n" not in sentence


def test_a_pickle_is_not_opened(tmp_path):
    """Whatever it is called, and wherever it lies."""

    class Bomb:
        def __reduce__(self):
            return Path.touch, (tmp_path / "ran",)

    for name in ("pytorch_model.bin", "model.safetensors"):
        folder = tmp_path / name.partition(".")[0]
        folder.mkdir()
        torch.save(Bomb(), folder / name)
        refused(folder, "pickle", "save_pretrained")
        refused(folder / name, "pickle", "save_pretrained")
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("family", CLASSES)
def test_a_file_cut_anywhere_is_damaged(folders, family):
    file = folders(family) / "model.safetensors"
    whole = file.read_bytes()
    for size in (0, 3, 8, 100, len(whole) // 2, len(whole) - 1):
        file.write_bytes(whole[:size])
        refused(file, "again")


def test_a_header_of_any_length_is_not_read(tmp_path):
    file = tmp_path / "model.safetensors"
    for length in (2**63, 2**40, 17 << 20):
        with file.open("wb") as raw:
            raw.write(struct.pack("<Q", length) + b"{}")
            raw.truncate(18 << 20)
        refused(file, "not in the safetensors format")


def test_what_is_no_file(tmp_path):
    refused(tmp_path / "nothing", "no file")
    refused(tmp_path, "holds no model.safetensors")
    (tmp_path / "model.safetensors.index.json").write_text("{}")
    refused(tmp_path, "several files")
    refused(Path("/dev/zero"), "no ordinary file")


def without(name):
    return lambda tensors: {n: t for n, t in tensors.items() if not n.endswith(name)}


def changed(name, change):
    return lambda tensors: {n: change(t) if n.endswith(name) else t for n, t in tensors.items()}


ODD = {
    "no weight": ("gpt2", without("h.1.mlp.c_fc.bias"), ("lacks h.1.mlp.c_fc.bias",)),
    "no layer": ("gpt2", without("h.0.mlp.c_fc.weight"), ("lacks", "h.0.mlp.c_fc.weight")),
    "one more": (
        "bert",
        lambda tensors: {**tensors, "bert.adapter.weight": torch.ones(2)},
        ("adapter.weight", "another model"),
    ),
    "cut": ("t5", changed("layer.1.EncDecAttention.k.weight", lambda t: t[:3]), ("shape",)),
    "flat": ("gpt2", changed("c_attn.weight", torch.flatten), ("shape",)),
    "wrong rank": ("gpt2", changed("wte.weight", torch.flatten), ("shapes",)),
    "oblong": ("vit", changed("projection.weight", lambda t: t[..., :2]), ("square",)),
    "many channels": (
        "vit",
        changed("projection.weight", lambda t: t.repeat(1, 9, 1, 1)),
        ("45 channels",),
    ),
    "no positions": ("vit", changed("position_embeddings", lambda t: t[:, :0]), ("no number",)),
    "nan": ("t5", changed("shared.weight", lambda t: t / 0), ("infinite or NaN",)),
    "whole numbers": ("bert", changed("query.weight", lambda t: t.to(torch.int8)), ("Quantised",)),
    "empty": ("vit", lambda tensors: {}, ("none of the layouts",)),
}


@pytest.mark.parametrize("name", ODD)
def test_an_odd_file_gets_a_sentence(folders, name):
    family, change, words = ODD[name]
    refused(rewritten(folders(family), change), *words)


@pytest.mark.parametrize("family", CLASSES)
def test_a_file_whose_sizes_are_zero_is_damaged(folders, family):
    """Without numbers, a file can say that there are 2³³ tokens; what is made of it is large."""
    file = folders(family) / "model.safetensors"
    tensors = load_file(file)
    for size in {size for tensor in tensors.values() for size in tensor.shape}:
        header = {}
        for name, tensor in tensors.items():
            shape = [0 if each == size else each for each in tensor.shape]
            shape = shape if 0 in shape else [0, 2**33]
            header[name] = {"dtype": "F32", "shape": shape, "data_offsets": [0, 0]}
        text = json.dumps(header).encode()
        file.write_bytes(struct.pack("<Q", len(text)) + text)
        refused(file, "no number", "again")


@pytest.mark.parametrize(("n_buckets", "farthest"), [(1, 128), (3, 2**31 - 1), (32, 16), (32, 1)])
def test_buckets_that_no_t5_has(folders, n_buckets, farthest):
    fewer = changed("attention_bias.weight", lambda t: t[:n_buckets])
    folder = rewritten(folders("t5"), fewer)
    config = json.loads((folder / "config.json").read_text())
    config["relative_attention_max_distance"] = farthest
    (folder / "config.json").write_text(json.dumps(config))
    refused(folder, f"{n_buckets} buckets", str(farthest))


def test_a_config_is_not_waited_for(folders):
    config = folders("gpt2") / "config.json"
    config.unlink()
    os.mkfifo(config)
    refused(config.parent, "config.json is no ordinary file")


def test_a_gap_between_layers(folders):
    def later(tensors):
        return {name.replace("h.1.", "h.7."): tensor for name, tensor in tensors.items()}

    refused(rewritten(folders("gpt2"), later), "no layer 1")


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"n_head": "six"}, ("n_head", "whole number")),
        ({"n_head": 5}, ("n_heads=5",)),
        ({"n_head": -6}, ("n_head", "whole number")),
        ({"activation_function": "tanh"}, ("activation_function", "gelu_new")),
        ({"activation_function": []}, ("activation_function",)),
        ({"layer_norm_epsilon": 0}, ("layer_norm_epsilon",)),
        ({"scale_attn_weights": False}, ("scale_attn_weights",)),
    ],
)
def test_an_odd_setting_gets_a_sentence(folders, settings, words):
    folder = folders("gpt2")
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**config, **settings}))
    refused(folder, *words)


@pytest.mark.parametrize("text", ["", "[]", "{", "[" * 100_000, "\xff"])
def test_a_config_that_is_none(folders, text):
    folder = folders("gpt2")
    (folder / "config.json").write_text(text, encoding="latin-1")
    refused(folder, "config.json", "again")


def test_another_family_is_named(folders, tmp_path):
    refused(folders("bert"), "every GPT-2 has", family="gpt2")
    llama = LlamaForCausalLM(
        LlamaConfig(vocab_size=37, hidden_size=24, intermediate_size=40, num_hidden_layers=1,
                    num_attention_heads=6)
    )  # fmt: skip
    refused(written(llama, tmp_path / "llama"), "none of the layouts", "GPT-2, BERT, T5, ViT")


def test_a_t5_whose_heads_are_wider_than_its_vectors(folders):
    refused(folders("t5", d_kv=8), "48 wide together")


def test_a_model_that_does_not_fit_into_memory(folders, monkeypatch):
    folder = folders("gpt2")
    needed = memory_needed(load_checkpoint(folder).file.shapes)
    monkeypatch.setattr("reference.checkpoints.checkpoint.memory_free", lambda: needed)
    refused(folder, "memory", "smaller")


def test_nothing_is_written_over(tmp_path):
    make_checkpoint("vit", tmp_path, seed=1)
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    with pytest.raises(CheckpointError, match="already"):
        make_checkpoint("gpt2", tmp_path, seed=1)
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before


# GPT-2's tokenizer.

TRAINED_ON = [
    "the transformer is the model that reads the whole sentence at once; it's 2017's. "
] * 50
TRAINED_ON += ["naïve café 東京 don't 123\n\n"] * 50
TEXTS = [
    "The Transformer reads", "", " ", "it's we'll don't 'tis", "a  b   c \n\n d\t", "naïve café",
    "東京", "x_1 __y__ 2017's", "🙂🙂 ...!?", "\u00a0\x00\u200b", "the the  the\n",
]  # fmt: skip


@pytest.fixture
def tokenizer(tmp_path):
    """Both files, written by the library that GPT-2 is used with."""
    theirs = ByteLevelBPETokenizer()
    theirs.train_from_iterator(TRAINED_ON, vocab_size=400)
    theirs.save_model(str(tmp_path))
    return theirs, tmp_path / "model.safetensors"


def test_a_text_has_the_tokens_that_the_published_tokenizer_gives(tokenizer):
    theirs, weights = tokenizer
    ours = GPT2Tokenizer.beside(weights)
    assert len(ours.merges) > 50
    for text in TEXTS:
        assert ours.encode(text) == theirs.encode(text).ids, text
        assert ours.decode(ours.encode(text)) == text


@given(text=st.text(st.characters(exclude_categories=["Cs", "No", "Nl"]), max_size=30))
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_has_them(tokenizer, text):
    theirs, weights = tokenizer
    ours = GPT2Tokenizer.beside(weights)
    assert ours.encode(text) == theirs.encode(text).ids


def test_without_both_files_there_is_none(tokenizer):
    _, weights = tokenizer
    weights.with_name("merges.txt").unlink()
    assert GPT2Tokenizer.beside(weights) is None


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("merges.txt", b"a b c\n"),
        ("merges.txt", b"xx yy\n"),
        ("merges.txt", b"\xff\n"),
        ("merges.txt", b"! !\n"),
        ("vocab.json", b"{}"),
        ("vocab.json", b'{"!": "x"}'),
        ("vocab.json", b"["),
    ],
)
def test_files_that_do_not_go_together(tokenizer, name, content):
    _, weights = tokenizer
    weights.with_name(name).write_bytes(content)
    with pytest.raises(CheckpointError):
        GPT2Tokenizer.beside(weights)
