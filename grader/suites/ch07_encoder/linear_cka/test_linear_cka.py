"""Linear CKA: its values, what it does not see, widths above and below n, precision."""

import pytest
import torch

import reference


def related(rng, n, p, q, dtype=torch.float32, offset=0.0):
    """Two representations that share a part of what they hold; features of unequal size."""
    common = rng.normal(n, 3, dtype=dtype)
    x = common @ rng.normal(3, p, dtype=dtype) + rng.normal(n, p, scale=0.7, dtype=dtype)
    y = common @ rng.normal(3, q, dtype=dtype) + rng.normal(n, q, scale=0.7, dtype=dtype)
    sizes_x, sizes_y = (rng.uniform(w, low=0.5, high=2.0, dtype=dtype) for w in (p, q))
    offsets_x, offsets_y = (offset * rng.normal(w, dtype=dtype) for w in (p, q))
    return x * sizes_x + offsets_x, y * sizes_y + offsets_y


def cka(x, y):
    return reference.linear_cka(x.double(), y.double()).to(x.dtype)


def rotation(rng, width, dtype=torch.float32):
    return torch.linalg.qr(rng.normal(width, width, dtype=torch.float64)).Q.to(dtype)


@pytest.mark.points(3)
@pytest.mark.parametrize(
    ("n", "p", "q"),
    [
        pytest.param(20, 4, 6, id="three different sizes"),
        pytest.param(12, 5, 5, id="equal widths"),
        pytest.param(6, 6, 6, id="all sizes equal"),
        pytest.param(15, 1, 3, id="one feature against three"),
        pytest.param(15, 4, 1, id="four features against one"),
        pytest.param(10, 1, 1, id="one feature each"),
        pytest.param(5, 8, 40, id="widths above n"),
        pytest.param(7, 3, 20, id="n between the widths"),
        pytest.param(3, 4, 5, id="three inputs"),
    ],
)
def test_values(submission, rng, expect, n, p, q):
    """The value is the cosine of the two centred tables of similarities."""
    x, y = related(rng, n, p, q, offset=1.5)
    expect(submission.linear_cka(x, y)).matches(cka(x, y))


@pytest.mark.points(2)
@pytest.mark.parametrize("where", ["x", "y", "both"])
def test_the_mean_is_taken_off(submission, rng, expect, where):
    """A shift of the features changes nothing, in whichever of the two it is."""
    x, y = related(rng, 14, 4, 6)
    expected = cka(x, y)
    if where != "y":
        x = x + 3 * rng.normal(4)
    if where != "x":
        y = y + 3 * rng.normal(6)
    expect(submission.linear_cka(x, y)).matches(expected)


@pytest.mark.points(2)
def test_rotation_and_scale_make_no_difference(submission, rng, expect):
    """Neither a rotation of the features nor a common factor changes the value."""
    x, y = related(rng, 16, 5, 4, offset=1.0)
    expected = cka(x, y)
    expect(submission.linear_cka(x @ rotation(rng, 5), y)).matches(expected)
    expect(submission.linear_cka(x, y @ rotation(rng, 4))).matches(expected)
    for factor in (0.01, -3.0, 100.0):
        expect(submission.linear_cka(factor * x, y)).matches(expected)
        expect(submission.linear_cka(x, factor * y)).matches(expected)
    expect(submission.linear_cka(0.01 * x, 0.01 * y)).matches(expected)


@pytest.mark.points(2)
def test_the_same_representation(submission, rng, expect):
    """A representation is like itself, however it is turned, scaled and shifted: 1."""
    for n, p in ((12, 5), (4, 9)):
        x, other = related(rng, n, p, 7, offset=1.0)
        same = -2 * x @ rotation(rng, p) + rng.normal(p)
        one = x.new_tensor(1.0)
        expect(submission.linear_cka(x, x)).matches(one)
        expect(submission.linear_cka(x, same)).matches(one)
        expect(submission.linear_cka(x, other)).matches(cka(x, other))


