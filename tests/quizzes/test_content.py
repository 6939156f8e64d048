"""The course's own questions and cards keep what docs/authoring.md and the syllabus promise."""

import dataclasses
import itertools
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import exercises
from exercises.catalog import Chapter, load_catalog
from exercises.lesson import sections
from quizzes.bank import load_bank
from quizzes.questions.free_response import Typed
from quizzes.questions.question import Question

ROOT = Path(exercises.__file__).parents[1]
BANK = load_bank()
CHAPTERS = load_catalog().chapters
QUESTIONS = [*BANK.questions, *BANK.prerequisites]
MAX_DRAWS = 300

CODE = re.compile(r"```.*?```|`[^`]*`", re.DOTALL)
every_chapter = pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda chapter: chapter.id)
every_question = pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.id)


@every_chapter
def test_there_is_enough(chapter: Chapter) -> None:
    part = BANK.chapter(chapter.id)
    assert len(part.questions) >= 24
    assert len({question.kind for question in part.questions}) >= 6
    assert len(part.cards) >= 30
    assert {note.kind for note in part.notes} == {"basic", "cloze", "formula"}
    assert len(part.faq) >= 10


@every_chapter
def test_every_topic_is_asked_and_remembered(chapter: Chapter) -> None:
    part = BANK.chapter(chapter.id)
    asked = Counter(question.topic for question in part.questions)
    remembered = Counter(note.topic for note in part.notes)
    for topic in chapter.topics:
        assert asked[topic.id] >= 2, f"{topic.id}: too few questions"
        assert remembered[topic.id] >= 2, f"{topic.id}: too few cards"


@every_chapter
def test_a_repeat_is_another_question(chapter: Chapter) -> None:
    assert sum(bool(question.parameters) for question in BANK.chapter(chapter.id).questions) >= 4


@every_chapter
def test_easy_and_hard_ones(chapter: Chapter) -> None:
    difficulties = {question.difficulty for question in BANK.chapter(chapter.id).questions}
    assert min(difficulties) == 1
    assert max(difficulties) >= 3


@pytest.mark.parametrize(
    ("name", "least"),
    [("prerequisites", 12), ("glossary", 60), ("timeline", 20), ("resources", 20)],
)
def test_the_parts_of_the_whole_course(name: str, least: int) -> None:
    assert len(getattr(BANK, name)) >= least


def test_resources_stand_in_one_order() -> None:
    assert sorted(each.rank for each in BANK.resources) == [*range(1, len(BANK.resources) + 1)]


def arxiv_years(text: str) -> set[int]:
    """When the papers that `text` names came to arXiv: 2104.09864 is of April 2021."""
    return {2000 + int(year) for year in re.findall(r"\b(\d\d)\d\d\.\d{4,5}\b", text)}


def test_a_paper_is_of_the_year_in_which_it_appeared() -> None:
    """An event may say otherwise, and then it names the paper's own year, too."""
    for event in BANK.timeline:
        told = f"{event.year} {event.text} {event.source}"
        untold = [year for year in arxiv_years(event.source) if not re.search(rf"\b{year}\b", told)]
        assert not untold, f"{event.id} is of {event.year}, its source of {untold}"
    for each in BANK.resources:
        assert arxiv_years(each.url) <= {each.year}, each.id


def test_the_cheat_sheet_speaks_of_every_chapter() -> None:
    text = BANK.cheat_sheet.read_text("utf-8")
    for chapter in CHAPTERS:
        assert chapter.title in text
    assert unbalanced(text) == []


def all_draws(question: Question) -> Iterator[int]:
    """Seeds that between them draw every number of every parameter."""
    wanted = {(name, n) for name, numbers in question.parameters.items() for n in numbers}
    for seed in range(MAX_DRAWS):
        yield seed
        wanted -= set(question.draw(seed).values.items())
        if not wanted:
            return


@every_question
def test_every_draw_is_a_sound_question(question: Question) -> None:
    met = set()
    for seed in all_draws(question):
        asked = question.draw(seed)
        assert [text for text in texts(asked) if unbalanced(text)] == []
        if isinstance(asked.body, Typed):
            for mistake in asked.body.wrong:
                verdict = asked.check(", ".join(mistake.answer) or "()")
                if not verdict.right:
                    assert mistake.why in verdict.explanations or len(asked.body.wrong) > 1
                    met.add(verdict.explanations[0])
    if isinstance(question.body, Typed) and not question.parameters:
        assert {mistake.why for mistake in question.body.wrong} <= met, "a mistake is never met"


