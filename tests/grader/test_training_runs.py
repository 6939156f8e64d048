"""A learner's model in training: the same to the last bit however often it is stopped, what a
worker may say of it, and what it cannot reach."""

import json
import math
import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from grader.errors import GraderError
from grader.examiner.sandbox import Sandbox
from grader.training.client import Training
from grader.training.folder import BusyRun, DamagedRun, Plan, RunFolder, Update
from grader.training.runs import ReferenceRun, SandboxedRun, TrainingFailed
from grader.training.session import Link, Session, build
from grader.worker.training.settings import TEXT, Settings, planted
from grader.worker.training.tasks import EOS, PAD, TASKS, SequenceTask
from tui.figures.curve import plot

SMALL = Settings(
    task="reverse", steps=12, d_model=8, n_heads=2, n_layers=1, batch_size=4, context=8, n_merges=4
)
PARTS = {
    "Embeddings": "embeddings",
    "PositionalEncoding": "positional_encoding",
    "EncoderLayer": "encoder_layer",
    "Encoder": "encoder",
    "DecoderLayer": "decoder_layer",
    "Decoder": "decoder",
    "Transformer": "transformer",
    "shift_right": "shift_right",
    "label_smoothing_loss": "label_smoothing_loss",
    "clip_grad_norm": "clip_grad_norm",
    "adam_step": "adam_step",
    "cosine_learning_rate": "learning_rates",
}
LONG = "the cat sat on the mat and the dog sat on the cat. " * 4


@pytest.fixture(scope="module")
def whole(solution: Callable[[str], str]) -> Plan:
    """A learner who has passed everything, as our solutions do."""
    files = {f"{id}.py": solution(id) for id in PARTS.values()}
    return Plan(SMALL, files, PARTS)


def plan_of(source: str, **own: str) -> Plan:
    """A learner whose file `mine` has a part or two; the others stand in."""
    return Plan(SMALL, {"mine.py": source}, dict.fromkeys(own, "mine"))


class Ears(Link):
    """Hears what a session tells, and tells it to stop once the wanted step is reached."""

    def __init__(self, stop_at: int) -> None:
        self.ours, theirs = socket.socketpair()
        super().__init__(theirs)
        self.events: list[dict[str, Any]] = []
        self._stop_at, self._step = stop_at, 0

    def tell(self, event: str, **facts: Any) -> None:
        self.events.append({"event": event, **facts})
        if event == "updates":
            self._step = facts["updates"][-1][0]

    def is_told_to_stop(self) -> bool:
        return self._step >= self._stop_at


def train(sandbox: Sandbox, folder: RunFolder, stop_at: int = 10**6) -> list[dict[str, Any]]:
    plan = folder.plan()
    ears = Ears(stop_at)
    run = ReferenceRun(plan) if plan.is_reference else SandboxedRun(sandbox, plan)
    with closing(run):
        session = Session(run, plan, folder, ears)
        session.open(None)
        session.train()
    return ears.events


def kept(folder: RunFolder) -> tuple[dict[str, list[Any]], list[Update]]:
    state = {name: tensor.tolist() for name, tensor in load_file(folder.checkpoint).items()}
    return state, folder.curve()


