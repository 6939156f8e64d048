"""Quizzes, test-outs and reviews as a learner runs them: a process, its input, its output."""

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from right_answers import right_answer

from exercises.catalog import Chapter, load_catalog
from quizzes.bank import load_bank
from quizzes.questions.selection import for_testout, pass_mark

CHAPTER = load_catalog().chapters[0]


def events(output: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in output.splitlines()]


def asked(output: str) -> list[str]:
    return [event["id"] for event in events(output) if event["event"] == "question"]


def rows(workspace: Path, query: str) -> list[Any]:
    with sqlite3.connect(workspace / ".learn" / "progress.db") as db:
        return db.execute(query).fetchall()


def right_answers(ids: list[str], seed: int) -> list[str]:
    bank = load_bank()
    by_id = {question.id: question for question in (*bank.questions, *bank.prerequisites)}
    return [right_answer(by_id[id].draw(seed)) for id in ids]


def test_a_quiz_asks_explains_and_keeps_everything(learn: Any, workspace: Path) -> None:
    ids = asked(learn("quiz", "1", "--seed", "3", "--count", "5", "--json").stdout)
    assert len(ids) == 1, "without an answer there is no second question"
    typed: list[str] = []
    for number in range(5):
        done = learn("quiz", "1", "--seed", "3", "--count", "5", "--json", typed="\n".join(typed))
        typed = right_answers(asked(done.stdout)[: number + 1], 3)
        (workspace / ".learn" / "progress.db").unlink()  # what was answered changes what is asked
    done = learn("quiz", "1", "--seed", "3", "--count", "5", "--json", typed="\n".join(typed))
    assert (done.returncode, done.stderr) == (0, "")
    result = events(done.stdout)[-1]
    assert result == {"event": "result", "correct": 5, "answered": 5, "of": 5, "revisit": []}
    kept = rows(workspace, "SELECT question, seed, answer, is_right, context FROM answers")
    assert kept == [
        (id, 3, answer, 1, "quiz") for id, answer in zip(asked(done.stdout), typed, strict=True)
    ]


def test_a_quiz_in_plain_lines(learn: Any, workspace: Path) -> None:
    done = learn("quiz", "1", "--seed", "3", "--count", "2", typed="?!\n")
    assert done.returncode == 0
    assert "Question 1 of 2" in done.stdout
    assert "Nothing was answered." in done.stdout, "bad input costs nothing"
    assert "\x1b" not in done.stdout
    assert rows(workspace, "SELECT * FROM answers") == []


def test_a_wrong_answer_is_explained_and_comes_back(learn: Any, workspace: Path) -> None:
    (first,) = asked(learn("quiz", "1", "--seed", "1", "--count", "1", "--json").stdout)
    for typed in ("a", "b", "-1", "1", "1,1,1", "a b c d e", "abcd", "a1 b1 c1 d1", "1 1 1 1"):
        done = learn("quiz", "1", "--seed", "1", "--count", "1", typed=typed)
        if "Not right." in done.stdout:
            break
    assert "The answer is:" in done.stdout
    assert "0 of 1 right." in done.stdout
    assert "To revisit:" in done.stdout
    assert "learn read " in done.stdout
    again = asked(learn("quiz", "1", "--seed", "99", "--count", "1", "--json").stdout)
    assert again == [first]


def test_who_does_not_know_is_told_the_answer_and_not_that_it_was_wrong(
    learn: Any, workspace: Path
) -> None:
    done = learn("quiz", "1", "--seed", "3", "--count", "1", typed="?")
    assert "Not right." not in done.stdout
    assert "The answer is:" in done.stdout
    assert "0 of 1 right." in done.stdout


def test_an_answer_fits_the_terminal_and_has_one_item_a_line(learn: Any, workspace: Path) -> None:
    arguments = ("quiz", CHAPTER.id, "--seed", "3", "--count", "100")
    told = learn(*arguments, typed="?\n" * 100).stdout
    lines = [line.removeprefix("> ") for line in told.splitlines()]  # the prompt
    assert [line for line in lines if len(line) > 80] == []
    (workspace / ".learn" / "progress.db").unlink()  # what was answered changes the order
    verdicts = [
        event["answer"].splitlines()
        for event in events(learn(*arguments, "--json", typed="?\n" * 100).stdout)
        if event["event"] == "verdict"
    ]
    shown = [answer.lstrip().splitlines() for answer in told.split("The answer is:")[1:]]
    several = [pair for pair in zip(verdicts, shown, strict=True) if len(pair[0]) > 1]
    assert several
    for items, below in several:
        labels = [item.split()[0] for item in items]
        firsts = [line.split()[0] for line in below if line and not line.startswith(" " * 3)]
        assert firsts[: len(items)] == labels


