"""Cards as an Anki package.

A note's GUID is made of its id alone, so that a later export updates the notes that Anki has, and
keeps their schedules. Formulas become MathJax, `[[hidden parts]]` become Anki's own cloze.
"""

from __future__ import annotations

import hashlib
import html
import itertools
import re
import sqlite3
import zipfile
from collections.abc import Iterable
from datetime import datetime
from io import BytesIO
from typing import TYPE_CHECKING, Any

from exercises.catalog import Catalog, Chapter
from quizzes.cards.card import HIDDEN, Note

if TYPE_CHECKING:
    import genanki
    from markdown_it import MarkdownIt

COURSE = "Learn the Transformer"
# Anki knows note types by these numbers: with others, an import would make new types.
BASIC_MODEL, CLOZE_MODEL = 1735689601, 1735689602
# The date of the files in the archive, so that the same cards give the same bytes.
EPOCH = (1980, 1, 1, 0, 0, 0)

# Marks for a hidden part that neither Markdown nor LaTeX takes for its own.
OPENS, CLOSES = 0xE000, chr(0xF8FF)
CSS = """.card { font-family: sans-serif; font-size: 20px; text-align: left; }
pre, code { font-family: monospace; }
.cloze { font-weight: bold; color: #2563eb; }
.nightMode .cloze { color: #93c5fd; }"""


def package(notes: Iterable[Note], catalog: Catalog, at: datetime) -> bytes:
    """An `.apkg` with one deck per chapter; `at` is when its notes count as changed."""
    import genanki

    markdown = _markdown()
    decks = {chapter.id: genanki.Deck(*_deck(chapter)) for chapter in catalog.chapters}
    for note in notes:
        decks[note.chapter].add_note(_anki_note(note, markdown))
    db = sqlite3.connect(":memory:")
    seconds = at.timestamp()
    genanki.Package([deck for deck in decks.values() if deck.notes]).write_to_db(
        db.cursor(), seconds, itertools.count(int(seconds * 1000))
    )
    db.commit()
    return _zipped({"collection.anki2": db.serialize(), "media": b"{}"})


def guid(note: Note) -> str:
    import genanki

    return str(genanki.guid_for("learn-transformer", note.id))


def to_html(text: str, markdown: MarkdownIt | None = None) -> str:
    """Markdown with `$…$` as HTML with MathJax, and with `[[…]]` as cloze."""
    numbers = itertools.count(1)
    marked = HIDDEN.sub(lambda part: f"{chr(OPENS + next(numbers))}{part[1]}{CLOSES}", text)
    rendered: str = (markdown or _markdown()).render(marked).strip()
    if marked == text:
        return rendered
    # Two braces of a formula side by side would end a cloze; a browser reads entities as braces.
    rendered = rendered.replace("{", "&#123;").replace("}", "&#125;").replace(CLOSES, "}}")
    return re.sub("[\ue001-\uefff]", lambda mark: f"{{{{c{ord(mark[0]) - OPENS}::", rendered)


def _anki_note(note: Note, markdown: MarkdownIt) -> genanki.Note:
    import genanki

    is_cloze = note.kind == "cloze"
    texts = [note.front] if is_cloze else [note.front, note.back]
    return genanki.Note(
        model=_cloze_model() if is_cloze else _basic_model(),
        fields=[*(to_html(text, markdown) for text in texts), f"learn read {note.topic}"],
        guid=guid(note),
        tags=[note.chapter, note.topic],
    )


def _basic_model() -> genanki.Model:
    import genanki

    back = "{{FrontSide}}<hr id=answer>{{Back}}<p><small>{{Source}}</small></p>"
    return genanki.Model(
        BASIC_MODEL,
        COURSE,
        fields=[{"name": "Front"}, {"name": "Back"}, {"name": "Source"}],
        templates=[{"name": "Card", "qfmt": "{{Front}}", "afmt": back}],
        css=CSS,
    )


def _cloze_model() -> genanki.Model:
    import genanki

    back = "{{cloze:Text}}<p><small>{{Source}}</small></p>"
    return genanki.Model(
        CLOZE_MODEL,
        f"{COURSE} (cloze)",
        model_type=genanki.Model.CLOZE,
        fields=[{"name": "Text"}, {"name": "Source"}],
        templates=[{"name": "Cloze", "qfmt": "{{cloze:Text}}", "afmt": back}],
        css=CSS,
    )


def _markdown() -> MarkdownIt:
    from markdown_it import MarkdownIt
    from mdit_py_plugins.dollarmath import dollarmath_plugin

    markdown = MarkdownIt("commonmark").enable("table")
    return markdown.use(dollarmath_plugin, renderer=_mathjax, double_inline=True)


def _mathjax(latex: str, options: dict[str, Any]) -> str:
    left, right = (r"\[", r"\]") if options["display_mode"] else (r"\(", r"\)")
    return f"{left}{html.escape(latex, quote=False)}{right}"


def _deck(chapter: Chapter) -> tuple[int, str]:
    digest = hashlib.sha256(chapter.id.encode()).digest()
    number = int.from_bytes(digest[:4], "big") | 1 << 30  # Anki keeps small numbers to itself
    return number, f"{COURSE}::{chapter.number:02} {chapter.title}"


def _zipped(files: dict[str, bytes]) -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, EPOCH), content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()
