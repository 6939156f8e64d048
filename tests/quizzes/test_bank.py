"""What is written is what is read, and a mistake is reported with its file and line."""

import subprocess
import sys
from typing import Any

import pytest
from small_bank import CARDS, KINDS, Entry, Library, card, question

from exercises.errors import CatalogError
from quizzes.bank import load_bank
from quizzes.questions.question import KINDS as ALL_KINDS

TERM = {"id": "query", "term": "Query", "short": "It asks.", "long": "It is a vector."}
EVENT = {"id": "e", "year": 2015, "title": "T", "text": "X", "source": "S", "chapter": 1}
RESOURCE = {
    "id": "r",
    "title": "T",
    "authors": "A",
    "year": 2017,
    "kind": "paper",
    "url": "https://example.org",
    "why": "W",
    "chapters": [1],
    "rank": 1,
}
FAQ = {"id": "f", "topic": "scores", "question": "Why?", "answer": "So."}


def test_the_tests_know_every_kind() -> None:
    assert set(KINDS) == set(ALL_KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_of_question_is_read(library: Library, kind: str) -> None:
    library.write("quiz.yaml", question(kind))
    (read,) = library.bank.chapter("ch01_attention").questions
    assert (read.id, read.kind, read.topic, read.chapter) == ("q", kind, "scores", "ch01_attention")


@pytest.mark.parametrize("kind", CARDS)
def test_each_kind_of_card_is_read(library: Library, kind: str) -> None:
    library.write("cards.yaml", card(kind))
    assert {one.kind for one in library.bank.cards} == {kind}


def test_the_rest_is_read(library: Library) -> None:
    library.write("faq.yaml", FAQ)
    library.write("/glossary.yaml", TERM | {"lesson": "soft-lookup"})
    library.write("/timeline.yaml", EVENT, EVENT | {"id": "older", "year": 1997})
    library.write("/resources.yaml", RESOURCE | {"rank": 2}, RESOURCE | {"id": "best"})
    library.write("/prerequisites.yaml", question("number", topic="linear-algebra"))
    bank = library.bank
    assert [entry.id for entry in bank.faq] == ["f"]
    assert [(term.id, term.lesson, term.exercise) for term in bank.glossary] == [
        ("query", "soft-lookup", None)
    ]
    assert [event.id for event in bank.timeline] == ["older", "e"]
    assert [resource.id for resource in bank.resources] == ["best", "r"]
    assert [entry.topic for entry in bank.prerequisites] == ["linear-algebra"]


def test_what_is_not_written_yet_is_empty(library: Library) -> None:
    bank = library.bank
    assert bank.questions == bank.cards == bank.faq == bank.glossary == bank.prerequisites == ()


def without(entry: Entry, key: str) -> Entry:
    return {name: value for name, value in entry.items() if name != key}


def options(*rights: bool, why: str | None = "W.") -> list[Entry]:
    made = [{"text": f"T{place}", "right": right} for place, right in enumerate(rights)]
    return [option | ({"why": why} if why else {}) for option in made]


BROKEN_QUESTIONS: dict[str, tuple[Entry, str]] = {
    "no topic": (without(question("choice"), "topic"), "topic is missing"),
    "strange topic": (question("choice", topic="sleep"), "'sleep' is no topic of this chapter"),
    "bad id": (question("choice", id="Not An Id"), "must be lower-case words"),
    "bad kind": (question("choice") | {"kind": "essay"}, "must be one of choice, choices"),
    "bad difficulty": (question("choice", difficulty=6), "must be from 1 to 5"),
    "unknown key": (question("choice", hint="x"), "hint is not a key that is known here"),
    "two right": (question("choice", options=options(True, True)), "one option with `right: true`"),
    "none right": (question("choice", options=options(False, False)), "not 0"),
    "no why": (question("choice", options=options(True, False, why=None)), "why is missing"),
    "one option": (question("choices", options=options(True)), "must have 2 to 9 entries, not 1"),
    "twice the same": (
        question("choices", options=[*options(True), *options(True)]),
        "must not repeat a text",
    ),
    "no tolerance": (without(question("number"), "tolerance"), "tolerance is missing"),
    "no arithmetic": (question("number", answer="2 +"), "is not arithmetic"),
    "no such name": (question("number", answer="n * 2"), "`n` is no parameter"),
    "attribute": (question("number", answer="(1).real"), "may only use"),
    "no list": (question("shape", answer=7), "must be a list"),
    "words in a shape": (question("shape", answer=["B", 2]), "`B` is no parameter"),
    "one step": (question("order", steps=["score"]), "must have 2 to 9 entries"),
    "a step twice": (question("order", steps=["a", "b", "a"]), "must not repeat"),
    "no pair": (question("match", pairs=[["a", "b"], ["c"]]), "must be a pair"),
    "a left twice": (question("match", pairs=[["a", 1], ["a", 2]]), "must not repeat"),
    "no gap": (question("gap", ask="No gap."), "must hold one gap, ____, not 0"),
    "two gaps": (question("gap", ask="____ and ____"), "not 2"),
    "no answers": (question("gap", answers=[]), "must have at least 1"),
    "a boolean": (question("output", answer=True), "must be a text or a number; quote it"),
    "wrong without why": (question("output", wrong=[{"answer": "x"}]), "why is missing"),
    "one number": (question("number", parameters={"n": [2]}), "must have at least 2"),
    "a bad name": (question("number", parameters={"1n": [2, 3]}), "is no name"),
    "latex braces": (
        question("number", parameters={"n": [2, 3]}, why=r"$\frac{n}{2}$"),
        r"`\\frac{n}`: write `{{` for a brace",
    ),
    "no lesson": (question("number", after="x"), "there is no section scores in a lesson"),
    "many decimals": (question("number", decimals=9), "must be from 1 to 6"),
    "single brace": (question("number", parameters={"n": [2, 3]}, why="a { b"), "write `{{`"),
}


@pytest.mark.parametrize("name", BROKEN_QUESTIONS)
def test_a_mistake_in_a_question_names_file_and_line(library: Library, name: str) -> None:
    broken, says = BROKEN_QUESTIONS[name]
    file = library.write("quiz.yaml", question("gap", id="fine"), "\n# a comment\n", broken)
    with pytest.raises(CatalogError) as raised:
        _ = library.bank.questions
    assert says.replace("\\\\", "\\") in str(raised.value)
    first = file.read_text().splitlines().index("# a comment") + 2
    assert raised.value.file == file
    assert raised.value.line and raised.value.line >= first


LESSON = """# L

## Scores {#scores}

### Overview

Weights sum
to 1. So do rows.

```python
>>> softmax(x)

# of another row
>>> softmax(y)
```

## Soft lookup {#soft-lookup}

Shift.
"""


def test_a_question_waits_for_words_of_its_section(library: Library) -> None:
    (lesson,) = (chapter.lesson for chapter in library.catalog.chapters)
    lesson.write_text(LESSON)
    library.write("quiz.yaml", question("gap", after="sum to 1"), question("gap", id="free"))
    assert [one.after for one in library.bank.questions] == ["sum to 1", None]


@pytest.mark.parametrize("words", ["of another row", ">>> softmax(x) # of"])
def test_a_question_may_wait_for_any_words_of_a_code_block(library: Library, words: str) -> None:
    """Neither a comment nor an empty line ends it."""
    (lesson,) = (chapter.lesson for chapter in library.catalog.chapters)
    lesson.write_text(LESSON)
    library.write("quiz.yaml", question("gap", after=words))
    assert [one.after for one in library.bank.questions] == [words]


@pytest.mark.parametrize(
    ("words", "times"), [("Shift.", 0), ("softmax", 2), ("Overview", 0), ("1. So do cows", 0)]
)
def test_words_that_are_not_there_once_are_a_mistake(
    library: Library, words: str, times: int
) -> None:
    (lesson,) = (chapter.lesson for chapter in library.catalog.chapters)
    lesson.write_text(LESSON)
    file = library.write("quiz.yaml", question("gap", id="fine"), question("gap", after=words))
    with pytest.raises(CatalogError) as raised:
        _ = library.bank.questions
    says = f"must stand once in the section scores of the lesson, not {times} times"
    assert f"{words!r} {says}" in str(raised.value)
    line = file.read_text().splitlines().index(f"  after: {words}") + 1
    assert (raised.value.file, raised.value.line) == (file, line)


BROKEN_ENTRIES: dict[str, tuple[str, Entry, str]] = {
    "cloze hides nothing": ("cards.yaml", card("cloze", text="Plain."), "at least one [[part]]"),
    "card without back": ("cards.yaml", without(card("basic"), "back"), "back is missing"),
    "formula without $$": ("cards.yaml", card("formula", back="$x$"), "one formula between $$"),
    "bad card kind": ("cards.yaml", card("basic") | {"kind": "poem"}, "must be one of basic"),
    "faq topic": ("faq.yaml", FAQ | {"topic": "x"}, "is no topic"),
    "no such exercise": ("/glossary.yaml", TERM | {"exercise": "nope"}, "'nope' is no exercise"),
    "early year": ("/timeline.yaml", EVENT | {"year": 17}, "must be from 1900"),
    "late chapter": ("/timeline.yaml", EVENT | {"chapter": 100}, "must be from 1 to 99"),
    "resource kind": ("/resources.yaml", RESOURCE | {"kind": "film"}, "must be one of paper"),
    "resource url": ("/resources.yaml", RESOURCE | {"url": "http://x"}, "start with https://"),
    "resource chapters": ("/resources.yaml", RESOURCE | {"chapters": [0]}, "from 1 to 99"),
}


@pytest.mark.parametrize("name", BROKEN_ENTRIES)
def test_a_mistake_elsewhere_names_file_and_line(library: Library, name: str) -> None:
    where, broken, says = BROKEN_ENTRIES[name]
    file = library.write(where, "# a comment\n", broken)
    with pytest.raises(CatalogError, match=r":\d+: ") as raised:
        bank = library.bank
        _ = bank.cards, bank.faq, bank.glossary, bank.timeline, bank.resources
    assert says in str(raised.value)
    assert (raised.value.file, (raised.value.line or 0) >= 2) == (file, True)


@pytest.mark.parametrize("text", ["a: mapping\n", "just text\n", "- [unclosed\n"])
def test_a_file_that_is_no_list(library: Library, text: str) -> None:
    library.write("quiz.yaml", text)
    with pytest.raises(CatalogError):
        _ = library.bank.questions


def test_an_id_is_used_once(library: Library) -> None:
    file = library.write("quiz.yaml", question("gap"), question("order"))
    with pytest.raises(CatalogError, match=f"'q' is already used in {file}"):
        _ = library.bank.questions
    library.write("quiz.yaml", question("gap"))
    library.write("/prerequisites.yaml", question("number"))
    bank = library.bank
    assert bank.questions
    for _attempt in range(2):
        with pytest.raises(CatalogError, match=r"prerequisites.yaml:1: \[0\].id 'q' is already"):
            _ = bank.prerequisites


def test_a_chapter_that_is_asked_for_reads_no_other_file(library: Library) -> None:
    library.write("quiz.yaml", "broken")
    library.write("cards.yaml", card("basic"))
    assert len(library.bank.cards) == 1


def test_the_courses_own_bank_is_made_once() -> None:
    assert load_bank() is load_bank()


def test_reading_all_imports_nothing_slow() -> None:
    code = """
import sys
from quizzes.bank import load_bank
bank = load_bank()
_ = bank.questions, bank.cards, bank.faq, bank.glossary, bank.prerequisites
print(*sorted({name.partition(".")[0] for name in sys.modules}))
"""
    done: Any = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    slow = {"torch", "numpy", "rich", "textual", "click", "fsrs", "genanki", "markdown_it"}
    assert slow.isdisjoint(done.stdout.split())
