"""Weights from elsewhere: other layouts of the same numbers, other names for the same layers."""

from collections.abc import Mapping
from typing import Literal

from jaxtyping import Float, Shaped
from torch import Tensor

from reference.rotary import RotaryLayout

HeadLayout = Literal["packed", "split", "per_head"]

ENCODER_LAYER_NAMES = {
    # ours, and that of nn.TransformerEncoderLayer
    "self_attention.w_o": "self_attn.out_proj",
    "feed_forward.linear1": "linear1",
    "feed_forward.linear2": "linear2",
    "sublayer1.norm": "norm1",
    "sublayer2.norm": "norm2",
}


def convert_head_weights(
    weights: Float[Tensor, "..."], n_heads: int, source: HeadLayout, target: HeadLayout
) -> Float[Tensor, "..."]:
    """The weights of W_q, W_k and W_v, brought from one layout to another.

    Args:
        weights: all three in one tensor.
            "packed" (3D, D), rows W_q, W_k, W_v, each (out, in): `in_proj_weight` of
            `nn.MultiheadAttention`;
            "split" (3, D, D), each (out, in): three `nn.Linear`s;
            "per_head" (3, H, D, d), each (in, out): the paper's W_i, as in `per_head_projection`.
        n_heads: number H of heads.
        source: layout of `weights`.
        target: layout of the result.
    """
    D = weights.size(-2) if source == "per_head" else weights.size(-1)
    if source == "packed":
        weights = weights.view(3, D, D)
    elif source == "per_head":
        weights = weights.mT.reshape(3, D, D)  # (3, H, d, D) → (3, H·d, D)
    if target == "packed":
        return weights.reshape(3 * D, D)
    if target == "per_head":
        return weights.view(3, n_heads, D // n_heads, D).mT.contiguous()  # (3, H, D, d)
    return weights.clone()


def convert_rope_layout(
    w: Shaped[Tensor, "rows ..."], n_heads: int, target: RotaryLayout = "half"
) -> Shaped[Tensor, "rows ..."]:
    """Reorder the rows of W_q or W_k (or a bias) for the other layout of rotary pairs.

    Both must be reordered. Scores do not change, because a product of queries and keys does not
    depend on the order of their features.

    Args:
        w: weight (out, in) or bias (out) of the projection.
        n_heads: number of heads in w: G, not H, for the keys of grouped queries.
        target: the layout to arrive at; w is in the other one.
    """
    heads = w.view(n_heads, -1, *w.shape[1:])  # (H, d, ...)
    pairs = heads.size(1) // 2
    rows, columns = (pairs, 2) if target == "half" else (2, pairs)
    return heads.view(n_heads, rows, columns, *w.shape[1:]).transpose(1, 2).reshape(w.shape)


def load_torch_encoder_layer(state_dict: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """From an `nn.TransformerEncoderLayer`'s state dict to that of our `EncoderLayer`.

    Raises:
        ValueError: if a parameter is missing or left over.
    """
    ours: dict[str, Tensor] = {}
    rest = dict(state_dict)
    try:
        for kind in ("weight", "bias"):
            packed = rest.pop(f"self_attn.in_proj_{kind}")
            for name, part in zip(("w_q", "w_k", "w_v"), packed.chunk(3), strict=True):
                ours[f"self_attention.{name}.{kind}"] = part.clone()
            for our_name, their_name in ENCODER_LAYER_NAMES.items():
                ours[f"{our_name}.{kind}"] = rest.pop(f"{their_name}.{kind}").clone()
    except KeyError as missing:
        raise ValueError(f"The state dict lacks {missing}.") from None
    if rest:
        raise ValueError(f"Not of an encoder layer: {', '.join(sorted(rest))}.")
    return ours