def test_the_prerequisites(learn: Any, workspace: Path) -> None:
    done = learn("quiz", "prerequisites", "--count", "1", "--seed", "4", "--json")
    (id,) = asked(done.stdout)
    assert id in [question.id for question in load_bank().prerequisites]
    (typed,) = right_answers([id], 4)
    done = learn("quiz", "prerequisites", "--count", "1", "--seed", "4", typed=typed)
    assert "Right." in done.stdout
    assert rows(workspace, "SELECT context FROM answers") == [("prerequisites",)]


def test_without_a_chapter_it_asks_on_what_was_read(learn: Any, workspace: Path) -> None:
    second = load_catalog().chapters[1]
    learn("read", "2", "--done")
    (id,) = asked(learn("quiz", "--json").stdout)
    assert id in [question.id for question in load_bank().chapter(second.id).questions]


@pytest.mark.parametrize("arguments", [["quiz", "99"], ["testout", "99"], ["testout"]])
def test_an_unknown_chapter(learn: Any, workspace: Path, arguments: list[str]) -> None:
    done = learn(*arguments)
    assert done.returncode == 2
    assert done.stdout == ""


# testing out


def answers_to_testout(seed: int, chapter: str = CHAPTER.id) -> list[str]:
    questions = for_testout(load_bank().chapter(chapter).questions, seed)
    return [right_answer(question.draw(seed)) for question in questions]


@pytest.mark.parametrize("chapter", load_catalog().chapters, ids=lambda chapter: chapter.id)
def test_passing_a_testout(learn: Any, workspace: Path, chapter: Chapter) -> None:
    typed = answers_to_testout(5, chapter.id)
    number = str(chapter.number)
    done = learn("testout", number, "--seed", "5", typed="\n".join(typed))
    assert done.returncode == 0, done.stdout
    assert f"{len(typed)} questions. {pass_mark(len(typed))} right pass." in done.stdout
    assert f"Passed: chapter {number} is behind you." in done.stdout
    assert rows(workspace, "SELECT section, correct, asked, passed FROM testouts") == [
        (chapter.id, len(typed), len(typed), 1)
    ]


def test_leaving_a_testout_early_is_no_pass(learn: Any, workspace: Path) -> None:
    typed = answers_to_testout(5)[:-1]
    done = learn("testout", "1", "--seed", "5", "--json", typed="\n".join(typed))
    assert done.returncode == 1
    assert events(done.stdout)[-1]["event"] == "testout"
    assert events(done.stdout)[-1]["passed"] is False
    assert rows(workspace, "SELECT * FROM testouts") == []
    assert len(rows(workspace, "SELECT * FROM answers")) == len(typed)


# reviewing


@pytest.fixture
def read(learn: Any, night: Any) -> None:
    """Chapter 1 was read yesterday, so its cards are open."""
    learn("read", "1", "--done")
    night()


def test_cards_come_on_the_day_after_reading(learn: Any, workspace: Path, night: Any) -> None:
    assert "No card is waiting" in learn("review").stdout
    learn("read", "1", "--done")
    assert "New ones come tomorrow" in learn("review").stdout
    waiting = json.loads(learn("review", "--json").stdout)
    assert (waiting["new"], waiting["due"], waiting["postponed"]) == ([], [], 0)
    night()
    waiting = json.loads(learn("review", "--json").stdout)
    assert (len(waiting["new"]), waiting["due"], waiting["postponed"]) == (10, [], 0)


@pytest.mark.usefixtures("read")
def test_reviewing_in_plain_lines(learn: Any, workspace: Path) -> None:
    done = learn("review", "--limit", "2", typed="\n3\n\n5\ngood\n")
    assert (done.returncode, done.stderr) == (0, "")
    assert "0 due, 10 new." in done.stdout
    assert "Type 1, 2, 3 or 4" in done.stdout
    assert "2 reviewed, 0 left." in done.stdout
    assert rows(workspace, "SELECT rating FROM reviews") == [(3,), (3,)]
    assert len(json.loads(learn("review", "--json").stdout)["new"]) == 8


