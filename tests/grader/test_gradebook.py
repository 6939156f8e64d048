"""Results go into the gradebook that a platform exported, and nothing else in it changes."""

import csv
import io
import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.classroom.sheet import Cell, Sheet, harmless
from grader.cli import main
from grader.errors import UsageError

CANVAS = '''\
Student,ID,SIS User ID,SIS Login ID,Section,Notes,Attention (4711),Masks (4712),Current Score
,,,,,,Manual Posting,,
    Points Possible,,,,,,12,10,(read only)
"Lovelace, Ada",1042,s-1,ada,"A, ""early""",=1+1,,5,41.5
"Turing, Alan",1043,s-2,alan,A,,7.50,,62.5
"Noether, Emmy",1044,s-3,emmy,B,,EX,,
"Hopper, Grace",1045,s-4,grace,B,,N/A,,
"Student, Test",1099,,test,A,,,,
'''
MOODLE = """\
Identifier,Full name,Email address,Status,Grade,Maximum Grade,Last modified (grade)
Participant 31,Ada Lovelace,ada@example.org,Submitted for grading,,12.00,-
Participant 32,Alan Turing,alan@example.org,Submitted for grading,7.50,12.00,"2 November, 10:00"
"""
EXPORT = """\
"First name";"Last name";"ID number";"Email address";"Assignment: Attention (Real)"
"Ada";"Lovelace";"007";"ada@example.org";"-"
"Alan";"Turing";"008";"alan@example.org";"7,50"
"""
ADA, ALAN = {"id": 1042, "score": 10.5, "max_score": 12}, {"id": "1043", "score": 12}
Fill = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def grader_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Fill:
    """`grader_command(*arguments)`: what it ends with and prints, in the tests' own folder."""

    def run(*arguments: str) -> "subprocess.CompletedProcess[str]":
        monkeypatch.chdir(tmp_path)
        monkeypatch.setattr(sys, "argv", ["grader", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        return subprocess.CompletedProcess(
            arguments, int(ended.value.code or 0), *capsys.readouterr()
        )

    return run


@pytest.fixture
def fill(tmp_path: Path, grader_command: Fill) -> Fill:
    """`fill("canvas", exported, results, *options)`: the command on `grades.csv`."""

    def run(
        platform: str, exported: str | bytes, results: Sequence[Any] | str, *options: str
    ) -> "subprocess.CompletedProcess[str]":
        content = exported if isinstance(exported, bytes) else exported.encode()
        (tmp_path / "grades.csv").write_bytes(content)
        lines = results if isinstance(results, str) else "\n".join(map(json.dumps, results))
        (tmp_path / "results.jsonl").write_text(lines, encoding="utf-8")
        asked = ("gradebook", platform, "grades.csv", "--results", "results.jsonl", *options)
        return grader_command(*asked)

    return run


def test_canvas_shows_the_difference_and_writes_nothing(fill: Fill, tmp_path: Path) -> None:
    done = fill("canvas", CANVAS, [ADA, ALAN], "--column", "Attention")
    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "grades.csv").read_bytes() == CANVAS.encode()
    assert done.stdout == (
        "grades.csv, column Attention (4711)\n"
        "  1042  (empty) → 10.5  Lovelace, Ada\n"
        "  1043  7.50 → 12  Turing, Alan\n"
        "2 cells change, 0 hold the score already.\n"
        "3 rows have no result, and stay as they are.\n"
        "1 cell of the file begins as a formula does. Nothing there is changed; a spreadsheet"
        " program may run such a cell: line 4: '=1+1'.\n"
        "Nothing is written yet. Add --write to fill the file.\n"
    )


@pytest.mark.parametrize("title", ["Attention", "4711", "Attention (4711)", "atention"])
def test_canvas_changes_the_cells_and_no_other_byte(title: str, fill: Fill, tmp_path: Path) -> None:
    done = fill("canvas", CANVAS, [ADA, ALAN], "--column", title, "--write")
    if title == "atention":
        assert (done.returncode, "Did you mean Attention?" in done.stderr) == (2, True)
        return
    assert (done.returncode, done.stderr) == (0, "")
    expected = CANVAS.replace("=1+1,,5", "=1+1,10.5,5").replace(",7.50,", ",12,")
    assert (tmp_path / "grades.csv").read_bytes() == expected.encode()
    again = fill("canvas", expected, [ADA, ALAN], "--column", title, "--write")
    assert "0 cells change, 2 hold the score already." in again.stdout
    assert (tmp_path / "grades.csv").read_bytes() == expected.encode()


def test_canvas_in_excel_s_form_keeps_it(fill: Fill, tmp_path: Path) -> None:
    """A byte-order mark, semicolons, decimal commas and Windows line ends."""
    exported = (
        "\ufeffLastName;FirstName;ID;SIS Login ID;Section;Attention (4711)\r\n"
        "    Points Possible;;;;;12,00\r\n"
        "Lovelace;Ada;1042;ada;A;\r\n"
        '"Tur;ing";Alan;1043;alan;A;"7,5"\r\n'
    )
    done = fill("canvas", exported, [ADA, ALAN], "--column", "4711", "--write")
    assert (done.returncode, done.stderr) == (0, "")
    expected = exported.replace("ada;A;", "ada;A;10,5").replace('"7,5"', '"12"')
    assert (tmp_path / "grades.csv").read_bytes() == expected.encode()


def test_canvas_keeps_who_is_excused_or_has_no_score_and_names_who_is_unknown(fill: Fill) -> None:
    results = [
        ADA,
        {"id": 1044, "score": 3},
        {"id": 1045, "score": 3},
        {"id": 1043, "score": None},
        {"id": "9", "score": 1},
        {"id": "Hopper, Grace", "score": 1},
    ]
    told = fill("canvas", CANVAS, results, "--column", "Attention").stdout
    assert "1 cell changes" in told
    assert "1044 is excused in Canvas; EX stays." in told
    assert "1045 is not given this assignment in Canvas; N/A stays." in told
    assert "1043 has no score yet; 7.50 stays." in told
    assert "2 results are of nobody in this file: 9, Hopper, Grace." in told


def test_points_that_do_not_fit_are_told(fill: Fill) -> None:
    results = [{"id": 1042, "score": 40, "max_score": 100}]
    told = fill("canvas", CANVAS, results, "--column", "Attention").stdout
    assert "The results are out of 100 points, and the column of 12." in told
    assert "1 score is above 12: 1042." in told


def test_people_are_found_by_another_id_where_that_is_asked(fill: Fill, tmp_path: Path) -> None:
    results = [{"id": "ada", "score": 1}, {"id": "alan", "score": 2}]
    done = fill("canvas", CANVAS, results, "--column", "Attention")
    assert done.returncode == 2
    assert done.stderr == (
        "grader: Of 2 ids, none stands in the column 'ID' of grades.csv. 2 of them stand in"
        " 'SIS Login ID': add --by 'SIS Login ID'.\n"
    )
    done = fill("canvas", CANVAS, results, "--column", "Attention", "--by", "SIS Login ID")
    assert "  ada   (empty) → 1  Lovelace, Ada\n" in done.stdout


REPEATED = CANVAS.replace("1043,s-2", "1042,s-2")
TWO_TITLES = CANVAS.replace("Masks (4712)", "Attention (4712)")
SHORT = CANVAS.replace('"Turing, Alan",1043,s-2,alan,A,,7.50,,62.5', '"Turing, Alan",1043,s-2')
WRONG_CANVAS: dict[str, tuple[str | bytes, list[str], str]] = {
    "no such title": (CANVAS, ["--column", "Softmax"], "has no column 'Softmax' to fill"),
    "a column of text": (CANVAS, ["--column", "Notes"], "has no column 'Notes' to fill."),
    "a total": (CANVAS, ["--column", "Current Score"], "has no column 'Current Score' to fill."),
    "the id": (CANVAS, ["--column", "ID"], "has no column 'ID' to fill."),
    "a name": (CANVAS, ["--column", "Attention", "--by", "Student"], "and not by 'Student'"),
    "two titles": (TWO_TITLES, ["--column", "Attention"], "Attention (4711), Attention (4712)"),
    "two rows of one person": (REPEATED, [], "lines 4 and 5 both have '1042' in the column 'ID'"),
    "a short row": (SHORT, [], "line 5 has 3 cells and the header 9. Export"),
    "letters": (CANVAS.replace("7.50", "B+"), [], "line 5: 'B+' stands in the column"),
    "read only": (CANVAS.replace(",12,", ",(read only),"), [], "is read only in Canvas"),
    "another file": (MOODLE, [], "is no gradebook of Canvas: its columns begin with Identifier"),
    "no assignment": ("Student,ID,Section\n", [], "has no assignment. Create it in Canvas"),
    "nobody": ("Student,ID,Section,A (4711)\n", [], "grades.csv has nobody in it."),
    "empty": ("\ufeff \n", [], "grades.csv is empty"),
    "an open quote": (CANVAS + '"Curie, Marie,1046\n', [], "line 9: a cell begins with a quote"),
    "UTF-16": (CANVAS.encode("utf-16"), [], "grades.csv is not UTF-8."),
    "Latin-1": (CANVAS.replace("Ada", "Adä").encode("latin-1"), [], "grades.csv is not UTF-8."),
}


@pytest.mark.parametrize("case", WRONG_CANVAS)
def test_what_canvas_would_take_amiss_is_refused(case: str, fill: Fill, tmp_path: Path) -> None:
    exported, options, says = WRONG_CANVAS[case]
    options = options or ["--column", "4711"]
    done = fill("canvas", exported, [ADA, ALAN], *options, "--write")
    assert (done.returncode, done.stdout) == (2, "")
    assert says in done.stderr
    assert "Traceback" not in done.stderr
    content = exported if isinstance(exported, bytes) else exported.encode()
    assert (tmp_path / "grades.csv").read_bytes() == content


@pytest.mark.parametrize(
    ("results", "says"),
    [
        ("", "results.jsonl holds no result."),
        ("\n{not json}", "line 2 is no JSON."),
        ("[1]", "line 1 must be an object"),
        ('{"score": 1}', "line 1: `id` must be a text or a whole number."),
        ('{"id": true, "score": 1}', "line 1: `id` must be"),
        ('{"id": 1.5, "score": 1}', "line 1: `id` must be"),
        ('{"id": " ", "score": 1}', "line 1: `id` must be"),
        ('{"id": 1042}', "`score` is missing; null says that there is none yet."),
        ('{"id": 1042, "score": "12"}', "`score` must be a number from 0 to 1,000,000."),
        ('{"id": 1042, "score": -1}', "`score` must be a number"),
        ('{"id": 1042, "score": NaN}', "`score` must be a number"),
        ('{"id": 1042, "score": 1e999}', "`score` must be a number"),
        ('{"id": 1042, "score": 1, "max_score": true}', "`max_score` must be a number"),
        ('{"id": 1042, "score": 1}\n{"id": "1042", "score": 2}', "Lines 1 and 2 of the results"),
        ("[" * 100_000, "line 1 is no JSON."),
    ],
)
def test_results_that_say_nothing_clear_are_refused(results: str, says: str, fill: Fill) -> None:
    done = fill("canvas", CANVAS, results, "--column", "4711", "--write")
    assert (done.returncode, done.stdout) == (2, "")
    assert says in done.stderr


@pytest.mark.parametrize("missing", ["grades.csv", "results.jsonl"])
def test_a_file_that_is_not_there_is_said(
    missing: str, fill: Fill, grader_command: Fill, tmp_path: Path
) -> None:
    fill("canvas", CANVAS, [ADA], "--column", "4711")
    (tmp_path / missing).unlink()
    asked = ("canvas", "grades.csv", "--results", "results.jsonl", "--column", "4711")
    done = grader_command("gradebook", *asked)
    assert (done.returncode, done.stderr) == (2, f"grader: There is no file {missing}.\n")


# Moodle


@pytest.mark.parametrize("id", [31, "Participant 31"])
def test_moodle_s_worksheet_is_filled_by_its_identifier(
    id: object, fill: Fill, tmp_path: Path
) -> None:
    results = [{"id": id, "score": 10.5}, {"id": "32", "score": 7.5}]
    done = fill("moodle", MOODLE, results, "--column", "Grade", "--write")
    assert (done.returncode, done.stderr) == (0, "")
    assert "1 cell changes, 1 holds the score already." in done.stdout
    expected = MOODLE.replace("grading,,12", "grading,10.5,12")
    assert (tmp_path / "grades.csv").read_text("utf-8") == expected


def test_points_of_a_worksheet_that_do_not_fit_are_told(fill: Fill) -> None:
    results = [{"id": 31, "score": 10.5, "max_score": 100}, {"id": 32, "score": 70}]
    said = fill("moodle", MOODLE, results, "--column", "Grade").stdout
    assert "The results are out of 100 points, and the column of 12." in said
    assert "1 score is above 12: 32." in said


def test_moodle_in_another_language_has_other_names(fill: Fill, tmp_path: Path) -> None:
    german = "\ufeffID,Vollständiger Name,Bewertung,Zuletzt geändert (Bewertung)\n"
    german += "Teilnehmer/in 31,Ada Lovelace,,-\nTeilnehmer/in 32,Alan Turing,,-\n"
    results = [{"id": 31, "score": 12}]
    done = fill("moodle", german, results, "--column", "Bewertung", "--write")
    assert (done.returncode, done.stderr) == (0, "")
    expected = german.replace("Lovelace,,", "Lovelace,12,")
    assert (tmp_path / "grades.csv").read_text("utf-8") == expected


def test_moodle_s_export_needs_to_be_told_the_column_of_ids(fill: Fill, tmp_path: Path) -> None:
    results = [{"id": "007", "score": 10.5}, {"id": "008", "score": 7.5}]
    column = ("--column", "Assignment: Attention (Real)")
    done = fill("moodle", EXPORT, results, *column)
    assert done.returncode == 2
    assert "Name it: --by 'ID number'." in done.stderr
    done = fill("moodle", EXPORT, results, *column, "--by", "ID number", "--write")
    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "grades.csv").read_text("utf-8") == EXPORT.replace('"-"', '"10,5"')


