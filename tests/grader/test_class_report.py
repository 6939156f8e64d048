"""The page on a class tells what happened, to every reader, and does nothing a learner wants."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from grader.classroom.likeness import alike
from grader.report import Diagnosis, Problem, Report, Symptom, TestResult

VOID = {"meta", "br", "rect"}
HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</style><style>body{display:none}",
    "{{ 7 * 7 }}{% for x in y %}",
    "\x1b[31mred\u202egnihtemos",
    "'><svg/onload=alert(1)>&lt;",
    "A" * 100_000,
)
DIAGNOSIS = Diagnosis("global-max", "Your maximum is of the whole tensor, not of `dim`.", "softmax")
Write = Callable[..., Path]
Table = list[list[str]]


class Page(HTMLParser):
    """What a browser would make of it: elements in order, with attributes, tables as texts."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.tables: list[Table] = []
        self.captions: list[str] = []
        self.style = ""
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert not self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag in ("tr", "td", "th", "li") and self._open[-1] == tag:
            raise AssertionError(f"{tag} in {tag}")
        if tag == "table":
            self.tables.append([])
        elif tag == "tr":
            self.tables[-1].append([])
        elif tag in ("td", "th"):
            self.tables[-1][-1].append("")
            if self._open[-1] == "td":  # HTML closes it by itself
                self._open.pop()
        elif tag == "caption":
            self.captions.append("")
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        if tag == "tr" and self._open[-1] == "td":
            self._open.pop()
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" in self._open:
            self.style += data
        elif "caption" in self._open:
            self.captions[-1] += data
        elif {"td", "th"} & set(self._open):
            self.tables[-1][-1][-1] += data

    def table(self, beginning: str) -> Table:
        (found,) = (
            table
            for table, caption in zip(self.tables, self.captions, strict=True)
            if caption.strip().startswith(beginning)
        )
        return [[" ".join(cell.split()) for cell in row] for row in found]


def report(exercise: str = "softmax", points: float = 4, **more: Any) -> Report:
    outcome = "passed" if points == 4 else "failed"
    return Report(exercise, f"Title of {exercise}", outcome, points, 4, 1, "cpu", **more)


def failure(message: str = "", **more: Any) -> TestResult:
    call = {"call": "softmax(x)", "got": "tensor([1])", "expected": "tensor([0.5])"}
    return TestResult("t", "T", 0, 4, "failed", message, **{**call, **more})


def misconceived(points: float = 0) -> Report:
    return report(points=points, diagnosis=DIAGNOSIS, tests=(failure(diagnosis=DIAGNOSIS),))


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def lines(*found: tuple[str, Report] | tuple[str, Report, dict[str, Any]]) -> Path:
        file = tmp_path / "results.jsonl"
        objects = (
            {"student": student, "report": told.to_dict(), **(more[0] if more else {})}
            for student, told, *more in found
        )
        file.write_text("".join(json.dumps(one) + "\n" for one in objects))
        return file

    return lines


