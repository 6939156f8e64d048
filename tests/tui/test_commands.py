"""Each command as a learner runs it: a process, its output, its exit code."""

import json
import os
import re
import shlex
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from command_line import OVERFLOWING, clean_environment

from exercises.catalog import load_catalog
from grader.report import Report
from tui import cli

STUBS = len(load_catalog().exercises)


def one_line(text: str) -> str:
    """The text without its line breaks, which depend on the width."""
    return " ".join(text.split())


# the workspace


def test_init_says_what_it_did(learn: Any, folder: Path) -> None:
    first, second = learn("init"), learn("init")
    assert (first.returncode, first.stderr) == (0, "")
    assert first.stdout.startswith(f"Workspace workspace: {STUBS} new.")
    assert second.stdout.startswith("Workspace workspace: nothing new.")
    assert (folder / "workspace" / "ch01_attention" / "softmax.py").is_file()


def test_init_quiet_says_nothing_and_takes_a_folder(learn: Any, folder: Path) -> None:
    for _ in range(2):
        done = learn("init", "--quiet", "other place")
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert (folder / "other place" / "ch02_self_attention").is_dir()


def test_init_json(learn: Any, folder: Path) -> None:
    done = json.loads(learn("init", "--json").stdout)
    assert done["workspace"] == str(folder / "workspace")
    assert len(done["added"]) == STUBS
    assert done["left"] == []


def test_init_from_inside_updates_the_workspace_that_is_there(learn: Any, softmax: Path) -> None:
    softmax.unlink()
    assert "1 restored" in learn("init", cwd=softmax.parent).stdout
    assert softmax.exists()
    assert not (softmax.parent / "workspace").exists()


def test_init_leaves_a_changed_file_and_says_so(learn: Any, softmax: Path, workspace: Path) -> None:
    manifest = workspace / ".learn" / "manifest.json"
    old = json.loads(manifest.read_text())
    old["stubs"]["softmax"]["sha256"] = "the stub was another one then"
    manifest.write_text(json.dumps(old))
    softmax.write_text("my work")
    done = learn("init", "--quiet")
    assert done.returncode == 0
    assert "Left workspace/ch01_attention/softmax.py as it is: you changed it" in done.stdout
    assert softmax.read_text() == "my work"


@pytest.mark.parametrize("command", ["next", "check", "submit", "hint", "reset", "status", "read"])
def test_without_a_workspace(learn: Any, command: str) -> None:
    done = learn(command)
    assert (done.returncode, done.stdout) == (2, "")
    assert "Create one with `learn init`" in done.stderr


def test_the_environment_names_the_workspace(learn: Any, workspace: Path, tmp_path: Path) -> None:
    assert learn("status", cwd=tmp_path, LEARN_WORKSPACE=str(workspace)).returncode == 0
    done = learn("status", cwd=tmp_path, LEARN_WORKSPACE="nowhere")
    assert done.returncode == 2
    assert "$LEARN_WORKSPACE is nowhere" in done.stderr


def test_reset_keeps_a_backup(learn: Any, softmax: Path, workspace: Path) -> None:
    stub = softmax.read_text()
    softmax.write_text("my work")
    done = json.loads(learn("reset", "softmax", "--json").stdout)
    assert softmax.read_text() == stub
    assert Path(done["backup"]).read_text() == "my work"
    assert "nothing of yours" in learn("reset", "softmax").stdout


# what is next


def test_a_topic_is_read_and_then_built(learn: Any, workspace: Path) -> None:
    chapter = load_catalog().chapters[0]
    topic = chapter.topics[0]
    step = json.loads(learn("next", "--json").stdout)
    assert (step["kind"], step["id"]) == ("reading", topic.id)
    done = learn(*step["command"].split()[1:])
    assert done.returncode == 0
    assert f"learn read {topic.id} --done" in done.stderr, "a pipe has read nothing"
    assert json.loads(learn("next", "--json").stdout)["kind"] == "reading"
    said = learn("read", topic.id, "--done").stdout
    step = json.loads(learn("next", "--json").stdout)
    assert learn("next").stdout in said
    assert (step["kind"], step["id"]) == ("exercise", chapter.exercises_of(topic.id)[0].id)
    assert Path(step["file"]).is_file()


def test_without_a_topic_the_next_one_is_read(learn: Any, workspace: Path) -> None:
    first, second = list(load_catalog().topics.values())[:2]
    assert learn("read").stdout.count(first[1].title) > 0
    learn("read", "--done")
    done = learn("read")
    assert done.stdout.startswith(f"## {second[1].title}")


