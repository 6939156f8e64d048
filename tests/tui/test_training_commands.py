"""`learn build` and `learn train`, as real processes on a workspace whose exercises have passed."""

import json
import signal
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from command_line import LEARN, clean_environment

from exercises.catalog import load_catalog
from tui.progress.progress import Attempt, Progress
from tui.study.capstone import GPT, TOOLS, TRANSFORMER

Learn = Callable[..., "subprocess.CompletedProcess[str]"]
ALL = {**TRANSFORMER, **GPT, **TOOLS}
QUICK = ("--steps", "8", "--json")


@pytest.fixture
def passed(workspace: Path) -> Callable[..., None]:
    """`passed(id, …)`: these have been submitted, as our solutions or as `text`."""

    def submit(*ids: str, text: str | None = None) -> None:
        with Progress(workspace / ".learn" / "progress.db") as progress:
            for id in ids:
                exercise = load_catalog().exercise(id)
                source = text or (exercise.suite / "solution.py").read_text("utf-8")
                kept = {"exercise": id, "kind": "submit", "outcome": "passed", "report": "{}"}
                progress.record(
                    Attempt(
                        **kept,  # type: ignore[arg-type]
                        points=1,
                        max_points=1,
                        seed=1,
                        at=datetime.now(UTC),
                        source=source.encode(),
                    )
                )

    return submit


def test_every_part_is_an_exercise_that_defines_it() -> None:
    for name, id in ALL.items():
        assert name in load_catalog().exercise(id).entry


def test_what_is_missing_is_named_with_the_command_that_gets_it(
    learn: Learn, passed: Callable[..., None]
) -> None:
    passed(*(id for id in TRANSFORMER.values() if id not in ("decoder", "encoder_layer")))
    done = learn("build")
    assert (done.returncode, done.stdout) == (1, "")
    for id in ("decoder", "encoder_layer"):
        assert f"{load_catalog().exercise(id).title} " in done.stderr
        assert f"learn submit {id}" in done.stderr
    assert "learn check transformer" not in done.stderr
    assert "--fill" in done.stderr
    assert learn("train").stderr == done.stderr


@pytest.mark.slow
def test_build_says_whose_each_part_is(learn: Learn, passed: Callable[..., None]) -> None:
    passed("encoder_layer", "encoder")
    done = learn("build", "--fill")
    assert done.returncode == 0, done.stderr
    whose = {line.split()[0]: line.split()[-1] for line in done.stdout.splitlines() if line}
    assert whose["model"] == "in", "filled in"
    assert (whose["encoder"], whose["decoder"]) == ("yours", "in")
    assert "Filled in: Embeddings, PositionalEncoding, DecoderLayer, Decoder" in done.stdout
    assert "`learn train --fill` trains it." in done.stdout


@pytest.mark.slow
def test_a_part_that_stops_is_told_with_its_line(learn: Learn, passed: Callable[..., None]) -> None:
    passed("encoder", text="class Encoder:\n    def __init__(self, *args):\n        1 / 0\n")
    done = learn("build", "--fill")
    assert done.returncode == 1
    assert "Encoder in encoder.py cannot be made: ZeroDivisionError" in done.stderr
    assert "line 3: 1 / 0" in done.stderr