def run(file: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-P", "-m", "grader.cli", "report", str(file), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def page(file: Path, *arguments: str) -> Page:
    said = run(file, *arguments)
    assert said.returncode == 0, said.stderr
    return Page(said.stdout)


def test_the_page_counts_people_and_takes_the_best_of_their_hand_ins(write: Write) -> None:
    file = write(
        ("1", misconceived(1), {"at": "2026-11-01T10:00+00:00"}),
        ("1", report(), {"at": "2026-11-01T13:00+00:00"}),
        ("2", misconceived(2)),
        ("2", misconceived(0)),
        ("3", report()),
        ("3", report("masked_softmax", 2)),
        ("4", replace(report("masked_softmax", 0), outcome="error", max_points=0)),
    )
    found = page(file)
    students = [row[:4] for row in found.table("Students and exercises")[1:]]
    # Eight points in all; who waits for us has no total, and comes first.
    assert students == [
        ["4", "!", "–", "!"],
        ["2", "25", "50", "–"],
        ["1", "50", "100", "–"],
        ["3", "75", "100", "50"],
    ]
    (mistake,) = found.table("Known mistakes")[1:]
    assert mistake[1:3] == ["2", "1"]
    assert "softmax(x)" in mistake[4] and "tensor([0.5])" in mistake[4]
    softmax, masked = found.table("Each exercise")[1:]
    assert softmax[2:] == ["3", "2", "▲ 1", "1.5", "2", "3 h"]
    assert masked[2:] == ["2", "0", "▲ 1", "–", "–", "–"]
    grades = dict(row[:2] for row in found.table("Students by their share")[1:])
    assert sum(map(int, grades.values())) == 3 and grades["50–59 %"] == "1"


@pytest.mark.parametrize("key", ["attempt", "at"])
def test_hand_ins_are_in_the_order_that_they_tell(write: Write, key: str) -> None:
    order = (3, 1, 2) if key == "attempt" else [f"2026-11-0{n}T10:00Z" for n in (3, 1, 2)]
    told = (report(), misconceived(0), misconceived(1))
    lines = [("1", one, {key: value}) for one, value in zip(told, order, strict=True)]
    assert page(write(*lines)).table("Each exercise")[1][5] == "3"


def test_what_the_numbers_say_and_what_nobody_can_explain_is_told_apart(write: Write) -> None:
    symptom = Symptom("raises", "Your code stops in line 3.", "")
    alike = failure("3 of 4 numbers differ.", got="float32[2]", expected="float32[2]")
    file = write(
        ("1", report(points=0, symptom=symptom, tests=(failure(symptom=symptom),))),
        ("2", report(points=0, symptom=replace(symptom, says="Your code stops in line 44."))),
        ("3", report(points=0, tests=(alike,))),
        ("4", report(points=0, problem=Problem("syntax", "Line 2 is no Python."))),
        ("4", report("masked_softmax", 0, problem=Problem("syntax", "Line 9 is no Python."))),
    )
    found = page(file)
    (says,) = found.table("What the numbers")[1:]
    assert says[0].startswith("Your code stops in line 3. The most frequent of 2 wordings.")
    assert says[1] == "2"
    (unknown,) = found.table("Worth a look")[1:]
    assert "3 of 4 numbers differ." in unknown[4] and "float32[2]" not in unknown[4]
    (file_row,) = found.table("No test was run")[1:]
    assert file_row[1] == "1" and "is no Python." in file_row[4]


def test_whatever_a_learner_writes_is_text_and_bounded(write: Write) -> None:
    lines = [
        (
            text,
            report(
                text[:50],
                0,
                symptom=Symptom(text, text, text),
                smallest=None,
                tests=(failure(text, call=text, got=text, expected=text + "."),),
            ),
            {"source": f"x = 1  # {text}\n" * 3},
        )
        for text in HOSTILE
    ]
    problem = report(points=0, problem=Problem("load", HOSTILE[0], 1, HOSTILE[1]))
    harmless = page(write(("1", report(points=0, symptom=Symptom("a", "b", "c")))))
    said = run(write(*lines, ("9", problem)))
    found = Page(said.stdout)
    assert {tag for tag, _ in found.elements} <= {tag for tag, _ in harmless.elements} | {
        "dl",
        "dt",
        "dd",
        "small",
    }
    names = {name for _, attributes in found.elements for name in attributes}
    assert not [name for name in names if name.startswith("on")] and "style" not in names
    assert len(said.stdout) < 100_000 and "{{ 7 * 7 }}" in said.stdout
    assert not re.search("[\x1b\u202e]", said.stdout)


def test_a_verdict_without_its_sandbox_is_loud(write: Write) -> None:
    whole = {"seccomp": "held"}
    assert "UNPROTECTED" not in run(write(("1", report(layers=whole)))).stdout
    said = run(write(("1", report(layers=whole)), ("2", report(layers={"seccomp": "missing"}))))
    assert "UNPROTECTED" in said.stdout and "without seccomp" in said.stdout


def test_the_page_asks_nothing_of_anybody_and_runs_nothing(write: Write) -> None:
    found = page(write(("1", misconceived())))
    (policy,) = (
        attributes["content"] or ""
        for tag, attributes in found.elements
        if attributes.get("http-equiv") == "Content-Security-Policy"
    )
    digest = base64.b64encode(hashlib.sha256(found.style.encode()).digest()).decode()
    assert f"default-src 'none'; style-src 'sha256-{digest}';" in policy
    assert "unsafe" not in policy and "url(" not in found.style and "@import" not in found.style
    assert not {tag for tag, _ in found.elements} & {"script", "link", "img", "iframe", "form"}
    links = [
        attributes[name]
        for _, attributes in found.elements
        for name in ("href", "src")
        if name in attributes
    ]
    assert links and all((link or "").startswith("#") for link in links)


def test_tables_can_be_read_by_ear_and_scrolled_by_keys(write: Write) -> None:
    long = [("1", report(f"exercise_{n}")) for n in range(64)]
    found = page(write(*long, ("2", misconceived()), ("1", report(), {"source": "x"})))
    assert len(found.captions) == len(found.tables) and all(map(str.strip, found.captions))
    assert all(a.get("scope") in ("row", "col") for tag, a in found.elements if tag == "th")
    ids = [a["id"] for _, a in found.elements if "id" in a]
    assert len(ids) == len(set(ids))
    named = [a["aria-labelledby"] for _, a in found.elements if "aria-labelledby" in a]
    targets = [(a["href"] or "")[1:] for tag, a in found.elements if tag == "a"]
    assert {*named, *targets} <= set(ids) and targets[0] == "main"
    scrolled = [a for _, a in found.elements if a.get("class") == "wide"]
    assert scrolled and all(a["tabindex"] == "0" and a["role"] == "region" for a in scrolled)
    levels = [int(tag[1]) for tag, _ in found.elements if re.fullmatch(r"h\d", tag)]
    assert levels[0] == 1 and all(b - a <= 1 for a, b in pairwise(levels))
    assert all(len(row) <= 32 for table in found.tables for row in table)


def luminance(colour: str) -> float:
    """Relative luminance of sRGB, as WCAG 2.2 defines it."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_colours_can_be_read_and_the_ramp_is_monotone(write: Write) -> None:
    style = page(write(("1", report()))).style
    palettes = [
        dict(re.findall(r"--(\w+): (#\w{6});", block))
        for block in re.findall(r":root \{(.*?)\}", style, re.DOTALL)
    ]
    assert len(palettes) == 2  # light and on paper, dark
    for colours in palettes:
        pairs = [("page", name) for name in ("text", "dim", "link")]
        pairs += [(f"r{level}", f"t{level}") for level in range(5)]
        assert all(contrast(colours[a], colours[b]) >= 4.5 for a, b in pairs)
        bars = [("track", "one"), ("track", "tried"), ("page", "one"), ("page", "tried")]
        assert all(contrast(colours[a], colours[b]) >= 3 for a, b in bars)
        ramp = [luminance(colours[f"r{level}"]) for level in range(5)]
        assert ramp in (sorted(ramp), sorted(ramp, reverse=True)) and len(set(ramp)) == 5


def test_pseudonyms_keep_who_is_who_and_nothing_of_the_ids(write: Write) -> None:
    source = "".join(f"a{n} = b.mean({n}) + {n}  # by ada\n" for n in range(20))
    people = [f"ada-{n}" for n in range(30)]
    file = write(
        *((id, misconceived(), {"source": source if n < 2 else "x"}) for n, id in enumerate(people))
    )
    said = run(file, "--anonymous")
    assert said.returncode == 0 and "ada" not in said.stdout
    names = [row[0] for row in Page(said.stdout).table("Students and exercises")[1:]]
    assert sorted(names) == [f"Student {n:02}" for n in range(1, 31)]
    (pair,) = Page(said.stdout).table("Students whose answers")[1:]
    other = Page(run(file, "--anonymous").stdout).table("Students whose answers")[1]
    assert set(pair[0].split(", ")) < set(names) and len(pair) == len(other) == 4


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("", "holds no report"),
        ("[]", "must be an object"),
        ("{", "line 1 is no JSON"),
        ('{"report": {}}', "`student` must be"),
        ('{"student": 1}', "`report` must be"),
        ('{"student": 1, "report": {"schema": "report/v2"}}', "`report` must be"),
        ('{"student": 1, "attempt": 0}', "`attempt` must be"),
        ('{"student": 1, "source": 0}', "`source` must be"),
    ],
)
def test_what_is_no_result_is_said_with_its_line(tmp_path: Path, line: str, says: str) -> None:
    file = tmp_path / "results.jsonl"
    file.write_text(line + "\n")
    said = run(file)
    assert said.returncode == 2 and says in said.stderr and "Traceback" not in said.stderr


@pytest.mark.parametrize(
    "change",
    [
        {"points": "4"},
        {"points": -1},
        {"points": float("nan")},
        {"outcome": "great"},
        {"outcome": []},
        {"title": 3},
        {"problem": {"kind": "load", "message": [], "line": None, "code": ""}},
        {"diagnosis": {"id": "a", "says": {}, "see": "b"}},
        {"tests": [{}]},
        {"tests": None},
        {"more": 1},
    ],
)
def test_a_report_that_somebody_wrote_by_hand_is_refused(
    tmp_path: Path, change: dict[str, Any]
) -> None:
    file = tmp_path / "results.jsonl"
    file.write_text(json.dumps({"student": "1", "report": {**report().to_dict(), **change}}))
    said = run(file)
    assert said.returncode == 2 and "line 1: `report` must be" in said.stderr


def program(names: Sequence[str], comment: str = "") -> str:
    lines = (
        f"{name} = {names[at - 1]}.roll({at}, dims={at + 3}) * {at} - {at}"
        for at, name in enumerate(names)
    )
    return "".join(f"{line}{comment}\n" for line in lines)


MINE, YOURS = [f"mine{n}" for n in range(12)], [f"yours{n}" for n in range(12)]


def test_renamed_and_laid_out_anew_is_still_alike() -> None:
    other = program(YOURS, "  # my own").replace(" = ", "=").replace("\n", "\n\n")
    (found,) = alike("softmax", {"b": other, "a": program(MINE)}, [])
    assert found.students == ("a", "b") and found.share == 1
    assert found.lines[1][0].endswith("# my own")


def test_what_the_course_gave_and_what_many_write_is_nobodys() -> None:
    assert not alike("softmax", {"a": program(MINE), "b": program(YOURS)}, [program(MINE[::-1])])
    assert not alike("softmax", {str(n): program(MINE) for n in range(12)}, [])
    different = "".join(
        f"{a} = {b} @ {a}.T / {b}.sum(-1)\n" for a, b in zip(MINE, YOURS, strict=True)
    )
    assert not alike("softmax", {"a": program(MINE), "b": different}, [])


def test_who_is_like_somebody_of_a_group_is_in_it() -> None:
    near = program(MINE) + "".join(f"y{n} = {n} ** {n + 1} % {n + 2} + {n}\n" for n in range(5))
    sources = {"a": program(MINE), "b": near, "c": program(YOURS), "d": "x"}
    (found,) = alike("softmax", sources, [])
    assert found.students == ("a", "b", "c") and found.share == 1


@pytest.mark.parametrize(
    "text", ["\x00", "\ud800", "def f(:", "'''", "  x\n y", "(" * 5000, "\f\\"]
)
def test_an_answer_that_is_no_python_is_compared_as_far_as_it_is_one(text: str) -> None:
    sources = {"a": program(MINE) + text, "b": program(YOURS) + text}
    assert [one.students for one in alike("softmax", sources, [])] == [("a", "b")]