def test_next_names_one_thing_the_reason_and_the_command(learn: Any, workspace: Path) -> None:
    said = one_line(learn("next").stdout)
    chapter = load_catalog().chapters[0]
    assert chapter.topics[0].title in said
    assert f"Why Topic 1 of {len(chapter.topics)} in chapter 1." in said
    assert f"Run learn read {chapter.topics[0].id}" in said
    assert "PATH" not in said


def test_without_a_command_it_says_the_same(learn: Any, workspace: Path) -> None:
    done = learn()
    assert done.returncode == 0
    assert done.stdout.startswith(learn("next").stdout)
    assert "learn --help" in done.stdout


def test_a_newcomer_whose_shell_lacks_learn_is_told(learn: Any, workspace: Path) -> None:
    done = learn("next", PATH="/usr/bin:/bin")
    assert "/bin/activate" in one_line(done.stdout)


def test_what_is_to_be_typed_is_quoted(learn: Any, workspace: Path, tmp_path: Path) -> None:
    """A shell would take a path with a space for two words."""
    place = tmp_path / "an odd'place é"
    (place / "bin").mkdir(parents=True)
    program = "import sys; sys.prefix = sys.argv.pop(1); from tui.cli import run; run()"
    done = subprocess.run(
        [sys.executable, "-c", program, str(place), "next"],
        cwd=workspace,
        env=clean_environment(PATH="/usr/bin:/bin", COLUMNS="400"),
        capture_output=True,
        text=True,
        check=True,
    )
    typed = re.search("source (.+?) so that", one_line(done.stdout))
    assert typed
    (path,) = shlex.split(typed[1])
    assert (workspace / path).resolve() == (place / "bin" / "activate").resolve()


def test_naming_an_exercise_makes_it_the_current_one(learn: Any, workspace: Path) -> None:
    assert learn("hint", "softmax").returncode == 0
    assert json.loads(learn("next", "--json").stdout)["id"] == "softmax"


def test_status(learn: Any, workspace: Path) -> None:
    learn("read", "1", "--done")
    chapters = json.loads(learn("status", "--json").stdout)["chapters"]
    assert chapters[0]["topics_read"] == chapters[0]["topics"] > 0
    assert chapters[1]["topics_read"] == 0
    states = [exercise["state"] for chapter in chapters for exercise in chapter["exercises"]]
    assert states.count("current") == 1
    assert "locked" in states
    said = learn("status", "--all").stdout
    for exercise in load_catalog().exercises:
        assert f" {exercise.id} " in said
    locked = next(each for each in load_catalog().exercises if each.needs[1:])
    needs = ", ".join(locked.needs)  # as they are typed
    assert f" {locked.id} {locked.title}; needs {needs} " in " ".join(said.split())
    assert f"0 of {STUBS} exercises passed" in said


def test_status_fits_a_small_terminal(learn: Any, workspace: Path) -> None:
    assert max(len(line) for line in learn("status").stdout.splitlines()) <= 80


# reading, hints, editing


def test_read_is_plain_text_where_there_is_no_terminal(learn: Any, workspace: Path) -> None:
    done = learn("read", "ch01")
    chapter = load_catalog().chapters[0]
    assert chapter.topics[0].title in done.stdout
    assert "{#" not in done.stdout
    assert "\x1b" not in done.stdout
    assert "```" not in done.stdout and "$" not in done.stdout, "no marks for a renderer"
    assert "    >>> " in done.stdout


def test_hints_come_one_by_one_and_end(learn: Any, workspace: Path) -> None:
    hints = load_catalog().exercise("softmax").hints
    for number, hint in enumerate(hints, start=1):
        said = one_line(learn("hint", "softmax").stdout)
        assert one_line(hint) in said
        assert f"hint {number} of {len(hints)}" in said
    assert "the last one" in said
    said = one_line(learn("hint", "softmax").stdout)
    assert "no more hints" in said
    assert all(one_line(hint) in said for hint in hints)


def test_hint_json(learn: Any, workspace: Path) -> None:
    hints = load_catalog().exercise("softmax").hints
    for number in (1, 2):
        said = json.loads(learn("hint", "softmax", "--json").stdout)
        assert said == {
            "exercise": "softmax",
            "hints": list(hints[:number]),
            "of": len(hints),
        }


def test_edit_opens_the_file(learn: Any, softmax: Path, tmp_path: Path) -> None:
    editor = tmp_path / "my editor"
    editor.write_text('#!/bin/sh\necho "$@"\n')
    editor.chmod(0o755)
    done = learn("edit", "softmax", EDITOR=f"'{editor}' --wait")
    opened, *after = done.stdout.splitlines()
    assert (done.returncode, opened) == (0, f"--wait {softmax}")
    assert one_line("\n".join(after)).startswith("Next: `learn check softmax`.")
    assert learn("edit", "softmax", VISUAL="not-there", EDITOR=f"'{editor}'").returncode == 0


