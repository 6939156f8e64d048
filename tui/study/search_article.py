"""A hit of the search as it is read: its text, and the places that it leads to. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from exercises.catalog import Catalog
from exercises.lesson import find_section
from quizzes.bank import Bank
from quizzes.search.index import Hit
from quizzes.study_aids import Term
from tui.study.cheat_sheet import RESOURCES, TIMELINE
from tui.study.targets import ExerciseTarget, LessonTarget, ReviewTarget, SheetTarget, Target


@dataclass(frozen=True)
class Link:
    label: str
    target: Target


@dataclass(frozen=True)
class SearchArticle:
    """`text` is Markdown."""

    title: str
    text: str
    links: tuple[Link, ...]


def target_of(hit: Hit) -> Target | None:
    """Where a hit leads at once; None where it is an article that is read here."""
    match hit.sort:
        case "lesson":
            return LessonTarget(hit.id)
        case "exercise":
            return ExerciseTarget(hit.id)
        case "event":
            return SheetTarget(TIMELINE)
        case "resource":
            return SheetTarget(RESOURCES)
    return None


def article_of(sort: str, id: str, bank: Bank, catalog: Catalog) -> SearchArticle | None:
    """The term, the answer or the card with this id; None where it has left the course."""
    if sort == "term":
        term = next((term for term in bank.glossary if term.id == id), None)
        return _of_term(term, catalog) if term else None
    if sort == "faq":
        faq = next((faq for faq in bank.faq if faq.id == id), None)
        return SearchArticle(faq.question, faq.answer, _lesson(faq.topic, catalog)) if faq else None
    card = next((card for card in bank.cards if card.id == id), None)
    if card is None:
        return None
    links = (*_lesson(card.topic, catalog), Link("Review flashcards", ReviewTarget()))
    text = card.back if card.hidden else f"{card.front}\n\n{card.back}"
    return SearchArticle("Flashcard", text, links)


def _of_term(term: Term, catalog: Catalog) -> SearchArticle:
    links = _lesson(term.lesson, catalog) if term.lesson else ()
    if term.exercise:
        title = catalog.exercise(term.exercise).title
        links = (*links, Link(f"Exercise: {title}", ExerciseTarget(term.exercise)))
    return SearchArticle(term.term, f"{term.short}\n\n{term.long}", links)


def _lesson(anchor: str, catalog: Catalog) -> tuple[Link, ...]:
    section = find_section(catalog, anchor)
    return (Link(f"Lesson: {section.title}", LessonTarget(anchor)),) if section else ()
