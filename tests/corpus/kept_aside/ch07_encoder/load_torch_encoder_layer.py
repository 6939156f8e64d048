# %% wrong | w-o-kept-theirs | the output map keeps the name of PyTorch
import torch

NAMES = {
    "self_attn.out_proj.weight": "self_attention.out_proj.weight",
    "self_attn.out_proj.bias": "self_attention.out_proj.bias",
    "linear1.weight": "feed_forward.linear1.weight",
    "linear1.bias": "feed_forward.linear1.bias",
    "linear2.weight": "feed_forward.linear2.weight",
    "linear2.bias": "feed_forward.linear2.bias",
    "norm1.weight": "norm1.weight",
    "norm1.bias": "norm1.bias",
    "norm2.weight": "norm2.weight",
    "norm2.bias": "norm2.bias",
}


def load_torch_encoder_layer(state_dict):
    rest = dict(state_dict)
    ours = {}
    try:
        for kind in ("weight", "bias"):
            packed = rest.pop("self_attn.in_proj_" + kind)
            for letter, part in zip("qkv", packed.chunk(3)):
                ours[f"self_attention.w_{letter}.{kind}"] = part
        for theirs, name in NAMES.items():
            ours[name] = rest.pop(theirs)
    except KeyError as error:
        raise ValueError(f"missing: {error}") from error
    if rest:
        raise ValueError(f"left over: {sorted(rest)}")
    return ours

# %% wrong | linears-exchanged | linear1 and linear2 change places
import torch

NAMES = {
    "self_attn.out_proj.weight": "self_attention.w_o.weight",
    "self_attn.out_proj.bias": "self_attention.w_o.bias",
    "linear1.weight": "feed_forward.linear2.weight",
    "linear1.bias": "feed_forward.linear2.bias",
    "linear2.weight": "feed_forward.linear1.weight",
    "linear2.bias": "feed_forward.linear1.bias",
    "norm1.weight": "norm1.weight",
    "norm1.bias": "norm1.bias",
    "norm2.weight": "norm2.weight",
    "norm2.bias": "norm2.bias",
}


def load_torch_encoder_layer(state_dict):
    rest = dict(state_dict)
    ours = {}
    try:
        for kind in ("weight", "bias"):
            packed = rest.pop("self_attn.in_proj_" + kind)
            for letter, part in zip("qkv", packed.chunk(3)):
                ours[f"self_attention.w_{letter}.{kind}"] = part
        for theirs, name in NAMES.items():
            ours[name] = rest.pop(theirs)
    except KeyError as error:
        raise ValueError(f"missing: {error}") from error
    if rest:
        raise ValueError(f"left over: {sorted(rest)}")
    return ours

# %% wrong | bias-order-other | biases of queries and keys are exchanged, weights are right
import torch

NAMES = {
    "self_attn.out_proj.weight": "self_attention.w_o.weight",
    "self_attn.out_proj.bias": "self_attention.w_o.bias",
    "linear1.weight": "feed_forward.linear1.weight",
    "linear1.bias": "feed_forward.linear1.bias",
    "linear2.weight": "feed_forward.linear2.weight",
    "linear2.bias": "feed_forward.linear2.bias",
    "norm1.weight": "norm1.weight",
    "norm1.bias": "norm1.bias",
    "norm2.weight": "norm2.weight",
    "norm2.bias": "norm2.bias",
}


def load_torch_encoder_layer(state_dict):
    rest = dict(state_dict)
    ours = {}
    try:
        for kind in ("weight", "bias"):
            packed = rest.pop("self_attn.in_proj_" + kind)
            for letter, part in zip("qkv" if kind == "weight" else "kqv", packed.chunk(3)):
                ours[f"self_attention.w_{letter}.{kind}"] = part
        for theirs, name in NAMES.items():
            ours[name] = rest.pop(theirs)
    except KeyError as error:
        raise ValueError(f"missing: {error}") from error
    if rest:
        raise ValueError(f"left over: {sorted(rest)}")
    return ours

