"""One decoder step: scores, weights, context, GRU, padding and gradients."""

import pytest
import torch

import reference

NAMES = ("y", "h", "encoder", "mask")


def weights_for(rng, e, h, c, dtype=torch.float32):
    """A state dict of weights at a scale at which nothing saturates."""
    shapes = {
        "w_query.weight": (h, h),
        "w_key.weight": (h, c),
        "v.weight": (1, h),
        "gru.weight_ih": (3 * h, e + c),
        "gru.weight_hh": (3 * h, h),
        "gru.bias_ih": (3 * h,),
        "gru.bias_hh": (3 * h,),
    }
    return {name: rng.normal(*shape, scale=0.5, dtype=dtype) for name, shape in shapes.items()}


def build(submission, rng, e, h, c, dtype=torch.float32):
    """The learner's cell and the reference's, with the same weights."""
    weights = weights_for(rng, e, h, c, dtype)
    learner = submission.AttentionDecoderCell(e, h, c)
    oracle = reference.AttentionDecoderCell(e, h, c)
    if dtype is not torch.float32:
        learner, oracle = learner.to(dtype), oracle.to(dtype)
    learner.load_state_dict(weights)
    oracle.load_state_dict(weights)
    return learner, oracle.to(weights["v.weight"].device)


def step_inputs(rng, B, S, e, h, c, dtype=torch.float32):
    return (
        rng.normal(B, e, dtype=dtype),
        rng.normal(B, h, dtype=dtype, scale=0.7),
        rng.normal(B, S, c, dtype=dtype),
        rng.mask(B, S),
    )


def compare(learner, oracle, expect, inputs):
    with torch.no_grad():
        expected_state, expected_weights = oracle(*inputs)
    state, weights = learner(*inputs)
    expect(weights).matches(expected_weights)
    expect(state).matches(expected_state)
    return state, weights


@pytest.mark.points(2)
@pytest.mark.parametrize(
    ("B", "S", "e", "h", "c"),
    [
        pytest.param(2, 5, 4, 3, 6, id="all sizes different"),
        pytest.param(1, 6, 2, 5, 3, id="a batch of one"),
        pytest.param(3, 1, 4, 2, 5, id="one encoder state"),
        pytest.param(1, 1, 1, 1, 1, id="sizes of 1"),
    ],
)
def test_one_step(submission, rng, expect, B, S, e, h, c):
    """The weights and the new state are right where every encoder state is real."""
    learner, oracle = build(submission, rng, e, h, c)
    y, state, encoder, mask = step_inputs(rng, B, S, e, h, c)
    _, weights = compare(learner, oracle, expect, (y, state, encoder, mask | True))
    expect(weights).sums_to(1.0, dim=-1)


def test_encoder_states_with_the_batch_second(submission, rng, expect):
    """Inputs that are not contiguous, such as states turned from (S, B, c), count like any."""
    learner, oracle = build(submission, rng, 4, 3, 6)
    inputs = step_inputs(rng, 2, 5, 4, 3, 6)
    turned = [x.transpose(0, 1).contiguous().transpose(0, 1) for x in inputs]
    state, _ = compare(learner, oracle, expect, turned)
    named, _ = learner(**dict(zip(NAMES, turned, strict=True)))
    expect(named).matches(state, because="The arguments are given by name here.")


@pytest.mark.points(2)
def test_padding_has_no_influence(submission, rng, expect):
    """Padding has a weight of exactly 0, and what it holds makes no difference."""
    learner, oracle = build(submission, rng, 4, 3, 6)
    y, h, encoder, mask = step_inputs(rng, 3, 5, 4, 3, 6)
    state, weights = compare(learner, oracle, expect, (y, h, encoder, mask))
    expect(weights[~mask]).equals(0.0, because="Padding has a weight of exactly 0.")
    for size in (20.0, 1e30):
        moved = torch.where(mask.unsqueeze(-1), encoder, rng.normal(3, 5, 6, scale=size))
        moved_state, moved_weights = learner(y, h, moved, mask)
        expect(moved_weights).matches(weights, because="Only the padding changed.")
        expect(moved_state).matches(state, because="Only the padding changed.")