@pytest.mark.parametrize("stop_at", (1, 6, 11))
def test_stopped_anywhere_and_resumed_it_ends_the_same_to_the_last_bit(
    sandbox: Sandbox, whole: Plan, tmp_path: Path, stop_at: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("grader.training.session.STEPS_AT_ONCE", 1)
    folders = [RunFolder(tmp_path / name) for name in ("through", "stopped")]
    for folder in folders:
        folder.create(whole)
    train(sandbox, folders[0])
    events = train(sandbox, folders[1], stop_at)
    assert events[-1] == {"event": "saved", "step": stop_at}
    assert len(folders[1].curve()) == stop_at
    train(sandbox, folders[1])
    assert kept(folders[0]) == kept(folders[1])


def test_steps_behind_the_checkpoint_are_taken_again(
    sandbox: Sandbox, whole: Plan, tmp_path: Path
) -> None:
    """As a kill leaves it: a curve that is longer than what was saved, its last line half."""
    folder, other = RunFolder(tmp_path / "killed"), RunFolder(tmp_path / "through")
    for each in (folder, other):
        each.create(whole)
    train(sandbox, folder, stop_at=5)
    folder.append([Update(6, 1.0, 1.0, 1.0)])
    with (folder.path / "curve.jsonl").open("a") as file:
        file.write("[7, 2.")
    train(sandbox, folder)
    train(sandbox, other)
    assert kept(folder) == kept(other)


def test_a_kill_before_the_first_checkpoint_leaves_no_step_twice(
    sandbox: Sandbox, whole: Plan, tmp_path: Path
) -> None:
    folder, other = RunFolder(tmp_path / "killed"), RunFolder(tmp_path / "through")
    for each in (folder, other):
        each.create(whole)
    train(sandbox, folder, stop_at=5)
    folder.checkpoint.unlink()
    train(sandbox, folder)
    train(sandbox, other)
    assert kept(folder) == kept(other)


def test_a_text_is_learned_and_resumed_alike(
    sandbox: Sandbox, solution: Callable[[str], str], tmp_path: Path
) -> None:
    own = {
        "train_bpe": "train_bpe",
        "BPE": "bpe",
        "LearnedPositionalEmbedding": "learned_positional_embedding",
        "GPT": "gpt",
    }
    files = {f"{id}.py": solution(id) for id in own.values()}
    plan = Plan(replace(SMALL, task=TEXT), files, own, LONG)
    folders = [RunFolder(tmp_path / name) for name in ("through", "stopped")]
    for folder in folders:
        folder.create(plan)
    events = train(sandbox, folders[0])
    train(sandbox, folders[1], stop_at=3)
    train(sandbox, folders[1])
    assert kept(folders[0]) == kept(folders[1])
    texts = [event["text"] for event in events if event["event"] == "text"]
    assert texts and all(text.startswith("The ") for text in texts)


def test_the_reference_from_the_same_weights_has_the_same_curve(
    sandbox: Sandbox, whole: Plan, tmp_path: Path
) -> None:
    folder = RunFolder(tmp_path / "own")
    folder.create(whole)
    train(sandbox, folder)
    other = RunFolder(tmp_path / "reference")
    other.create(Plan(SMALL, is_reference=True))
    run = ReferenceRun(other.plan())
    session = Session(run, other.plan(), other, Ears(10**6))
    session.open(str(folder.start))
    session.train()
    for own, reference in zip(folder.curve(), other.curve(), strict=True):
        assert own.loss == pytest.approx(reference.loss, abs=1e-4)


def test_stand_ins_and_solutions_are_the_same_model(sandbox: Sandbox, whole: Plan) -> None:
    """From the same weights, a model that is filled in takes the very way of a whole one."""
    with (
        closing(SandboxedRun(sandbox, whole)) as own,
        closing(SandboxedRun(sandbox, Plan(SMALL))) as filled,
    ):
        filled.restore(0, own.state())
        for mine, ours in zip(own.take_steps(8), filled.take_steps(8), strict=True):
            assert mine.loss == pytest.approx(ours.loss, abs=1e-4)
            assert mine.norm == pytest.approx(ours.norm, abs=1e-3)


def test_the_stand_in_tokenizer_is_that_of_the_solution(
    sandbox: Sandbox, solution: Callable[[str], str]
) -> None:
    plan = Plan(replace(SMALL, task=TEXT), {}, {}, LONG)
    own = {"train_bpe": "train_bpe", "BPE": "bpe"}
    files = {f"{id}.py": solution(id) for id in own.values()}
    with (
        closing(SandboxedRun(sandbox, plan)) as filled,
        closing(SandboxedRun(sandbox, Plan(plan.settings, files, own, LONG))) as mine,
    ):
        assert filled.take_steps(3) == mine.take_steps(3)


def test_a_text_that_is_too_short_is_refused_in_a_sentence(sandbox: Sandbox) -> None:
    with pytest.raises(TrainingFailed, match="At least 9 are needed: take a longer text"):
        SandboxedRun(sandbox, Plan(replace(SMALL, task=TEXT), text="short"))
    repeated = Plan(replace(SMALL, task=TEXT, n_merges=99), text="The same line.\n" * 64)
    with pytest.raises(TrainingFailed, match="What repeats is merged into few tokens"):
        SandboxedRun(sandbox, repeated)


def test_nothing_is_kept_of_a_run_that_never_began(
    whole: Plan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    plan = replace(whole, settings=replace(SMALL, device="cuda"))
    new, begun = RunFolder(tmp_path / "new"), RunFolder(tmp_path / "begun")
    for folder in (new, begun):
        folder.create(plan)
    begun.start.touch()
    for folder in (new, begun):
        with pytest.raises(TrainingFailed, match="There is no CUDA device"):
            build(plan, folder)
    assert not new.path.exists() and begun.exists


@pytest.mark.parametrize("plant", ["no-mask", "no-scale", "no-warmup", "post-norm-no-warmup"])
def test_a_planted_mistake_trains_another_way_from_the_same_weights(
    sandbox: Sandbox, whole: Plan, plant: Any
) -> None:
    settings = replace(SMALL, steps=50)  # so that there is a warm-up to leave out
    right, wrong = (replace(whole, settings=planted(settings, each)) for each in ("", plant))
    with (
        closing(SandboxedRun(sandbox, right)) as healthy,
        closing(SandboxedRun(sandbox, wrong)) as sick,
    ):
        assert [u.loss for u in healthy.take_steps(4)] != [u.loss for u in sick.take_steps(4)]


def test_without_a_mask_a_decoder_sees_what_it_should_predict(
    sandbox: Sandbox, whole: Plan
) -> None:
    """Of two targets that differ at the end, only the blind one's first logits differ."""
    source = torch.tensor([[4, 5, 6, 7, 0, 0, 0, 0]])
    for plant, is_same in (("", True), ("no-mask", False)):
        run = SandboxedRun(sandbox, replace(whole, settings=planted(SMALL, plant)))  # type: ignore[arg-type]
        with closing(run):
            tokens = [torch.tensor([[1, 4, last]]) for last in (5, 6)]
            first, second = (
                run._ask(run._run, "model", source, each)[:, :2]  # the model itself is called
                for each in tokens
            )
        assert torch.equal(first, second) is is_same


@pytest.mark.parametrize("name", TASKS)
def test_a_task_is_what_it_says_and_holds_out_what_it_asks(name: str) -> None:
    task = SequenceTask(name)
    trained, held = (
        task.pairs(300, torch.Generator().manual_seed(3), held_out=held) for held in (False, True)
    )
    for (source, target), is_held in ((trained, False), (held, True)):
        for row, answer in zip(source.tolist(), target.tolist(), strict=True):
            symbols = [token for token in row if token != PAD]
            wanted = {"copy": symbols, "reverse": symbols[::-1], "sort": sorted(symbols)}[name]
            assert [*wanted, EOS] == answer[: len(wanted) + 1]
            assert not any(answer[len(wanted) + 1 :])
            assert (sum(token - 3 for token in symbols) % task.n_symbols == 0) is is_held
    typed = task.read("2 0 1")
    assert typed is not None
    wanted = {"copy": [2, 0, 1], "reverse": [1, 0, 2], "sort": [0, 1, 2]}[name]
    assert task.target(typed).tolist() == [[*(digit + 3 for digit in wanted), EOS]]


def test_a_loss_that_is_no_number_stops_and_spoils_nothing(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    source = (
        "def adam_step(p, g, m, v, step, *rest):\n"
        "    return p * float('nan' if step > 2 else 1), m, v\n"
    )
    folder = RunFolder(tmp_path / "run")
    folder.create(plan_of(source, adam_step="mine"))
    train(sandbox, folder, stop_at=1)  # five steps at once
    before = kept(folder)
    with pytest.raises(TrainingFailed, match=r"loss of step 4 is not a number .* --again"):
        train(sandbox, folder)
    train(sandbox, folder, stop_at=0)
    assert kept(folder) == before


def test_a_stop_that_comes_with_the_request_is_heard(whole: Plan, tmp_path: Path) -> None:
    """Ctrl-C while PyTorch is still being loaded."""
    folder, other = RunFolder(tmp_path / "stopped"), RunFolder(tmp_path / "through")
    folder.create(whole)
    other.create(whole)
    with Training(whole, folder) as training:
        training.stop()
        [saved] = [event for event in training.events() if event["event"] == "saved"]
    assert saved["step"] == 0 and not folder.curve()
    for each in (folder, other):
        with Training(whole, each) as training:
            list(training.events())
    assert kept(folder) == kept(other)


def test_two_processes_do_not_train_one_run(whole: Plan, tmp_path: Path) -> None:
    folder = RunFolder(tmp_path / "run")
    folder.create(whole)
    with folder.held():
        with pytest.raises(BusyRun, match="being trained by another command"):
            folder.create(whole)
        with Training(whole, folder) as training, pytest.raises(GraderError) as failed:
            list(training.events())
    assert (str(failed.value), failed.value.exit_code) == (str(BusyRun()), 2)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("checkpoint.safetensors", b"nonsense\n"),
        ("run.json", b"nonsense\n"),
        ("run.json", b"[" * 100_000),
        ("curve.jsonl", b"nonsense\n"),
        ("curve.jsonl", b"\xff\xfe\n"),
        ("curve.jsonl", b""),
    ],
)
def test_what_was_damaged_is_said(
    sandbox: Sandbox, whole: Plan, tmp_path: Path, name: str, content: bytes
) -> None:
    folder = RunFolder(tmp_path / "run")
    folder.create(whole)
    train(sandbox, folder, stop_at=5)
    (folder.path / name).write_bytes(content)
    with pytest.raises(DamagedRun, match=rf"{name} cannot be read. Delete"):
        train(sandbox, folder)


MISFITS = {
    "raises when it is made": (
        "class Encoder:\n    def __init__(self, *args):\n        raise ValueError('no')\n",
        "Encoder",
        ["Encoder in mine.py cannot be made: ValueError: no", "line 3"],
    ),
    "another shape": (
        "from torch import nn\nclass PositionalEncoding(nn.Module):\n"
        "    def __init__(self, *args):\n        super().__init__()\n"
        "    def forward(self, x):\n        return x[:, :1]\n",
        "PositionalEncoding",
        ["PositionalEncoding gives (2, 1, 8), where (2, 5, 8) is needed."],
    ),
    "takes other arguments": (
        "from torch import nn\nclass Decoder(nn.Module):\n"
        "    def __init__(self, layers):\n        super().__init__()\n",
        "Decoder",
        ["Decoder in mine.py cannot be made: TypeError"],
    ),
    "not there": ("x = 1\n", "Transformer", ["mine.py does not define Transformer."]),
    "stops later": (
        "def adam_step(*args):\n    raise RuntimeError('tired')\n",
        "adam_step",
        ["The run stopped. RuntimeError: tired", "mine.py, line 2: raise RuntimeError"],
    ),
    "no Python": ("def (", "Encoder", ["Line 1 of mine.py is not valid Python"]),
    "ends the process": ("import os\nos._exit(3)\n", "Encoder", ["ended the Python process"]),
    "escapes": (
        "def adam_step(*args):\n    raise RuntimeError('\\x1b[2J')\n",
        "adam_step",
        ["RuntimeError: \\x1b[2J"],
    ),
}


@pytest.mark.parametrize("kind", MISFITS)
def test_a_part_that_does_not_fit_is_told_in_a_sentence(sandbox: Sandbox, kind: str) -> None:
    source, name, sentences = MISFITS[kind]
    with pytest.raises(TrainingFailed) as failed:
        run = SandboxedRun(sandbox, plan_of(source, **{name: "mine"}))
        with closing(run):
            run.take_steps(1)
    for sentence in sentences:
        assert sentence in str(failed.value)
    assert "\x1b" not in str(failed.value)


# One head at a time, turned in the sum, by torch's own function, and by hand.
WAYS = {
    "a loop": "torch.cat([w[:, h] @ v[:, h] for h in range(2)], -1)",
    "einsum": "torch.einsum('bhse,bhts->bthe', v, w).flatten(2)",
    "fused": "F.scaled_dot_product_attention(q, k, v, mask).transpose(1, 2).flatten(2)",
    "no product": "(w[..., None] * v[:, :, None]).sum(-2).transpose(1, 2).flatten(2)",
}
LAYER = """
import torch
import torch.nn.functional as F
from torch import nn
class EncoderLayer(nn.Module):
    def __init__(self, d_model, n_heads, d_ff, dropout=0.0, norm_first=False):
        super().__init__()
        self.project = nn.Linear(d_model, 3 * d_model)
    def forward(self, x, mask=None):
        q, k, v = self.project(x).unflatten(-1, (3, 2, -1)).permute(2, 0, 3, 1, 4)
        w = (q @ k.mT / q.size(-1) ** 0.5).masked_fill(~mask, -torch.inf).softmax(-1)
        return x + WAY
"""


@pytest.mark.parametrize("way", WAYS)
def test_attention_is_seen_however_a_layer_is_written(sandbox: Sandbox, way: str) -> None:
    """Weights are what values are multiplied by. Where no product is made, none are shown."""
    plan = plan_of(LAYER.replace("WAY", WAYS[way]), EncoderLayer="mine")
    with closing(SandboxedRun(sandbox, plan)) as run:
        run.take_steps(2)
        read, written, maps = run.look("3 1 4")
        with pytest.raises(TrainingFailed, match="Type 1 to 8 digits"):
            run.look("three")
        run.take_steps(1)  # nothing was spoilt
    assert read == ["3", "1", "4"] and len(written) == 4
    found = dict(maps)
    shapes = {name: tuple(weights.shape) for name, weights in maps}
    assert shapes["decoder.layers.0.self_attention"] == (2, 4, 4)
    assert shapes["decoder.layers.0.cross_attention"] == (2, 4, 3)
    assert not found["decoder.layers.0.self_attention"].triu(1).any(), "nothing later is seen"
    assert ("encoder.layers.0" in found) is (way != "no product")
    for weights in found.values():
        torch.testing.assert_close(weights.sum(-1), torch.ones(weights.shape[:-1]))


# What runs beside us may replace us: each of these answers for the loop in its place.
FORGED: Mapping[str, tuple[str, Callable[[SandboxedRun], object]]] = {
    "take_steps": ("[(1.0, 2.0)] * count", lambda run: run.take_steps(2)),
    "take_steps ": ("[(1.0, 2.0, 3.0)] * 9", lambda run: run.take_steps(2)),
    "take_steps  ": ("[('1', 2.0, 3.0)] * 2", lambda run: run.take_steps(2)),
    "tree": ("[('a', 'b', 'c', -1)]", lambda run: run.tree()),
    "tree ": ("[('a', 'b', 'c', 1)] * 5000", lambda run: run.tree()),
    "tree  ": ("[]", lambda run: run.tree()),
    "state": ("{'../x': torch.zeros(1)}", lambda run: run.state()),
    "state  ": ("{'__metadata__': torch.zeros(1)}", lambda run: run.state()),
    "state ": ("{'x': torch.zeros(1, dtype=torch.int64)}", lambda run: run.state()),
    "write": ("torch.zeros(1)", lambda run: run.write(torch.zeros(2, 8, dtype=torch.int64))),
    "look": ("(['1'], [], [('x', torch.zeros(1, 2, 1))])", lambda run: run.look("1")),
    "look ": ("(['1'], [], [('x', torch.full((1, 1, 1), torch.nan))])", lambda run: run.look("1")),
    "look  ": ("(['1'] * 999, [], [])", lambda run: run.look("1")),
    "write ": ("'text'", lambda run: run.write(torch.zeros(2, 8, dtype=torch.int64))),
}


@pytest.mark.parametrize("method", FORGED)
def test_what_a_worker_makes_up_is_no_answer(sandbox: Sandbox, method: str) -> None:
    answer, ask = FORGED[method]
    source = (
        "import sys, torch\n"
        "run = sys.modules['grader.worker.training.run']\n"
        f"run.SequenceRun.{method.strip()} = run.Run.{method.strip()} = "
        f"lambda self, count=0, *rest: {answer}\n"
        "def adam_step(*args):\n    return args[:1] + args[2:4]\n"
    )
    with (
        closing(SandboxedRun(sandbox, plan_of(source, adam_step="mine"))) as run,
        pytest.raises(TrainingFailed, match="wrote into the channel"),
    ):
        ask(run)


def test_a_curve_of_numbers_that_are_made_up_can_be_drawn(sandbox: Sandbox) -> None:
    """Finite as they are, their difference is not."""
    source = (
        "import sys\n"
        "run = sys.modules['grader.worker.training.run']\n"
        "run.Run.take_steps = lambda self, count: [(1.7e308, 1.0, 1.0), (-1.7e308, 1.0, 1.0)]\n"
        "def adam_step(*args):\n    pass\n"
    )
    with closing(SandboxedRun(sandbox, plan_of(source, adam_step="mine"))) as run:
        losses = [update.loss for update in run.take_steps(2)]
    assert losses == [math.inf, -math.inf]
    assert plot({"made up": [*enumerate(losses)]}, 60)


def test_a_part_reaches_no_more_than_a_submission(sandbox: Sandbox) -> None:
    """No suite, no solution, no reference, no file: neither on disk nor in memory."""
    folder = Path(__file__).parents[2]
    source = f"""
import sys
found = []
for path in ({str(folder / "grader/suites/ch09_transformer/adam_step/solution.py")!r},
             {str(folder / "reference/optim.py")!r}, "/etc/passwd"):
    try:
        open(path).read()
        found.append(path)
    except OSError:
        pass
try:
    import reference
    found.append("reference")
except ImportError:
    pass
found += [name for name in sys.modules if name.startswith(("reference", "tui", "solution"))]
def adam_step(*args):
    raise RuntimeError(f"found: {{found}}")
"""
    with (
        closing(SandboxedRun(sandbox, plan_of(source, adam_step="mine"))) as run,
        pytest.raises(TrainingFailed, match=r"found: \[\]"),
    ):
        run.take_steps(1)


def test_a_worker_that_grades_finds_no_layer_of_ours(
    candidate: Callable[..., Any],
) -> None:
    """Stand-ins would be answers to exercises: only a worker that trains is sent them."""
    source = """
import importlib, sys
def look():
    try:
        importlib.import_module("grader.worker.training.stand_ins")
    except ImportError:
        return [name for name in sys.modules if "training" in name]
    return "there"
"""
    from grader.worker.calls import Call

    learner = candidate(source)
    learner.load()
    learner.begin(0)
    assert learner.perform(Call(0, "look")).value == []


@pytest.fixture
def trained(whole: Plan, tmp_path: Path) -> Iterator[tuple[RunFolder, list[dict[str, Any]]]]:
    folder = RunFolder(tmp_path / "run")
    folder.create(whole)
    with Training(whole, folder) as training:
        yield folder, list(training.events())


def test_a_run_in_its_own_process_tells_and_keeps_all(
    trained: tuple[RunFolder, list[dict[str, Any]]],
) -> None:
    folder, events = trained
    assert [event["event"] for event in events][-2:] == ["saved", "done"]
    assert len(folder.curve()) == SMALL.steps
    assert json.loads((folder.path / "run.json").read_text())["own"] == PARTS
    told = [row for event in events if event["event"] == "updates" for row in event["updates"]]
    assert [row[1] for row in told] == [update.loss for update in folder.curve()]