def test_an_editor_begins_where_a_stub_is_to_be_written(
    learn: Any, softmax: Path, tmp_path: Path
) -> None:
    editor = tmp_path / "vim"
    editor.write_text('#!/bin/sh\necho "$@"\n')
    editor.chmod(0o755)
    line = softmax.read_text().splitlines().index("    raise NotImplementedError") + 1
    assert learn("edit", "softmax", EDITOR=str(editor)).stdout.startswith(f"+{line} {softmax}\n")
    softmax.write_text("written = True\n")
    assert learn("edit", "softmax", EDITOR=str(editor)).stdout.startswith(f"{softmax}\n")


def test_without_the_variables_an_editor_of_the_system_is_used(
    learn: Any, softmax: Path, tmp_path: Path
) -> None:
    for name in ("vi", "nano"):
        editor = tmp_path / "bin" / name
        editor.parent.mkdir(exist_ok=True)
        editor.write_text(f'#!/bin/sh\necho {name} "$@"\n')
        editor.chmod(0o755)
    done = learn("edit", "softmax", PATH=str(tmp_path / "bin"))
    assert done.returncode == 0
    assert done.stdout.startswith("nano ") and f" {softmax}\n" in done.stdout


def test_an_editor_that_does_not_start(learn: Any, workspace: Path, tmp_path: Path) -> None:
    editor = tmp_path / "editor"
    editor.write_bytes(b"\x7fELF")
    editor.chmod(0o755)
    done = learn("edit", "softmax", EDITOR=str(editor))
    assert done.returncode == 2
    assert "editor` does not start: Exec format error. The file is" in done.stderr


def test_no_editor(learn: Any, workspace: Path) -> None:
    done = learn("edit", "softmax", PATH="")
    assert done.returncode == 2
    assert "Neither $VISUAL nor $EDITOR is set" in done.stderr
    assert "workspace/ch01_attention/softmax.py" in done.stderr
    done = learn("edit", "softmax", VISUAL="not-there", EDITOR="'unclosed")
    assert done.returncode == 2
    assert "$VISUAL is `not-there`" in done.stderr
    assert "$EDITOR is `'unclosed`" in done.stderr
    done = learn("edit", "softmax", VISUAL="false")
    assert done.returncode == 2
    assert "`false` ended with code 1" in done.stderr


# grading


def test_the_way_of_an_exercise(
    learn: Any, warm_learn: Any, softmax: Path, right: str, wrong: str, workspace: Path
) -> None:
    softmax.write_text(wrong)
    failed = warm_learn("check", "softmax")
    assert (failed.returncode, failed.stderr) == (1, "")
    assert "learn hint softmax" in failed.stdout
    assert learn("solution", "softmax").returncode == 2

    softmax.write_text(right)
    passed = warm_learn("check")  # the current one: it was named above and has not been passed
    assert (passed.returncode, passed.stderr) == (0, "")
    assert "learn submit softmax" in passed.stdout
    assert json.loads(learn("next", "--json").stdout)["command"] == "learn submit softmax"

    submitted = warm_learn("submit", "workspace/ch01_attention/softmax.py")
    assert submitted.returncode == 0
    assert "learn next" in submitted.stdout
    assert "It counts. Opens: Softmax under a mask (masked_softmax), " in one_line(submitted.stdout)
    news, following = one_line(submitted.stdout).split("It counts. ")[1].split(" Next: ")
    assert news.endswith(", and 2 more."), "what is far ahead is not named"
    assert following.startswith("`learn next` to go on"), "what to do comes last"
    assert submitted.stdout.count("learn next") == 1
    assert json.loads(learn("next", "--json").stdout)["id"] != "softmax"
    assert "points" in learn("status", "--all").stdout

    again = one_line(warm_learn("submit", "softmax").stdout)
    assert "It counted already." in again and "Opens:" not in again

    ours = learn("solution")
    assert "def softmax(" in ours.stdout
    diff = learn("solution", "--diff", "softmax")
    assert diff.stdout.startswith("--- yours\n+++ ours\n")
    softmax.write_text("changed since")
    assert json.loads(learn("solution", "--json").stdout) == {
        "exercise": "softmax",
        "solution": ours.stdout[:-1],
        "mine": right,
    }

    report = json.loads(warm_learn("submit", "softmax", "--json").stdout)
    assert (report["schema"], report["outcome"]) == ("report/v2", "failed")
    assert json.loads(learn("next", "--json").stdout)["id"] != "softmax", "a pass is for good"
    with sqlite3.connect(workspace / ".learn" / "progress.db") as db:
        seeds = [seed for (seed,) in db.execute("SELECT seed FROM attempts ORDER BY id")]
    assert seeds[:2] == [0, 0], "a check is steady"
    assert len(set(seeds)) == 4, "a submission is fresh"


