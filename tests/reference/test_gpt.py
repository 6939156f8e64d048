"""GPT against GPT-2 and Llama of `transformers`, and cached decoding against the full pass."""

from dataclasses import replace

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from parity import From, Parity, every_layer
from transformers import GPT2Config, GPT2LMHeadModel, LlamaConfig, LlamaForCausalLM

from reference.config import PRESETS, TransformerConfig
from reference.gpt import GPT
from reference.losses import next_token_loss

SMALL = {"vocab_size": 37, "max_len": 19, "d_model": 24, "n_heads": 6, "d_ff": 40, "dropout": 0.0}
VARIANTS = {
    "gpt2": replace(PRESETS["gpt2"], **SMALL, n_decoder_layers=2),
    "llama": replace(PRESETS["llama"], **SMALL, n_kv_heads=2, n_decoder_layers=2),
    "alibi": TransformerConfig(
        **SMALL, n_encoder_layers=0, n_decoder_layers=2, positions="alibi", norm_first=True
    ),
    "t5 positions": TransformerConfig(
        **SMALL, n_encoder_layers=0, n_decoder_layers=2, positions="t5", norm_first=True
    ),
    "sinusoidal": TransformerConfig(
        **SMALL, n_encoder_layers=0, n_decoder_layers=2, attention="explicit"
    ),
}


def make(name):
    torch.manual_seed(0)
    model = GPT(VARIANTS[name]).eval()
    with torch.no_grad():  # initial weights are so small that every token would look alike
        for parameter in model.parameters():
            parameter.add_(0.2 * torch.randn_like(parameter))
    return model


