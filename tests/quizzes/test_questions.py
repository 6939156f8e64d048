"""Each kind of question: what is right, what is explained, what costs nothing."""

import itertools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_bank import KINDS, Entry, Library, question

from quizzes.questions import parse_answer
from quizzes.questions.question import Asked, BadAnswer, Question, Verdict


@pytest.fixture
def read(library: Library) -> Any:
    def read(entry: Entry) -> Question:
        library.write("quiz.yaml", entry)
        (question,) = library.bank.questions
        return question

    return read


@pytest.fixture
def ask(read: Any) -> Any:
    return lambda entry, seed=0: read(entry).draw(seed)


def label_of(asked: Asked, text: str) -> str:
    return next(item.label for item in (*asked.items, *asked.partners) if item.text == text)


RIGHT = {
    "number": [
        "12",
        " 12 ",
        "12 bytes",
        "12 Bytes",
        "3 * 4",
        "3×4",
        "24/2",
        "1.2e1",
        "12.0",
        "$12$",
    ],
    "shape": ["2, 5, 7", "(2,5,7)", "[2 5 7]", "2x5x7", "2 × 5 × 7", "torch.Size([2, 5, 7])"],
    "gap": ["√d_k", r"\sqrt{d_k}", r"$ \sqrt { d_k } $", "sqrt( d_k )", "`sqrt(d_k)`"],
    "output": ["(2, 3)", "(2,3)", " ( 2 , 3 )\n"],
}
WRONG = {
    "number": ["24", "13", "-12", "12.0001"],
    "shape": ["5, 2, 7", "2, 5", "()", "2 5 7 1"],
    "gap": ["d_k", "√D_K"],
    "output": ["2 3", "23", "(2, 3, )"],
}
BAD = {
    "choice": ["", "d", "4", "0", "a b", "nothing!?", "é"],
    "choices": ["", "a a", "d", "a x", "1 9"],
    "number": [
        "",
        "twelve",
        "12 apples",
        "1,5",
        "12,",
        "__import__('os')",
        "nan",
        "1/0",
        "9**9**9",
    ],
    "shape": ["", "two", "2, x", "2.5, 1", "-1, 2"],
    "order": ["", "a", "a b", "a a b", "a b d", "abcd"],
    "match": ["", "a1", "a1 b2", "a1 b2 c9", "a1 a2 b3", "1 2", "x1 b2 c3", "a1 b2 c3 d", "a b c"],
    "gap": ["", "  ", "$$"],
    "output": ["", " \n "],
}


@pytest.mark.parametrize(("kind", "typed"), [(k, t) for k, texts in RIGHT.items() for t in texts])
def test_right(ask: Any, kind: str, typed: str) -> None:
    verdict = ask(question(kind)).check(typed)
    assert verdict.right
    assert verdict.explanations == (KINDS[kind]["why"],)


@pytest.mark.parametrize(("kind", "typed"), [(k, t) for k, texts in WRONG.items() for t in texts])
def test_wrong(ask: Any, kind: str, typed: str) -> None:
    verdict = ask(question(kind)).check(typed)
    assert not verdict.right
    assert verdict.explanations[-1] == KINDS[kind]["why"]


@pytest.mark.parametrize("kind", WRONG)
def test_a_known_mistake_is_explained_first(ask: Any, kind: str) -> None:
    known = KINDS[kind]["wrong"][0]
    verdict = ask(question(kind)).check(WRONG[kind][0])
    assert verdict.explanations == (known["why"], KINDS[kind]["why"])


@pytest.mark.parametrize(("kind", "typed"), [(k, t) for k, texts in BAD.items() for t in texts])
def test_bad_input_says_what_form_is_wanted(ask: Any, kind: str, typed: str) -> None:
    with pytest.raises(BadAnswer, match=r"^(Type|Write) .+\.$"):
        ask(question(kind)).check(typed)


@pytest.mark.parametrize("kind", KINDS)
@given(typed=st.text(max_size=40) | st.text("abc123 ,()[]x-+*/.=", max_size=20))
def test_any_text_gives_a_verdict_or_the_form(kind: str, typed: str) -> None:
    asked = ASKED[kind]
    try:
        verdict = asked.check(typed)
    except BadAnswer as error:
        assert str(error)
    else:
        assert isinstance(verdict, Verdict)
        assert verdict.answer and verdict.explanations


