"""PyTorch's layer under our names: each tensor's place, the packed ones, what does not fit."""

import pytest
import torch
from torch import nn

import reference

SIZES = [
    pytest.param(6, 10, id="different sizes"),
    pytest.param(4, 4, id="equal sizes"),
    pytest.param(4, 12, id="a hidden width of 3·D"),
    pytest.param(9, 3, id="a small hidden width"),
    pytest.param(1, 2, id="one feature"),
    pytest.param(3, 1, id="one hidden feature"),
    pytest.param(1, 1, id="all sizes 1"),
]


def draw_state(rng, D, d_ff, dtype=torch.float32):
    """The twelve tensors of a torch layer, by their names there."""
    shapes = {
        "self_attn.in_proj_weight": (3 * D, D),
        "self_attn.in_proj_bias": (3 * D,),
        "self_attn.out_proj.weight": (D, D),
        "self_attn.out_proj.bias": (D,),
        "linear1.weight": (d_ff, D),
        "linear1.bias": (d_ff,),
        "linear2.weight": (D, d_ff),
        "linear2.bias": (D,),
        "norm1.weight": (D,),
        "norm1.bias": (D,),
        "norm2.weight": (D,),
        "norm2.bias": (D,),
    }
    return {name: rng.normal(*shape, scale=0.5, dtype=dtype) for name, shape in shapes.items()}


def expected_of(state):
    """The sixteen tensors of our layer: the reference's, with its norms under the stub's names."""
    theirs = reference.load_torch_encoder_layer(state)
    return {
        name.replace("sublayer", "norm").replace(".norm.", "."): value
        for name, value in theirs.items()
    }


def compare(expect, found, expected):
    for name, value in expected.items():
        expect(found[name]).equals(value, because=f"This is `{name}`.")


@pytest.mark.points(4)
@pytest.mark.parametrize(("D", "d_ff"), SIZES)
def test_every_tensor_finds_its_place(submission, rng, expect, D, d_ff):
    """Each of the sixteen names has the numbers that it has in torch's layer."""
    state = draw_state(rng, D, d_ff)
    compare(expect, submission.load_torch_encoder_layer(state), expected_of(state))


@pytest.mark.points(3)
@pytest.mark.parametrize("norm_first", [True, False], ids=["norm first", "norm last"])
def test_both_layers_compute_the_same(submission, rng, expect, device, norm_first):
    """With these weights our layer gives what torch's own layer gives, padding included."""
    D, H, d_ff = 6, 3, 10
    theirs = nn.TransformerEncoderLayer(
        D, H, d_ff, dropout=0.0, batch_first=True, norm_first=norm_first
    ).to(device)
    state = draw_state(rng, D, d_ff)
    theirs.load_state_dict(state)
    found = submission.load_torch_encoder_layer(state)
    config = reference.LayerConfig(d_model=D, n_heads=H, d_ff=d_ff, norm_first=norm_first)
    ours = reference.EncoderLayer(config).to(device)
    names = list(reference.load_torch_encoder_layer(state))
    ours.load_state_dict(dict(zip(names, (found[n] for n in expected_of(state)), strict=True)))
    x, mask = rng.normal(2, 5, D), rng.mask(2, 5)
    right = theirs(x, src_key_padding_mask=~mask).detach()
    expect(ours(x, mask[:, None, None]).detach()).matches(right)


@pytest.mark.points(2)
def test_any_order_of_the_names(submission, rng, expect):
    """The tensors are known by their names, in whatever order they come."""
    state = draw_state(rng, 4, 7)
    names = list(state)
    for order in (names[::-1], sorted(names), [names[i] for i in rng.permutation(12).tolist()]):
        found = submission.load_torch_encoder_layer(
            state_dict={name: state[name] for name in order}
        )
        compare(expect, found, expected_of(state))


@pytest.mark.parametrize("dtype", [torch.float64, torch.float16, torch.bfloat16], ids=str)
def test_the_dtype_is_kept(submission, rng, expect, dtype):
    """Every number arrives exactly, in its dtype, however large or small it is."""
    state = draw_state(rng, 5, 4, dtype)
    extremes = torch.tensor([torch.finfo(dtype).max, torch.finfo(dtype).tiny, -1e-4])
    for value in state.values():
        value.view(-1)[:3] = extremes
    compare(expect, submission.load_torch_encoder_layer(state), expected_of(state))


@pytest.mark.points(2)
@pytest.mark.parametrize(
    "name",
    [
        "self_attn.in_proj_weight",
        "self_attn.in_proj_bias",
        "self_attn.out_proj.bias",
        "linear1.weight",
        "linear2.bias",
        "norm1.weight",
        "norm2.bias",
    ],
)
def test_a_missing_name(submission, rng, expect, name):
    """Where one of the twelve names is missing, that is a ValueError."""
    state = draw_state(rng, 4, 6)
    compare(expect, submission.load_torch_encoder_layer(state), expected_of(state))
    del state[name]
    submission.load_torch_encoder_layer.raises(ValueError, state)


def test_a_layer_without_biases(submission, rng, expect):
    """The state dict of a layer with bias=False is a ValueError, and one with biases is not."""
    state = draw_state(rng, 3, 5)
    compare(expect, submission.load_torch_encoder_layer(state), expected_of(state))
    weights = {name: value for name, value in state.items() if not name.endswith("bias")}
    submission.load_torch_encoder_layer.raises(ValueError, weights)


@pytest.mark.points(2)
@pytest.mark.parametrize(
    "name",
    ["norm3.weight", "self_attn.bias_k", "linear1.weight_scale", "layers.0.norm1.bias", "extra"],
)
def test_a_name_too_many(submission, rng, expect, name):
    """Where there is a name besides the twelve, that is a ValueError."""
    state = draw_state(rng, 4, 6)
    compare(expect, submission.load_torch_encoder_layer(state), expected_of(state))
    submission.load_torch_encoder_layer.raises(ValueError, state | {name: rng.normal(4)})


def test_other_state_dicts(submission, rng, expect):
    """A state dict of something else is a ValueError, also where it has twelve tensors."""
    state = draw_state(rng, 4, 6)
    compare(expect, submission.load_torch_encoder_layer(state), expected_of(state))
    prefixed = {f"layers.0.{name}": value for name, value in state.items()}
    submission.load_torch_encoder_layer.raises(ValueError, prefixed)
    renamed = {name.replace("norm2", "norm3"): value for name, value in state.items()}
    submission.load_torch_encoder_layer.raises(ValueError, renamed)
    decoder = nn.TransformerDecoderLayer(4, 2, 6).state_dict()
    submission.load_torch_encoder_layer.raises(
        ValueError, {name: value.to(state["norm1.bias"].device) for name, value in decoder.items()}
    )
    submission.load_torch_encoder_layer.raises(ValueError, {})


def test_the_state_dict_is_left_alone(submission, rng, expect):
    """The dictionary has after the call the names and numbers that it had before."""
    state = draw_state(rng, 4, 6)
    after = submission.load_torch_encoder_layer.inputs_after(state)[0]
    for name, value in state.items():
        expect(after[name]).equals(value, because=f"Your call changes `{name}`.")