@pytest.mark.parametrize("part", [*QUESTIONS, *BANK.faq], ids=lambda part: part.id)
def test_code_is_narrow_enough_for_80_columns(part: Any) -> None:
    blocks = [block for text in texts(part) for block in re.findall(r"```.*?```", text, re.DOTALL)]
    code = getattr(getattr(part, "body", None), "code", "")
    lines = "\n".join([*blocks, code]).splitlines()
    assert [line for line in lines if len(line) > 68] == []


@every_question
def test_decimals_are_asked_for_where_they_are_shown(question: Question) -> None:
    asked = re.search(r"Round to (one|two|three) decimals?\.", " ".join(question.ask.split()))
    decimals = getattr(question.body, "decimals", None)
    assert decimals == (("one", "two", "three").index(asked[1]) + 1 if asked else None)


@every_question
def test_the_right_answer_is_understood(question: Question) -> None:
    for seed in itertools.islice(all_draws(question), 10):
        asked = question.draw(seed)
        body: Any = asked.body
        typed = {
            "number": lambda body=body: body.answer,
            "shape": lambda body=body: ", ".join(body.answer) or "()",
            "gap": lambda body=body: body.answers[-1],
            "output": lambda body=body: body.answers[0],
        }.get(question.kind)
        if typed:
            assert asked.check(typed()).right


def texts(thing: Any) -> Iterator[str]:
    """Every text in a dataclass, however deep, but for code and proofs."""
    if isinstance(thing, str):
        yield thing
    elif isinstance(thing, tuple | list):
        for part in thing:
            yield from texts(part)
    elif dataclasses.is_dataclass(thing):
        for field in dataclasses.fields(thing):
            # a question as written holds doubled braces; as it is asked it does not
            if field.name not in ("code", "proof", "question", "answers", "holds"):
                yield from texts(getattr(thing, field.name))


def unbalanced(text: str) -> list[str]:
    """What is wrong with the formulas of a Markdown text."""
    prose = CODE.sub("", text)
    if prose.replace("$$", "").count("$") % 2 or prose.count("$$") % 2:
        return [f"$ is not closed: {text}"]
    found = re.findall(r"\$\$(.+?)\$\$|\$(.+?)\$", prose, re.DOTALL)
    return [formula for pair in found for formula in pair if formula and not is_balanced(formula)]


def is_balanced(formula: str) -> bool:
    depth = 0
    for brace in re.findall(r"(?<!\\)[{}]", formula):
        depth += 1 if brace == "{" else -1
        if depth < 0:
            return False
    pairs = (r"\\left(?![a-z])", r"\\right(?![a-z])"), (r"\\begin\{", r"\\end\{")
    return depth == 0 and all(
        len(re.findall(opened, formula)) == len(re.findall(closed, formula))
        for opened, closed in pairs
    )


def test_formulas_are_balanced() -> None:
    everything = [BANK.notes, BANK.cards, BANK.faq, BANK.glossary, BANK.timeline, BANK.resources]
    assert [text for part in everything for text in texts(part) if unbalanced(text)] == []


def test_the_check_of_balance_can_fail() -> None:
    for text in ("$x", "$$x$", r"$\frac{a}{b$", r"$\left( x$", "$a$ and $"):
        assert unbalanced(text)
    assert unbalanced(r"`$` costs $\{x\}$ $$y$$") == []


def test_places_exist() -> None:
    anchors = {section.anchor for chapter in CHAPTERS for section in sections(chapter)}
    for term in BANK.glossary:
        assert term.lesson is None or term.lesson in anchors, term.id
        assert term.reference is None or (ROOT / "reference" / term.reference).is_file(), term.id
    # a term of a chapter that is there leads into it
    assert [term.id for term in BANK.glossary if term.lesson]
    assert [term.id for term in BANK.glossary if term.exercise]


def test_terms_are_unique() -> None:
    terms = Counter(term.term.casefold() for term in BANK.glossary)
    assert [term for term, times in terms.items() if times > 1] == []


def test_a_card_can_be_answered_in_ten_seconds() -> None:
    long = [card.id for card in BANK.cards if len(card.hidden or card.back) > 400]
    assert long == []