# %% wrong | size-one-squeezed | axes of size 1 are squeezed away, so shapes are wrong for D = 1 or F = 1
import torch

NAMES = {
    "self_attn.out_proj.weight": "self_attention.w_o.weight",
    "self_attn.out_proj.bias": "self_attention.w_o.bias",
    "linear1.weight": "feed_forward.linear1.weight",
    "linear1.bias": "feed_forward.linear1.bias",
    "linear2.weight": "feed_forward.linear2.weight",
    "linear2.bias": "feed_forward.linear2.bias",
    "norm1.weight": "norm1.weight",
    "norm1.bias": "norm1.bias",
    "norm2.weight": "norm2.weight",
    "norm2.bias": "norm2.bias",
}


def load_torch_encoder_layer(state_dict):
    rest = dict(state_dict)
    ours = {}
    try:
        for kind in ("weight", "bias"):
            packed = rest.pop("self_attn.in_proj_" + kind)
            for letter, part in zip("qkv", packed.chunk(3)):
                ours[f"self_attention.w_{letter}.{kind}"] = part
        for theirs, name in NAMES.items():
            ours[name] = rest.pop(theirs).squeeze()
    except KeyError as error:
        raise ValueError(f"missing: {error}") from error
    if rest:
        raise ValueError(f"left over: {sorted(rest)}")
    return ours

# %% wrong | through-half | numbers pass through bfloat16 and are rounded
import torch

NAMES = {
    "self_attn.out_proj.weight": "self_attention.w_o.weight",
    "self_attn.out_proj.bias": "self_attention.w_o.bias",
    "linear1.weight": "feed_forward.linear1.weight",
    "linear1.bias": "feed_forward.linear1.bias",
    "linear2.weight": "feed_forward.linear2.weight",
    "linear2.bias": "feed_forward.linear2.bias",
    "norm1.weight": "norm1.weight",
    "norm1.bias": "norm1.bias",
    "norm2.weight": "norm2.weight",
    "norm2.bias": "norm2.bias",
}


def load_torch_encoder_layer(state_dict):
    rest = dict(state_dict)
    ours = {}
    try:
        for kind in ("weight", "bias"):
            packed = rest.pop("self_attn.in_proj_" + kind)
            for letter, part in zip("qkv", packed.chunk(3)):
                ours[f"self_attention.w_{letter}.{kind}"] = part.to(torch.bfloat16).to(part.dtype)
        for theirs, name in NAMES.items():
            ours[name] = rest.pop(theirs)
    except KeyError as error:
        raise ValueError(f"missing: {error}") from error
    if rest:
        raise ValueError(f"left over: {sorted(rest)}")
    return ours

# %% wrong | prefixes-tolerated | names of a whole encoder (layers.0.) are accepted by stripping and overwriting, where an error is due
import torch

NAMES = {
    "self_attn.out_proj.weight": "self_attention.w_o.weight",
    "self_attn.out_proj.bias": "self_attention.w_o.bias",
    "linear1.weight": "feed_forward.linear1.weight",
    "linear1.bias": "feed_forward.linear1.bias",
    "linear2.weight": "feed_forward.linear2.weight",
    "linear2.bias": "feed_forward.linear2.bias",
    "norm1.weight": "norm1.weight",
    "norm1.bias": "norm1.bias",
    "norm2.weight": "norm2.weight",
    "norm2.bias": "norm2.bias",
}


def load_torch_encoder_layer(state_dict):
    rest = {name.removeprefix("layers.0."): value for name, value in state_dict.items()}
    ours = {}
    try:
        for kind in ("weight", "bias"):
            packed = rest.pop("self_attn.in_proj_" + kind)
            for letter, part in zip("qkv", packed.chunk(3)):
                ours[f"self_attention.w_{letter}.{kind}"] = part
        for theirs, name in NAMES.items():
            ours[name] = rest.pop(theirs)
    except KeyError as error:
        raise ValueError(f"missing: {error}") from error
    if rest:
        raise ValueError(f"left over: {sorted(rest)}")
    return ours

