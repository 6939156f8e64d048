"""The Anki package, opened as Anki opens it: a zip with an SQLite collection."""

import sqlite3
import zipfile
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from exercises.catalog import load_catalog
from quizzes.bank import load_bank
from quizzes.cards.anki import guid, package, to_html
from quizzes.cards.card import Note

NOW = datetime(2025, 1, 1, tzinfo=UTC)
CATALOG = load_catalog()


def note(id: str, kind: Any, front: str, back: str = "") -> Note:
    return Note(id, "ch01_attention", "soft-lookup", kind, front, back)


NOTES = [
    note("b", "basic", "Why $x < y$?", "**So**."),
    note("f", "formula", "Softmax", "$$\\frac{a}{b}$$\nwith a"),
    note("c", "cloze", "The [[query]] asks, $[[QK^\\top]]/\\sqrt{d}$."),
]


def opened(content: bytes, tmp_path: Path) -> sqlite3.Connection:
    with zipfile.ZipFile(BytesIO(content)) as archive:
        assert archive.testzip() is None
        assert sorted(archive.namelist()) == ["collection.anki2", "media"]
        archive.extract("collection.anki2", tmp_path)
    db = sqlite3.connect(tmp_path / "collection.anki2")
    assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    return db


def test_a_note_each_and_a_card_for_each_hidden_part(tmp_path: Path) -> None:
    db = opened(package(NOTES, CATALOG, NOW), tmp_path)
    rows = db.execute("SELECT guid, count(*) FROM notes JOIN cards ON nid = notes.id GROUP BY guid")
    assert dict(rows) == {guid(NOTES[0]): 1, guid(NOTES[1]): 1, guid(NOTES[2]): 2}


def test_guids_hang_on_ids_alone(tmp_path: Path) -> None:
    edited = [note(n.id, n.kind, n.front + " edited", n.back and "Other.") for n in NOTES]
    assert [guid(n) for n in edited] == [guid(n) for n in NOTES]
    assert [guid(n) for n in NOTES] == PINNED
    first, second = (
        opened(package(notes, CATALOG, NOW), tmp_path)
        .execute("SELECT guid, mid FROM notes ORDER BY id")
        .fetchall()
        for notes in (NOTES, edited)
    )
    assert first == second


# With other ones, an import into Anki would double every note.
PINNED = ["q0rF+~VdvF", "lDSE?5@-#l", "nVUST%9h?,"]


def test_the_same_cards_give_the_same_bytes() -> None:
    assert package(NOTES, CATALOG, NOW) == package(NOTES, CATALOG, NOW)


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("$x < y$", r"<p><span class='math inline'>\(x &lt; y\)</span></p>"),
        ("$$\na\n$$", "<div class='math block'>\n\\[a\\]\n</div>"),
        ("**a** `b<c`", "<p><strong>a</strong> <code>b&lt;c</code></p>"),
        ("$a_1 * b_2 * c$", r"<p><span class='math inline'>\(a_1 * b_2 * c\)</span></p>"),
        ("a [[b]] c [[d]]", "<p>a {{c1::b}} c {{c2::d}}</p>"),
        (
            r"[[$\frac{a}{b_{c}}$]]",
            r"<p>{{c1::<span class='math inline'>\(\frac&#123;a&#125;&#123;b_&#123;c&#125;&#125;\)"
            "</span>}}</p>",
        ),
        (
            r"$\sqrt{[[d_{k}]]}$",
            r"<p><span class='math inline'>\(\sqrt&#123;{{c1::d_&#123;k&#125;}}&#125;\)</span></p>",
        ),
    ],
)
def test_texts_become_what_anki_shows(text: str, html: str) -> None:
    assert to_html(text).replace('"', "'") == html


def test_the_whole_course_can_be_exported(tmp_path: Path) -> None:
    notes = load_bank().notes
    db = opened(package(notes, CATALOG, NOW), tmp_path)
    assert db.execute("SELECT count(*) FROM notes").fetchone() == (len(notes),)
    assert db.execute("SELECT count(*) FROM cards").fetchone() == (len(load_bank().cards),)
    for (fields,) in db.execute("SELECT flds FROM notes"):
        assert "[[" not in fields and "\ue001" not in fields and "$$" not in fields