@pytest.mark.slow
def test_a_run_is_trained_compared_listed_and_sampled(
    learn: Learn, passed: Callable[..., None]
) -> None:
    passed(*TRANSFORMER.values(), "layer_norm")
    own = (load_catalog().exercise("shift_right").suite / "solution.py").read_text("utf-8")
    passed("shift_right", text=f"from layer_norm import LayerNorm\n{own}")  # another chapter's
    done = learn("train", "--task", "copy", "--compare", *QUICK)
    assert done.returncode == 0, done.stderr
    curves: dict[str, list[float]] = {"copy": [], "reference": []}
    for line in done.stdout.splitlines():
        event = json.loads(line)
        curves[event["run"]] += [row[1] for row in event.get("updates", ())]
    assert curves["copy"] == pytest.approx(curves["reference"], abs=1e-3)
    assert len(curves["copy"]) == 8

    listed = json.loads(learn("train", "--list", "--json").stdout)
    assert [(run["run"], run["step"]) for run in listed] == [("copy", 8), ("copy.reference", 8)]
    sampled = learn("train", "--task", "copy", "--sample")
    assert "right on sequences that it has never seen" in sampled.stdout
    look = ("train", "--task", "copy", "--attention", "--prompt", "2 7 1")
    looked = json.loads(learn(*look, "--json").stdout)
    assert looked["read"] == ["2", "7", "1"]
    assert [name for name, _ in looked["maps"]][-1] == "decoder.layers.1.cross_attention"
    first = learn(*look, "--layer", "encoder.0.self_attention")
    assert first.stdout.count("encoder.0.self_attention, head") == 4
    assert "Yours, step 8 of 8." in first.stdout
    wrong = learn(*look, "--layer", "encoder.9")
    assert wrong.returncode == 2
    assert "There is no encoder.9. There are: encoder.0.self_attention, " in wrong.stderr
    passed("encoder", text="def Encoder(*args):\n    1 / 0\n")
    failed = learn("train", "--task", "copy", "--again")
    assert (failed.returncode, "ZeroDivisionError" in failed.stderr) == (1, True)
    again = learn("train", "--task", "copy")  # what was there is there
    assert again.returncode == 2
    assert "Its 8 steps are done. --sample shows what it writes, --again starts over." in (
        again.stderr
    )


@pytest.mark.slow
def test_a_mistake_is_trained_beside_a_healthy_run(
    learn: Learn, passed: Callable[..., None]
) -> None:
    passed(*TRANSFORMER.values())
    done = learn("train", "--plant", "no-scale", "--steps", "5")
    assert done.returncode == 0, done.stderr
    assert "● healthy   × no-scale" in done.stdout.replace("○", "×")
    assert "At step 5: healthy " in done.stdout


@pytest.mark.slow
def test_a_text_is_learned_by_a_gpt(
    learn: Learn, passed: Callable[..., None], folder: Path
) -> None:
    passed(*GPT.values())
    (folder / "a book.txt").write_text(" ".join(map(str, range(500))))
    done = learn("train", "a book.txt", "--steps", "4")
    assert done.returncode == 0, done.stderr
    assert "text-a-book: learns a text, 4 steps" in done.stdout
    assert learn("train", "a book.txt", "--sample", "--prompt", "All").stdout.strip()
    looked = learn("train", "a book.txt", "--attention", "--prompt", "7 8")
    assert "decoder.1.self_attention, head 3" in looked.stdout
    assert "␣" in looked.stdout


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("none.txt", None, "There is no file none.txt."),
        ("latin.txt", b"\xff\xfe\xfa", "latin.txt is not UTF-8 text."),
    ],
)
def test_a_text_that_cannot_be_learned_is_refused_in_a_sentence(
    learn: Learn, workspace: Path, folder: Path, name: str, content: bytes | None, sentence: str
) -> None:
    if content is not None:
        (folder / name).write_bytes(content)
    done = learn("train", name, "--fill")
    assert done.returncode == 2
    assert sentence in done.stderr


def test_there_is_nothing_to_go_on_with(learn: Learn, workspace: Path) -> None:
    done = learn("train", "--resume")
    assert done.returncode == 2
    assert "There is no run of reverse. Kept are: none yet." in done.stderr
    assert learn("train", "--list").stdout == "No run is kept yet. `learn train` begins one.\n"


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(signal, "SIGTERM"), reason="no signals here")
def test_ctrl_c_and_sigterm_keep_the_run_and_resume_goes_on(
    learn: Learn, workspace: Path, folder: Path
) -> None:
    steps = []
    for number, arguments in ((signal.SIGINT, ("--fill",)), (signal.SIGTERM, ("--resume",))):
        process = subprocess.Popen(
            [str(LEARN), "train", "--json", *arguments],
            cwd=folder,
            env=clean_environment(),
            stdout=subprocess.PIPE,
            text=True,
        )
        assert process.stdout is not None
        events: list[dict[str, Any]] = []
        for line in process.stdout:
            events.append(json.loads(line))
            if events[-1]["event"] == "updates" and process.poll() is None:
                process.send_signal(number)
                break
        events += map(json.loads, process.stdout)
        assert process.wait() == 130
        [step] = [event["step"] for event in events if event["event"] == "saved"]
        steps.append(step)
    assert 0 < steps[0] < steps[1] < 400
    stopped = learn("train")
    assert f"It stands at step {steps[1]} of 400. --resume goes on with it" in stopped.stderr
