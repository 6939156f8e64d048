"""Every kind of question is answered with keys, and says afterwards what was right."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from answer_keys import right_keys, wrong_keys
from driving import text
from right_answers import right_answer
from textual.app import App, ComposeResult
from textual.containers import VerticalScroll
from textual.pilot import Pilot

from quizzes.bank import load_bank
from quizzes.questions.question import KINDS, Asked, BadAnswer, Choices
from tui.app.messages import AnswerGiven
from tui.app.widgets.answering import AnswerRow
from tui.app.widgets.question_view import QuestionView
from tui.text.styled import plain

BANK = load_bank()
BY_KIND = {
    kind: [question for question in (*BANK.questions, *BANK.prerequisites) if question.kind == kind]
    for kind in KINDS
}
every_kind = pytest.mark.parametrize("kind", KINDS)


class Alone(App[None]):
    """One question and nothing else."""

    def __init__(self, asked: Asked) -> None:
        super().__init__()
        self.asked = asked
        self.typed: list[str] = []

    def compose(self) -> ComposeResult:
        with VerticalScroll():
            yield QuestionView(self.asked)

    def on_mount(self) -> None:
        self.query_one(QuestionView).take_focus()

    async def on_answer_given(self, message: AnswerGiven) -> None:
        self.typed.append(message.typed)
        view = self.query_one(QuestionView)
        try:
            await view.explain(self.asked.check(message.typed))
        except BadAnswer as problem:
            view.complain(str(problem))


def ask(asked: Asked, script: Callable[[Alone, Pilot[None]], Awaitable[None]]) -> Alone:
    app = Alone(asked)

    async def run() -> None:
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.pause()
            await script(app, pilot)
            await pilot.pause()

    asyncio.run(run())
    return app


def press(asked: Asked, keys: list[str]) -> Alone:
    async def script(app: Alone, pilot: Pilot[None]) -> None:
        await pilot.press(*keys)

    return ask(asked, script)


@every_kind
def test_a_right_answer_is_understood(kind: str) -> None:
    for question in BY_KIND[kind][:3]:
        asked = question.draw(7)
        app = press(asked, right_keys(asked))
        assert len(app.typed) == 1
        assert asked.check(app.typed[0]).right, (question.id, app.typed, right_answer(asked))


@every_kind
def test_a_wrong_answer_shows_the_right_one_and_why(kind: str) -> None:
    asked = next(q.draw(7) for q in BY_KIND[kind] if not is_right_anyway(q.draw(7)))

    async def script(app: Alone, pilot: Pilot[None]) -> None:
        await pilot.press(*wrong_keys(asked))
        await pilot.pause()
        view = app.query_one(QuestionView)
        assert view.verdict and not view.verdict.right
        assert app.query_one(".verdict").display
        # A second Enter must not answer again.
        await pilot.press("enter")

    assert len(ask(asked, script).typed) == 1


@every_kind
def test_who_does_not_know_gives_up_with_a_key(kind: str) -> None:
    asked = BY_KIND[kind][0].draw(0)

    async def script(app: Alone, pilot: Pilot[None]) -> None:
        *begun, _enter = wrong_keys(asked)
        await pilot.press(*begun, "ctrl+g")
        await pilot.pause()
        verdict = app.query_one(QuestionView).verdict
        assert verdict and not verdict.right and verdict.explanations
        judged = [not row.classes.isdisjoint({"right", "wrong"}) for row in app.query(AnswerRow)]
        marks = "".join(str(mark.render()) for mark in app.query("AnswerRow > .mark"))
        assert not set(marks) & {"✗", "!"} and marks.count("✓") == sum(judged)
        if isinstance(asked.body, Choices):  # they show which of them are right
            assert judged == [option.right for option in asked.body.options]
        else:
            assert not any(judged)
            shown = "".join(str(block.render()) for block in app.query(".outcome MarkdownBlock"))
            assert "Right is" in shown or "It prints" in shown

    assert ask(asked, script).typed == ["?"]


@pytest.mark.parametrize("kind", ["choices", "match", "order"])
def test_what_was_right_of_an_answer_is_marked_line_by_line(kind: str) -> None:
    asked = next(q.draw(7) for q in BY_KIND[kind] if not is_right_anyway(q.draw(7)))

    async def script(app: Alone, pilot: Pilot[None]) -> None:
        await pilot.press(*wrong_keys(asked))
        await pilot.pause()
        marks = [str(mark.render()).strip()[:1] for mark in app.query("AnswerRow > .mark")]
        assert set(marks) & {"✗", "!"}, "what was wrong, or was not marked"
        assert set(marks) <= {"✓", "✗", "!", "☐"}
        wrong = [row.has_class("wrong") for row in app.query(AnswerRow)]
        assert wrong == [mark == "✗" for mark in marks]

    ask(asked, script)


def is_right_anyway(asked: Asked) -> bool:
    """Of one option there is no wrong one to choose."""
    return asked.kind in ("choice", "choices") and len(asked.items) == len(
        right_answer(asked).split()
    )


@every_kind
def test_enter_alone_costs_nothing(kind: str) -> None:
    asked = BY_KIND[kind][0].draw(0)
    if kind in ("choices", "order"):
        pytest.skip("none of the options, and the order as shown, are answers")

    async def script(app: Alone, pilot: Pilot[None]) -> None:
        await pilot.press("enter")
        await pilot.pause()
        assert app.query_one(QuestionView).verdict is None
        assert app.query(".problem")

    ask(asked, script)


def test_one_space_too_many_types_nothing() -> None:
    """Space led here, through the lesson."""
    asked = BY_KIND["number"][0].draw(0)
    typed = right_answer(asked)
    assert press(asked, ["space", "space", *typed, "enter"]).typed == [typed]


@pytest.mark.parametrize(
    ("keys", "typed"),
    [
        (["a", "enter"], "a"),
        (["2", "enter"], "b"),
        (["down", "down", "enter"], "b"),
        (["j", "k", "enter"], "LAST"),
        (["c", "a", "enter"], "a"),
    ],
)
def test_an_option_is_chosen_by_letter_digit_or_arrows(keys: list[str], typed: str) -> None:
    asked = next(q for q in BY_KIND["choice"] if len(q.body.items) >= 3).draw(0)
    assert press(asked, keys).typed == [typed.replace("LAST", asked.items[-1].label)]


@pytest.mark.parametrize(
    ("keys", "typed"),
    [
        (["a", "c", "enter"], "a c"),
        (["a", "a", "b", "enter"], "b"),
        (["space", "down", "space", "enter"], "a b"),
        (["enter"], "none"),
    ],
)
def test_several_options_are_marked_and_unmarked(keys: list[str], typed: str) -> None:
    asked = next(q for q in BY_KIND["choices"] if len(q.body.items) >= 3).draw(0)
    assert press(asked, keys).typed == [typed]


@pytest.mark.parametrize(
    ("keys", "moved"),
    [
        (["shift+down", "enter"], [1, 0, 2]),
        (["J", "J", "enter"], [1, 2, 0]),
        (["down", "K", "enter"], [1, 0, 2]),
        (["space", "down", "space", "down", "enter"], [1, 0, 2]),
        (["shift+up", "enter"], [0, 1, 2]),
    ],
)
def test_a_line_is_carried(keys: list[str], moved: list[int]) -> None:
    asked = next(q for q in BY_KIND["order"] if len(q.draw(0).items) >= 3).draw(0)
    labels = [item.label for item in asked.items]
    expected = [labels[place] for place in moved] + labels[3:]
    assert press(asked, keys).typed == [" ".join(expected)]


def test_partners_are_turned_with_the_arrows() -> None:
    asked = BY_KIND["match"][0].draw(0)
    keys = [key for _ in asked.items for key in ("right", "down")]
    typed = press(asked, [*keys, "enter"]).typed
    assert typed == [" ".join(f"{item.label}1" for item in asked.items)]


def test_a_letter_picks_the_line_that_a_number_is_for() -> None:
    asked = next(q for q in BY_KIND["match"] if len(q.draw(0).items) == 3).draw(0)
    keys = ["c", "2", "a", "1", "2", "enter"]
    assert press(asked, keys).typed == ["a1 b2 c2"]


@pytest.mark.parametrize(
    ("kind", "says", "key"),
    [
        ("match", "Some lines have no partner yet.", "b"),
        ("choice", "No option is chosen yet: type its letter", "b"),
        ("number", "", "7"),
    ],
)
def test_what_is_missing_is_said_until_something_changes(kind: str, says: str, key: str) -> None:
    asked = BY_KIND[kind][0].draw(0)

    async def script(app: Alone, pilot: Pilot[None]) -> None:
        before = text(pilot)
        await pilot.press("enter")
        await pilot.pause()
        assert app.query(".problem") and says in text(pilot)
        await pilot.press(key)
        await pilot.pause()
        assert not app.query(".problem")
        assert text(pilot).splitlines()[-3:] == before.splitlines()[-3:]

    ask(asked, script)


@every_kind
def test_the_verdict_is_on_the_screen(kind: str) -> None:
    """However long the question is."""
    for question in sorted(BY_KIND[kind], key=lambda question: -len(str(question.body)))[:3]:
        asked = question.draw(7)

        async def script(app: Alone, pilot: Pilot[None], asked: Asked = asked) -> None:
            await pilot.press(*wrong_keys(asked))
            await pilot.pause()
            await pilot.pause()
            assert "✓ Right." in text(pilot) or "✗ Not right." in text(pilot), asked.question.id

        ask(asked, script)


def test_a_click_chooses() -> None:
    asked = BY_KIND["choice"][0].draw(0)

    async def script(app: Alone, pilot: Pilot[None]) -> None:
        await pilot.click(list(app.query(AnswerRow))[1])
        await pilot.press("enter")

    assert ask(asked, script).typed == ["b"]


@every_kind
def test_no_question_shows_markup_or_latex(kind: str) -> None:
    for question in BY_KIND[kind]:
        asked = question.draw(1)
        for part in (asked.ask, *(item.text for item in (*asked.items, *asked.partners))):
            assert "**" not in plain(part).replace(" ** ", ""), question.id
            assert "\\" not in plain(part).replace("\\n", ""), question.id