def test_training_and_evaluation_are_alike(submission, rng, expect):
    """A step gives the same in training and in evaluation."""
    learner, oracle = build(submission, rng, 3, 4, 2)
    inputs = step_inputs(rng, 3, 5, 3, 4, 2)
    evaluated, trained = learner.eval()(*inputs), learner.train()(*inputs)
    for name, now, then in zip(("state", "weights"), trained, evaluated, strict=True):
        expect(now).matches(then, because=f"The {name} after `train()` and after `eval()` differ.")
    compare(learner, oracle, expect, inputs)


@pytest.mark.points(2)
def test_a_source_of_padding_alone(submission, rng, expect):
    """Where a row is nothing but padding, its weights and its context are 0."""
    learner, oracle = build(submission, rng, 2, 4, 3)
    y, h, encoder, mask = step_inputs(rng, 3, 5, 2, 4, 3)
    mask[1] = False
    _, weights = compare(learner, oracle, expect, (y, h, encoder, mask))
    expect(weights[1]).equals(0.0)


@pytest.mark.parametrize(
    "padding", [pytest.param(0.5, id="small padding"), pytest.param(1e30, id="huge padding")]
)
def test_gradients_reach_inputs_and_parameters(submission, rng, expect, padding):
    """Finite gradients reach y, h, the encoder states and every parameter."""
    learner, oracle = build(submission, rng, 4, 3, 5)
    y, h, encoder, mask = step_inputs(rng, 3, 4, 4, 3, 5)
    # A row of one real state alone would have a weight of 1 and no gradient through its score.
    mask[0], mask[1] = True, False
    cotangent = rng.normal(3, 3), rng.normal(3, 4)
    leaves = [x.clone().requires_grad_() for x in (y, h, encoder)]
    parameters = dict(oracle.named_parameters())
    expected = reference.vjp(oracle(*leaves, mask), [*leaves, *parameters.values()], cotangent)
    encoder = torch.where(mask.unsqueeze(-1), encoder, padding)
    found = learner.gradients(y, h, encoder, mask, cotangent=cotangent)
    for name, gradient, right in zip(NAMES, found.inputs, expected[:3], strict=False):
        expect(gradient).matches(right, because=f"This is the gradient of {name}.")
    for name, right in zip(parameters, expected[3:], strict=True):
        expect(found.parameters[name]).matches(right, because=f"This is the gradient of {name}.")


def test_two_steps_in_float64(submission, rng, expect):
    """A cell moved to float64 keeps all its digits, also when it steps on from its own state."""
    learner, oracle = build(submission, rng, 3, 4, 2, dtype=torch.float64)
    y, state, encoder, mask = step_inputs(rng, 2, 5, 3, 4, 2, dtype=torch.float64)
    mask[:] = True  # so that keys kept from here are the same whether padding was cleared or not
    state, _ = compare(learner, oracle, expect, (y, state, encoder, mask))
    compare(learner, oracle, expect, (rng.normal(2, 3, dtype=torch.float64), state, encoder, mask))
    # Another source of the same size, and one of another: nothing is kept from the steps before.
    for length in (5, 4):
        other = step_inputs(rng, 2, length, 3, 4, 2, dtype=torch.float64)
        compare(learner, oracle, expect, other)


def test_arguments_are_left_as_they_were(submission, rng, expect):
    """The embedding, the state, the encoder states and the mask are the same afterwards."""
    learner, _ = build(submission, rng, 3, 4, 2)
    y, h, encoder, mask = step_inputs(rng, 2, 5, 3, 4, 2)
    padding_alone = mask.clone()
    padding_alone[1] = False
    for before in ((y, h, encoder, mask), (y, h, encoder, padding_alone)):
        after = learner.inputs_after(*before)
        for name, now, then in zip(NAMES, after, before, strict=True):
            expect(now).equals(then, because=f"Your call changes {name}.")
