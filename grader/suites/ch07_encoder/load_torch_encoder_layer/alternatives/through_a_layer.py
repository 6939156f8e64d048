"""Into a layer of torch's first, which checks the names, and from its attributes into ours."""

import torch
from torch import nn


def load_torch_encoder_layer(state_dict: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    try:
        d_ff, d_model = state_dict["linear1.weight"].shape
        layer = nn.TransformerEncoderLayer(d_model, 1, d_ff, batch_first=True)
        layer = layer.to(state_dict["linear1.weight"])
        layer.load_state_dict(dict(state_dict))
    except (KeyError, RuntimeError) as error:
        raise ValueError(str(error)) from error
    attention = layer.self_attn
    ours = {}
    for i, name in enumerate(("w_q", "w_k", "w_v")):
        rows = slice(i * d_model, (i + 1) * d_model)
        ours[f"self_attention.{name}.weight"] = attention.in_proj_weight.detach()[rows]
        ours[f"self_attention.{name}.bias"] = attention.in_proj_bias.detach()[rows]
    modules = {
        "self_attention.w_o": attention.out_proj,
        "feed_forward.linear1": layer.linear1,
        "feed_forward.linear2": layer.linear2,
        "norm1": layer.norm1,
        "norm2": layer.norm2,
    }
    for name, module in modules.items():
        ours[f"{name}.weight"] = module.weight.detach()
        ours[f"{name}.bias"] = module.bias.detach()
    return ours
