"""BERT against `transformers`: both heads, segments and padding."""

from dataclasses import replace

import pytest
import torch
from parity import Parity, every_layer
from transformers import BertConfig, BertForPreTraining

from reference.bert import BERT, pretraining_loss
from reference.config import PRESETS, TransformerConfig
from reference.losses import IGNORE

CONFIG = replace(
    PRESETS["bert-base"], vocab_size=37, max_len=19, d_model=24, n_heads=6, d_ff=40,
    n_encoder_layers=2, n_segments=3, dropout=0.0,
)  # fmt: skip


def some_batch():
    generator = torch.Generator().manual_seed(1)
    tokens = torch.randint(37, (3, 11), generator=generator)
    segments = torch.randint(3, (3, 11), generator=generator)
    mask = torch.arange(11) < torch.tensor([[11], [7], [4]])
    return tokens, segments, mask


@pytest.mark.parametrize("path", ["explicit", "fused"])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_equals_transformers(dtype, path):
    theirs = BertForPreTraining(
        BertConfig(
            vocab_size=37, hidden_size=24, num_hidden_layers=2, num_attention_heads=6,
            intermediate_size=40, max_position_embeddings=19, type_vocab_size=3,
            pad_token_id=None,  # else the embedding of token 0 would get no gradient

        )
    )  # fmt: skip
    ours = BERT(replace(CONFIG, attention=path))
    them = "bert.encoder.layer.#"
    both = ("weight", "bias")
    mapping = {
        "embeddings.embedding.weight": "bert.embeddings.word_embeddings.weight",
        "positions.absolute.embedding.weight": "bert.embeddings.position_embeddings.weight",
        "segments.weight": "bert.embeddings.token_type_embeddings.weight",
        "token_head.bias": "cls.predictions.bias",
        **{
            f"{our_module}.{kind}": f"{their_module}.{kind}"
            for kind in both
            for our_module, their_module in {
                "norm": "bert.embeddings.LayerNorm",
                "pooler": "bert.pooler.dense",
                "order_head": "cls.seq_relationship",
                "token_head.dense": "cls.predictions.transform.dense",
                "token_head.norm": "cls.predictions.transform.LayerNorm",
            }.items()
        },
        **every_layer(2, {
            f"encoder.layers.#.{our_module}.{kind}": f"{them}.{their_module}.{kind}"
            for kind in both
            for our_module, their_module in {
                "self_attention.w_q": "attention.self.query",
                "self_attention.w_k": "attention.self.key",
                "self_attention.w_v": "attention.self.value",
                "self_attention.w_o": "attention.output.dense",
                "sublayer1.norm": "attention.output.LayerNorm",
                "feed_forward.linear1": "intermediate.dense",
                "feed_forward.linear2": "output.dense",
                "sublayer2.norm": "output.LayerNorm",
            }.items()
        }),
    }  # fmt: skip
    pair = Parity(ours.to(dtype), theirs.to(dtype), mapping)
    tokens, segments, mask = some_batch()
    mine = ours(tokens, segments, mask)
    yours = theirs(tokens, attention_mask=mask.long(), token_type_ids=segments)
    # One tensor of both outputs, so that gradients come from both heads. Real tokens only.
    pair.compare(
        torch.cat([mine.token_logits[mask].flatten(), mine.order_logits.flatten()]),
        torch.cat(
            [yours.prediction_logits[mask].flatten(), yours.seq_relationship_logits.flatten()]
        ),
        dtype,
    )

    labels = tokens.masked_fill(torch.rand(tokens.shape) < 0.7, IGNORE)
    order = torch.tensor([0, 1, 1])
    their_loss = theirs(
        tokens, attention_mask=mask.long(), token_type_ids=segments, labels=labels,
        next_sentence_label=order,
    ).loss  # fmt: skip
    torch.testing.assert_close(pretraining_loss(mine, labels, order), their_loss)


def test_padding_changes_nothing():
    model = BERT(CONFIG).eval()
    tokens, segments, mask = some_batch()
    other = torch.where(mask, tokens, (tokens + 1) % 37)
    with torch.no_grad():
        before, after = model.encode(tokens, segments, mask), model.encode(other, segments, mask)
        alone = model.encode(tokens[2:, :4], segments[2:, :4])
    torch.testing.assert_close(before[mask], after[mask])
    torch.testing.assert_close(before[2, :4], alone[0], atol=1e-5, rtol=1e-5)


def test_segments_default_to_the_first():
    model = BERT(CONFIG).eval()
    tokens, _, _ = some_batch()
    assert torch.equal(model.encode(tokens), model.encode(tokens, torch.zeros_like(tokens)))
    assert not torch.equal(model.encode(tokens), model.encode(tokens, torch.ones_like(tokens)))


@pytest.mark.parametrize(
    "change", [{"n_decoder_layers": 1}, {"n_segments": 0}, {"n_encoder_layers": 0}]
)
def test_other_shapes_of_model_are_refused(change):
    valid = {"d_model": 8, "n_heads": 2, "n_segments": 2, "n_decoder_layers": 0}
    if "n_encoder_layers" in change:
        change = {**change, "n_decoder_layers": 1}
    with pytest.raises(ValueError, match="BERT"):
        BERT(TransformerConfig(**{**valid, **change}))
