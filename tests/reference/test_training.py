"""The loop: what a step does, what a batch holds, and that a resumed run is the same run."""

import json

import pytest
import torch
from click.testing import CliRunner

from reference.config import TransformerConfig
from reference.device import autocast_dtype, choose_device
from reference.gpt import GPT
from reference.losses import IGNORE
from reference.training.__main__ import main
from reference.training.recipes import reverse_trainer
from reference.training.tasks import ReverseTask, TextTask
from reference.training.trainer import RunFolder, Trainer, TrainingConfig
from reference.transformer import Transformer

CPU = torch.device("cpu")
TEXT = "the quick brown fox jumps over the lazy dog. " * 12
TASKS = {"reverse": ReverseTask(max_length=6), "text": TextTask(TEXT, context=12)}


def make_trainer(name, folder=None, dropout=0.2, **settings):
    """A tiny model with dropout, so that a resumed run must also draw the same dropout."""
    task = TASKS[name]
    torch.manual_seed(5)
    sizes = {"vocab_size": task.vocab_size, "max_len": 14, "d_model": 16, "n_heads": 2}
    if name == "reverse":
        config = TransformerConfig(**sizes, n_encoder_layers=1, n_decoder_layers=1, dropout=dropout)
        model = Transformer(config)
    else:
        config = TransformerConfig(
            **sizes, n_encoder_layers=0, n_decoder_layers=2, dropout=dropout, norm_first=True
        )
        model = GPT(config)
    settings = {"steps": 12, "batch_size": 6, "checkpoint_every": 5, "smoothing": 0.1, **settings}
    return Trainer(
        model, task.batch, lambda step: 1e-2 / step, TrainingConfig(**settings), CPU, folder
    )


class Interrupted(Exception):
    pass


@pytest.mark.parametrize("name", sorted(TASKS))
@pytest.mark.parametrize("interrupted_at", [6, 9, 10])
def test_an_interrupted_and_resumed_run_is_bit_for_bit_the_uninterrupted_one(
    tmp_path, name, interrupted_at
):
    whole = make_trainer(name, RunFolder(tmp_path / "whole"), accumulate=2)
    whole.run()

    def interrupt(report):
        if report.step == interrupted_at:
            raise Interrupted

    folder = RunFolder(tmp_path / "parts")
    with pytest.raises(Interrupted):
        make_trainer(name, folder, accumulate=2).run(interrupt)
    torch.rand(7)  # a new process would have another random state
    resumed = make_trainer(name, folder, accumulate=2)
    resumed.resume()
    assert resumed.step == 5
    resumed.run()

    assert resumed.step == whole.step == 12
    weights = zip(whole.model.parameters(), resumed.model.parameters(), strict=True)
    assert all(torch.equal(a, b) for a, b in weights)
    assert folder.log.read_text() == RunFolder(tmp_path / "whole").log.read_text()
    assert [json.loads(line)["step"] for line in folder.log.open()] == list(range(1, 13))
    states = [t.optimizer.state_dict()["state"] for t in (whole, resumed)]
    for i, state in states[0].items():
        assert torch.equal(state["m"], states[1][i]["m"])
        assert torch.equal(state["v"], states[1][i]["v"])


def test_another_seed_is_another_run():
    reports = [make_trainer("text", seed=seed).take_step() for seed in (0, 0, 1)]
    assert reports[0] == reports[1] != reports[2]


def test_dropout_is_drawn_anew_at_every_step():
    trainer = make_trainer("text", dropout=0.5)
    first = trainer.draw(4, torch.Generator().manual_seed(0))
    trainer.draw = lambda size, generator: first
    trainer.learning_rate = lambda step: 0.0
    assert trainer.take_step().loss != trainer.take_step().loss


@pytest.mark.parametrize("name", sorted(TASKS))
@pytest.mark.parametrize("accumulate", [2, 3, 6])
def test_a_batch_in_parts_gives_the_same_update(name, accumulate):
    once, parts = (make_trainer(name, dropout=0.0, accumulate=n) for n in (1, accumulate))
    for _ in range(3):
        a, b = once.take_step(), parts.take_step()
        assert a.loss == pytest.approx(b.loss, rel=1e-5)
        assert a.gradient_norm == pytest.approx(b.gradient_norm, rel=1e-4)


def test_one_step_is_the_textbook_update():
    """Against PyTorch's own loss, clipping and optimiser, on the same batch."""
    trainer = make_trainer("reverse", dropout=0.0, max_norm=0.5, weight_decay=0.1)
    other = make_trainer("reverse", dropout=0.0).model
    optimizer = torch.optim.AdamW(
        other.parameters(), lr=1e-2, betas=(0.9, 0.98), eps=1e-9, weight_decay=0.1
    )
    batch = TASKS["reverse"].batch(6, torch.Generator().manual_seed(1))
    report = trainer.take_step()
    loss = torch.nn.functional.cross_entropy(
        other(*batch.inputs).flatten(0, 1), batch.targets.flatten(), label_smoothing=0.1
    )
    loss.backward()
    norm = torch.nn.utils.clip_grad_norm_(other.parameters(), 0.5)
    optimizer.step()
    assert norm > 0.5  # so that clipping is part of what is compared
    assert report.loss == pytest.approx(loss.item(), rel=1e-5)
    assert report.gradient_norm == pytest.approx(norm.item(), rel=1e-4)
    assert report.learning_rate == 1e-2
    for mine, yours in zip(trainer.model.parameters(), other.parameters(), strict=True):
        torch.testing.assert_close(mine, yours, atol=1e-5, rtol=1e-5)


