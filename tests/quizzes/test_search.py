"""Search: the right place first, however a word is written; and an index that cannot go stale."""

import os
import statistics
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exercises.course import OURS
from quizzes.bank import load_bank
from quizzes.search import query
from quizzes.search.documents import Document, documents, files
from quizzes.search.index import Index


def index(*documents: Document) -> Index:
    return Index(None, [], lambda: documents)


def lesson(id: str, title: str, text: str) -> Document:
    return Document("lesson", id, title, text, f"learn read {id}")


SMALL = index(
    lesson("scaling", "Scaled dot-product attention", r"Divide by $\sqrt{d_k}$ or $\sqrt{d_{k}}$."),
    lesson("dk", "Widths", "The width of a key is d_k; k has a d of its own."),
    lesson(
        "heads", "Several heads", "Each head normalizes its own scores. Résumé of α and $\\beta$."
    ),
    lesson("cost", "Cost", "It grows with $n^2 d$."),
    Document("term", "softmax", "Softmax", "Turns scores into weights.", "learn glossary softmax"),
    lesson("use", "Using softmax", "softmax softmax softmax"),
    Document("faq", "q", "Why softmax?", "So.", "learn faq q"),
)


def ids(typed: str, of: Index = SMALL) -> list[str]:
    found = of.search(typed)
    assert found.instead is None
    return [hit.id for hit in found.hits]


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("√d_k", "scaling"),
        ("sqrt(d_k)", "scaling"),
        (r"\sqrt{d_k}", "scaling"),
        ("√dₖ", "scaling"),
        ("SCALED", "scaling"),
        ("scaling", "scaling"),
        ("dot product", "scaling"),
        ("dot-prod", "scaling"),
        ("head", "heads"),
        ("heads", "heads"),
        ("normalise", "heads"),
        ("normalization", "heads"),
        ("resume", "heads"),
        ("alpha", "heads"),
        ("β", "heads"),
        ("n²", "cost"),
        ("O(n^2)", "cost"),
        ("softmax", "softmax"),
        ("how does it grow", "cost"),
        ("grows zebra", "cost"),
    ],
)
def test_what_comes_first(typed: str, first: str) -> None:
    assert ids(typed)[0] == first


def test_the_beginning_of_a_word_is_enough() -> None:
    assert set(ids("softm")) == {"softmax", "use", "q"}


def test_a_title_that_begins_so_comes_before_one_that_holds_it(course: Index) -> None:
    for typed, first in (("soft", "softmax"), ("encod", "encoder"), ("quer", "query")):
        assert ids(typed, course)[0] == first


def test_all_words_must_be_there_if_they_can() -> None:
    assert ids("width key") == ["dk"]


def test_a_slip_is_understood_and_said() -> None:
    found = SMALL.search("sofmtax")
    assert (found.instead, found.hits[0].id) == ("softmax", "softmax")


@pytest.mark.parametrize("typed", ["", "  ", "?!", '"', "zzzzzz", "*", "()", "qqq www"])
def test_nothing_is_found(typed: str) -> None:
    assert SMALL.search(typed).hits == ()


@given(st.text(max_size=30))
def test_any_text_can_be_searched(typed: str) -> None:
    SMALL.search(typed)


def test_only_one_sort() -> None:
    assert [hit.id for hit in SMALL.search("softmax", sort="faq").hits] == ["q"]
    assert len(SMALL.search("softmax", limit=2).hits) == 2


def test_a_hit_shows_the_paragraph_that_speaks_of_it() -> None:
    long = lesson(
        "l", "L", "# Head\n\nFirst.\n\nThen the needle\ncomes.\n\n```\nneedle needle\n```"
    )
    (hit,) = index(long).search("needle").hits
    assert hit.excerpt == "Then the needle\ncomes."
    assert hit.command == "learn read l"


def test_normalised() -> None:
    assert (
        query.normalised(r"$\mathrm{softmax}(Q K^\top / \sqrt{d_k})$") == "softmax q k top sqrt dk"
    )
    assert query.normalised("soft_lookup") == "soft lookup"


# the course itself


