"""A class of thousands in one batch, which is killed again and again.

    python -m tests.load.batch --count 3000 --kills 3

Right and wrong answers of three exercises, hostile files, broken ones and notebooks, no two alike,
are written into a temporary folder and graded by `grader batch`. Whenever another share of them is
done, all of its processes are killed with -9, and it is started again. In the end each verdict must
be as expected, and none may be missing. Printed are time, memory by tenths of the way, and what is
not as it should be.
"""

from __future__ import annotations

import argparse
import contextlib
import itertools
import json
import os
import random
import re
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from exercises.catalog import load_catalog
from grader.examiner.answer_key import suite_folder
from grader.misconceptions import load_misconceptions
from tests.processes import generations

EXERCISES = ("softmax", "padding_mask", "layer_norm")
HOSTILE = Path(__file__).parents[1] / "hostile"
SHARES = {"right": 40, "wrong": 35, "hostile": 5, "broken": 10, "notebook": 10}
BROKEN = {
    "unfinished": b"def f(:\n    return\n",
    "empty": b"",
    "no text": bytes(range(256)),
    "stops": b"raise RuntimeError('no')\n",
    "zeros": b"import torch\0\n",
}
LOOK_SECONDS = 0.5


@dataclass(frozen=True)
class HandIn:
    """What one student hands in. `passes` is what must come of it."""

    kind: str
    exercise: str
    files: dict[str, bytes]
    passes: bool


def hand_in(kind: str, number: int, chance: random.Random) -> HandIn:
    """A file that nobody else hands in, and what must come of it."""
    id = chance.choice(EXERCISES)
    if kind == "hostile":
        harmless = [file for file in sorted((HOSTILE / "submissions").glob("*.py")) if tame(file)]
        source = chance.choice(harmless).read_bytes() + f"\n# {number}\n".encode()
        return HandIn(kind, "softmax", {"softmax.py": source, "kit.py": kit()}, False)
    if kind == "broken":
        source = chance.choice(sorted(BROKEN.values())) + f"# {number}\n".encode()
        return HandIn(kind, id, {f"{id}.py": source}, False)
    passes = kind == "right" or (kind == "notebook" and chance.random() < 0.5)
    source = chance.choice(right(id) if passes else wrong(id)).encode() + f"# {number}\n".encode()
    if kind == "notebook":
        cell = {"cell_type": "code", "source": source.decode(), "metadata": {}, "outputs": []}
        whole = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [cell]}
        return HandIn(kind, id, {"homework.ipynb": json.dumps(whole).encode()}, passes)
    return HandIn(kind, id, {f"{id}.py": source}, passes)


def tame(file: Path) -> bool:
    """Of this exercise, and not one of those that are waited for until their time is over."""
    header = file.read_text("utf-8")
    return not re.search(r"^# (?:exercise: (?!softmax$)|hangs|machine)", header, re.M)


def kit() -> bytes:
    return (HOSTILE / "kit.py").read_bytes()


def right(id: str) -> list[str]:
    folder = suite_folder(load_catalog().exercise(id))
    files = [folder / "solution.py", *sorted((folder / "alternatives").glob("*.py"))]
    return [file.read_text("utf-8") for file in files]


def wrong(id: str) -> list[str]:
    folder = suite_folder(load_catalog().exercise(id))
    solution = (folder / "solution.py").read_text("utf-8")
    known = load_misconceptions(folder / "misconceptions.yaml")
    return [misconception.apply(solution) for misconception in known]


def write_class(folder: Path, count: int, chance: random.Random) -> dict[str, HandIn]:
    kinds = chance.choices(list(SHARES), list(SHARES.values()), k=count)
    found = {}
    for number, kind in enumerate(kinds, start=1):
        found[str(number)] = one = hand_in(kind, number, chance)
        (folder / str(number)).mkdir(parents=True)
        for name, content in one.files.items():
            (folder / str(number) / name).write_bytes(content)
    return found


def done(store: Path) -> int:
    if not store.is_file():
        return 0
    with closing(sqlite3.connect(f"file:{store}?mode=ro", uri=True)) as database:
        try:
            return int(database.execute("SELECT count(*) FROM verdicts").fetchone()[0])
        except sqlite3.OperationalError:
            return 0  # it is being made


