"""Notes become cards, and ids stay when texts change."""

import pytest
from small_bank import Library, card

from exercises.catalog import load_catalog
from quizzes.bank import load_bank
from quizzes.cards.card import Note, card_topics, note_of
from quizzes.ids import summary


def cloze(text: str) -> Note:
    return Note("c", "ch01_attention", "scores", "cloze", text)


def test_a_basic_card() -> None:
    (made,) = Note("c", "ch01_attention", "scores", "basic", "Why?", "So.").cards
    assert (made.id, made.front, made.back, made.hidden) == ("c", "Why?", "So.", "")


def test_each_hidden_part_is_a_card() -> None:
    first, second = cloze("The [[query]] asks, the [[key]] is found.").cards
    assert (first.id, first.front, first.hidden) == (
        "c#1",
        "The […] asks, the key is found.",
        "query",
    )
    assert (second.id, second.front) == ("c#2", "The query asks, the […] is found.")
    assert first.back == second.back == "The query asks, the key is found."
    assert note_of(second.id) == "c"


@pytest.mark.parametrize("hidden", ["$x_{[i]}$", "a[i]", "[0]", "`x[[0]`", "two\nlines"])
def test_what_is_hidden_may_hold_brackets(hidden: str) -> None:
    (made,) = cloze(f"It is [[{hidden}]].").cards
    assert (made.hidden, made.back) == (hidden, f"It is {hidden}.")


def test_editing_the_text_keeps_the_ids() -> None:
    before = cloze("The [[query]] asks, the [[key]] is found.")
    after = cloze("What asks is the [[query vector]]; the [[key]] is found by it.")
    assert [made.id for made in before.cards] == [made.id for made in after.cards]


def test_ids_are_found_without_parsing(library: Library) -> None:
    file = library.write(
        "cards.yaml",
        "# - id: no-card\n",
        card("basic", id="one"),
        "\n- kind: cloze\n  topic: scores\n  text: |\n    - id: [[a]] and [[b[0]]]\n  id: two\n",
        card("formula", id="three"),
        "- topic: scores\n  id: 'four'\n  kind: \"cloze\"\n  text: '[[x]]'\n",
    )
    parsed = {made.id: made.topic for made in library.bank.cards}
    assert card_topics(file) == parsed
    assert list(parsed) == ["one", "two#1", "two#2", "three", "four#1"]
    file.unlink()
    assert not summary(file.parent).cards


def test_ids_of_the_course_are_found_without_parsing() -> None:
    bank = load_bank()
    for chapter in load_catalog().chapters:
        part = bank.chapter(chapter.id)
        assert part.card_ids == tuple(made.id for made in part.cards)
