# %% wrong | key-value-swap | keys and values are exchanged
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
            for letter, part in zip("qvk", packed.chunk(3)):
                ours[f"self_attention.w_{letter}.{kind}"] = part
        for theirs, name in NAMES.items():
            ours[name] = rest.pop(theirs)
    except KeyError as error:
        raise ValueError(f"missing: {error}") from error
    if rest:
        raise ValueError(f"left over: {sorted(rest)}")
    return ours

# %% wrong | interleaved | takes every third row, but the three parts stand one after another
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
            for letter, part in zip("qkv", (packed[0::3], packed[1::3], packed[2::3])):
                ours[f"self_attention.w_{letter}.{kind}"] = part
        for theirs, name in NAMES.items():
            ours[name] = rest.pop(theirs)
    except KeyError as error:
        raise ValueError(f"missing: {error}") from error
    if rest:
        raise ValueError(f"left over: {sorted(rest)}")
    return ours

# %% wrong | transposed-weights | weights are transposed, which nobody asked for
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
            ours[name] = rest.pop(theirs).T if theirs.endswith("weight") and "norm" not in theirs else rest.pop(theirs)
    except KeyError as error:
        raise ValueError(f"missing: {error}") from error
    if rest:
        raise ValueError(f"left over: {sorted(rest)}")
    return ours

# %% wrong | key-error | a missing name raises KeyError and not ValueError
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
            ours[name] = rest.pop(theirs)
    finally:
        pass
    if rest:
        raise ValueError(f"left over: {sorted(rest)}")
    return ours

# %% wrong | leftovers-ok | another name besides the twelve is not noticed
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
            ours[name] = rest.pop(theirs)
    except KeyError as error:
        raise ValueError(f"missing: {error}") from error
    return ours

# %% wrong | pops-from-argument | the dictionary of the caller is emptied
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
    rest = state_dict
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

# %% wrong | to-float32 | numbers do not keep their dtype
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
            ours[name] = rest.pop(theirs)
    except KeyError as error:
        raise ValueError(f"missing: {error}") from error
    if rest:
        raise ValueError(f"left over: {sorted(rest)}")
    return {name: value.float() for name, value in ours.items()}

# %% wrong | norms-exchanged | norm1 and norm2 change places
import torch

