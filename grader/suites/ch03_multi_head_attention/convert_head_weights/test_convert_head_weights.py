"""Three layouts of the same weights: which number goes where, and what the layers then compute."""

import pytest
import torch
from torch import nn

import reference

SIZES = [
    # H, d
    pytest.param(3, 4, id="different sizes"),
    pytest.param(3, 3, id="as many heads as features"),
    pytest.param(1, 5, id="one head"),
    pytest.param(5, 1, id="heads of width 1"),
    pytest.param(1, 1, id="sizes of 1"),
]


def per_head(weight, n_heads):
    """Ours takes three weights at once."""
    packed = weight.repeat(3, 1)
    return reference.convert_head_weights(packed, n_heads, "packed", "per_head")[0]


@pytest.mark.points(2)
@pytest.mark.parametrize("D", [1, 3, 4, 6])
def test_unpacking_cuts_rows(submission, rng, expect, D):
    """The first D rows are W_q, the next W_k, the last W_v; biases are cut in the same way."""
    for packed in (rng.normal(3 * D, D), rng.normal(3 * D)):
        expected = (packed[:D], packed[D : 2 * D], packed[2 * D :])
        parts = submission.unpack_projections(packed)
        for name, part, right in zip(("W_q", "W_k", "W_v"), parts, expected, strict=True):
            expect(part).equals(right, because=f"This is {name}, or its bias.")


@pytest.mark.points(2)
@pytest.mark.parametrize("D", [1, 3, 4, 6])
def test_packing_joins_rows(submission, rng, expect, D):
    """W_q, W_k and W_v stand below each other, and biases behind each other."""
    for shape in ((D, D), (D,)):
        w_q, w_k, w_v = (rng.normal(*shape) for _ in range(3))
        packed = submission.pack_projections(w_v=w_v, w_k=w_k, w_q=w_q)
        expect(packed).equals(torch.cat([w_q, w_k, w_v]))


@pytest.mark.points(3)
@pytest.mark.parametrize(("H", "d"), SIZES)
def test_each_head_gets_its_rows(submission, rng, expect, H, d):
    """Head h is made of rows h·d to (h + 1)·d − 1 of the weight, stored (inputs, outputs)."""
    weight = rng.normal(H * d, H * d)
    expect(submission.weight_to_heads(weight, H)).equals(per_head(weight, H))


@pytest.mark.points(3)
@pytest.mark.parametrize(("H", "d"), SIZES)
def test_heads_become_rows_again(submission, rng, expect, H, d):
    """The matrices of the heads, turned over, stand below each other in the weight."""
    weight = rng.normal(H * d, H * d)
    heads = per_head(weight, H)
    expect(submission.heads_to_weight(heads)).equals(weight)


@pytest.mark.parametrize("H", [2, 3, 12])
def test_there_and_back(submission, rng, expect, H):
    """A weight cut into heads and joined again is what it was, and so is a packed one."""
    weight, packed = rng.normal(12, 12), rng.normal(36, 12)
    heads = submission.weight_to_heads(n_heads=H, weight=weight)
    expect(heads).equals(per_head(weight, H))
    expect(submission.heads_to_weight(heads=heads)).equals(weight)
    parts = submission.unpack_projections(packed=packed)
    expect(parts[1]).equals(packed[12:24])
    expect(submission.pack_projections(*parts)).equals(packed)


@pytest.mark.points(2)
def test_a_torch_layer_taken_apart(submission, rng, expect, device):
    """Heads made of the weights of an `nn.MultiheadAttention` attend as its own do."""
    torch_layer = nn.MultiheadAttention(12, 3, bias=False, batch_first=True).to(device)
    packed, out = rng.normal(36, 12, scale=0.4), rng.normal(12, 12, scale=0.4)
    torch_layer.load_state_dict({"in_proj_weight": packed, "out_proj.weight": out})
    x = rng.normal(2, 5, 12)
    expected, weights = torch_layer(x, x, x, average_attn_weights=False)
    parts = submission.unpack_projections(packed)
    matrices = [submission.weight_to_heads(part, 3) for part in parts]
    q, k, v = (reference.per_head_projection(x, matrix) for matrix in matrices)
    heads, found = reference.scaled_dot_product_attention(q, k, v)
    expect(found).matches(weights.detach(), because="These are the weights of each head.")
    expect(reference.merge_heads(heads) @ out.T).matches(expected.detach())


