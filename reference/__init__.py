"""A complete Transformer and its variants: what the suites compare with, and a library to read.

Begin with `attention.py`, and follow `multi_head.py`, `feed_forward.py`, `sublayer.py`,
`encoder.py` and `decoder.py` to `transformer.py`. Everything public is re-exported here by name.
"""

from reference.analysis import (
    HeadPatterns,
    attention_entropy,
    attention_layers,
    attention_rollout,
    head_importance,
    head_patterns,
    leak_probe,
    linear_cka,
    permutation_gap,
    record_attention,
    silenced,
)
from reference.attention import (
    PATHS,
    TOLERANCE,
    SelfAttention,
    distance_attention,
    fused_attention,
    masked_softmax,
    scaled_dot_product_attention,
    softmax,
)
from reference.before_attention import (
    AttentionDecoderCell,
    additive_score,
    kernel_regression,
    multiplicative_score,
    rnn_gradient_norms,
    soft_lookup,
)
from reference.bert import BERT, BertOutput, TokenHead, pretraining_loss
from reference.bleu import bleu, corpus_bleu
from reference.cache import KVCache
from reference.config import PRESETS, LayerConfig, TransformerConfig
from reference.convert import convert_head_weights, convert_rope_layout, load_torch_encoder_layer
from reference.costs import (
    AttentionCost,
    LayerCosts,
    attention_cost,
    block_flops,
    block_parameters,
    layer_costs,
)
from reference.decoder import (
    CrossAttention,
    Decoder,
    DecoderLayer,
    ProjectedMemory,
    cached_cross_attention,
)
from reference.decoding import (
    Hypothesis,
    beam_search,
    continue_tokens,
    filter_logits,
    greedy_decode,
    sample_token,
    shift_right,
)
from reference.efficient import (
    linear_attention,
    linformer_attention,
    orthogonal_projection,
    performer_attention,
    performer_features,
)
from reference.embeddings import Embeddings
from reference.encoder import Encoder, EncoderLayer, masked_mean_pool
from reference.experts import mixture_of_experts
from reference.feed_forward import (
    FeedForward,
    GatedFeedForward,
    Memories,
    feed_forward_as_convolution,
    feed_forward_as_memory,
    gated_feed_forward,
    gelu,
    relu,
    silu,
)
from reference.gpt import GPT
from reference.gradients import (
    attention_backward,
    attention_query_jacobian,
    gradient_norms_by_depth,
    layer_norm_backward,
    residual_gradient,
    softmax_jacobian,
    vjp,
)
from reference.losses import cross_entropy, label_smoothing_loss, next_token_loss
from reference.masks import causal_mask, combine_masks, padding_mask, target_mask
from reference.multi_head import (
    Cache,
    MultiHeadAttention,
    fused_qkv_attention,
    grouped_query_attention,
    merge_heads,
    multi_head_attention,
    per_head_projection,
    split_heads,
)
from reference.norm import LayerNorm, RMSNorm, layer_norm, masked_batch_norm, rms_norm
from reference.optim import AdamW, adam_step, clip_grad_norm
from reference.position_scheme import PositionScheme
from reference.positions import (
    LearnedPositionalEmbedding,
    PositionalEncoding,
    position_shift_matrix,
    sinusoidal_encoding,
)
from reference.pretraining import mask_tokens, random_spans, span_corruption
from reference.relative_positions import (
    RelativePositionBias,
    alibi_bias,
    alibi_slopes,
    clipped_relative_scores,
    relative_position_bucket,
    relative_shift,
)
from reference.rotary import rotary_embedding
from reference.schedules import cosine_learning_rate, noam_learning_rate
from reference.sparse import block_sparse_mask, global_and_window_mask, sliding_window_mask
from reference.state_space import selective_scan
from reference.sublayer import SublayerConnection
from reference.t5 import T5
from reference.tiled import merge_partial_attention, tiled_attention
from reference.tokenizer import BPE, train_bpe
from reference.training.specimen import Specimen, load_specimen
from reference.transformer import Transformer
from reference.vit import ViT, patchify

__all__ = [
    "BERT",
    "BPE",
    "GPT",
    "PATHS",
    "PRESETS",
    "T5",
    "TOLERANCE",
    "AdamW",
    "AttentionCost",
    "AttentionDecoderCell",
    "BertOutput",
    "Cache",
    "CrossAttention",
    "Decoder",
    "DecoderLayer",
    "Embeddings",
    "Encoder",
    "EncoderLayer",
    "FeedForward",
    "GatedFeedForward",
    "HeadPatterns",
    "Hypothesis",
    "KVCache",
    "LayerConfig",
    "LayerCosts",
    "LayerNorm",
    "LearnedPositionalEmbedding",
    "Memories",
    "MultiHeadAttention",
    "PositionScheme",
    "PositionalEncoding",
    "ProjectedMemory",
    "RMSNorm",
    "RelativePositionBias",
    "SelfAttention",
    "Specimen",
    "SublayerConnection",
    "TokenHead",
    "Transformer",
    "TransformerConfig",
    "ViT",
    "adam_step",
    "additive_score",
    "alibi_bias",
    "alibi_slopes",
    "attention_backward",
    "attention_cost",
    "attention_entropy",
    "attention_layers",
    "attention_query_jacobian",
    "attention_rollout",
    "beam_search",
    "bleu",
    "block_flops",
    "block_parameters",
    "block_sparse_mask",
    "cached_cross_attention",
    "causal_mask",
    "clip_grad_norm",
    "clipped_relative_scores",
    "combine_masks",
    "continue_tokens",
    "convert_head_weights",
    "convert_rope_layout",
    "corpus_bleu",
    "cosine_learning_rate",
    "cross_entropy",
    "distance_attention",
    "feed_forward_as_convolution",
    "feed_forward_as_memory",
    "filter_logits",
    "fused_attention",
    "fused_qkv_attention",
    "gated_feed_forward",
    "gelu",
    "global_and_window_mask",
    "gradient_norms_by_depth",
    "greedy_decode",
    "grouped_query_attention",
    "head_importance",
    "head_patterns",
    "kernel_regression",
    "label_smoothing_loss",
    "layer_costs",
    "layer_norm",
    "layer_norm_backward",
    "leak_probe",
    "linear_attention",
    "linear_cka",
    "linformer_attention",
    "load_specimen",
    "load_torch_encoder_layer",
    "mask_tokens",
    "masked_batch_norm",
    "masked_mean_pool",
    "masked_softmax",
    "merge_heads",
    "merge_partial_attention",
    "mixture_of_experts",
    "multi_head_attention",
    "multiplicative_score",
    "next_token_loss",
    "noam_learning_rate",
    "orthogonal_projection",
    "padding_mask",
    "patchify",
    "per_head_projection",
    "performer_attention",
    "performer_features",
    "permutation_gap",
    "position_shift_matrix",
    "pretraining_loss",
    "random_spans",
    "record_attention",
    "relative_position_bucket",
    "relative_shift",
    "relu",
    "residual_gradient",
    "rms_norm",
    "rnn_gradient_norms",
    "rotary_embedding",
    "sample_token",
    "scaled_dot_product_attention",
    "selective_scan",
    "shift_right",
    "silenced",
    "silu",
    "sinusoidal_encoding",
    "sliding_window_mask",
    "soft_lookup",
    "softmax",
    "softmax_jacobian",
    "span_corruption",
    "split_heads",
    "target_mask",
    "tiled_attention",
    "train_bpe",
    "vjp",
]