@pytest.mark.parametrize(
    ("options", "results", "says"),
    [
        (
            ["--column", "Grades"],
            [{"id": 31, "score": 1}],
            "has no column 'Grades' to fill. Did you",
        ),
        (["--column", "Status"], [{"id": 31, "score": 1}], "'Submitted for grading' stands in the"),
        (["--column", "Grade", "--by", "Grade"], [{"id": 31, "score": 1}], "cannot hold both"),
        (["--column", "Grade", "--by", "Mail"], [{"id": 31, "score": 1}], "has no column 'Mail'"),
        (
            ["--column", "Grade"],
            [{"id": "x", "score": 1}],
            "Of 1 id, none stands in the column",
        ),
        (
            ["--column", "Grade"],
            [{"id": 31, "score": 1}, {"id": "Participant 31", "score": 2}],
            "'Participant 31' and '31' are one person.",
        ),
    ],
)
def test_what_moodle_would_take_amiss_is_refused(
    options: list[str], results: list[object], says: str, fill: Fill, tmp_path: Path
) -> None:
    done = fill("moodle", MOODLE, results, *options, "--write")
    assert (done.returncode, done.stdout) == (2, "")
    assert says in done.stderr
    assert (tmp_path / "grades.csv").read_text("utf-8") == MOODLE


