"""No command writes to a file that it was given to read."""

from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from exercises.errors import ReplacesInput
from grader.cli import cli
from grader.commands.output import OutputFile, WritingCommand

READ = "what is read"


@pytest.mark.parametrize(
    "arguments",
    [
        "run FILE --output FILE",
        "run other --output ../room/FILE --classroom FILE",
        "run other --also json link --classroom FILE",
        "run other --also json new --also text FILE --classroom FILE",
        "batch FILE --classroom other --receipts key FILE",
        "batch all --classroom FILE --receipts key FILE",
        "batch all --classroom other --receipts FILE FILE",
        "results --classroom FILE --output FILE",
        "results --classroom other --store FILE --output FILE",
        "results --store FILE --output FILE --classroom other",
        "results --classroom FILE.yaml --output FILE.sqlite",
        "results --output FILE.sqlite --classroom FILE.yaml",
        "regrade --classroom FILE --messages FILE",
        "regrade --classroom FILE.yaml --messages FILE.sqlite",
        "report FILE --output FILE",
        "gradebook nbgrader --results FILE --output FILE",
        "dispute FILE --reason why --output FILE",
        "classroom gradescope FILE --classroom FILE",
        "bench --peers FILE --output FILE",
    ],
)
def test_what_a_command_reads_it_does_not_replace(
    arguments: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = tmp_path / "room"
    room.mkdir()
    monkeypatch.chdir(room)
    for name in ("FILE", "FILE.sqlite", "other", "key"):
        Path(name).write_text(READ)
    Path("link").symlink_to("FILE")
    done = CliRunner().invoke(cli, arguments.split())
    assert isinstance(done.exception, ReplacesInput)
    assert {Path(name).read_text() for name in ("FILE", "FILE.sqlite", "other")} == {READ}


def test_what_was_written_before_is_replaced(tmp_path: Path) -> None:
    results, table = tmp_path / "results.jsonl", tmp_path / "grades.csv"
    results.write_text('{"id": "1", "assignment": "a", "score": 1, "max_score": 2}\n')
    table.write_text("an earlier table")
    words = ["gradebook", "nbgrader", "--results", str(results), "--output", str(table)]
    assert CliRunner().invoke(cli, words).exit_code == 0
    assert "an earlier" not in table.read_text()


def test_each_command_that_writes_to_a_file_knows_what_it_reads() -> None:
    for command in commands(cli):
        kinds = [kind for parameter in command.params for kind in types(parameter)]
        writes = any(isinstance(kind, OutputFile) for kind in kinds)
        assert writes == isinstance(command, WritingCommand), command.name
        for parameter in command.params:
            if parameter.name == "output":
                assert isinstance(parameter.type, OutputFile), command.name


def commands(group: click.Group) -> Iterator[click.Command]:
    for command in group.commands.values():
        yield from commands(command) if isinstance(command, click.Group) else [command]


def types(parameter: click.Parameter) -> list[object]:
    kind = parameter.type
    return list(kind.types) if isinstance(kind, click.Tuple) else [kind]