def test_each_feature_counts_by_its_size(submission, rng, expect):
    """A factor for one feature alone, or any other linear map, does change the value."""
    x, y = related(rng, 18, 4, 5)
    x[:, 0] *= 6
    expect(submission.linear_cka(x, y)).matches(cka(x, y))
    mixed = y @ rng.normal(5, 7)
    expect(submission.linear_cka(y, mixed)).matches(cka(y, mixed))


def test_nothing_in_common(submission, rng, expect, device):
    """Representations whose centred features are all orthogonal have the value 0."""
    basis = rotation(rng, 8, torch.float64)
    basis = torch.linalg.qr(
        torch.cat([torch.ones(8, 1, dtype=torch.float64, device=device), basis[:, :6]], dim=1)
    ).Q
    x, y = (2 * basis[:, 1:4]).float() + 0.3, basis[:, 4:7].float() - 1
    zero = x.new_tensor(0.0)
    expect(submission.linear_cka(x, y)).matches(zero, atol=1e-5)
    expect(submission.linear_cka(x, y + x)).matches(cka(x, y + x))


def test_a_feature_that_never_changes(submission, rng, expect):
    """A feature that is the same for all inputs makes no difference."""
    x, y = related(rng, 10, 3, 4)
    expected = cka(x, y)
    x = torch.cat([x, x.new_full((10, 1), 4.0)], dim=1)
    expect(submission.linear_cka(x, y)).matches(expected)


def test_rows_belong_together(submission, rng, expect):
    """Row i of both is the same input: another order of the rows in both changes nothing."""
    x, y = related(rng, 15, 4, 3, offset=1.0)
    order = torch.cat([torch.arange(7, 15), torch.arange(7)]).to(x.device)
    expect(submission.linear_cka(y=y[order], x=x[order])).matches(cka(x, y))
    expect(submission.linear_cka(x, y[order])).matches(cka(x, y[order]))
    expect(submission.linear_cka(y, x)).matches(cka(x, y))


def test_the_layers_of_a_trained_model(submission, rng, expect, device):
    """Two steps of a trained model, on the words of one sentence."""
    specimen = reference.load_specimen()
    weights = specimen.attention(specimen.sentence(13, length=12))
    x, y = weights[0].mean(0).to(device), weights[1].mean(0).to(device)
    expect(submission.linear_cka(x, y)).matches(cka(x, y))


def test_float64(submission, rng, expect):
    """float64 stays float64, and as exact, also where the mean is large."""
    for offset in (1.0, 100.0):
        x, y = related(rng, 11, 4, 6, torch.float64, offset)
        expect(submission.linear_cka(x, y)).matches(cka(x, y))


def test_features_far_from_zero(submission, rng, expect):
    """Features near 900 that vary by 0.3 count as well as those near 0."""
    for n, p, q in ((12, 4, 6), (15, 6, 3), (5, 8, 7)):
        x, y = related(rng, n, p, q)
        x, y = 0.15 * x + 900 + 20 * rng.normal(p), 0.15 * y - 900 + 20 * rng.normal(q)
        expect(submission.linear_cka(x, y)).matches(cka(x, y), atol=1e-3)


def test_order_in_memory_makes_no_difference(submission, rng, expect):
    """Representations that are not contiguous, such as transposed ones, count like any others."""
    x, y = related(rng, 10, 4, 6, offset=1.0)
    x, y = x.T.contiguous().T, y.T.contiguous().T
    expect(submission.linear_cka(x, y)).matches(cka(x, y))


def test_arguments_are_left_alone(submission, rng, expect):
    """x and y hold after the call what they held before."""
    x, y = related(rng, 10, 4, 6, offset=1.0)
    after = submission.linear_cka.inputs_after(x, y)
    expect(after[0]).equals(x, because="Your call changes `x`.")
    expect(after[1]).equals(y, because="Your call changes `y`.")