def test_a_worksheet_that_moodle_would_not_take_back_is_refused(fill: Fill) -> None:
    semicolons = MOODLE.replace(",", ";")
    done = fill("moodle", semicolons, [{"id": 31, "score": 1}], "--column", "Grade")
    assert (done.returncode, "only with commas" in done.stderr) == (2, True)


# nbgrader


def test_nbgrader_s_table_is_quoted_and_runs_nothing(tmp_path: Path, grader_command: Fill) -> None:
    lines = [
        {
            "id": "ada",
            "assignment": "attention",
            "score": 9,
            "raw_score": 10.5,
            "late_submission_penalty": 1.5,
            "max_score": 12,
            "last_name": 'Love, "Lace"',
            "first_name": "=cmd|' /C calc'!A0",
            "email": "@ada\n",
        },
        {"id": "ada", "assignment": "masks", "score": None, "max_score": 10},
    ]
    (tmp_path / "results.jsonl").write_text("\n".join(map(json.dumps, lines)))
    command = ("gradebook", "nbgrader", "--results", "results.jsonl", "--output", "grades.csv")
    done = grader_command(*command)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    text = (tmp_path / "grades.csv").read_text("utf-8")
    first, second = csv.DictReader(io.StringIO(text))
    assert list(first) == [
        *("assignment", "duedate", "timestamp", "student_id", "last_name", "first_name", "email"),
        *("raw_score", "late_submission_penalty", "score", "max_score"),
    ]
    assert (first["last_name"], first["first_name"]) == ('Love, "Lace"', "'=cmd|' /C calc'!A0")
    assert first["email"].startswith("'@ada")
    assert (first["raw_score"], first["score"], first["max_score"]) == ("10.5", "9.0", "12.0")
    assert (second["assignment"], second["score"]) == ("masks", "0.0")

    (tmp_path / "results.jsonl").write_text(json.dumps({"id": "ada", "score": 1}))
    done = grader_command(*command)
    assert (done.returncode, "lacks `assignment`" in done.stderr) == (2, True)


