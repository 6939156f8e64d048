"""What `learn train` keeps: which run is meant, how it goes on, and that nothing of it is lost."""

import json
import shlex
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from command_line import LEARN, clean_environment

Learn = Callable[..., "subprocess.CompletedProcess[str]"]
Stopped = Callable[..., str]
TEXT = " ".join(map(str, range(150)))


@pytest.fixture
def stopped(folder: Path) -> Stopped:
    """What `learn train …` printed that was stopped by Ctrl-C after its first steps."""

    def run(*arguments: str) -> str:
        process = subprocess.Popen(
            [str(LEARN), "train", *arguments],
            cwd=folder,
            env=clean_environment(),
            stdout=subprocess.PIPE,
            text=True,
        )
        assert process.stdout is not None
        lines = []
        for line in process.stdout:
            lines.append(line)
            if line.split()[0].isdigit():  # the first step that is shown
                process.send_signal(signal.SIGINT)
                break
        lines += process.stdout
        assert process.wait() == 130
        return "".join(lines)

    return run


def events(done: "subprocess.CompletedProcess[str]") -> list[dict[str, Any]]:
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def kept(learn: Learn) -> dict[str, tuple[int, int]]:
    rows = json.loads(learn("train", "--list", "--json").stdout)
    return {row["run"]: (row["step"], row["steps"]) for row in rows}


def resuming(printed: str) -> list[str]:
    """The words behind `learn` of the command that goes on with what was stopped."""
    [line] = [line for line in printed.splitlines() if line.startswith("Stopped at step")]
    return shlex.split(line.split("`")[1])[1:]


@pytest.mark.slow
def test_a_planted_pair_goes_on_and_is_never_lost(
    learn: Learn, workspace: Path, stopped: Stopped
) -> None:
    plant = ("train", "--plant", "no-mask")
    printed = stopped("--plant", "no-mask", "--fill", "--steps", "30")
    assert resuming(printed) == [*plant, "--resume"]
    before = kept(learn)
    assert list(before) == ["reverse.healthy"] and 0 < before["reverse.healthy"][0] < 30
    missing = learn(*plant, "--sample")
    assert missing.returncode == 2
    assert "There is no run of reverse.no-mask. Kept are: reverse.healthy." in missing.stderr
    assert "`learn train --plant no-mask` begins one." in missing.stderr

    other = learn(*plant, "--fill", "--steps", "8")
    assert other.returncode == 2
    assert "There is a run of reverse.healthy, of other settings" in other.stderr
    assert kept(learn) == before
    told = events(learn(*plant, "--fill", "--resume", "--json"))
    assert kept(learn) == {"reverse.healthy": (30, 30), "reverse.no-mask": (30, 30)}
    steps = [event["updates"][0][0] for event in told if event["event"] == "updates"]
    assert steps[0] == before["reverse.healthy"][0] + 1

    [*_, last] = [e for e in told if e["event"] == "sample"]
    assert last.pop("run") == "no-mask"
    [sampled] = events(learn(*plant, "--fill", "--sample", "--json"))
    assert sampled == {"run": "reverse.no-mask", **last}
    looked = learn(*plant, "--attention")
    assert "step 30 of 30" in looked.stdout

    done = learn(*plant, "--fill", "--steps", "5", "--again")
    assert "its loss is lower: only what it writes gives it away." in done.stdout
    assert "`learn train --plant no-mask --sample` shows that." in done.stdout
    assert kept(learn) == {"reverse.healthy": (5, 5), "reverse.no-mask": (5, 5)}


@pytest.mark.slow
def test_the_command_that_goes_on_is_said_whole(
    learn: Learn, workspace: Path, folder: Path, stopped: Stopped
) -> None:
    (folder / "a book.txt").write_text(TEXT)
    assert resuming(stopped("a book.txt", "--fill")) == ["train", "a book.txt", "--resume"]
    printed = stopped("--task", "sort", "--fill", "--compare")
    assert resuming(printed) == ["train", "--task", "sort", "--compare", "--resume"]