@pytest.mark.parametrize("asked", ["check", "trace"])
def test_the_report_of_an_overflow_is_json_for_every_reader(
    warm_learn: Any, softmax: Path, asked: str
) -> None:
    softmax.write_text(OVERFLOWING)
    told = warm_learn(asked, "softmax", "--json").stdout
    assert "null" in told

    def refuse(constant: str) -> None:
        raise AssertionError(f"JSON has no {constant}")

    assert Report.from_dict(json.loads(told, parse_constant=refuse)).outcome == "failed"


def test_doctor_examines_the_machine_with_or_without_a_workspace(learn: Any, folder: Path) -> None:
    done = learn("doctor")
    assert done.returncode == 0
    assert "There is no workspace" in done.stdout
    learn("init")
    assert (
        f"{STUBS} exercises, none missing"
        in json.loads(learn("doctor", "--json").stdout)["workspace"]
    )


# bad input


@pytest.mark.parametrize("command", ["check", "submit", "hint", "solution", "reset", "edit"])
def test_an_unknown_exercise(learn: Any, workspace: Path, command: str) -> None:
    done = learn(command, "soft")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("There is no exercise 'soft'. Did you mean soft")
    assert "Traceback" not in done.stderr


def test_an_unknown_chapter(learn: Any, workspace: Path) -> None:
    done = learn("read", "99")
    assert done.returncode == 2
    assert "There is no chapter or topic '99'" in done.stderr


def test_a_solution_before_a_pass(learn: Any, workspace: Path) -> None:
    assert "Solutions open once you have passed" in learn("solution").stderr
    done = learn("solution", "softmax")
    assert (done.returncode, done.stdout) == (2, "")
    assert "opens once `learn submit` has passed it" in done.stderr


def test_a_file_from_elsewhere(learn: Any, workspace: Path, folder: Path) -> None:
    (folder / "softmax.py").write_text("")
    done = learn("check", "softmax.py")
    assert done.returncode == 2
    assert "softmax.py is not in your workspace" in done.stderr


@pytest.mark.parametrize("file", ["/nonexistent.py", "no/such/softmax.py", "workspace/x.py", "x/"])
def test_a_file_that_is_not_there(learn: Any, workspace: Path, file: str) -> None:
    done = learn("check", file)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"There is no file {file}. ")


def test_a_mistyped_name_is_said_to_be_taken_for_another(learn: Any, workspace: Path) -> None:
    for arguments in (("hint", "sofmax"), ("edit", "sofmax")):
        assert "I take 'sofmax' for softmax." in learn(*arguments, VISUAL="true").stderr
    assert "I take 'limits-of-rns' for limits-of-rnns." in learn("read", "limits-of-rns").stderr
    for plain in ("softmax", "softmax.py", "masked-softmax", "SOFTMAX"):
        assert learn("hint", plain).stderr == ""
    assert learn("read", "ch2").stderr.startswith("This does not count")


def test_nothing_far_off_is_offered(learn: Any, workspace: Path) -> None:
    for name in ("workspace", "loop", "nonexistent"):
        said = learn("check", name).stderr
        advice = "`learn search WORDS` finds one; in a workspace, `learn status --all` lists them."
        assert said == f"There is no exercise {name!r}. {advice}\n"


def test_what_a_command_lacks_is_told_as_a_command(learn: Any, workspace: Path) -> None:
    assert "`learn load --make gpt2 FOLDER`" in learn("load", "--make", "gpt2").stderr
    assert "`learn load FILE`" in learn("load").stderr


@pytest.mark.parametrize("typed", ["-5", "abc", "--5", "1e9"])
def test_a_setting_that_does_not_fit(learn: Any, workspace: Path, typed: str) -> None:
    done = learn("settings", "minutes", typed)
    assert done.returncode == 2
    assert done.stderr == f"minutes is a number from 20 to 600, not {typed!r}.\n"


def test_a_stub_is_one_sentence_and_no_mistake(warm_learn: Any, softmax: Path) -> None:
    said = one_line(warm_learn("check", "softmax").stdout)
    assert "is not written yet: it still raises NotImplementedError. All 9 tests wait" in said
    assert "as above" not in said
    assert json.loads(warm_learn("mistakes", "--list", "--json").stdout) == {"mistakes": []}


