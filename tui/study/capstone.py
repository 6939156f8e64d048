"""The learner's own model: which parts of it they have passed, and what a run of it comes from.

Only text is gathered here. It runs in a worker of `grader.training`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from exercises.catalog import Exercise
from exercises.errors import CourseError
from grader.source_files import imported_modules
from grader.training.folder import Plan, RunFolder
from grader.worker.training.settings import TEXT, Settings
from tui.output import print_message
from tui.study.session import Session

# From what a program needs to the exercise that makes it.
TRANSFORMER: Mapping[str, str] = {
    "Embeddings": "embeddings",
    "PositionalEncoding": "positional_encoding",
    "EncoderLayer": "encoder_layer",
    "Encoder": "encoder",
    "DecoderLayer": "decoder_layer",
    "Decoder": "decoder",
    "Transformer": "transformer",
}
GPT: Mapping[str, str] = {
    "train_bpe": "train_bpe",
    "BPE": "bpe",
    "Embeddings": "embeddings",
    "LearnedPositionalEmbedding": "learned_positional_embedding",
    "EncoderLayer": "encoder_layer",
    "Encoder": "encoder",
    "GPT": "gpt",
}
TOOLS: Mapping[str, str] = {
    "shift_right": "shift_right",
    "label_smoothing_loss": "label_smoothing_loss",
    "clip_grad_norm": "clip_grad_norm",
    "adam_step": "adam_step",
    "cosine_learning_rate": "learning_rates",
}
MOST_TEXT = 100_000  # characters; learning merges in Python takes some seconds for as many
TOO_LARGE = 50 << 20  # bytes of a file that is not even read


class MissingParts(CourseError):
    exit_code = 1

    def __init__(self, missing: list[Exercise]) -> None:
        self.missing = missing
        lines = [f"  {exercise.title:<34} learn submit {exercise.id}" for exercise in missing]
        them = "it" if len(missing) == 1 else "them"
        super().__init__(
            "\n".join(
                [
                    "Your model lacks what you have not passed yet. What counts is a submission:",
                    *lines,
                    f"With --fill, our own parts stand in for {them}.",
                ]
            )
        )


class BadText(CourseError):
    exit_code = 2


class NoText(BadText):
    """There is no such file."""


class Clash(CourseError):
    exit_code = 1

    def __init__(self, name: str) -> None:
        super().__init__(
            f"Two of your exercises import a file {name}, and these differ. All your parts run in"
            " one program now: give one of the two files another name, and submit again."
        )


@dataclass(frozen=True)
class Gathered:
    """What the learner has of a model: `own` from a part's name to their module, with all files;
    `missing` by the part's name."""

    own: dict[str, str]
    files: dict[str, str]
    missing: dict[str, Exercise]

    def plan(self, settings: Settings, text: str = "") -> Plan:
        return Plan(settings, self.files, self.own, text)


def needed(is_text: bool) -> Mapping[str, str]:
    """The parts of a model, from a part's name to its exercise."""
    return GPT if is_text else TRANSFORMER


def tools(is_text: bool) -> list[str]:
    """What the loop takes of chapter 9. A GPT reads and predicts one text: nothing is shifted."""
    return [name for name in TOOLS if not (is_text and name == "shift_right")]


def gather(session: Session, is_text: bool, fill: bool) -> Gathered:
    """The passed files of a model. Raises `MissingParts` where there are too few, unless `fill`."""
    parts = needed(is_text)
    own: dict[str, str] = {}
    files: dict[str, str] = {}
    missing: dict[str, Exercise] = {}
    for name, id in {**parts, **TOOLS}.items():
        exercise = session.catalog.exercise(id)
        source = session.progress.passed_source(id)
        if source is None:
            if name in parts:
                missing[name] = exercise
            continue
        own[name] = id
        for file, text in _with_imports(session, exercise, source):
            if files.setdefault(file, text) != text:
                raise Clash(file)
    if missing and not fill:
        raise MissingParts(list(missing.values()))
    return Gathered(own, files, missing)


def _with_imports(session: Session, exercise: Exercise, source: str) -> Iterator[tuple[str, str]]:
    """A passed file, and those of the learner's that it imports: passed ones, or from beside it."""
    folder = session.workspace.file(exercise).parent
    waiting, seen = [(f"{exercise.id}.py", source)], {exercise.id}
    while waiting:
        name, text = waiting.pop()
        yield name, text
        for module in imported_modules(text.encode("utf-8", "replace")):
            if module not in seen:
                seen.add(module)
                found = session.progress.passed_source(module) or _text(folder / f"{module}.py")
                if found is not None:
                    waiting.append((f"{module}.py", found))


def _text(file: Path) -> str | None:
    try:
        return file.read_text("utf-8") if file.is_file() else None
    except (OSError, UnicodeDecodeError):
        return None


def read_text(file: Path) -> str:
    """A text to learn from, its first part where it is long."""
    text = whole_text(file)
    if len(text) > MOST_TEXT:
        print_message(f"{file} is long: its first {MOST_TEXT:,} characters are learned.", err=True)
    return text[:MOST_TEXT]


def whole_text(file: Path) -> str:
    try:
        if file.stat().st_size > TOO_LARGE:
            raise BadText(f"{file} is larger than {TOO_LARGE >> 20} MB. Take a part of it.")
        return file.read_text("utf-8")
    except FileNotFoundError:
        raise NoText(f"There is no file {file}.") from None
    except UnicodeDecodeError:
        raise BadText(f"{file} is not UTF-8 text.") from None
    except OSError as error:
        raise BadText(f"{file} cannot be read: {error.strerror}.") from None


def run_folder(session: Session, name: str) -> RunFolder:
    return RunFolder(session.workspace.state / "training" / name)


def run_name(task: str, file: Path | None = None, beside: str | None = None) -> str:
    """One run a task and one a text; and what is trained `beside` the run of a task."""
    if file is not None:
        stem = re.sub(r"[^\w-]+", "-", file.stem)
        return f"{TEXT}-{stem[:60]}"
    return f"{task}.{beside}" if beside else task


def kept_runs(session: Session) -> list[tuple[str, RunFolder]]:
    folder = session.workspace.state / "training"
    runs = [(path.name, RunFolder(path)) for path in sorted(folder.glob("*"))]
    return [(name, run) for name, run in runs if run.exists]