@pytest.fixture(autouse=True, scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Hypothesis takes no fixture per example; the questions do not change."""
    from exercises.catalog import Catalog, Chapter, Topic
    from exercises.course import Course

    course = Course.at(tmp_path_factory.mktemp("course"))
    root = course.quizzes
    chapter = Chapter("c", 1, "C", "S", (Topic("scores", "S"),), (), root)
    library = Library(Catalog((chapter,), course))
    library.write("/c/quiz.yaml", *(question(kind, id=kind) for kind in KINDS))
    ASKED.update({question.kind: question.draw(1) for question in library.bank.questions})


ASKED: dict[str, Asked] = {}


# by kind


@pytest.mark.parametrize("kind", KINDS)
def test_who_does_not_know_is_told(ask: Any, kind: str) -> None:
    verdict = ask(question(kind)).check(" ? ")
    assert not verdict.right
    assert verdict.answer and verdict.explanations
    if kind in WRONG:
        assert verdict.answer == ask(question(kind)).check(WRONG[kind][0]).answer


@pytest.mark.parametrize("seed", range(5))
def test_choice(ask: Any, seed: int) -> None:
    asked = ask(question("choice"), seed)
    label = label_of(asked, "Nothing.")
    number = str(parse_answer.OPTION_LETTERS.index(label) + 1)
    for typed in (label, label.upper(), f"({label})", f" {label}) ", number, "nothing."):
        verdict = asked.check(typed)
        assert verdict == Verdict(True, (f"{label}) It cancels.",), f"{label}) Nothing.")
    other = label_of(asked, "It grows.")
    verdict = asked.check(other)
    assert not verdict.right
    assert verdict.explanations == (f"{other}) It does not.", f"{label}) It cancels.")


@pytest.mark.parametrize(
    ("unit", "says"),
    [("", ""), ("numbers", ""), ("tokens", " of tokens"), ("nats", " in nats"), ("%", " in %")],
)
def test_a_unit_is_asked_for_in_words_that_fit(unit: str, says: str) -> None:
    assert parse_answer.of(unit) == says


def test_where_options_are_numbers_a_number_is_never_a_place(ask: Any) -> None:
    options = [{"text": t, "why": "W", "right": t == "4"} for t in ("2", "4", "$8$")]
    asked = ask(question("choice", options=options))
    assert asked.check("4").right
    assert not asked.check("8").right
    with pytest.raises(BadAnswer):
        asked.check("1")
    assert asked.check(label_of(asked, "4")).right


@pytest.mark.parametrize("seed", range(3))
def test_choices(ask: Any, seed: int) -> None:
    asked = ask(question("choices"), seed)
    queries, keys, quarks = (label_of(asked, text) for text in ("Queries", "Keys", "Quarks"))
    for typed in (f"{queries} {keys}", f"{keys},{queries}", f"{keys}{queries}".upper()):
        assert asked.check(typed).right
    numbers = ",".join(
        str(parse_answer.OPTION_LETTERS.index(label) + 1) for label in (keys, queries)
    )
    assert asked.check(numbers).right
    assert asked.check(queries).explanations == (f"{keys}) They are found.",)
    everything = asked.check(f"{queries} {keys} {quarks}")
    assert (everything.right, everything.explanations) == (False, (f"{quarks}) They are physics.",))
    assert not asked.check("none").right


def test_choices_of_which_none_is_right(ask: Any) -> None:
    options = [{"text": t, "why": f"{t}?"} for t in ("A1", "B1")]
    verdict = ask(question("choices", options=options)).check("none")
    assert (verdict.right, verdict.answer, len(verdict.explanations)) == (True, "none", 2)


def test_number_with_a_tolerance(ask: Any) -> None:
    asked = ask(question("number", answer="1/3", tolerance=0.01, unit="%"))
    for typed in ("0.33", "0.3333", "1/3", "0.33 %", "33e-2", "0.34"):
        assert asked.check(typed).right, typed
    assert not asked.check("0.35").right
    exactly = ask(question("number", answer=0.3, tolerance=0.1))
    assert exactly.check("0.4").right, "binary rounding does not count"


def test_a_count_is_exact(ask: Any) -> None:
    asked = ask(question("number", answer="4 * 2**30", tolerance=0))
    for typed in ("4294967296", "4,294,967,296", "4 294 967 296", "4_294_967_296", "2^32"):
        assert asked.check(typed).right, typed
    assert not asked.check("4294967297").right


def test_a_comma_is_never_guessed(ask: Any) -> None:
    asked = ask(question("number", answer=1.5, tolerance=0))
    with pytest.raises(BadAnswer, match="without a comma"):
        asked.check("1,5")
    with pytest.raises(BadAnswer, match="without a comma"):
        asked.check("1,500")


@pytest.mark.parametrize("typed", ["()", "[]", "( )", "torch.Size([])"])
def test_the_shape_of_a_scalar(ask: Any, typed: str) -> None:
    assert ask(question("shape", answer=[], wrong=[])).check(typed).right


def test_the_shape_of_a_vector(ask: Any) -> None:
    asked = ask(question("shape", answer=[7], wrong=[]))
    assert all(asked.check(typed).right for typed in ("7", "(7,)", "[7]"))
    assert asked.check("8").answer == "(7,)"


@pytest.mark.parametrize("seed", range(5))
def test_order(ask: Any, seed: int) -> None:
    asked = ask(question("order"), seed)
    steps = KINDS["order"]["steps"]
    assert [item.text for item in asked.items] != steps, "it is never shown solved"
    labels = [label_of(asked, step) for step in steps]
    numbers = [str(parse_answer.OPTION_LETTERS.index(label) + 1) for label in labels]
    for typed in (" ".join(labels), "".join(labels), " > ".join(labels), ", ".join(numbers)):
        assert asked.check(typed).right, typed
    assert asked.check("".join(numbers)).right
    assert not asked.check(" ".join(reversed(labels))).right


@pytest.mark.parametrize("seed", range(5))
def test_match(ask: Any, seed: int) -> None:
    asked = ask(question("match"), seed)
    pairs = [(label_of(asked, a), label_of(asked, b)) for a, b in KINDS["match"]["pairs"]]
    rights = [right for _, right in pairs]
    for typed in (
        " ".join(f"{left}{right}" for left, right in pairs),
        ", ".join(f"{left.upper()} = {right}" for left, right in reversed(pairs)),
        " ".join(rights),
        "".join(rights),
    ):
        assert asked.check(typed).right, typed
    assert not asked.check(" ".join(reversed(rights))).right or rights == rights[::-1]


def test_a_right_side_may_be_shared(ask: Any) -> None:
    pairs = [["GPT", "decoder"], ["BERT", "encoder"], ["LLaMA", "decoder"]]
    asked = ask(question("match", pairs=pairs))
    assert len(asked.partners) == 2
    typed = " ".join(label_of(asked, right) for _, right in pairs)
    assert asked.check(typed).right


def test_output_keeps_what_separates_words(ask: Any) -> None:
    asked = ask(question("output", answer="1 2\ntensor([0.5000, 0.5000])", wrong=[]))
    assert asked.check("1  2 tensor([0.5000,0.5000])").right
    assert not asked.check("12 tensor([0.5000, 0.5000])").right
    assert asked.code == "print((2, 3))"


@pytest.mark.parametrize("typed", ["[1, 0.5] 2", "[1.0, .5] 2.0", "[1.,0.50] 2", "[1e0, 0.5] 2"])
def test_numbers_that_are_printed_count_by_their_value(ask: Any, typed: str) -> None:
    verdict = ask(question("output", answer="[1.0, 0.5] 2", wrong=[])).check(typed)
    assert verdict.right
    assert verdict.explanations == ("The numbers are right. It prints `[1.0, 0.5] 2`.", "A tuple.")


@pytest.mark.parametrize("typed", ["[1, 0.5, 2]", "[-1, 0.5] 2", "[10, 0.5] 2", "1 0.5 2"])
def test_other_numbers_and_other_brackets_do_not(ask: Any, typed: str) -> None:
    assert not ask(question("output", answer="[1.0, 0.5] 2", wrong=[])).check(typed).right


def test_a_spelling_that_is_the_point_of_the_question_stays_wrong(ask: Any) -> None:
    wrong = [{"answer": "1", "why": "A float."}, {"answer": "0.0", "why": "Not zero."}]
    asked = ask(question("output", answer="1.0", wrong=wrong))
    assert asked.check("1").explanations == ("A float.", "A tuple.")
    assert not asked.check("1").right
    assert asked.check("1.00").right
    # A known mistake is met by its value, too.
    assert asked.check("0").explanations == ("Not zero.", "A tuple.")


def test_an_answer_is_shown_with_the_decimals_that_are_asked(ask: Any) -> None:
    for answer, shown in ((59.8737, "59.87 %"), (0.375, "0.38 %"), (19, "19 %")):
        asked = ask(question("number", answer=answer, tolerance=0.006, decimals=2, unit="%"))
        assert asked.check("7").answer == shown
    assert asked.form == "Type a number in %."


def test_a_match_is_shown_without_two_full_stops(ask: Any) -> None:
    asked = ask(question("match", pairs=[["It asks.", "A query."], ["It is found.", "A key."]]))
    assert {line[4:] for line in asked.check("1 2").answer.splitlines()} == {
        "It asks: A query.",
        "It is found: A key.",
    }


# parameters


PARAMETERS = {"n": [512, 1024, 2048], "h": [4, 8, 16]}


def bytes_question(**changes: Any) -> Entry:
    return question(
        "number",
        parameters=PARAMETERS,
        ask=r"{h} heads, {n} tokens, $\frac{{1}}{{2}}$, {h * n}?",
        answer="h * n * n * 4",
        why="{h} matrices of {n} times {n}.",
        wrong=[{"answer": "h * n * 4", "why": "One row of {n}."}],
        **changes,
    )


def test_parameters_fill_all_texts(ask: Any) -> None:
    asked = ask(bytes_question(), seed=3)
    n, h = asked.values["n"], asked.values["h"]
    assert asked.ask == rf"{h} heads, {n} tokens, $\frac{{1}}{{2}}$, {h * n}?"
    verdict = asked.check(str(h * n * n * 4))
    assert verdict.right
    assert verdict.explanations == (f"{h} matrices of {n} times {n}.",)
    assert asked.check(str(h * n * 4)).explanations[0] == f"One row of {n}."


def test_a_seed_always_draws_the_same(ask: Any) -> None:
    for seed in range(10):
        assert ask(bytes_question(), seed) == ask(bytes_question(), seed)
    values = [ask(bytes_question(), seed).values for seed in range(60)]
    assert {tuple(value.values()) for value in values} == set(
        itertools.product(*PARAMETERS.values())
    )


def test_the_draws_are_those_of_every_machine(ask: Any) -> None:
    """A seed is kept with each answer: what it drew must be known in later versions, too."""
    assert [tuple(ask(bytes_question(), seed).values.values()) for seed in range(3)] == PINNED


PINNED = [(512, 4), (2048, 8), (2048, 4)]


def test_parameters_in_every_kind(ask: Any) -> None:
    for kind, changes in {
        "choice": {"ask": "{n}?"},
        "choices": {"ask": "{n}?"},
        "shape": {"answer": ["n", "n + 1", 7], "wrong": []},
        "order": {"ask": "{n}?"},
        "match": {"pairs": [["{n}", "left"], ["2 * {n}", "right"]]},
        "gap": {"answers": ["{n}"], "ask": "____ is {n}"},
        "output": {"code": "print({n} + 1)", "answer": "{n + 1}"},
    }.items():
        asked = ask(question(kind, parameters={"n": [3, 4]}) | changes)
        n = asked.values["n"]
        if kind == "shape":
            assert asked.check(f"{n}, {n + 1}, 7").right
        elif kind == "output":
            assert asked.code == f"print({n} + 1)"
            assert asked.check(str(n + 1)).right
        elif kind == "gap":
            assert asked.check(str(n)).right
        else:
            assert any(str(n) in text for text in [asked.ask, *(i.text for i in asked.items)])


def test_without_parameters_braces_are_braces(ask: Any) -> None:
    assert ask(question("number", ask=r"$\frac{1}{2}$ {x}")).ask == r"$\frac{1}{2}$ {x}"


@given(st.lists(st.integers(0, 99), max_size=5))
def test_a_shape_is_understood_however_it_is_written(sizes: list[int]) -> None:
    shape = tuple(sizes)
    for text in (
        str(shape),
        str(sizes),
        f"torch.Size({sizes})",
        f"( {'  '.join(map(str, sizes))} )",
    ):
        assert parse_answer.shape(text) == shape
    if sizes:
        assert parse_answer.shape(" x ".join(map(str, sizes))) == shape


@given(st.permutations(range(6)))
def test_an_order_is_understood_however_it_is_written(order: list[int]) -> None:
    letters = [parse_answer.OPTION_LETTERS[place] for place in order]
    numbers = [str(place + 1) for place in order]
    for words in (letters, numbers):
        for joint in ("", " ", ",", ", ", " > ", "-"):
            assert parse_answer.places(joint.join(words), 6) == tuple(order)


@given(st.integers(-(10**12), 10**12) | st.floats(-1e9, 1e9))
def test_a_number_is_understood_as_python_writes_it(value: float) -> None:
    assert parse_answer.number(repr(value)) == value


def test_who_is_asked_for_a_count_is_shown_counts() -> None:
    """And not how a fraction is written, which would be none."""
    with pytest.raises(BadAnswer, match=r"Write one number of tokens, as 123 or "):
        parse_answer.number("many", "tokens", is_count=True)
    with pytest.raises(BadAnswer, match=r"Write one number in nats, as 1\.23, "):
        parse_answer.number("many", "nats")
