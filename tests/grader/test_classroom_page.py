"""docs/classroom.md: a teacher can type what stands there."""

from __future__ import annotations

import csv
import os
import re
import shlex
import stat
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import click
import pytest

from grader import cli as grader_cli
from tui import cli as learn_cli

PAGE = (Path(__file__).parents[2] / "docs" / "classroom.md").read_text("utf-8")
FIRST = "## From nothing to grades"
GRADES = """\
Student,ID,SIS User ID,SIS Login ID,Section,Attention (4711)
    Points Possible,,,,,8
"Lovelace, Ada",1042,s-1,ada,A,
"Turing, Alan",1043,s-2,alan,A,
"""
WRONG = "def softmax(x, dim=-1): return x\n"


def commands(text: str) -> list[str]:
    blocks = re.findall(r"```console\n(.*?)```", text, re.S)
    return [line[2:] for block in blocks for line in block.splitlines() if line.startswith("$ ")]


@pytest.mark.parametrize("line", [one for one in commands(PAGE) if one[:5] in ("grade", "learn")])
def test_each_command_of_the_page_has_what_it_is_given(
    line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Read as it would be when it is run: a word that is not known is an error."""
    monkeypatch.chdir(tmp_path)
    program, *words = shlex.split(line, comments=True)
    for word in words:
        if re.fullmatch(r"[\w/.]+\.\w+", word):
            Path(word).parent.mkdir(parents=True, exist_ok=True)
            Path(word).touch()
    command: click.Command | None = grader_cli.cli if program == "grader" else learn_cli.cli
    while isinstance(command, click.Group):
        context = click.Context(command)
        command, words = command.get_command(context, words[0]), words[1:]
    assert command
    command.make_context(program, words)


def test_a_teacher_comes_from_nothing_to_grades(
    tmp_path: Path, warm: Callable[..., list[str]], solution: Callable[[str], str]
) -> None:
    (tmp_path / "bin").mkdir()
    program = tmp_path / "bin" / "grader"
    program.write_text(f'#!/bin/sh\nexec {shlex.join(warm("grader.cli"))} "$@"\n')
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    with zipfile.ZipFile(tmp_path / "submissions.zip", "w") as archive:
        archive.writestr("lovelaceada_1042_98765_softmax.py", solution("softmax"))
        archive.writestr("lovelaceada_1042_98766_masked_softmax.py", solution("masked_softmax"))
        archive.writestr("turingalan_1043_98767_softmax.py", WRONG)
    (tmp_path / "grades.csv").write_text(GRADES)
    lines = commands(PAGE.split(FIRST)[1].partition("\n## ")[0])
    assert len(lines) == 10
    path = os.pathsep.join([str(program.parent), str(Path(sys.executable).parent), os.defpath])
    known = {**os.environ, "PATH": path, "PIP_NO_INDEX": "1"}
    for line in lines:
        done = subprocess.run(
            ["bash", "-c", line], cwd=tmp_path, env=known, capture_output=True, text=True
        )
        assert done.returncode == 0, f"{line}\n{done.stderr}"
    with (tmp_path / "grades.csv").open(newline="") as file:
        cells = {row["ID"]: row["Attention (4711)"] for row in csv.DictReader(file)}
    assert float(cells["1042"]) == 8 and float(cells["1043"]) == 0
    for name in ("autograder.zip", "class.html", "class/template/.github/workflows/grade.yml"):
        assert (tmp_path / name).stat().st_size
    assert len((tmp_path / "receipts.txt").read_text().splitlines()) == 2