def test_the_loss_falls():
    trainer = make_trainer("text", steps=60, dropout=0.0)
    trainer.learning_rate = lambda step: 1e-2
    losses = []
    trainer.run(lambda report: losses.append(report.loss))
    assert sum(losses[-5:]) / 5 < 0.75 * sum(losses[:5]) / 5


def test_resuming_needs_a_checkpoint_of_the_same_run(tmp_path):
    with pytest.raises(ValueError, match="no checkpoint"):
        make_trainer("text").resume()
    folder = RunFolder(tmp_path)
    with pytest.raises(ValueError, match="no checkpoint"):
        make_trainer("text", folder).resume()
    make_trainer("text", folder, steps=1).run()
    with pytest.raises(ValueError, match="other settings"):
        make_trainer("text", folder, steps=1, seed=3).resume()
    with pytest.raises(ValueError, match="other settings"):
        make_trainer("text", folder, steps=1, recipe="another text").resume()
    with pytest.raises(ValueError, match="another size"):
        make_trainer("reverse", folder, steps=1).resume()


def test_a_kill_while_saving_leaves_the_old_checkpoint(tmp_path, monkeypatch):
    folder = RunFolder(tmp_path)
    folder.save({"step": 1})

    def half_written(state, path):
        path.write_bytes(b"half")
        raise Interrupted

    monkeypatch.setattr(torch, "save", half_written)
    with pytest.raises(Interrupted):
        folder.save({"step": 2})
    assert torch.load(folder.checkpoint, weights_only=True) == {"step": 1}


@pytest.mark.parametrize(
    "settings", [{"steps": 0}, {"batch_size": 0}, {"accumulate": 7}, {"accumulate": 0}]
)
def test_impossible_settings_are_refused(settings):
    with pytest.raises(ValueError):
        make_trainer("text", **settings)


def test_reversed_sequences():
    task = ReverseTask(n_symbols=7, min_length=2, max_length=9)
    source, target = task.sequences(300, torch.Generator().manual_seed(0), held_out=False)
    lengths = (source != task.PAD).sum(1)
    assert set(lengths.tolist()) == set(range(2, 10))
    for row, reverse, n in zip(source.tolist(), target.tolist(), lengths.tolist(), strict=True):
        assert reverse == [*row[:n][::-1], task.EOS, *[task.PAD] * (9 - n)]
        assert all(3 <= token < task.vocab_size for token in row[:n])


def test_no_held_out_sequence_is_ever_trained_on():
    task = TASKS["reverse"]
    for held_out in (True, False):
        source, _ = task.sequences(2000, torch.Generator().manual_seed(0), held_out)
        sums = (source - task.FIRST_SYMBOL).clamp(min=0).sum(1) % task.n_symbols
        assert (sums == 0).all() == held_out
        if not held_out:
            assert (sums != 0).all()


def test_teacher_forcing_shifts_the_target_by_one():
    task = TASKS["reverse"]
    batch = task.batch(50, torch.Generator().manual_seed(0))
    _, inputs = batch.inputs
    assert (inputs[:, 0] == task.BOS).all()
    kept = batch.targets[:, :-1] != IGNORE
    assert torch.equal(inputs[:, 1:][kept], batch.targets[:, :-1][kept])
    assert (batch.targets == task.EOS).sum() == 50
    assert not (batch.targets == task.PAD).any()


class Backwards(Transformer):
    """A perfect model, apart from those rows whose first symbol is the last one there is."""

    def decoding_step(self, src, capacity=64):
        task = TASKS["reverse"]

        def step(tokens):
            t = tokens.size(1) - 1
            rows = []
            for row in src.tolist():
                answer = [*reversed([token for token in row if token != task.PAD]), task.EOS]
                if row[0] == task.vocab_size - 1:
                    answer[0] = 3 + (answer[0] - 2) % task.n_symbols
                rows.append(answer[t] if t < len(answer) else task.EOS)
            return torch.eye(task.vocab_size)[rows]

        return step


def test_accuracy_counts_sequences_without_a_single_mistake():
    task = TASKS["reverse"]
    model = Backwards(TransformerConfig(d_model=8, n_heads=2, vocab_size=task.vocab_size))
    source, _ = task.sequences(200, torch.Generator().manual_seed(3), held_out=True)
    spoiled = (source[:, 0] == task.vocab_size - 1).sum().item()
    assert 5 < spoiled < 60
    assert task.accuracy(model, 200, 3, CPU) == pytest.approx(1 - spoiled / 200)