NAMES = {
    "self_attn.out_proj.weight": "self_attention.w_o.weight",
    "self_attn.out_proj.bias": "self_attention.w_o.bias",
    "linear1.weight": "feed_forward.linear1.weight",
    "linear1.bias": "feed_forward.linear1.bias",
    "linear2.weight": "feed_forward.linear2.weight",
    "linear2.bias": "feed_forward.linear2.bias",
    "norm1.weight": "norm2.weight",
    "norm1.bias": "norm2.bias",
    "norm2.weight": "norm1.weight",
    "norm2.bias": "norm1.bias",
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

# %% wrong | prefix-forgotten | the names of the feed-forward network lack feed_forward
import torch

NAMES = {
    "self_attn.out_proj.weight": "self_attention.w_o.weight",
    "self_attn.out_proj.bias": "self_attention.w_o.bias",
    "linear1.weight": "linear1.weight",
    "linear1.bias": "linear1.bias",
    "linear2.weight": "linear2.weight",
    "linear2.bias": "linear2.bias",
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

# %% wrong | query-scaled | queries are divided by the root of D, so numbers change
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
            ours[name] = rest.pop(theirs)
    except KeyError as error:
        raise ValueError(f"missing: {error}") from error
    if rest:
        raise ValueError(f"left over: {sorted(rest)}")
    D = ours["norm1.weight"].shape[0]
    ours["self_attention.w_q.weight"] = ours["self_attention.w_q.weight"] / D**0.5
    return ours

# %% wrong | packed-columns | cuts the packed weight along its columns
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
            for letter, part in zip("qkv", packed.chunk(3, dim=-1)):
                ours[f"self_attention.w_{letter}.{kind}"] = part
        for theirs, name in NAMES.items():
            ours[name] = rest.pop(theirs)
    except KeyError as error:
        raise ValueError(f"missing: {error}") from error
    if rest:
        raise ValueError(f"left over: {sorted(rest)}")
    return ours

# %% wrong | zero-bias-for-missing | a missing bias of the packed maps becomes 0 without an error
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
            packed = rest.pop("self_attn.in_proj_" + kind, None)
            if packed is None:
                packed = torch.zeros(3 * state_dict["norm1.weight"].shape[0])
            for letter, part in zip("qkv", packed.chunk(3)):
                ours[f"self_attention.w_{letter}.{kind}"] = part
        for theirs, name in NAMES.items():
            ours[name] = rest.pop(theirs)
    except KeyError as error:
        raise ValueError(f"missing: {error}") from error
    if rest:
        raise ValueError(f"left over: {sorted(rest)}")
    return ours

# %% wrong | assert-leftovers | another name raises AssertionError and not ValueError
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
            ours[name] = rest.pop(theirs)
    except KeyError as error:
        raise ValueError(f"missing: {error}") from error
    assert not rest, "left over"
    return ours

# %% wrong | by-order | reads the tensors in the order of the dictionary, but they come in any order
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
    order = ["self_attn.in_proj_weight", "self_attn.in_proj_bias", *NAMES]
    if set(order) != set(state_dict):
        raise ValueError("names")
    rest = dict(zip(order, state_dict.values()))
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

# %% right | pop-and-chunk | as the last hint
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
            ours[name] = rest.pop(theirs)
    except KeyError as error:
        raise ValueError(f"missing: {error}") from error
    if rest:
        raise ValueError(f"left over: {sorted(rest)}")
    return ours

# %% right | name-sets | compares sets of names first, then reads
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
    needed = {"self_attn.in_proj_weight", "self_attn.in_proj_bias", *NAMES}
    if needed != set(state_dict):
        raise ValueError("not the twelve names")
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

# %% right | clones | gives copies of all tensors
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
            ours[name] = rest.pop(theirs)
    except KeyError as error:
        raise ValueError(f"missing: {error}") from error
    if rest:
        raise ValueError(f"left over: {sorted(rest)}")
    return {name: value.detach().clone() for name, value in ours.items()}

# %% right | written-out | every line written out
import torch


def load_torch_encoder_layer(state_dict):
    sd = state_dict
    names = ["self_attn.in_proj_weight", "self_attn.in_proj_bias"]
    for part in ["self_attn.out_proj", "linear1", "linear2", "norm1", "norm2"]:
        names += [part + ".weight", part + ".bias"]
    for name in names:
        if name not in sd:
            raise ValueError(name + " is missing")
    if len(sd) != 12:
        raise ValueError("too many names")
    W, b = sd["self_attn.in_proj_weight"], sd["self_attn.in_proj_bias"]
    D = W.shape[1]
    out = {}
    out["self_attention.w_q.weight"] = W[:D]
    out["self_attention.w_k.weight"] = W[D : 2 * D]
    out["self_attention.w_v.weight"] = W[2 * D :]
    out["self_attention.w_q.bias"] = b[:D]
    out["self_attention.w_k.bias"] = b[D : 2 * D]
    out["self_attention.w_v.bias"] = b[2 * D :]
    for kind in ["weight", "bias"]:
        out["self_attention.w_o." + kind] = sd["self_attn.out_proj." + kind]
        for n in ["1", "2"]:
            out[f"feed_forward.linear{n}.{kind}"] = sd[f"linear{n}.{kind}"]
            out[f"norm{n}.{kind}"] = sd[f"norm{n}.{kind}"]
    return out

# %% right | match-names | goes over what is there and counts at the end
import torch


def load_torch_encoder_layer(state_dict):
    ours = {}
    for name, value in state_dict.items():
        module, _, kind = name.rpartition(".")
        if name in ("self_attn.in_proj_weight", "self_attn.in_proj_bias"):
            kind = name.split("_")[-1]
            q, k, v = value.unflatten(0, (3, -1)).unbind(0)
            ours["self_attention.w_q." + kind] = q
            ours["self_attention.w_k." + kind] = k
            ours["self_attention.w_v." + kind] = v
        elif kind not in ("weight", "bias"):
            raise ValueError(name)
        elif module == "self_attn.out_proj":
            ours["self_attention.w_o." + kind] = value
        elif module in ("linear1", "linear2"):
            ours[f"feed_forward.{module}.{kind}"] = value
        elif module in ("norm1", "norm2"):
            ours[name] = value
        else:
            raise ValueError(name)
    if len(ours) != 16:
        raise ValueError("something is missing")
    return ours