def test_the_heads_of_a_trained_model(submission, rng, expect, device):
    """The weights of a trained layer, cut into heads, give the queries that its heads have."""
    layer = reference.attention_layers(reference.load_specimen().model.to(device))[0]
    x, weight = rng.normal(1, 5, 64), layer.w_q.weight
    heads = submission.weight_to_heads(weight, 4)
    right = reference.split_heads(layer.w_q(x), 4)
    expect(reference.per_head_projection(x, heads)).matches(right)
    expect(submission.heads_to_weight(heads)).equals(weight)


def test_order_in_memory_makes_no_difference(submission, rng, expect):
    """Tensors that are not contiguous, such as transposed ones, count like any others."""
    weight, packed = rng.normal(6, 6).T, rng.normal(6, 18).T
    expect(submission.weight_to_heads(weight, 3)).equals(per_head(weight, 3))
    heads = rng.normal(2, 6, 3).permute(2, 1, 0)
    right = heads.mT.reshape(6, 6)
    expect(submission.heads_to_weight(heads)).equals(right)
    expect(submission.unpack_projections(packed)[2]).equals(packed[12:])
    parts = [rng.normal(4, 4).T for _ in range(3)]
    expect(submission.pack_projections(*parts)).equals(torch.cat(parts))


@pytest.mark.parametrize("dtype", [torch.float64, torch.float16, torch.bfloat16], ids=str)
def test_the_dtype_is_kept(submission, rng, expect, dtype):
    """Every number arrives exactly, in the dtype that it had, however large or small it is."""
    weight = rng.normal(6, 6, dtype=dtype)
    weight[0, :3] = torch.tensor([torch.finfo(dtype).max, torch.finfo(dtype).tiny, -1e-4])
    expect(submission.weight_to_heads(weight, 2)).equals(per_head(weight, 2))
    expect(submission.heads_to_weight(per_head(weight, 2))).equals(weight)
    packed = torch.cat([weight, -weight, weight.T])
    expect(submission.unpack_projections(packed)[1]).equals(-weight)
    expect(submission.pack_projections(weight, -weight, weight.T)).equals(packed)


def test_gradients_find_their_way_back(submission, rng, expect):
    """The gradient of each entry reaches the weight that it came from."""
    weight, packed = rng.normal(6, 6), rng.normal(18, 6)
    heads = per_head(weight, 3)
    found = submission.weight_to_heads.gradients(rng.normal(6, 6), 3, cotangent=heads).inputs[0]
    expect(found).equals(weight)
    found = submission.heads_to_weight.gradients(rng.normal(3, 6, 2), cotangent=weight).inputs[0]
    expect(found).equals(heads)
    thirds = tuple(packed.chunk(3))
    found = submission.unpack_projections.gradients(rng.normal(18, 6), cotangent=thirds).inputs[0]
    expect(found).equals(packed)
    parts = [rng.normal(6, 6) for _ in range(3)]
    found = submission.pack_projections.gradients(*parts, cotangent=packed).inputs
    for gradient, right in zip(found, thirds, strict=True):
        expect(gradient).equals(right)


def test_arguments_are_left_alone(submission, rng, expect):
    """Weights hold after the call what they held before."""
    calls = {
        "unpack_projections": (rng.normal(12, 4),),
        "pack_projections": tuple(rng.normal(4, 4) for _ in range(3)),
        "weight_to_heads": (rng.normal(6, 6), 3),
        "heads_to_weight": (rng.normal(3, 6, 2),),
    }
    for name, given in calls.items():
        after = getattr(submission, name).inputs_after(*given)
        for now, then in zip(after, given, strict=True):
            if isinstance(then, torch.Tensor):
                expect(now).equals(then, because=f"`{name}` changes its argument.")
