"""Add & Norm: the order of norm, sub-layer, dropout and sum, and what belongs to whom."""

import pytest
import torch

import reference

SUBLAYERS = """
import torch
from torch import nn

def mixed(x):  # has no two features, and no two positions, that it treats alike
    steps = torch.arange(x.size(-1), dtype=x.dtype, device=x.device)
    return 2 * x.flip(-1) + x.cumsum(1) * x + 0.3 * steps + 0.5

def halved(x):
    return x / 2

def same(x):  # the very tensor that it was given
    return x

def nothing(x):
    return torch.zeros_like(x)

def ones(x):  # another number where it is given a 0, as by a dropout that comes too early
    return torch.where(x == 0, 5.0, torch.ones_like(x))

def small(x):
    return 4e-3 * ones(x)

class Counted:
    calls = 0

    def __call__(self, x):
        self.calls += 1
        return x * self.calls

counted = Counted()

class Scaled(nn.Module):
    def __init__(self):
        super().__init__()
        self.scale = nn.Parameter(torch.tensor(3.0))

    def forward(self, x):
        return self.scale * x.flip(-1)

scaled = Scaled()
"""
BOTH = pytest.mark.parametrize("norm_first", [True, False], ids=["norm first", "norm last"])
DROPOUTS = pytest.mark.parametrize("p", [0.5, 0.2])


def here():
    """The same sub-layers on this side, for the expected values."""
    names = {}
    exec(SUBLAYERS, names)
    return names


def both(submission, rng, device, D, norm_first, dropout=0.0, dtype=torch.float32):
    """The learner's connection and ours, with the same weight and bias of the norm."""
    theirs = submission.SublayerConnection(D, dropout, norm_first)
    ours = reference.SublayerConnection(D, dropout, norm_first).to(device, dtype)
    if dtype is not torch.float32:
        theirs.to(dtype)
    given = {"norm.weight": rng.normal(D, dtype=dtype), "norm.bias": rng.normal(D, dtype=dtype)}
    theirs.load_state_dict(given)
    ours.load_state_dict(given)
    return theirs, ours


@pytest.mark.points(3)
@pytest.mark.parametrize(
    ("shape", "norm_first"),
    [
        pytest.param((2, 5, 6), True, id="three different sizes-norm first"),
        pytest.param((2, 5, 6), False, id="three different sizes-norm last"),
        pytest.param((4, 4, 4), True, id="all sizes equal-norm first"),
        pytest.param((1, 1, 3), False, id="one token-norm last"),
        pytest.param((3, 1, 2), True, id="two features-norm first"),
    ],
)
def test_the_order_of_the_steps(submission, rng, expect, device, norm_first, shape):
    """Norm, sub-layer and sum follow each other as `norm_first` says, and x itself is added."""
    theirs, ours = both(submission, rng, device, shape[-1], norm_first)
    helper, sublayers = submission.helper(SUBLAYERS), here()
    for name in ("mixed", "halved", "nothing"):
        x = 2.0 * rng.normal(*shape) + 1.0
        expect(theirs(x, getattr(helper, name))).matches(ours(x, sublayers[name]))


def test_norm_last_unless_told_otherwise(submission, rng, expect, device):
    """Without `norm_first` the norm comes last, and without `dropout` nothing is dropped."""
    theirs = submission.SublayerConnection(6)
    ours = reference.SublayerConnection(6).to(device)
    x = rng.normal(2, 5, 6) + 1.0
    for _ in range(2):
        expect(theirs(x, submission.helper(SUBLAYERS).mixed)).matches(ours(x, here()["mixed"]))
    for name, value in (("norm.weight", 1.0), ("norm.bias", 0.0)):
        expect(theirs.parameters()[name]).equals(value, because=f"{name} at the start.")


def test_eps_of_the_norm(submission, rng, expect, device):
    """The norm has an eps of 1e-5, which shows where all numbers are small."""
    helper, sublayers = submission.helper(SUBLAYERS), here()
    for norm_first in (True, False):
        theirs, ours = both(submission, rng, device, 6, norm_first)
        x = rng.normal(2, 3, 6, scale=3e-3)
        expect(theirs(x, helper.halved)).matches(ours(x, sublayers["halved"]))


