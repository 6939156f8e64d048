"""Patches and the model that reads them: order of pixels, class token, positions, parts."""

import pytest
import torch
import torch.nn.functional as F

import reference

PARTS = """
import torch
from torch import nn


class Positions(nn.Module):
    def __init__(self, length, width):
        super().__init__()
        self.embedding = nn.Embedding(length, width)
        nn.init.constant_(self.embedding.weight, 0.5)

    def forward(self, x):
        return x + self.embedding.weight[: x.size(1)]


class Encoder(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.linear = nn.Linear(width, width)
        nn.init.constant_(self.linear.weight, 0.25)

    def forward(self, x, mask=None):
        return x + (x @ x.mT / x.size(-1)).softmax(dim=-1) @ self.linear(x)
"""

IMAGES = [
    pytest.param((2, 3, 4, 6), 2, id="three channels"),
    pytest.param((3, 2, 9, 3), 3, id="one column of patches"),
    pytest.param((2, 4, 4, 12), 4, id="one row of patches"),
    pytest.param((2, 2, 4, 4), 2, id="as many rows as columns"),
    pytest.param((4, 4, 4, 4), 4, id="one patch"),
    pytest.param((1, 1, 4, 8), 2, id="one channel"),
    pytest.param((2, 3, 2, 3), 1, id="patches of one pixel"),
    pytest.param((1, 1, 1, 1), 1, id="one pixel"),
]


def draw_weights(rng, p, C, D, n_classes, length, dtype=torch.float32):
    sizes = {
        "patch_projection.weight": (D, C * p * p),
        "patch_projection.bias": (D,),
        "class_token": (D,),
        "positions.embedding.weight": (length, D),
        "encoder.linear.weight": (D, D),
        "encoder.linear.bias": (D,),
        "head.weight": (n_classes, D),
        "head.bias": (n_classes,),
    }
    return {name: rng.normal(*size, scale=0.5, dtype=dtype) for name, size in sizes.items()}


def build(submission, given, p, C):
    """The learner's model with these weights."""
    parts = submission.helper(PARTS)
    length, D = given["positions.embedding.weight"].shape
    model = submission.ViT(
        p, C, D, len(given["head.bias"]), parts.Positions(length, D), parts.Encoder(D)
    )
    if given["class_token"].dtype is not torch.float32:
        model.to(given["class_token"].dtype)
    model.load_state_dict(given)
    return model


def run(given, images, p):
    """What the model with these weights makes of the images."""
    patches = reference.patchify(images, p)
    patches = F.linear(patches, given["patch_projection.weight"], given["patch_projection.bias"])
    first = given["class_token"].expand(len(images), 1, -1)
    x = torch.cat((first, patches), dim=1)
    x = x + given["positions.embedding.weight"][: x.size(1)]
    weights = (x @ x.mT / x.size(-1)).softmax(dim=-1)
    x = x + weights @ F.linear(x, given["encoder.linear.weight"], given["encoder.linear.bias"])
    return F.linear(x[:, 0], given["head.weight"], given["head.bias"])


@pytest.mark.points(3)
@pytest.mark.parametrize(("shape", "p"), IMAGES)
def test_patches(submission, rng, expect, shape, p):
    """Patches come row by row; within each the order is channel, row, column."""
    images = rng.normal(*shape)
    expect(submission.patchify(images, p)).equals(reference.patchify(images, p))


@pytest.mark.parametrize(
    "dtype", [torch.float64, torch.float16, torch.bfloat16], ids=["float64", "float16", "bfloat16"]
)
def test_patches_keep_their_numbers(submission, rng, expect, dtype):
    """Every pixel arrives exactly, in its dtype, however the images lie in memory."""
    images = rng.normal(2, 4, 6, 3, dtype=dtype)
    info = torch.finfo(dtype)
    images.view(-1)[:2] = torch.tensor([info.max, info.tiny], dtype=dtype)
    for given, p in ((images.permute(0, 3, 1, 2), 2), (images.transpose(0, 1), 1)):
        right = reference.patchify(given.contiguous(), p)
        expect(submission.patchify(p=p, images=given)).equals(right)


def test_infinite_pixels(submission, rng, expect):
    """Pixels are moved, not computed: infinite ones arrive, and their neighbours stay finite."""
    images = rng.normal(2, 3, 4, 6)
    images[0, 1, 2, 3], images[1, 2, 0, 0] = torch.inf, -torch.inf
    expect(submission.patchify(images, 2)).equals(reference.patchify(images, 2))


@pytest.mark.parametrize(("H", "W", "p"), [(5, 4, 2), (4, 5, 2), (6, 6, 4), (3, 3, 6)])
def test_sizes_that_do_not_divide(submission, rng, expect, H, W, p):
    """A height or width that is not a multiple of p is a ValueError, in the model, too."""
    images = rng.normal(2, 3, 2 * p, p)
    expect(submission.patchify(images, p)).equals(reference.patchify(images, p))
    submission.patchify.raises(ValueError, rng.normal(2, 3, H, W), p)
    model = build(submission, draw_weights(rng, p, 3, 4, 2, 20), p, 3)
    model.raises(ValueError, rng.normal(2, 3, H, W))


def test_patch_gradients(submission, rng, expect):
    """Gradients go back to the pixels that the patches came from."""
    images, cotangent = rng.normal(2, 3, 4, 6), rng.normal(2, 6, 12)
    leaf = images.clone().requires_grad_()
    (right,) = reference.vjp(reference.patchify(leaf, 2), leaf, cotangent)
    actual = submission.patchify.gradients(images, 2, cotangent=cotangent)
    expect(actual.inputs[0]).matches(right)


