"""A hit of the search as it is read: its text, and the places that it leads to. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from exercises.catalog import Catalog
from exercises.lesson import find_section
from quizzes.bank import Bank
from quizzes.entries import Term
from quizzes.search.index import Hit
from tui.app.messages import Go


@dataclass(frozen=True)
class Link:
    says: str
    go: Go


@dataclass(frozen=True)
class Entry:
    """`text` is Markdown; `note` says where to look outside the app."""

    title: str
    text: str
    links: tuple[Link, ...]
    note: str = ""


def place_of(hit: Hit) -> Go | None:
    """Where a hit leads at once; None where it is an entry that is read here."""
    return {
        "lesson": Go("read", hit.id),
        "exercise": Go("exercise", hit.id),
        "event": Go("sheet", "timeline"),
        "resource": Go("sheet", "resources"),
    }.get(hit.sort)


def entry_of(sort: str, id: str, bank: Bank, catalog: Catalog) -> Entry | None:
    """The term, the answer or the card with this id; None where it has left the course."""
    if sort == "term":
        term = next((term for term in bank.glossary if term.id == id), None)
        return _of_term(term, catalog) if term else None
    if sort == "faq":
        faq = next((faq for faq in bank.faq if faq.id == id), None)
        return Entry(faq.question, faq.answer, _lesson(faq.topic, catalog)) if faq else None
    card = next((card for card in bank.cards if card.id == id), None)
    if card is None:
        return None
    links = (*_lesson(card.topic, catalog), Link("Review flashcards", Go("review")))
    text = card.back if card.hidden else f"{card.front}\n\n{card.back}"
    return Entry("Flashcard", text, links)


def _of_term(term: Term, catalog: Catalog) -> Entry:
    links = _lesson(term.lesson, catalog) if term.lesson else ()
    if term.exercise:
        title = catalog.exercise(term.exercise).title
        links = (*links, Link(f"Exercise: {title}", Go("exercise", term.exercise)))
    note = f"As code: reference/{term.reference}" if term.reference else ""
    return Entry(term.term, f"{term.short}\n\n{term.long}", links, note)


def _lesson(anchor: str, catalog: Catalog) -> tuple[Link, ...]:
    section = find_section(catalog, anchor)
    return (Link(f"Lesson: {section.title}", Go("read", anchor)),) if section else ()