def test_the_call_of_each_failure_can_be_asked_for(warm_learn: Any, softmax: Path) -> None:
    softmax.write_text(
        "import torch\n\n\ndef softmax(x, dim=-1):\n    return x.exp() / x.exp().sum()"
    )
    shown, full = (warm_learn("check", "softmax", *more).stdout for more in ((), ("--full",)))
    failed = sum(line.startswith(("  ✗", "  ○")) for line in shown.splitlines())
    assert failed > 1 and shown.count("called ") == 1 and full.count("called ") == failed
    assert "as above" not in full
    refused = warm_learn("check", "softmax", "--full", "--watch")
    assert refused.returncode == 2 and "check once with --full" in one_line(refused.stderr)


def test_a_missing_file(learn: Any, softmax: Path) -> None:
    softmax.unlink()
    done = learn("check", "softmax")
    assert done.returncode == 2
    assert "softmax.py" in done.stderr
    assert "learn init" in done.stderr


@pytest.mark.parametrize("arguments", [["nxt"], ["check", "--wotch"], ["check", "a", "b"]])
def test_wrong_usage(learn: Any, arguments: list[str]) -> None:
    done = learn(*arguments)
    assert done.returncode == 2
    assert "Usage: learn" in done.stderr


@pytest.mark.parametrize("command", ["next", "status", "hint", "check"])
def test_a_damaged_progress_file_is_left_alone(learn: Any, workspace: Path, command: str) -> None:
    database = workspace / ".learn" / "progress.db"
    garbage = b"no database at all " * 400
    database.write_bytes(garbage)
    done = learn(command)
    assert (done.returncode, done.stdout) == (3, "")
    assert f"{database} is damaged" in done.stderr
    assert "move it away to start a new one" in done.stderr
    assert database.read_bytes() == garbage


def test_a_progress_file_that_cannot_be_opened(learn: Any, workspace: Path) -> None:
    (workspace / ".learn" / "progress.db").mkdir()
    done = learn("next")
    assert done.returncode == 3
    assert "progress.db cannot be used" in done.stderr


def test_a_damaged_manifest(learn: Any, workspace: Path) -> None:
    (workspace / ".learn" / "manifest.json").write_text('{"stubs": {"softmax": {}}}')
    done = learn("init")
    assert done.returncode == 2
    assert "manifest.json is damaged" in done.stderr


def test_our_own_mistake_is_said_to_be_ours(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(**_: Any) -> int:
        raise ZeroDivisionError("division by zero")

    monkeypatch.setattr(cli.cli, "main", fail)
    assert cli.run() == 3
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "a mistake of the course, not yours: ZeroDivisionError" in printed.err
    assert "Traceback" not in printed.err
    monkeypatch.setenv("LEARN_DEBUG", "1")
    assert cli.run() == 3
    assert "Traceback" in capsys.readouterr().err


# the terminal


def test_help_names_every_command(learn: Any) -> None:
    said = learn("--help").stdout
    for command in ("init", "next", "check", "submit", "hint", "solution", "reset", "status"):
        assert f"\n  {command} " in said
    assert learn("check", "-h").returncode == 0


def test_ids_are_completed(learn: Any) -> None:
    def complete(words: str) -> str:
        done = learn(
            _LEARN_COMPLETE="bash_complete",
            COMP_WORDS=words,
            COMP_CWORD=str(len(words.split(" ")) - 1),
        )
        return str(done.stdout)

    assert "plain,softmax\n" in complete("learn check softm")
    assert "masked_softmax" in complete("learn hint mas")
    assert "ch02_self_attention" in complete("learn read ch02")


@pytest.mark.parametrize("reader", ["head -n 1", "true"])
def test_a_reader_that_stops_reading_is_no_error(
    learn_path: str, workspace: Path, environment: Any, reader: str
) -> None:
    done = subprocess.run(
        f"'{learn_path}' status --all | {reader}; exit ${{PIPESTATUS[0]}}",
        shell=True,
        executable="/bin/bash",
        cwd=workspace,
        env=environment(),
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_a_narrow_character_set_is_no_error(learn: Any, workspace: Path) -> None:
    done = learn("status", PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert done.returncode == 0


def test_the_files_of_a_dead_command_are_not_left_behind(learn: Any, workspace: Path) -> None:
    learn("next")
    left = {path.name for path in (workspace / ".learn").iterdir()}
    assert left == {"manifest.json", "progress.db"}
    assert os.access(workspace / ".learn" / "progress.db", os.W_OK)