@pytest.mark.usefixtures("read")
def test_undo_and_quit(learn: Any, workspace: Path) -> None:
    done = learn("review", typed="u\n\n1\nu\n\n4\nq\n")
    assert "There is no rating to take back." in done.stdout
    assert "1 reviewed, 9 left." in done.stdout
    assert rows(workspace, "SELECT rating FROM reviews") == [(4,)]


@pytest.mark.usefixtures("read")
def test_a_card_that_was_not_known_comes_again_in_the_same_sitting(
    learn: Any, workspace: Path
) -> None:
    done = learn("review", "--limit", "1", typed="\n1\n\n3\n")
    assert "2 reviewed, 0 left." in done.stdout
    assert rows(workspace, "SELECT count(DISTINCT card), count(*) FROM reviews") == [(1, 2)]


@pytest.mark.usefixtures("read")
def test_a_leech_is_pointed_out(learn: Any, workspace: Path) -> None:
    learn("review", "--limit", "1", typed="\n4\n")
    with sqlite3.connect(workspace / ".learn" / "progress.db") as db:
        then = "2025-01-01T00:00:00.000+00:00"
        db.execute("UPDATE schedules SET lapses = 5, due = ?, last_review = ?", (then, then))
    done = learn("review", "--limit", "1", typed="\n1\nq\n")
    assert "You have forgotten this card 6 times" in done.stdout
    assert "learn read " in done.stdout.partition("forgotten")[2]


# moving cards


@pytest.mark.usefixtures("read")
def test_schedules_move_to_another_machine(learn: Any, workspace: Path, folder: Path) -> None:
    learn("review", typed="\n3\n\n1\n\n4\nq\n")
    assert "learn cards import" in learn("cards", "export", "my cards.json").stdout
    learn("init", "other")
    there = {"LEARN_WORKSPACE": str(folder / "other")}
    assert "3 reviews were new here" in learn("cards", "import", "my cards.json", **there).stdout
    exported = learn("cards", "export", **there).stdout
    assert exported == (folder / "my cards.json").read_text() == learn("cards", "export").stdout


def test_a_bad_import_changes_nothing(learn: Any, workspace: Path, folder: Path) -> None:
    for content in (b"{}", b"\xff\xfe", b"[" * 100_000):
        (folder / "bad.json").write_bytes(content)
        done = learn("cards", "import", "bad.json")
        assert (done.returncode, done.stdout) == (2, "")
        assert "This is no export of cards" in done.stderr
    assert learn("cards", "import", "missing.json").returncode == 2


def test_the_anki_export_needs_no_workspace(learn: Any, folder: Path) -> None:
    done = learn("cards", "export", "--anki", "course.apkg")
    assert (done.returncode, done.stderr) == (0, "")
    assert (folder / "course.apkg").read_bytes()[:2] == b"PK"


def test_a_package_is_known_by_its_name(learn: Any, workspace: Path, folder: Path) -> None:
    assert learn("cards", "export", "course.apkg").returncode == 0
    assert (folder / "course.apkg").read_bytes()[:2] == b"PK"


@pytest.mark.usefixtures("read")
def test_an_export_that_an_editor_has_marked_is_read(
    learn: Any, workspace: Path, folder: Path
) -> None:
    learn("review", typed="\n3\nq\n")
    text = learn("cards", "export").stdout
    (folder / "marked.json").write_bytes(b"\xef\xbb\xbf" + text.encode())
    done = learn("cards", "import", "marked.json")
    assert (done.returncode, done.stderr) == (0, "")
    assert "0 reviews were new here, of 1." in done.stdout


# looking things up


def test_search(learn: Any, workspace: Path) -> None:
    done = learn("search", "softmax", "overflow")
    assert done.returncode == 0
    assert "learn check --watch softmax" in done.stdout
    assert (workspace / ".learn" / "search.db").exists()
    hits = json.loads(learn("search", "√d_k", "--json", "--limit", "3").stdout)["hits"]
    assert len(hits) == 3
    assert learn("search", "zzzzzz").returncode == 1


def test_a_formula_in_a_hit_stands_on_one_line(learn: Any, workspace: Path) -> None:
    """Of a fraction over several lines, one after the other, nobody could read a word."""
    done = learn("search", "softmax", "--limit", "100")
    assert "softmax(s)ᵢ = exp(sᵢ)/(∑ⱼ exp(sⱼ))" in done.stdout
    assert "───" not in done.stdout


