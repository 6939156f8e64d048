"""The training loop: what is read and judged, the gradients, the steps, and that it learns."""

import pytest
import torch

import reference

MODELS = """
import torch
from torch import nn

V, D = 7, 3

class Model(nn.Module):
    # Logits from the token read last and from the source. In training they are shifted. The louder
    # the first source token is, the larger are logits and gradients.
    def __init__(self):
        super().__init__()
        self.source, self.target = nn.Embedding(V, D), nn.Embedding(V, D)
        self.output, self.unused = nn.Linear(D, V), nn.Linear(2, 2)
        self.faint = nn.Parameter(torch.empty(V))
        self.frozen = nn.Parameter(torch.empty(D), requires_grad=False)
        self.double()
        for number, parameter in enumerate(self.parameters()):
            places = torch.arange(parameter.numel(), dtype=torch.float64)
            parameter.data.copy_(torch.sin(2.3 * number + 1.7 * places + 1).view_as(parameter))

    def forward(self, src, tgt):
        x = torch.tanh(self.target(tgt) + self.source(src).mean(1, keepdim=True) * self.frozen)
        logits = self.output(x) * (1 + src[:, :1, None]) + 1e-8 * self.faint
        shift = torch.cos(torch.arange(V, dtype=torch.float64, device=src.device))
        return logits + (shift if self.training else 0)

class Guest(Model):
    # A model with a parameter that has to do with batches of two sentences alone.
    def __init__(self):
        super().__init__()
        self.guest = nn.Parameter(torch.linspace(-1, 1, V, dtype=torch.float64))

    def forward(self, src, tgt):
        return super().forward(src, tgt) + (self.guest if len(tgt) == 2 else 0)

class Reverser(nn.Module):
    # Each position of the target looks at the source through weights of its own.
    def __init__(self, length, V, seed):
        super().__init__()
        self.scores = nn.Parameter(torch.zeros(length, length))
        self.source, self.output = nn.Embedding(V, 16), nn.Linear(16, V)
        generator = torch.Generator().manual_seed(seed)
        for parameter in self.parameters():
            parameter.data.copy_(0.5 * torch.randn(parameter.shape, generator=generator))

    def forward(self, src, tgt):
        return self.output(self.scores.softmax(-1) @ self.source(src))

def model():
    return Model()

def guest():
    return Guest()

def reverser(length, V, seed):
    return Reverser(length, V, seed)

def rate(step):
    return 0.05 + 0.04 * float(torch.cos(torch.tensor(2.0 * step, dtype=torch.float64)))

def fast(step):
    return 0.2

def leave_gradients(model):
    for parameter in model.parameters():
        if parameter.requires_grad:
            parameter.grad = torch.full_like(parameter, 3.0)

def leave_gradient_of_frozen(model):
    model.frozen.grad = torch.full_like(model.frozen, 3.0)

def values(model):
    return {name: parameter.detach().clone() for name, parameter in model.named_parameters()}

def one_by_one(batches):
    return (batch for batch in batches)
"""
V = 7
CLOSE = {"rtol": 1e-5, "atol": 1e-7}  # whether clipping adds 1e-6 to the norm is left open


class Run:
    """A submission's model, and one like it that the loop of the reference trains."""

    def __init__(self, submission, device, name="model"):
        self.submission, self.helper, self.here = submission, submission.helper(MODELS), {}
        exec(MODELS, self.here)
        self.theirs = getattr(self.helper, name)().to(device)
        self.ours = self.here[name]().to(device)

    def expected(self, batches, bos_id=1, pad_id=0, smoothing=0.1, max_norm=1.0):
        """The losses that should come back. Trains our model."""
        model = self.ours.train()
        parameters = [p for p in model.parameters() if p.requires_grad]
        means = [(torch.zeros_like(p), torch.zeros_like(p)) for p in parameters]
        losses = []
        for step, (src, target) in enumerate(batches, start=1):
            logits = model(src, reference.shift_right(target, bos_id, pad_id))
            loss = reference.label_smoothing_loss(logits, target, smoothing, pad_id)
            grads = torch.autograd.grad(loss, parameters, allow_unused=True)
            used = [k for k, grad in enumerate(grads) if grad is not None]
            clipped, _ = reference.clip_grad_norm([grads[k] for k in used], max_norm)
            for k, grad in zip(used, clipped, strict=True):
                stepped = parameters[k].data, grad, *means[k], step, self.here["rate"](step)
                parameters[k].data, *means[k] = reference.adam_step(*stepped, 0.9, 0.98, 1e-9)
            losses.append(loss.item())
        return losses

    def compare(self, expect, batches, bos_id=1, pad_id=0, *setting, given=None):
        """Train both, and compare losses and parameters. `given` stands in for the batches."""
        setting = bos_id, pad_id, *setting
        given = batches if given is None else given
        found = self.submission.train(self.theirs, given, self.helper.rate, *setting)
        expect(found).matches(self.expected(batches, *setting), **CLOSE)
        after, expected = self.helper.values(self.theirs), self.here["values"](self.ours)
        for name, value in expected.items():
            because = f"This is `{name}` after {len(batches)} update(s)."
            expect(after[name]).matches(value, **CLOSE, because=because)


@pytest.fixture
def run(submission, device):
    return Run(submission, device)