@pytest.mark.points(4)
@pytest.mark.parametrize(
    ("B", "C", "H", "W", "p", "D", "n_classes"),
    [
        pytest.param(2, 3, 4, 6, 2, 5, 4, id="all sizes different"),
        pytest.param(3, 2, 6, 3, 3, 3, 3, id="many sizes equal"),
        pytest.param(1, 1, 4, 4, 4, 6, 1, id="one patch and one class"),
        pytest.param(4, 1, 3, 2, 1, 4, 7, id="patches of one pixel"),
        pytest.param(2, 2, 2, 4, 2, 1, 3, id="a width of 1"),
    ],
)
def test_images_are_classified(submission, rng, expect, B, C, H, W, p, D, n_classes):
    """Class token, then patches; positions for all; the class token is read in the end."""
    length = (H // p) * (W // p) + 1
    given = draw_weights(rng, p, C, D, n_classes, length)
    images = rng.normal(B, C, H, W)
    expect(build(submission, given, p, C)(images)).matches(run(given, images, p))


@pytest.mark.points(2)
def test_each_call_stands_alone(submission, rng, expect):
    """Images of any size that the positions have room for; no call depends on those before."""
    given = draw_weights(rng, 2, 3, 4, 5, 9)
    model = build(submission, given, 2, 3)
    for shape in ((5, 3, 2, 2), (2, 3, 4, 8), (1, 3, 8, 4), (5, 3, 2, 2)):
        for mode in (model.train, model.eval):
            images = rng.normal(*shape)
            expect(mode()(images=images)).matches(run(given, images, 2))


@pytest.mark.points(2)
def test_the_parts_are_used_as_they_are(submission, rng, expect):
    """Positions and encoder are the modules that were handed in, with their weights, not copies."""
    parts = submission.helper(PARTS)
    positions, encoder = parts.Positions(7, 4), parts.Encoder(4)
    model = submission.ViT(
        encoder=encoder, positions=positions, n_classes=3, d_model=4, n_channels=2, patch_size=2
    )
    found = model.parameters()
    expect(found["positions.embedding.weight"]).equals(0.5)
    expect(found["encoder.linear.weight"]).equals(0.25)
    given = draw_weights(rng, 2, 2, 4, 3, 7)
    model.load_state_dict(given)
    images, x = rng.normal(2, 2, 4, 6), rng.normal(1, 3, 4)
    expect(model(images)).matches(run(given, images, 2))
    because = "The model has new weights, and its positions are the module that was handed in."
    expect(positions(x)).matches(x + given["positions.embedding.weight"][:3], because=because)
    mixed = (x @ x.mT / 4).softmax(dim=-1)
    right = F.linear(x, given["encoder.linear.weight"], given["encoder.linear.bias"])
    because = "The model has new weights, and its encoder is the module that was handed in."
    expect(encoder(x)).matches(x + mixed @ right, because=because)


def test_float64(submission, rng, expect):
    """After `.to(torch.float64)` the model computes in float64."""
    given = draw_weights(rng, 2, 3, 4, 5, 7, torch.float64)
    images = rng.normal(2, 3, 4, 6, dtype=torch.float64)
    expect(build(submission, given, 2, 3)(images)).matches(run(given, images, 2))


def test_half_precision(submission, rng, expect):
    """float16 and bfloat16 give logits of the same dtype."""
    for dtype, atol in ((torch.float16, 2e-2), (torch.bfloat16, 0.15)):
        given = draw_weights(rng, 2, 3, 4, 5, 7, dtype)
        images = rng.normal(2, 3, 4, 6, scale=0.5, dtype=dtype)
        right = run({name: one.double() for name, one in given.items()}, images.double(), 2)
        expect(build(submission, given, 2, 3)(images)).matches(right.to(dtype), atol=atol)


@pytest.mark.points(2)
def test_gradients(submission, rng, expect):
    """Gradients reach the images, the class token, the projections and the parts."""
    given = draw_weights(rng, 2, 3, 4, 5, 7, torch.float64)
    images = rng.normal(2, 3, 4, 6, dtype=torch.float64)
    cotangent = rng.normal(2, 5, dtype=torch.float64)
    actual = build(submission, given, 2, 3).gradients(images, cotangent=cotangent)
    leaves = {name: one.clone().requires_grad_() for name, one in given.items()}
    leaf = images.clone().requires_grad_()
    right = reference.vjp(run(leaves, leaf, 2), [leaf, *leaves.values()], cotangent)
    expect(actual.inputs[0]).matches(right[0], because="This is the gradient of the images.")
    for name, expected in zip(leaves, right[1:], strict=True):
        expect(actual.parameters[name]).matches(expected, because=f"The gradient of `{name}`.")


def test_arguments_are_left_alone(submission, rng, expect):
    """The images hold after the call what they held before."""
    given = draw_weights(rng, 1, 3, 4, 5, 7)
    for p, shape in ((1, (2, 3, 2, 3)), (2, (2, 3, 4, 2))):
        images = rng.normal(*shape)
        after = submission.patchify.inputs_after(images, p)[0]
        expect(after).equals(images, because="patchify changes the images.")
    images = rng.normal(2, 3, 2, 3)
    after = build(submission, given, 1, 3).inputs_after(images)[0]
    expect(after).equals(images, because="The model changes the images.")
