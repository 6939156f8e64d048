"""`learn load`: what one has passed, in a model as it is published."""

import json
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest

from exercises.catalog import load_catalog

CATALOG = load_catalog()
Run = Callable[..., "CompletedProcess[str]"]


@pytest.fixture
def passed(warm_learn: Run, workspace: Path) -> Callable[[str], Path]:
    """Pass an exercise with our solution; its file in the workspace."""

    def submit(name: str) -> Path:
        exercise = CATALOG.exercise(name)
        file = workspace / exercise.chapter / f"{name}.py"
        file.write_bytes((exercise.suite / "solution.py").read_bytes())
        done = warm_learn("submit", name)
        assert done.returncode == 0, done.stdout + done.stderr
        return file

    return submit


def part(done: Any, name: str) -> dict[str, Any]:
    [found] = (each for each in json.loads(done.stdout)["parts"] if each["exercise"] == name)
    return dict(found)


def test_from_a_seed_to_ones_own_parts_in_the_model(
    warm_learn: Run, passed: Callable[[str], Path]
) -> None:
    file = passed("layer_norm")
    passed("causal_mask")
    made = warm_learn("load", "--make", "gpt2", "my gpt", "--seed", "3")
    assert made.returncode == 0
    assert "learn load 'my gpt'" in made.stdout

    done = warm_learn("load", "my gpt")
    assert (done.returncode, done.stderr) == (0, "")
    assert "GPT-2" in done.stdout and "74,448" in done.stdout
    assert "✓ layer_norm: the same numbers at 7 places" in done.stdout
    assert "✓ causal_mask: the same numbers at 3 places, to the last digit" in done.stdout
    assert "embeddings does not fit" in done.stdout
    assert "Not passed yet: multi_head_attention_layer" in done.stdout
    assert "All of yours together (layer_norm, causal_mask)" in " ".join(done.stdout.split())
    assert "it continues, most probably, with" in " ".join(done.stdout.split())

    # The file counts as it is now: what was passed can be tried with a mistake.
    right = file.read_text("utf-8")
    file.write_text(right.replace("variance + self.eps", "variance + 0.1"), "utf-8")
    wrong = warm_learn("load", "my gpt/model.safetensors")
    assert wrong.returncode == 1
    assert "✗ layer_norm: differs first at layer 1, first norm." in wrong.stdout

    file.unlink()  # then what passed is tried
    assert warm_learn("load", "my gpt").returncode == 0


def test_what_is_imported_comes_along(warm_learn: Run, passed: Callable[[str], Path]) -> None:
    """Beside the file, or passed in another chapter."""
    passed("layer_norm")
    file = passed("rms_norm")
    source = file.read_text("utf-8")
    file.write_text("import layer_norm\nimport beside\n" + source, "utf-8")
    file.with_name("beside.py").write_text("x = 1\n", "utf-8")
    assert warm_learn("load", "--make", "t5", "t5").returncode == 0
    done = warm_learn("load", "t5", "--json")
    assert part(done, "rms_norm")["state"] == "same"
    assert json.loads(done.stdout)["facts"]["heads"] == "4 of 12"


def test_nothing_is_passed(warm_learn: Run, workspace: Path, folder: Path) -> None:
    assert warm_learn("load", "--make", "vit", "vit").returncode == 0
    done = warm_learn("load", "vit", "--as", "vit")
    assert done.returncode == 0
    assert "None of your answers was tried" in done.stdout
    assert sorted(path.name for path in (folder / "vit").iterdir()) == [
        "config.json", "model.safetensors"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("model.bin", b"", "is a pickle"),
        ("model.safetensors", b"", "not whole"),
        ("model.safetensors", b"\x1b]0;x\x07" * 100, "not in the safetensors format"),
        ("nothing", None, "There is no file"),
    ],
)
def test_what_cannot_be_loaded_gets_a_sentence(
    warm_learn: Run, workspace: Path, folder: Path, name: str, content: bytes | None, words: str
) -> None:
    if content is not None:
        (folder / name).write_bytes(content)
    done = warm_learn("load", name)
    assert (done.returncode, done.stdout) == (2, "")
    assert words in done.stderr and done.stderr.count("\n") == 1
    assert done.stderr[:-1].isprintable()


def test_names_in_a_file_steer_no_terminal(warm_learn: Run, workspace: Path, folder: Path) -> None:
    header = json.dumps({"\x1b[2J": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}})
    raw = header.encode()
    content = len(raw).to_bytes(8, "little") + raw + bytes(4)
    (folder / "odd.safetensors").write_bytes(content)
    done = warm_learn("load", "odd.safetensors")
    assert done.returncode == 2
    assert "none of the layouts" in done.stderr and "\x1b" not in done.stderr


def test_usage(warm_learn: Run, workspace: Path, folder: Path) -> None:
    assert warm_learn("load").returncode == 2
    assert warm_learn("load", "--make", "llama", "x").returncode == 2
    assert warm_learn("load", "--make", "gpt2", "x", "--seed", "-1").returncode == 2
    (folder / "file").write_text("")
    done = warm_learn("load", "--make", "gpt2", "file")
    assert done.returncode != 0 and done.stderr.count("\n") == 1


@pytest.mark.slow
def test_cold_in_a_process_of_its_own(learn: Run, workspace: Path) -> None:
    assert learn("load", "--make", "bert", "bert").returncode == 0
    done = learn("load", "bert")
    assert (done.returncode, done.stderr) == (0, "")
    assert "BERT" in done.stdout