def draw_batches(rng, n, pad_id=0, bos_id=1, padding=True):
    """n batches of different sizes. Neither padding nor BOS stands within a sentence."""
    words = torch.tensor([word for word in range(V) if word not in (pad_id, bos_id)])
    batches = []
    for k in range(n):
        B, S, T = 2 + k % 3, 3 + k % 2, 4 + k % 4
        src, target = rng.integers(0, V, B, S), rng.integers(0, len(words), B, T)
        target = words.to(target.device)[target]
        if padding:
            lengths = 1 + rng.integers(0, T, B, 1)
            lengths[0], lengths[1] = T, 1
            target = target.masked_fill(torch.arange(T, device=src.device) >= lengths, pad_id)
        batches.append((src, target))
    return batches


@pytest.mark.points(3)
def test_one_update(run, rng, expect):
    """One batch: the loss before the update, and the parameters after it."""
    run.compare(expect, draw_batches(rng, 1, padding=False))


@pytest.mark.points(3)
@pytest.mark.parametrize("n", [2, 6])
def test_several_updates(run, rng, expect, n):
    """One update for each batch, with a learning rate of its own, and padding in the target."""
    run.compare(expect, draw_batches(rng, n))


@pytest.mark.points(2)
@pytest.mark.parametrize(("bos_id", "pad_id"), [(0, 6), (5, 2), (3, 4)])
def test_any_ids(run, rng, expect, bos_id, pad_id):
    """What begins a sentence and what fills it up may be any tokens."""
    run.compare(expect, draw_batches(rng, 2, pad_id, bos_id), bos_id, pad_id)


@pytest.mark.points(2)
@pytest.mark.parametrize("smoothing", [0.0, 0.5])
def test_the_loss_is_smoothed(run, rng, expect, smoothing):
    """The share of label smoothing is that of the argument."""
    run.compare(expect, draw_batches(rng, 2), 1, 0, smoothing)


@pytest.mark.points(2)
@pytest.mark.parametrize("max_norm", [0.02, 0.3, 1e6])
def test_gradients_are_clipped(run, rng, expect, max_norm):
    """All gradients together are clipped to max_norm, between backward pass and update."""
    run.compare(expect, draw_batches(rng, 4), 1, 0, 0.1, max_norm)


@pytest.mark.points(2)
def test_gradients_from_before_do_not_count(run, rng, expect):
    """Gradients that the parameters hold before the call have no influence."""
    run.helper.leave_gradients(run.theirs)
    run.compare(expect, draw_batches(rng, 2))


def test_the_gradient_of_a_frozen_parameter(run, rng, expect):
    """A gradient that a frozen parameter still holds has no influence, on the norm neither."""
    run.helper.leave_gradient_of_frozen(run.theirs)
    run.compare(expect, draw_batches(rng, 2))


def test_a_parameter_that_is_not_always_used(submission, rng, expect, device):
    """A parameter that only the first batch uses stays as that left it: no momentum moves it."""
    run = Run(submission, device, "guest")
    run.compare(expect, draw_batches(rng, 3))


@pytest.mark.points(2)
def test_the_model_is_in_training_mode(run, rng, expect):
    """A model that was in evaluation mode is trained in training mode."""
    run.theirs.eval()
    run.compare(expect, draw_batches(rng, 3))


@pytest.mark.points(2)
def test_each_call_begins_anew(run, rng, expect):
    """A second call goes on with the parameters, and with new running means and step 1."""
    run.compare(expect, draw_batches(rng, 3))
    run.compare(expect, draw_batches(rng, 2))


def test_batches_from_a_generator(run, rng, expect):
    """The batches may come from a generator, which has no length and can be read only once."""
    batches = draw_batches(rng, 4)
    run.compare(expect, batches, given=run.helper.one_by_one(batches))


def test_no_batches(run, rng, expect, submission):
    """Without a batch there is no loss and no change; with one there is."""
    expect(submission.train(run.theirs, [], run.helper.rate, 1, 0)).equals([])
    run.compare(expect, draw_batches(rng, 1))


def test_arguments_by_name(run, rng, expect, submission):
    """The arguments may be given by name, in any order."""
    batches = draw_batches(rng, 3, pad_id=2, bos_id=4)
    setting = {"max_norm": 0.4, "smoothing": 0.3, "pad_id": 2, "bos_id": 4}
    given = {"learning_rate": run.helper.rate, "batches": batches, "model": run.theirs}
    found = submission.train(**setting, **given)
    expect(found).matches(run.expected(batches, **setting), **CLOSE)


@pytest.mark.points(3)
def test_it_learns(submission, rng, expect, device):
    """A small model learns to reverse four tokens: after 25 updates its loss is below 0.05."""
    helper = submission.helper(MODELS)
    model = helper.reverser(4, 8, int(rng.integers(0, 1000))).to(device)
    batches = []
    for _ in range(25):
        src = rng.integers(2, 8, 16, 4)
        batches.append((src, src.flip(1)))
    losses = submission.train(model, batches, helper.fast, 1, 0, 0.0)
    expect(losses[0]).is_between(1.0, 10.0, because="The loss of a new model.")
    expect(losses[-1]).is_between(0.0, 0.05, because="The loss of the last update.")


def test_batches_are_left_alone(run, rng, expect, submission):
    """Sources and targets hold after the call what they held before."""
    batches = draw_batches(rng, 3)
    after = submission.train.inputs_after(run.theirs, batches, run.helper.rate, 1, 0)[1]
    for number, (before, found) in enumerate(zip(batches, after, strict=True), start=1):
        for name, mine, right in zip(("source", "target"), found, before, strict=True):
            expect(mine).equals(right, because=f"Your call changes the {name} of batch {number}.")