@pytest.fixture(scope="module")
def course() -> Index:
    return Index(None, [], lambda: documents(load_bank()))


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("√d_k", "scaled-dot-product"),
        ("softmax overflow", "softmax"),
        ("vanishing gradient", "rnn_gradient_norms"),
        ("grows with the square", "quadratic-cost"),
        ("additive score", "additive_score"),
        ("mask true", "mask-true-or-false"),
        ("self-attention layer", "self_attention"),
    ],
)
def test_the_course_answers(course: Index, typed: str, expected: str) -> None:
    assert expected in [hit.id for hit in course.search(typed).hits][:4]


def test_answers_of_questions_are_not_given_away(course: Index) -> None:
    assert not [file for file in files(OURS) if file.name in ("quiz.yaml", "prerequisites.yaml")]


def test_every_hit_leads_somewhere() -> None:
    commands = {document.command.split()[1] for document in documents(load_bank())}
    from tui.cli import COMMANDS

    assert commands <= set(COMMANDS)


# the index


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "a folder" / "search.db"


@pytest.fixture
def source(tmp_path: Path) -> Path:
    file = tmp_path / "lesson.md"
    file.write_text("needle")
    return file


def open_index(cache: Path, source: Path) -> tuple[Index, list[str]]:
    """The index, and a list that grows with each time it is made."""
    made: list[str] = []

    def read() -> list[Document]:
        made.append(source.read_text())
        return [lesson("l", "L", source.read_text())]

    return Index(cache, [source], read), made


def test_the_index_is_kept(cache: Path, source: Path) -> None:
    cache.parent.mkdir()
    assert open_index(cache, source)[1] == ["needle"]
    kept, made = open_index(cache, source)
    assert made == []
    assert ids("needle", kept) == ["l"]
    assert [file.name for file in cache.parent.iterdir()] == ["search.db"]


def test_a_change_makes_it_anew(cache: Path, source: Path) -> None:
    cache.parent.mkdir()
    open_index(cache, source)
    source.write_text("haystack")
    changed, made = open_index(cache, source)
    assert made == ["haystack"]
    assert ids("haystack", changed) == ["l"]
    assert open_index(cache, source)[1] == []


@pytest.mark.parametrize("damage", ["empty", "text", "cut", "zeros", "other", "middle"])
def test_a_damaged_index_is_made_anew(cache: Path, source: Path, damage: str) -> None:
    cache.parent.mkdir()
    open_index(cache, source)
    whole = cache.read_bytes()
    middle = len(whole) // 3
    cache.write_bytes(
        {
            "empty": b"",
            "text": b"not a database" * 99,
            "cut": whole[: len(whole) // 2],
            "zeros": bytes(len(whole)),
            "other": (cache.parent / "x").read_bytes()
            if False
            else b"SQLite format 3\0" + b"x" * 99,
            "middle": whole[:middle] + b"\xff" * (len(whole) - middle),
        }[damage]
    )
    again, _ = open_index(cache, source)
    assert ids("needle", again) == ["l"]


def test_without_a_place_to_keep_it_search_works_all_the_same(cache: Path, source: Path) -> None:
    nowhere, made = open_index(cache, source)  # the folder does not exist
    assert (ids("needle", nowhere), made) == (["l"], ["needle"])
    cache.mkdir(parents=True)
    taken, _ = open_index(cache, source)  # a folder has its name
    assert ids("needle", taken) == ["l"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written(cache: Path, source: Path) -> None:
    cache.parent.mkdir(mode=0o500)
    assert ids("needle", open_index(cache, source)[0]) == ["l"]


@pytest.mark.alone
def test_the_time_of_a_search(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Printed and not asserted: it is a figure of the machine, and other work may be running."""
    start = time.perf_counter()
    Index(tmp_path / "search.db", files(OURS), lambda: documents(load_bank()))
    made = (time.perf_counter() - start) * 1000
    times = []
    for typed in ("softmax", "√d_k", "why is it divided", "atention") * 3:
        start = time.perf_counter()
        Index(tmp_path / "search.db", files(OURS), lambda: ()).search(typed)
        times.append((time.perf_counter() - start) * 1000)
    with capsys.disabled():
        print(f"\nindex made in {made:.0f} ms; open and search {statistics.median(times):.1f} ms")