@BOTH
def test_the_sublayer_runs_once(submission, rng, expect, device, norm_first):
    """Each call runs the sub-layer once: this one multiplies by the number of its calls so far."""
    theirs, ours = both(submission, rng, device, 5, norm_first)
    helper, counted = submission.helper(SUBLAYERS), here()["counted"]
    for _ in range(3):
        x = rng.normal(2, 3, 5)
        expect(theirs(x, helper.counted)).matches(ours(x, counted))


@BOTH
def test_each_call_has_its_own_sublayer(submission, rng, expect, device, norm_first):
    """One connection serves different sub-layers, also a module, and keeps none of them."""
    theirs, ours = both(submission, rng, device, 5, norm_first)
    helper, sublayers = submission.helper(SUBLAYERS), here()
    for name, shape in (("mixed", (2, 3, 5)), ("scaled", (2, 4, 5)), ("halved", (1, 3, 5))):
        x = rng.normal(*shape)
        actual = theirs(sublayer=getattr(helper, name), x=x)
        expect(actual).matches(ours(x, sublayers[name]), because="It was called before.")
        theirs.parameters()  # says which names are not the stub's
    given = {"norm.weight": rng.normal(5), "norm.bias": rng.normal(5)}
    theirs.load_state_dict(given)
    ours.load_state_dict(given)
    because = "Other weights were loaded since the call before."
    expect(theirs(x, helper.mixed)).matches(ours(x, sublayers["mixed"]), because=because)


@BOTH
def test_arguments_are_left_alone(submission, rng, expect, device, norm_first):
    """x is not changed, not even where the sub-layer hands back what it was given."""
    helper, sublayers = submission.helper(SUBLAYERS), here()
    for dropout in (0.0, 0.5):
        theirs, ours = both(submission, rng, device, 5, norm_first, dropout)
        theirs.eval(), ours.eval()
        x = rng.normal(2, 3, 5)
        for name in ("mixed", "same"):
            expect(theirs(x, getattr(helper, name))).matches(ours(x, sublayers[name]))
            after = theirs.inputs_after(x, getattr(helper, name))
            expect(after[0]).equals(x, because="Your call changes x.")


@BOTH
def test_a_batch_that_stands_second(submission, rng, expect, device, norm_first):
    """An x that is not contiguous, such as one turned from (T, B, D), counts like any other."""
    theirs, ours = both(submission, rng, device, 5, norm_first)
    helper, mixed = submission.helper(SUBLAYERS), here()["mixed"]
    for x in (rng.normal(4, 2, 5).transpose(0, 1), rng.normal(2, 5, 4).mT):
        expect(theirs(x, helper.mixed)).matches(ours(x, mixed))


@pytest.mark.parametrize(
    ("dtype", "rounding", "norm_first"),
    [
        pytest.param(torch.float64, 1e-10, True, id="float64-norm first"),
        pytest.param(torch.float64, 1e-10, False, id="float64-norm last"),
        pytest.param(torch.float16, 5e-3, True, id="float16-norm first"),
        pytest.param(torch.bfloat16, 4e-2, False, id="bfloat16-norm last"),
    ],
)
def test_other_dtypes(submission, rng, expect, device, norm_first, dtype, rounding):
    """After `.to(…)` the connection works in another dtype."""
    theirs, ours = both(submission, rng, device, 6, norm_first, dtype=dtype)
    x = rng.normal(2, 3, 6, dtype=dtype)
    expected = ours.double()(x.double(), here()["halved"]).to(dtype)
    expect(theirs(x, submission.helper(SUBLAYERS).halved)).matches(expected, atol=rounding)