@pytest.mark.slow
def test_the_reference_of_a_lost_run_is_lost_with_it(learn: Learn, workspace: Path) -> None:
    quick = ("train", "--fill", "--steps")
    events(learn(*quick, "4", "--compare", "--json"))
    refused = learn("train", "--compare", "--steps", "5")
    assert refused.returncode == 2
    assert "There is a run of reverse, of other settings" in refused.stderr
    assert list(kept(learn)) == ["reverse", "reverse.reference"]
    events(learn(*quick, "3", "--again", "--json"))
    assert kept(learn) == {"reverse": (3, 3)}


@pytest.mark.slow
def test_two_files_of_one_name_are_two_texts(learn: Learn, workspace: Path, folder: Path) -> None:
    for name, text in (("one", TEXT), ("two", TEXT[::-1])):
        (folder / name).mkdir()
        (folder / name / "mine.txt").write_text(text)
    events(learn("train", "one/mine.txt", "--fill", "--steps", "2", "--json"))
    for options in (("--sample",), ("--attention",), ("--resume",), ("--fill",)):
        done = learn("train", "two/mine.txt", *options)
        assert done.returncode == 2
        assert "text-mine was made of another text than two/mine.txt is now." in done.stderr
        assert "a file of another name" in done.stderr and "--again" in done.stderr
    (folder / "one" / "mine.txt").unlink()
    events(learn("train", "one/mine.txt", "--sample", "--json"))  # its text is kept

    (folder / "two" / "mine.txt").write_text("short")
    refused = learn("train", "two/mine.txt", "--fill", "--again")
    assert refused.returncode == 1
    assert kept(learn) == {"text-mine": (2, 2)}


@pytest.mark.slow
def test_nothing_is_kept_of_a_run_that_is_refused_at_its_start(
    learn: Learn, workspace: Path, folder: Path
) -> None:
    (folder / "same.txt").write_text("The same line.\n" * 300)
    refused = learn("train", "same.txt", "--fill")
    assert refused.returncode == 1
    assert "What repeats is merged into few tokens." in refused.stderr
    assert kept(learn) == {}
    assert "Kept are: none yet. `learn train same.txt` begins one." in (
        learn("train", "same.txt", "--sample").stderr
    )


@pytest.mark.slow
def test_what_a_model_of_symbols_reads_can_be_typed(learn: Learn, workspace: Path) -> None:
    events(learn("train", "--fill", "--steps", "2", "--json"))
    [sampled] = events(learn("train", "--sample", "--prompt", "271", "--json"))
    assert [row[0] for row in sampled["rows"]] == ["2 7 1"]
    assert "2 7 1  →" in learn("train", "--sample", "--prompt", "271").stdout
    unread = learn("train", "--sample", "--prompt", "two")
    assert (unread.returncode, unread.stdout) == (2, "")
    assert "Type 1 to 8 digits" in unread.stderr


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("book.txt --task sort", "--task, --compare and --plant are for the tasks of symbols"),
        ("book.txt --plant no-mask", "Leave them out, or the FILE."),
        ("--plant no-mask --compare", "Choose one."),
        ("--resume --again", "Choose one."),
        ("--resume --steps 5 --seed 1", "as it was begun: leave --steps and --seed out."),
        ("--plant no-mask --resume --steps 5", "leave --steps out."),
        ("--sample --again", "--sample only shows what a kept run writes: leave --again out."),
        ("--sample --attention", "leave --attention out."),
        ("--attention --compare", "leave --compare out."),
        ("--list --task copy", "--list lists all runs: leave --task out."),
        ("--list book.txt", "leave FILE out."),
        ("--prompt 3", "--prompt is for --sample and --attention: add one of them"),
        ("--sample --layer x", "leave --layer out."),
        ("--layer x", "--layer is for --attention: add that, or leave --layer out."),
    ],
)
def test_options_that_would_do_nothing_are_refused(
    learn: Learn, workspace: Path, typed: str, sentence: str
) -> None:
    done = learn("train", "--fill", *typed.split())
    assert (done.returncode, done.stdout) == (2, "")
    assert sentence in " ".join(done.stderr.split())