# %% right | tensor-split | tensor_split and a dictionary union, clones
import torch

NAMES = {
    "self_attn.out_proj.weight": "self_attention.w_o.weight",
    "self_attn.out_proj.bias": "self_attention.w_o.bias",
    "linear1.weight": "feed_forward.linear1.weight",
    "linear1.bias": "feed_forward.linear1.bias",
    "linear2.weight": "feed_forward.linear2.weight",
    "linear2.bias": "feed_forward.linear2.bias",
    "norm1.weight": "norm1.weight",
    "norm1.bias": "norm1.bias",
    "norm2.weight": "norm2.weight",
    "norm2.bias": "norm2.bias",
}


def load_torch_encoder_layer(state_dict):
    rest = dict(state_dict)
    ours = {}
    try:
        for kind in ("weight", "bias"):
            packed = rest.pop("self_attn.in_proj_" + kind)
            for letter, part in zip("qkv", [t.clone() for t in packed.tensor_split(3, dim=0)]):
                ours[f"self_attention.w_{letter}.{kind}"] = part
        for theirs, name in NAMES.items():
            ours[name] = rest.pop(theirs)
    except KeyError as error:
        raise ValueError(f"missing: {error}") from error
    if rest:
        raise ValueError(f"left over: {sorted(rest)}")
    return ours

# %% right | replace-strings | names by string replacement
import re
from collections.abc import Mapping

import torch

EXPECTED = {f"{m}.{k}" for m in ("self_attn.out_proj", "linear1", "linear2", "norm1", "norm2") for k in ("weight", "bias")}
PACKED = {"self_attn.in_proj_weight", "self_attn.in_proj_bias"}


def load_torch_encoder_layer(state_dict: Mapping[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    if wrong := (EXPECTED | PACKED) ^ state_dict.keys():
        raise ValueError(f"missing or too many: {wrong}")
    ours = {
        re.sub(r"^linear", "feed_forward.linear", n.replace("self_attn.out_proj", "self_attention.w_o")): state_dict[n]
        for n in EXPECTED
    }
    for i, letter in enumerate("qkv"):
        for n in PACKED:
            width = len(state_dict[n]) // 3
            kind = n.rsplit("_", 1)[1]
            ours[f"self_attention.w_{letter}.{kind}"] = state_dict[n].narrow(0, i * width, width)
    return ours

# %% right | split-sizes | split by a size, names in a second function
import torch

NAMES = {
    "self_attn.out_proj.weight": "self_attention.w_o.weight",
    "self_attn.out_proj.bias": "self_attention.w_o.bias",
    "linear1.weight": "feed_forward.linear1.weight",
    "linear1.bias": "feed_forward.linear1.bias",
    "linear2.weight": "feed_forward.linear2.weight",
    "linear2.bias": "feed_forward.linear2.bias",
    "norm1.weight": "norm1.weight",
    "norm1.bias": "norm1.bias",
    "norm2.weight": "norm2.weight",
    "norm2.bias": "norm2.bias",
}


def load_torch_encoder_layer(state_dict):
    rest = dict(state_dict)
    ours = {}
    try:
        for kind in ("weight", "bias"):
            packed = rest.pop("self_attn.in_proj_" + kind)
            for letter, part in zip("qkv", packed.split(packed.shape[0] // 3)):
                ours[f"self_attention.w_{letter}.{kind}"] = part
        for theirs, name in NAMES.items():
            ours[name] = rest.pop(theirs)
    except KeyError as error:
        raise ValueError(f"missing: {error}") from error
    if rest:
        raise ValueError(f"left over: {sorted(rest)}")
    return ours