def held_by(batch: int) -> dict[int, int]:
    """The processes of a batch, and the bytes that each holds for itself alone."""
    found = {}
    for pid in itertools.chain.from_iterable(generations(batch)):
        with contextlib.suppress(OSError):  # it has ended
            told = Path(f"/proc/{pid}/smaps_rollup").read_text()
            found[pid] = 1024 * sum(map(int, re.findall(r"^Private_\w+: +(\d+)", told, re.M)))
    return found


def run(command: list[str], store: Path, until: float, memory: list[tuple[int, int, int]]) -> bool:
    """Whether the batch came to its end before `until` verdicts were there; else it is killed."""
    batch = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    while batch.poll() is None:
        time.sleep(LOOK_SECONDS)
        held = held_by(batch.pid)
        there = done(store)
        memory.append((there, held.get(batch.pid, 0), sum(held.values())))
        if there >= until:
            for pid in held:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            batch.wait()
            return False
    return True


def verdicts(store: Path) -> dict[str, dict[str, str]]:
    """By student and exercise, of all that was handed in."""
    query = """
        SELECT answers.student, answers.exercise, verdicts.outcome FROM answers
        JOIN verdicts ON verdicts.content = answers.content AND verdicts.suite = answers.suite
    """
    found: dict[str, dict[str, str]] = {}
    with closing(sqlite3.connect(store)) as database:
        for student, exercise, outcome in database.execute(query):
            found.setdefault(student, {})[exercise] = outcome
    return found


def trial(count: int, kills: int, jobs: int, seed: int) -> int:
    chance = random.Random(seed)
    with tempfile.TemporaryDirectory() as name:
        folder, settings = Path(name) / "class", Path(name) / "classroom.yaml"
        points = ", ".join(f"{id}: 1" for id in EXERCISES)
        settings.write_text(f"title: T\nzone: UTC\nexercises: {{{points}}}\n")
        store = settings.with_suffix(".sqlite")
        handed_in = write_class(folder, count, chance)
        command = [sys.executable, "-m", "grader.cli", "batch", str(folder)]
        command += ["--classroom", str(settings), "--jobs", str(jobs)]
        memory: list[tuple[int, int, int]] = []
        started = time.monotonic()
        for kill in range(kills):
            if run(command, store, count * (kill + 1) / (kills + 1), memory):
                break
        run(command, store, float("inf"), memory)
        seconds = time.monotonic() - started
        found = verdicts(store)
        print(
            f"{count} hand-ins, {kills} kills, {jobs} jobs: {seconds:.0f} s, {done(store)} verdicts"
        )
        report_memory(memory)
        return report_verdicts(handed_in, found)


def report_memory(memory: list[tuple[int, int, int]]) -> None:
    """The most that was held, by tenths of the way: by the batch itself, and by all processes."""
    most = max(there for there, *_ in memory) or 1
    for tenth in range(10):
        part = [one for one in memory if tenth <= 10 * one[0] / most < tenth + 1 + (tenth == 9)]
        if part:
            own, whole = (max(one[at] for one in part) / 1e6 for at in (1, 2))
            print(
                f"  {10 * tenth:3}-{10 * tenth + 10:3} %: {own:6.0f} MB itself, {whole:6.0f} MB all"
            )


def report_verdicts(handed_in: dict[str, HandIn], found: dict[str, dict[str, str]]) -> int:
    counts: Counter[tuple[str, str]] = Counter()
    odd = []
    for student, one in handed_in.items():
        outcome = found.get(student, {}).get(one.exercise, "none")
        counts[one.kind, outcome] += 1
        if (outcome == "passed") != one.passes or outcome in ("error", "none"):
            odd.append(f"{student}: {one.kind} {one.exercise} {outcome}")
    for (kind, outcome), number in sorted(counts.items()):
        print(f"  {kind:10} {outcome:10} {number}")
    print(f"{len(odd)} not as expected", *odd[:20], sep="\n  ")
    return 1 if odd else 0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=3000)
    parser.add_argument("--kills", type=int, default=3)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--seed", type=int, default=0)
    sys.exit(trial(**vars(parser.parse_args())))


if __name__ == "__main__":
    main()