@pytest.mark.points(2)
@BOTH
def test_gradients(submission, rng, expect, device, norm_first):
    """Gradients reach x through the sub-layer and around it, and the parameters of the norm."""
    theirs, ours = both(submission, rng, device, 5, norm_first, dtype=torch.float64)
    x, cotangent = (rng.normal(2, 3, 5, dtype=torch.float64) for _ in range(2))
    actual = theirs.gradients(x, submission.helper(SUBLAYERS).mixed, cotangent=cotangent)
    leaf = x.clone().requires_grad_()
    leaves = [leaf, ours.norm.weight, ours.norm.bias]
    expected = reference.vjp(ours(leaf, here()["mixed"]), leaves, cotangent)
    found = {"x": actual.inputs[0]} | actual.parameters
    for name, right in zip(("x", "norm.weight", "norm.bias"), expected, strict=True):
        expect(found[name]).matches(right, because=f"This is the gradient of {name}.")


def shares(expect, dropped, p):
    """About a share p is dropped, singly, and not always in the same places."""
    because = f"With dropout={p} about that share of the entries should be 0; this share is."
    expect(float(dropped.double().mean())).is_between(p - 0.1, p + 0.1, because=because)
    for dim, name in enumerate(("batch", "positions", "features")):
        mixed = dropped.any(dim) & ~dropped.all(dim)
        because = f"Each entry is dropped on its own, not together with others along the {name}."
        expect(float(mixed.double().mean())).is_between(0.6, 1.0, because=because)


@pytest.mark.points(2)
@DROPOUTS
def test_dropout_with_the_norm_first(submission, rng, expect, device, p):
    """In training, entries of the sub-layer's output are dropped; x is not."""
    theirs, _ = both(submission, rng, device, 16, True, p)
    ones = submission.helper(SUBLAYERS).ones
    x = rng.normal(12, 14, 16)
    output = theirs(x, ones)
    added = output - x
    dropped = added.abs() < 0.5
    because = "An entry that is dropped adds 0 to x, and any other adds 1 / (1 - p)."
    expect(added).matches((~dropped).to(x.dtype) / (1 - p), because=because)
    shares(expect, dropped, p)
    because = "Two calls in training should not drop the same entries."
    expect(theirs(x, ones)).differs_from(output, because=because)


@pytest.mark.points(2)
@DROPOUTS
def test_dropout_with_the_norm_last(submission, rng, expect, device, p):
    """In training, entries of the sub-layer's output are dropped before the sum is normalised."""
    theirs = submission.SublayerConnection(norm_first=False, d_model=16, dropout=p)
    small = submission.helper(SUBLAYERS).small
    x = torch.full(
        (12, 14, 16), 0.015625, device=device
    )  # the same everywhere: the norm removes it
    output = theirs(x, small)  # so little is added that eps shows its size
    dropped = output <= 0
    total = (~dropped).to(x.dtype) * 4e-3 / (1 - p)
    one, zero = torch.ones_like(x[0, 0]), torch.zeros_like(x[0, 0])
    because = "What is added to x is 0 or what the sub-layer gave, divided by 1 - p."
    expect(output).matches(reference.layer_norm(total, one, zero), because=because)
    shares(expect, dropped, p)
    because = "Two calls in training should not drop the same entries."
    expect(theirs(x, small)).differs_from(output, because=because)
    x = torch.full((12, 14, 16), 4e-3, device=device)
    output = theirs(x, submission.helper(SUBLAYERS).same)  # dropped are entries of this, not of x
    total = (output > 0).to(x.dtype) * 4e-3 / (1 - p)
    because = "x is added whole, also where the sub-layer hands back what it was given."
    expect(output).matches(reference.layer_norm(total, one, zero), because=because)


@BOTH
def test_no_dropout_in_evaluation(submission, rng, expect, device, norm_first):
    """After `eval()` nothing is dropped and nothing scaled; after `train()` it is again."""
    theirs, ours = both(submission, rng, device, 6, norm_first, dropout=0.5)
    theirs.eval(), ours.eval()
    helper, x = submission.helper(SUBLAYERS), rng.normal(4, 5, 6)
    expected = ours(x, here()["mixed"])
    expect(theirs(x, helper.mixed)).matches(expected)
    because = "After `train()` entries are dropped."
    expect(theirs.train()(x, helper.mixed)).differs_from(expected, because=because)
    expect(theirs.eval()(x, helper.mixed)).matches(expected, because="After `eval()` again.")
