"""All names written out, and a check of the names before anything is taken."""

EXPECTED = {
    "self_attn.in_proj_weight",
    "self_attn.in_proj_bias",
    "self_attn.out_proj.weight",
    "self_attn.out_proj.bias",
    *(f"{part}.{kind}" for part in ("linear1", "linear2") for kind in ("weight", "bias")),
    *(f"{part}.{kind}" for part in ("norm1", "norm2") for kind in ("weight", "bias")),
}


def load_torch_encoder_layer(state_dict):
    if set(state_dict) != EXPECTED:
        raise ValueError(f"These names do not fit: {set(state_dict) ^ EXPECTED}")
    W, b = state_dict["self_attn.in_proj_weight"], state_dict["self_attn.in_proj_bias"]
    D = W.shape[1]
    return {
        "self_attention.w_q.weight": W[:D].clone(),
        "self_attention.w_k.weight": W[D : 2 * D].clone(),
        "self_attention.w_v.weight": W[2 * D :].clone(),
        "self_attention.w_q.bias": b[:D].clone(),
        "self_attention.w_k.bias": b[D : 2 * D].clone(),
        "self_attention.w_v.bias": b[2 * D :].clone(),
        "self_attention.w_o.weight": state_dict["self_attn.out_proj.weight"].clone(),
        "self_attention.w_o.bias": state_dict["self_attn.out_proj.bias"].clone(),
        "feed_forward.linear1.weight": state_dict["linear1.weight"].clone(),
        "feed_forward.linear1.bias": state_dict["linear1.bias"].clone(),
        "feed_forward.linear2.weight": state_dict["linear2.weight"].clone(),
        "feed_forward.linear2.bias": state_dict["linear2.bias"].clone(),
        "norm1.weight": state_dict["norm1.weight"].clone(),
        "norm1.bias": state_dict["norm1.bias"].clone(),
        "norm2.weight": state_dict["norm2.weight"].clone(),
        "norm2.bias": state_dict["norm2.bias"].clone(),
    }