def test_decoding_is_that_of_the_full_pass_without_a_cache():
    torch.manual_seed(1)
    task = TASKS["reverse"]
    model = make_trainer("reverse").model.eval()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(0.3 * torch.randn_like(parameter))
    source, _ = task.sequences(20, torch.Generator().manual_seed(0), held_out=True)
    tokens = torch.full((20, 1), task.BOS)
    with torch.no_grad():
        for _ in range(task.max_length + 1):
            tokens = torch.cat([tokens, model(source, tokens)[:, -1:].argmax(-1)], dim=1)
    decoded = task.decode(model, source)
    for fast, slow in zip(decoded.tolist(), tokens[:, 1:].tolist(), strict=True):
        end = slow.index(task.EOS) + 1 if task.EOS in slow else len(slow)
        assert fast[:end] == slow[:end]
        assert not any(fast[end:])


def test_text_windows_predict_the_next_character_within_their_part():
    task = TextTask("".join(chr(97 + i % 26) for i in range(500)), context=10)
    for batch, part in (
        (task.batch(40, torch.Generator().manual_seed(0)), task.training),
        (task.held_out_batch(40, torch.Generator().manual_seed(0)), task.held_out),
    ):
        (inputs,) = batch.inputs
        assert inputs.shape == (40, 10)
        assert torch.equal(inputs[:, 1:], batch.targets[:, :-1])
        assert torch.equal(batch.targets, (inputs + 1) % 26)
        assert len(part) in (450, 50)
    assert task.decode(torch.cat([task.training, task.held_out])) == "".join(
        chr(97 + i % 26) for i in range(500)
    )


def test_devices():
    assert choose_device("cpu") == CPU
    assert choose_device("auto").type in ("cpu", "cuda", "mps")
    assert autocast_dtype(CPU) is None
    for name in ("quantum", "cuda:99", "cpu:1", "meta"):
        with pytest.raises(ValueError, match=name):
            choose_device(name)


def invoke(*arguments):
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def test_command_line_trains_on_a_text_and_resumes(tmp_path):
    book, out = tmp_path / "a book.txt", tmp_path / "run"
    book.write_text(TEXT)
    options = ("--task", "text", "--file", book, "--context", 16, "--steps", 3, "--out", out)
    first = invoke(*options, "--prompt", "fox")
    assert first.exit_code == 0, first.output
    assert "nats per character" in first.stdout
    sample = first.stdout.splitlines()[1]
    assert sample.startswith("fox") and len(sample) == 17
    again = invoke(*options)
    assert again.exit_code == 1 and "Add --resume" in again.output
    resumed = invoke(*options, "--prompt", "fox", "--resume")
    assert resumed.exit_code == 0 and resumed.stdout == first.stdout
    book.write_text(TEXT.replace("fox", "dog") + "x")
    other = invoke(*options, "--resume")
    assert other.exit_code == 1 and "other settings" in other.output


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--task", "text"], "--file"),
        (["--task", "text", "--file", "no such file"], "There is no file"),
        (["--task", "text", "--file", "short.txt"], "needs at least"),
        (["--task", "text", "--file", "binary.txt"], "not a UTF-8 text file"),
        (["--task", "text", "--file", "."], "cannot be read"),
        (["--task", "text", "--file", "long.txt", "--prompt", "{"], "does not contain '{'"),
        (["--task", "reverse", "--device", "abacus"], "no device called 'abacus'"),
        (["--task", "reverse", "--resume"], "--out"),
    ],
)
def test_command_line_refuses_bad_input_with_a_sentence(tmp_path, monkeypatch, arguments, sentence):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "short.txt").write_text("too short")
    (tmp_path / "long.txt").write_text(TEXT * 5)
    (tmp_path / "binary.txt").write_bytes(b"\xff\xfe\x00")
    result = invoke(*arguments, "--steps", 1)
    assert result.exit_code == 1
    assert sentence in result.stderr and "Traceback" not in result.output
    assert result.stdout == ""


def test_command_line_shows_how_well_it_reverses():
    result = invoke("--task", "reverse", "--device", "cpu", "--steps", 2)
    accuracy, rest = result.stdout.split(" ", 1)
    assert 0.0 <= float(accuracy.removesuffix("%")) < 5.0
    assert rest.startswith("of 1000 held-out sequences")
    assert len(result.stdout.splitlines()) == 6


@pytest.mark.slow
def test_the_reverse_task_is_learned():
    """Sequences of at most 6 symbols. Those of 12 take longer: docs/benchmarks.md has them."""
    task = ReverseTask(max_length=6)
    trainer = reverse_trainer(task, steps=200, seed=0, device=CPU, folder=None)
    trainer.run()
    assert task.accuracy(trainer.model.eval(), size=1000, seed=0, device=CPU) >= 0.99