def test_search_without_a_workspace(learn: Any, folder: Path) -> None:
    assert learn("search", "mask").returncode == 0
    assert list(folder.iterdir()) == []


def test_every_command_of_a_hit_works(learn: Any, workspace: Path) -> None:
    hits = json.loads(learn("search", "attention mask", "--limit", "30", "--json").stdout)["hits"]
    for sort in {hit["sort"] for hit in hits} - {"exercise"}:
        command = next(hit["command"] for hit in hits if hit["sort"] == sort)
        assert learn(*command.split()[1:]).returncode == 0, command


def test_a_section_can_be_read_alone(learn: Any, workspace: Path) -> None:
    topic = CHAPTER.topics[2]
    done = learn("read", topic.id)
    assert done.stdout.startswith(f"## {topic.title}")
    assert CHAPTER.topics[1].title not in done.stdout
    assert rows(workspace, "SELECT * FROM sections_read") == []


def test_glossary(learn: Any) -> None:
    terms = json.loads(learn("glossary", "--json").stdout)["terms"]
    listed = learn("glossary").stdout
    assert len(listed.splitlines()) == len(terms)
    done = learn("glossary", "softmax")
    assert done.stdout.startswith("Softmax\n")
    done = learn("glossary", "flux capacitor")
    assert done.returncode == 2
    assert "There is no term 'flux capacitor'" in done.stderr


def test_faq(learn: Any) -> None:
    entries = json.loads(learn("faq", "--json").stdout)["faq"]
    assert all(entry["id"] in learn("faq").stdout for entry in entries[:3])
    by_id = learn("faq", entries[0]["id"])
    assert len(by_id.stdout.splitlines()) >= 2
    assert learn("faq", "mask", "true").returncode == 0
    assert learn("faq", "zzzzzz").returncode == 1


def test_an_answer_that_would_spoil_an_exercise_waits_for_its_pass(
    learn: Any, workspace: Path
) -> None:
    bank, passed = load_bank(), [exercise.id for exercise in load_catalog().exercises]
    waiting = {entry.id: entry.waits_for for entry in bank.faq_after(passed)}
    id, exercise = next((id, waits_for) for id, waits_for in waiting.items() if waits_for)
    assert f"{id}: " not in learn("faq").stdout
    with sqlite3.connect(workspace / ".learn" / "progress.db") as db:
        db.execute("INSERT INTO sources VALUES ('x', x'')")
        db.execute(
            "INSERT INTO attempts (exercise, kind, outcome, points, max_points, seed, at,"
            " source_sha256, report) VALUES (?, 'submit', 'passed', 1, 1, 0, ?, 'x', '{}')",
            (exercise, "2025-01-01T00:00:00.000+00:00"),
        )
    assert f"{id}: " in learn("faq").stdout


def test_timeline_and_resources(learn: Any) -> None:
    years = [event["year"] for event in json.loads(learn("timeline", "--json").stdout)["timeline"]]
    assert years == sorted(years)
    assert str(years[0]) in learn("timeline").stdout
    of_two = json.loads(learn("resources", "2", "--json").stdout)["resources"]
    assert all(2 in resource["chapters"] for resource in of_two)
    assert learn("resources", "2").stdout.count("https://") >= len(of_two) > 0


def test_sheet(learn: Any) -> None:
    assert learn("sheet", "1").stdout.startswith(f"# {CHAPTER.title}")
    assert CHAPTER.title in learn("sheet").stdout
    assert "$" in learn("sheet", "--markdown").stdout


@pytest.mark.usefixtures("read")
def test_settings(learn: Any, workspace: Path) -> None:
    assert "retention = 0.9" in learn("settings").stdout
    assert json.loads(learn("settings", "new_cards", "3", "--json").stdout) == {"new_cards": 3}
    assert len(json.loads(learn("review", "--json").stdout)["new"]) == 3
    done = learn("settings", "new_cards", "many")
    assert done.returncode == 2
    assert "a number from 0 to 100" in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [["timeline"], ["resources"], ["sheet", "1"], ["sheet"], ["faq"], ["search", "softmax"]],
)
def test_plain_output_fits_and_holds_no_latex(learn: Any, arguments: list[str]) -> None:
    said = learn(*arguments).stdout
    assert "\\" not in said
    assert "\x1b" not in said