# The file itself

texts = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8)
tables = st.lists(st.lists(texts, min_size=2, max_size=4), min_size=1, max_size=5)


def sheet(rows: list[list[str]], separator: str, end: str) -> Sheet:
    file = io.StringIO(newline="")
    csv.writer(file, delimiter=separator, lineterminator=end, quoting=csv.QUOTE_ALL).writerows(rows)
    return Sheet("grades.csv", file.getvalue(), separator)


@given(tables, st.sampled_from(",;\t"), st.sampled_from(["\n", "\r\n"]))
def test_a_file_is_read_as_csv_reads_it(rows: list[list[str]], separator: str, end: str) -> None:
    found = [[cell.text for cell in row.cells] for row in sheet(rows, separator, end).rows]
    assert found == [row for row in rows if any(text.strip() for text in row)]


@given(tables, texts, st.data())
def test_a_change_is_one_cell_and_nothing_else(
    rows: list[list[str]], text: str, data: st.DataObject
) -> None:
    before = sheet(rows, ",", "\n")
    cells = [cell for row in before.rows for cell in row.cells]
    if not cells:
        return
    chosen: Cell = data.draw(st.sampled_from(cells))
    after = before.changed({chosen: text})
    assert after[: chosen.start] == before.content[: chosen.start]
    assert after.endswith(before.content[chosen.end :])
    read = list(csv.reader(io.StringIO(after, newline="")))
    expected = list(csv.reader(io.StringIO(before.content, newline="")))
    differing = [
        (new, old)
        for new_row, old_row in zip(read, expected, strict=True)
        for new, old in zip(new_row, old_row, strict=True)
        if new != old
    ]
    assert differing in ([], [(harmless(text), chosen.text)])


@given(st.text())
def test_any_text_is_a_table_or_refused_in_words(content: str) -> None:
    try:
        rows = Sheet("grades.csv", content, ",").rows
    except UsageError as error:
        assert "a cell begins with a quote, and no quote ends it." in str(error)
    else:
        assert all(row.text(0) == row.cells[0].text.strip() for row in rows)


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@a", "\t1", "\r1"])
def test_what_a_spreadsheet_would_run_is_made_harmless(text: str) -> None:
    assert harmless(text) == f"'{text}"
    assert harmless("a" + text) == "a" + text
