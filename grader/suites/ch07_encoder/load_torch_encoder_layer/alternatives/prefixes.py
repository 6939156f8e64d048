"""Name by name: prefixes are replaced, packed tensors split, anything else refused."""

from collections import OrderedDict


def load_torch_encoder_layer(state_dict):
    prefixes = {
        "self_attn.out_proj.": "self_attention.w_o.",
        "linear1.": "feed_forward.linear1.",
        "linear2.": "feed_forward.linear2.",
        "norm1.": "norm1.",
        "norm2.": "norm2.",
    }
    ours = OrderedDict()
    for name, value in state_dict.items():
        prefix, kind = name[:-6], name[-6:]
        if name.endswith(".bias"):
            prefix, kind = name[:-4], name[-4:]
        if name in ("self_attn.in_proj_weight", "self_attn.in_proj_bias"):
            kind = name.rsplit("_", 1)[1]
            for part, letter in zip(value.split(len(value) // 3), "qkv", strict=True):
                ours[f"self_attention.w_{letter}.{kind}"] = part
        elif prefix in prefixes and kind in ("weight", "bias"):
            ours[prefixes[prefix] + kind] = value
        else:
            raise ValueError(f"{name} is not of an encoder layer")
    if len(ours) != 16:
        raise ValueError(f"{16 - len(ours)} tensors are missing")
    return ours