def some_tokens(*shape, seed=1):
    return torch.randint(37, shape, generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize("path", ["explicit", "fused"])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_gpt2(dtype, path):
    D = 24
    theirs = GPT2LMHeadModel(
        GPT2Config(
            vocab_size=37, n_positions=19, n_embd=D, n_head=6, n_inner=40, n_layer=2,
            bos_token_id=0, eos_token_id=0,
        )
    )  # fmt: skip
    ours = GPT(replace(VARIANTS["gpt2"], attention=path))
    # Their convolution holds weights (in, out), and queries, keys and values side by side.
    mapping = {
        "embeddings.embedding.weight": "transformer.wte.weight",
        "positions.absolute.embedding.weight": "transformer.wpe.weight",
        "decoder.norm.weight": "transformer.ln_f.weight",
        "decoder.norm.bias": "transformer.ln_f.bias",
        **every_layer(2, {
            "decoder.layers.#.sublayer1.norm.weight": "transformer.h.#.ln_1.weight",
            "decoder.layers.#.sublayer1.norm.bias": "transformer.h.#.ln_1.bias",
            "decoder.layers.#.sublayer2.norm.weight": "transformer.h.#.ln_2.weight",
            "decoder.layers.#.sublayer2.norm.bias": "transformer.h.#.ln_2.bias",
            **{
                f"decoder.layers.#.self_attention.w_{part}.weight": From(
                    "transformer.h.#.attn.c_attn.weight", lambda w, i=i: w[:, i * D : (i + 1) * D].T
                )
                for i, part in enumerate("qkv")
            },
            **{
                f"decoder.layers.#.self_attention.w_{part}.bias": From(
                    "transformer.h.#.attn.c_attn.bias", lambda b, i=i: b[i * D : (i + 1) * D]
                )
                for i, part in enumerate("qkv")
            },
            "decoder.layers.#.self_attention.w_o.weight": From(
                "transformer.h.#.attn.c_proj.weight", torch.t
            ),
            "decoder.layers.#.self_attention.w_o.bias": "transformer.h.#.attn.c_proj.bias",
            "decoder.layers.#.feed_forward.linear1.weight": From(
                "transformer.h.#.mlp.c_fc.weight", torch.t
            ),
            "decoder.layers.#.feed_forward.linear1.bias": "transformer.h.#.mlp.c_fc.bias",
            "decoder.layers.#.feed_forward.linear2.weight": From(
                "transformer.h.#.mlp.c_proj.weight", torch.t
            ),
            "decoder.layers.#.feed_forward.linear2.bias": "transformer.h.#.mlp.c_proj.bias",
        }),
    }  # fmt: skip
    pair = Parity(ours.to(dtype), theirs.to(dtype), mapping)
    tokens = some_tokens(2, 11)
    output = theirs(tokens, labels=tokens)
    our_loss = next_token_loss(ours(tokens), tokens)
    torch.testing.assert_close(our_loss.float(), output.loss.float())  # theirs is always float32
    pair.compare(ours(tokens), output.logits, dtype)


@pytest.mark.parametrize("tied", [True, False])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_llama(dtype, tied):
    theirs = LlamaForCausalLM(
        LlamaConfig(
            vocab_size=37, max_position_embeddings=19, hidden_size=24, intermediate_size=40,
            num_hidden_layers=2, num_attention_heads=6, num_key_value_heads=2, rms_norm_eps=1e-5,
            rope_parameters={"rope_type": "default", "rope_theta": 500_000.0},
            tie_word_embeddings=tied,
        )
    )  # fmt: skip
    ours = GPT(replace(VARIANTS["llama"], tie_output=tied))
    mapping = {
        "embeddings.embedding.weight": "model.embed_tokens.weight",
        "decoder.norm.weight": "model.norm.weight",
        **({} if tied else {"output.weight": "lm_head.weight"}),
        **every_layer(2, {
            "decoder.layers.#.sublayer1.norm.weight": "model.layers.#.input_layernorm.weight",
            "decoder.layers.#.sublayer2.norm.weight":
                "model.layers.#.post_attention_layernorm.weight",
            "decoder.layers.#.self_attention.w_q.weight": "model.layers.#.self_attn.q_proj.weight",
            "decoder.layers.#.self_attention.w_k.weight": "model.layers.#.self_attn.k_proj.weight",
            "decoder.layers.#.self_attention.w_v.weight": "model.layers.#.self_attn.v_proj.weight",
            "decoder.layers.#.self_attention.w_o.weight": "model.layers.#.self_attn.o_proj.weight",
            "decoder.layers.#.feed_forward.gate.weight": "model.layers.#.mlp.gate_proj.weight",
            "decoder.layers.#.feed_forward.up.weight": "model.layers.#.mlp.up_proj.weight",
            "decoder.layers.#.feed_forward.down.weight": "model.layers.#.mlp.down_proj.weight",
        }),
    }  # fmt: skip
    pair = Parity(ours.to(dtype), theirs.to(dtype), mapping)
    tokens = some_tokens(2, 11)
    # Theirs keeps angles and norms in float32 even in a float64 model.
    pair.compare(ours(tokens), theirs(tokens).logits, torch.float32)


@settings(deadline=None, max_examples=25)
@given(
    name=st.sampled_from(sorted(VARIANTS)),
    chunks=st.lists(st.integers(1, 6), min_size=1, max_size=6).filter(lambda c: sum(c) <= 19),
    capacity=st.integers(1, 20),
)
def test_cached_decoding_equals_the_full_pass_for_any_chunks(name, chunks, capacity):
    model = make(name).double()
    tokens = some_tokens(2, sum(chunks))
    with torch.no_grad():
        full, caches = model(tokens), model.caches(capacity)
        parts = [model(part, caches) for part in tokens.split(chunks, dim=1)]
    assert caches[0].length == sum(chunks)
    torch.testing.assert_close(torch.cat(parts, dim=1), full, atol=1e-6, rtol=1e-6)


@pytest.mark.parametrize("name", sorted(VARIANTS))
def test_the_future_changes_nothing(name):
    model, tokens = make(name), some_tokens(2, 10)
    changed = tokens.clone()
    changed[:, 6:] = (changed[:, 6:] + 1) % 37
    with torch.no_grad():
        before, after = model(tokens), model(changed)
    torch.testing.assert_close(before[:, :6], after[:, :6], atol=1e-6, rtol=0)
    assert ((before - after)[:, 6:].abs().amax(-1) > 1e-3).all()


@pytest.mark.parametrize("name", sorted(VARIANTS))
def test_generate_takes_the_most_probable_token_each_time(name):
    model, prompt = make(name), some_tokens(3, 4)
    slow = prompt
    with torch.no_grad():
        for _ in range(9):
            slow = torch.cat([slow, model(slow)[:, -1:].argmax(-1)], dim=1)
    assert torch.equal(model.generate(prompt, 9, temperature=0.0), slow)
    assert len(slow.unique()) > 5  # a model that repeats one token would prove little


def test_generate_computes_each_token_once():
    model, seen = make("gpt2"), []
    model.decoder.register_forward_pre_hook(lambda _, args: seen.append(args[0].size(1)))
    model.generate(some_tokens(1, 5), 4)
    assert seen == [5, 1, 1, 1]


def test_generate_samples_what_its_seed_says_within_the_filter():
    model, prompt = make("gpt2"), some_tokens(4, 3)

    def draw(seed):
        return model.generate(prompt, 8, top_k=2, generator=torch.Generator().manual_seed(seed))

    assert torch.equal(draw(0), draw(0))
    assert not torch.equal(draw(0), draw(1))
    out = draw(2)
    with torch.no_grad():
        top2 = model(out).topk(2).indices
    assert (out[:, 3:, None] == top2[:, 2:-1]).any(-1).all()


def test_generate_stops_at_eos_row_by_row():
    model, prompt = make("gpt2"), some_tokens(2, 4)
    free = model.generate(prompt, 8, temperature=0.0)
    eos = int(free[0, 6])
    out = model.generate(prompt, 8, temperature=0.0, eos_id=eos)
    first_end = free[0, 4:].tolist().index(eos) + 4
    assert torch.equal(out[0, : first_end + 1], free[0, : first_end + 1])
    assert (out[0, first_end:] == eos).all()


def test_generate_refuses_more_than_fits():
    with pytest.raises(ValueError, match="max_len=19"):
        make("gpt2").generate(some_tokens(1, 10), 10)


def test_residual_projections_start_smaller_the_deeper_the_model():
    torch.manual_seed(0)
    deep = GPT(replace(VARIANTS["gpt2"], d_model=96, d_ff=384, n_decoder_layers=8))
    layer = deep.decoder.layers[3]
    for weight in (layer.self_attention.w_o.weight, layer.feed_forward.linear2.weight):
        assert weight.std().item() == pytest.approx(0.02 / 4, rel=0.05)
    assert layer.self_attention.w_q.weight.std().item() == pytest.approx(0.02, rel=0.05)


@pytest.mark.parametrize("layers", [(1, 1), (1, 0)])
def test_other_shapes_of_model_are_refused(layers):
    with pytest.raises(ValueError, match="decoder layers"):
        GPT(TransformerConfig(**SMALL, n_encoder_layers=layers[0], n_decoder_layers=layers[1]))


@pytest.mark.cuda
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
@pytest.mark.parametrize("name", sorted(VARIANTS))
def test_half_precision_on_the_gpu(name, dtype):
    model, tokens = make(name).cuda(), some_tokens(2, 15).cuda()
    with torch.no_grad():
        exact = model(tokens).softmax(-1)
        half = model.to(dtype)
        torch.testing.assert_close(half(tokens).float().softmax(-1), exact, atol=0.05, rtol=0.0)
        caches = half.caches()
        parts = [half(part, caches) for part in tokens.split([7, 1, 1, 6], dim=1)]
    torch.testing.assert_close(torch.cat(parts, 1).float().softmax(-1), exact, atol=0.05, rtol=0.0)


@pytest.mark.cuda
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
@pytest.mark.parametrize("name", sorted(VARIANTS))
def test_compiled_equals_eager_on_the_gpu(name):
    model, tokens = make(name).cuda(), some_tokens(2, 15).cuda()
    compiled = torch.compile(model)
    with torch.no_grad():
        torch.testing.assert_close(compiled(tokens), model(tokens), atol=1e-4, rtol=1e-3)
