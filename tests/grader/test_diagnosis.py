"""Which mistake explains a wrong answer? The one that gives the learner's own values."""

import sys
from collections.abc import Callable
from contextlib import nullcontext
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import torch
from tried import tried

from exercises.catalog import load_catalog
from grader import Submission
from grader.errors import GraderError
from grader.examiner.answer_key import AnswerKey, solution_path, suite_folder
from grader.examiner.diagnosis import AND_MORE, Diagnostician, Hearing
from grader.examiner.examiner import grade
from grader.examiner.exchange import Exchange, Record, Value
from grader.examiner.in_process import InProcessCallee
from grader.examiner.submission_proxy import SubmissionProxy
from grader.misconceptions import Misconception, load_misconceptions
from grader.report import Diagnosis, Report
from grader.worker.calls import Call
from grader.worker.protocol import Handle

SOLUTION = "def f(x, n=1): return x * 2 + n"


def misconception(id: str, *edits: tuple[str, str]) -> Misconception:
    return Misconception(id, f"{id}.", "section", edits)


def run(
    learner: str | InProcessCallee, solution: str, *tests: Callable[[SubmissionProxy], object]
) -> dict[str, Record]:
    """What `tests` saw of a learner's code; one fails where it gives something true."""
    return tried(learner, solution, tests, lambda result, calls: bool(result)).records


def names(*args: Any, **kwargs: Any) -> dict[str, str]:
    """The ids of what is `diagnosed`."""
    return {test: diagnosis.id for test, diagnosis in diagnosed(*args, **kwargs).items()}


def diagnosed(
    learner: str,
    misconceptions: list[Misconception],
    *tests: Callable[[SubmissionProxy], object],
    solution: str = SOLUTION,
    together: bool = False,
) -> dict[str, Diagnosis]:
    def fails(callee: InProcessCallee, test: str) -> bool:
        return run(callee, solution, *tests)[test].failed

    records = run(learner, solution, *tests)
    diagnostician = Diagnostician("f", solution, misconceptions)
    ask = diagnostician.diagnose_together if together else diagnostician.diagnose
    return ask(Hearing(records, fails))


def fails_at(*args: object) -> Callable[[SubmissionProxy], bool]:
    """A test that calls `f` once and fails."""
    return lambda submission: submission.f(*args) is not submission


def passes_at(*args: object) -> Callable[[SubmissionProxy], bool]:
    return lambda submission: submission.f(*args) is submission


@pytest.mark.parametrize(
    ("edits", "says"),
    [
        ([("z", "y")], "'z' occurs 0 times in the solution, not once"),
        ([("x", "y")], "'x' occurs 2 times in the solution, not once"),
        ([("* 2", "* 3"), ("* 2", "* 4")], r"'\* 2' occurs 0 times in the solution, not once"),
    ],
)
def test_an_edit_must_fit_exactly_once(edits: list[tuple[str, str]], says: str) -> None:
    with pytest.raises(GraderError, match=f"lost: {says}"):
        misconception("lost", *edits).apply(SOLUTION)
    with pytest.raises(GraderError, match="lost"):
        Diagnostician("f", SOLUTION, [misconception("lost", *edits)])


def test_edits_are_made_one_after_the_other() -> None:
    twice = misconception("twice", ("* 2", "* 3"), ("* 3", "* 4"))
    assert twice.apply(SOLUTION) == "def f(x, n=1): return x * 4 + n"


def test_an_edit_must_leave_python() -> None:
    broken = misconception("broken", ("return x", "return return x"))
    with pytest.raises(GraderError, match="broken: the edited solution does not parse"):
        names("def f(x): return x", [broken], fails_at(1))


def test_a_file_of_misconceptions_is_read(tmp_path: Path) -> None:
    file = tmp_path / "misconceptions.yaml"
    file.write_text(
        "- {id: one, says: One., see: here, edit: [a, b]}\n"
        "- {id: two, says: Two., see: there, edit: [[a, b], [c, '']]}\n"
    )
    assert load_misconceptions(file) == (
        Misconception("one", "One.", "here", (("a", "b"),)),
        Misconception("two", "Two.", "there", (("a", "b"), ("c", ""))),
    )
    file.write_text("# none yet\n")
    assert load_misconceptions(file) == ()


def test_a_mistake_in_one_of_its_places_alone_has_words_of_its_own(tmp_path: Path) -> None:
    file = tmp_path / "misconceptions.yaml"
    file.write_text(
        "- {id: all, says: Both., see: here, edit: [[a, b], [c, d]], alone: [First., Second.]}\n"
    )
    assert load_misconceptions(file) == (
        Misconception("all", "Both.", "here", (("a", "b"), ("c", "d"))),
        Misconception("all-1", "First.", "here", (("a", "b"),)),
        Misconception("all-2", "Second.", "here", (("c", "d"),)),
    )


@pytest.mark.parametrize(
    "text",
    [
        "- {id: one, says: One., see: here}",
        "- {id: one, says: One., see: here, edit: [a, b, c]}",
        "- {id: one, says: One., see: here, edit: [[a]]}",
        "- {id: one, says: One., see: here, edit: []}",
        "- {id: one, says: One., see: here, edit: [[a, b], [c, d]], alone: [First.]}",
        "- just text",
        "id: one",
        "- {id: one",
    ],
)
def test_a_malformed_file_is_our_error(tmp_path: Path, text: str) -> None:
    file = tmp_path / "misconceptions.yaml"
    file.write_text(text)
    with pytest.raises(GraderError, match=r"misconceptions\.yaml"):
        load_misconceptions(file)


def test_the_mistake_that_was_made_is_named() -> None:
    mistakes = [misconception("tripled", ("* 2", "* 3")), misconception("no-n", (" + n", ""))]
    for learner, name in (("return x * 3 + n", "tripled"), ("return x + x", "no-n")):
        source = f"def f(x, n=1): {learner}"
        assert names(source, mistakes, fails_at(torch.ones(3), 5)) == {"test_0": name}


def test_an_unknown_mistake_has_no_name() -> None:
    mistakes = [misconception("tripled", ("* 2", "* 3"))]
    assert names("def f(x, n=1): return x * 7", mistakes, fails_at(torch.ones(3))) == {}


def test_what_is_not_written_yet_is_compared_with_nothing() -> None:
    mistakes = [misconception("asked", ("x * 2", "exec('raise GeneratorExit')"))]
    stub = "def f(x, n=1): raise NotImplementedError"
    assert names(stub, mistakes, fails_at(1), fails_at(2)) == {}
    with pytest.raises(GeneratorExit):
        names("def f(x, n=1): return x", mistakes, fails_at(1), fails_at(2))


@pytest.mark.parametrize(("short", "asked"), [(7, True), (8, False)])
def test_what_explains_none_of_eight_short_failures_is_heard_no_further(
    short: int, asked: bool
) -> None:
    def longer(submission: SubmissionProxy) -> bool:
        return all(submission.f(x) is not submission for x in (99, 1))

    edit = ("x * 2", "(x * 2 if x != 99 else exec('raise GeneratorExit'))")
    tests = [fails_at(1), longer, *(fails_at(x) for x in range(2, 1 + short))]
    heard = pytest.raises(GeneratorExit) if asked else nullcontext()
    with heard:
        assert names("def f(x, n=1): return x * 7", [misconception("m", edit)], *tests) == {}


def test_a_passed_test_is_not_diagnosed() -> None:
    mistakes = [misconception("no-n", (" + n", ""))]
    source = "def f(x, n=1): return x * 2"
    assert names(source, mistakes, passes_at(1, 0), fails_at(1, 2)) == {"test_1": "no-n"}


def test_a_test_without_a_call_is_explained_by_nothing() -> None:
    def calls_nothing(submission: SubmissionProxy) -> bool:
        return True

    mistakes = [misconception("harmless", ("n=1", "n=2"))]
    assert names(SOLUTION, mistakes, calls_nothing) == {}


def test_the_likeliest_explains_the_most_failures() -> None:
    mistakes = [
        misconception("right-for-even", ("x * 2 + n", "x * 2 + n if x % 2 == 0 else x")),
        misconception("always-x", ("x * 2 + n", "x")),
    ]
    source = "def f(x, n=1): return x"
    assert names(source, mistakes, fails_at(1)) == {"test_0": "right-for-even"}
    both = names(source, mistakes, fails_at(1), fails_at(2))
    assert both == {"test_0": "always-x", "test_1": "always-x"}


def test_among_equals_the_one_that_is_right_where_the_learner_is_right() -> None:
    mistakes = [
        misconception("always-x", ("x * 2 + n", "x")),
        misconception("right-for-even", ("x * 2 + n", "x * 2 + n if x % 2 == 0 else x")),
    ]
    source = "def f(x, n=1): return x * 2 + n if x % 2 == 0 else x"
    assert names(source, mistakes, fails_at(1), passes_at(2)) == {"test_0": "right-for-even"}
    assert names(source, mistakes, fails_at(1)) == {"test_0": "always-x"}


def test_different_failures_may_have_different_causes() -> None:
    mistakes = [
        misconception("wrong-for-one", ("x * 2 + n", "x * 2 + n - (x == 1)")),
        misconception("wrong-for-two", ("x * 2 + n", "x * 2 + n - (x == 2)")),
    ]
    source = "def f(x, n=1): return x * 2 + n - (x == 1) - (x == 2)"
    assert names(source, mistakes, fails_at(1), fails_at(2)) == {
        "test_0": "wrong-for-one",
        "test_1": "wrong-for-two",
    }


def test_what_explains_one_failure_and_contradicts_others_is_not_the_mistake() -> None:
    mistakes = [misconception("wrong-for-one", ("x * 2 + n", "x * 2 + n - (x == 1)"))]
    source = "def f(x, n=1): return x * 2"
    assert names(source, mistakes, fails_at(1), fails_at(2), fails_at(3)) == {}
    assert names(source, mistakes, fails_at(1), fails_at(2)) == {"test_0": "wrong-for-one"}
    raising = "def f(x, n=1): return x * 2 if x < 2 else 1 / 0"
    assert names(raising, mistakes, fails_at(1), fails_at(2), fails_at(3)) == {
        "test_0": "wrong-for-one"
    }


def test_every_call_of_a_test_counts() -> None:
    def two_calls(submission: SubmissionProxy) -> bool:
        submission.f(1)
        return bool(submission.f(2))

    mistakes = [
        misconception("wrong-for-two", ("x * 2 + n", "x * 2 + n - (x == 2)")),
        misconception("wrong-for-both", ("x * 2 + n", "x * 2 + n - 1")),
    ]
    assert names("def f(x, n=1): return x * 2", mistakes, two_calls) == {"test_0": "wrong-for-both"}


def test_the_same_exception_is_the_same_answer() -> None:
    solution = "def f(x):\n    if x < 0: raise ValueError(x)\n    return x"
    mistakes = [
        misconception("silent", ("    if x < 0: raise ValueError(x)\n", "")),
        misconception("other-error", ("ValueError(x)", "KeyError(x)")),
        misconception("unwritten", ("return x", "raise NotImplementedError")),
    ]

    def raises(submission: SubmissionProxy) -> None:
        submission.f.raises(ValueError, -1)

    def named(learner: str) -> dict[str, str]:
        return names(learner, mistakes, raises, solution=solution)

    assert named("def f(x): return x") == {"test_0": "silent"}
    assert named("def f(x): raise KeyError(x)") == {"test_0": "other-error"}
    assert named("def f(x): raise KeyError('another reason')") == {}
    assert named("def f(x): raise IndexError(x)") == {}


def test_a_mistake_that_the_test_does_not_touch_is_not_the_cause() -> None:
    """Where no call shows what is wrong, a mistake that changes nothing there explains nothing."""
    mistakes = [misconception("wrong-for-nine", ("x * 2 + n", "x * 2 + n - (x == 9)"))]
    assert names(SOLUTION, mistakes, fails_at(1)) == {}
    assert names(mistakes[0].apply(SOLUTION), mistakes, fails_at(9)) == {"test_0": "wrong-for-nine"}


def test_wrong_nans_are_recognised() -> None:
    solution = "import torch\ndef f(x): return torch.where(x > 0, x.log(), 0.0)"
    mistakes = [misconception("log-of-zero", ("torch.where(x > 0, x.log(), 0.0)", "x.log()"))]
    found = names(
        "def f(x): return x.log()",
        mistakes,
        fails_at(torch.tensor([-1.0, 0.0, 2.0])),
        solution=solution,
    )
    assert found == {"test_0": "log-of-zero"}


MODULE = """
import torch
from torch import nn
class Layer(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.linear = nn.Linear(n, n)
        self.dropout = nn.Dropout(0.5)
    def forward(self, x): return self.dropout(self.linear(x))
    def residual(self, x, sublayer): return x + sublayer(self(x))
"""


def test_modules_weights_helpers_and_random_numbers_are_replayed(
    play: Callable[..., SubmissionProxy],
) -> None:
    def name(learner: str) -> list[str]:
        submission = play(learner, MODULE, seed=5)
        layer = submission.Layer(4)
        layer.load_state_dict({"linear.weight": torch.eye(4), "linear.bias": torch.ones(4)})
        helper = submission.helper("def double(x): return 2 * x")
        layer.train()
        layer.residual(torch.ones(3, 4), helper.double)
        layer.gradients(torch.ones(2, 4), cotangent=torch.ones(2, 4))
        records = {"test": Record(5, submission._calls.log, failed=True)}
        found = Diagnostician("f", MODULE, mistakes).diagnose(Hearing(records))
        return [diagnosis.id for diagnosis in found.values()]

    mistakes = [
        misconception("no-dropout", ("self.dropout(self.linear(x))", "self.linear(x)")),
        misconception("no-residual", ("return x + sublayer", "return sublayer")),
        misconception("sublayer-last", ("x + sublayer(self(x))", "sublayer(x + self(x))")),
    ]
    for mistake in mistakes:
        assert name(mistake.apply(MODULE)) == [mistake.id]
    assert name(MODULE.replace("0.5", "0.25")) == []


def test_gradients_and_inputs_afterwards_tell_mistakes_apart() -> None:
    solution = "def f(x):\n    y = x * x\n    return y"

    def asks(submission: SubmissionProxy) -> bool:
        submission.f.gradients(torch.tensor([3.0]))
        return bool(submission.f.inputs_after(torch.tensor([3.0])))

    mistakes = [
        misconception("detached-half", ("x * x", "x * x.detach()")),
        misconception("in-place", ("    return y", "    x.data.add_(1)\n    return y")),
    ]
    for mistake in mistakes:
        found = names(mistake.apply(solution), mistakes, asks, solution=solution)
        assert found == {"test_0": mistake.id}


def test_a_record_with_nan_is_recognised() -> None:
    solution = (
        "from typing import NamedTuple\n"
        "class R(NamedTuple):\n    value: float\n    n: int\n"
        "def f(x): return R(x, 1)"
    )
    mistakes = [misconception("nan", ("R(x, 1)", "R(x - x, 1)"))]
    learner = solution.replace("R(x, 1)", "R(float('nan'), 1)")
    assert names(learner, mistakes, fails_at(float("inf")), solution=solution) == {"test_0": "nan"}


def test_what_a_later_call_changes_is_remembered_as_it_was(
    play: Callable[..., SubmissionProxy],
) -> None:
    """A mistake that changes nothing here is no cause, though the weights change in between."""
    submission = play(MODULE, MODULE, seed=5)
    layer = submission.Layer(4)
    layer.load_state_dict({"linear.weight": torch.eye(4), "linear.bias": torch.ones(4)})
    layer(torch.ones(2, 4))
    records = {"test": Record(5, submission._calls.log, failed=True)}
    harmless = misconception("no-residual", ("return x + sublayer", "return sublayer"))
    assert Diagnostician("f", MODULE, [harmless]).diagnose(Hearing(records)) == {}


def test_a_solution_is_loaded_once_for_suite_and_diagnosis() -> None:
    """And what a suite makes with it is not what the diagnosis makes."""
    key = AnswerKey(load_catalog().exercise("softmax"))
    assert key.solution.module is key.diagnostician.module
    assert key.solution.module is sys.modules["solution_softmax"]
    key.solution.keep("made by the suite", "0")
    call, x = Call(0, "softmax", args=(torch.ones(2),)), torch.ones(2)
    asked = Exchange(call, Value((x - x.max()).exp()), Value(x / 2))  # not divided by the sum
    assert key.diagnostician.diagnose(Hearing({"test": Record(1, [asked], failed=True)}))
    assert key.solution._resolve(Handle("0", "str")) == "made by the suite"


def test_a_suite_may_change_its_tensors_after_the_call() -> None:
    def changes(submission: SubmissionProxy) -> bool:
        x = torch.ones(3)
        submission.f(x)
        x[1:] = 7.0
        submission.f(x)
        return True

    mistakes = [misconception("no-bias", ("+ n", ""))]
    assert names("def f(x, n=1): return x * 2", mistakes, changes) == {"test_0": "no-bias"}


def test_a_second_mistake_does_not_hide_the_first() -> None:
    mistakes = [misconception("no-bias", ("+ n", "")), misconception("thrice", ("* 2", "* 3"))]
    tests = fails_at(0), fails_at(3)
    both = names("def f(x, n=1): return x * 3", mistakes, *tests)
    assert both == {"test_0": "no-bias", "test_1": "thrice"}


def test_of_two_mistakes_the_first_is_named_though_most_tests_show_both() -> None:
    mistakes = [misconception("no-bias", ("+ n", "")), misconception("thrice", ("* 2", "* 3"))]
    tests = [fails_at(n) for n in (3, 4, 5, 6)]
    both = names("def f(x, n=1): return x * 3", mistakes, *tests, fails_at(torch.zeros(3)))
    assert both["test_4"] == "no-bias"
    assert set(both.values()) == {"no-bias", "thrice"}


def test_a_failed_test_in_which_both_mistakes_together_are_right_contradicts_neither() -> None:
    mistakes = [misconception("no-bias", ("+ n", "")), misconception("thrice", ("* 2", "* 3"))]
    tests = fails_at(torch.zeros(3)), fails_at(3), fails_at(1)
    both = names("def f(x, n=1): return x * 3", mistakes, *tests)
    assert both == {"test_0": "no-bias", "test_1": "thrice"}


def test_a_second_mistake_that_may_be_one_of_several_is_not_named() -> None:
    less = [misconception("less", ("x * 2", "x * 2 - 5"))]
    lesser = [*less, misconception("lesser", ("x * 2", "x + x - 5"))]
    solution = "def f(x, n=1):\n    y = x * 2\n    return y + n"
    learner = "def f(x, n=1):\n    y = x * 2 - 5\n    return {}"
    tests = [fails_at(n) for n in (1, 2, 3)]

    def found(wrong: str, *seconds: Misconception) -> dict[str, str]:
        first = misconception("first", ("y + n", wrong))
        source = learner.format(wrong)
        return names(source, [first, *seconds], *tests, solution=solution)

    hides_it = "y + n if x < 2 else 70"
    assert found(hides_it, *less) == {"test_0": "less", "test_1": "first", "test_2": "first"}
    assert found(hides_it, *lesser) == {"test_1": "first", "test_2": "first"}


def test_of_two_that_explain_the_same_and_not_all_none_is_named() -> None:
    """Which of them is in the file first tells nothing of the learner's code."""
    solution = "def f(x, n=1):\n    y = x * 2\n    return y + n"
    mistakes = [
        misconception("bounded", ("y + n", "min(y + n, 5)")),
        misconception("bounded-otherwise", ("y + n", "y + n if y + n < 9 else 5")),
        misconception("thrice", ("x * 2", "x * 3")),
    ]
    learner = "def f(x, n=1):\n    y = x * 3\n    return min(y + n, 5)"
    tests = [fails_at(n) for n in (1, 4, 5)]
    assert names(learner, mistakes, *tests, solution=solution) == {"test_0": "thrice"}


def test_two_mistakes_that_fit_one_number_of_many_are_no_reason() -> None:
    mistakes = [misconception("no-bias", ("+ n", "")), misconception("thrice", ("* 2", "* 3"))]
    tests = fails_at(0), fails_at(3), fails_at(4)
    assert names("def f(x, n=1): return x * 3", mistakes, *tests) == {}
    zeros = fails_at(torch.zeros(3)), *tests[1:]
    both = names("def f(x, n=1): return x * 3", mistakes, *zeros)
    assert both == {"test_0": "no-bias", "test_1": "thrice", "test_2": "thrice"}


def test_two_mistakes_of_which_no_test_shows_one_alone_are_found_together() -> None:
    mistakes = [misconception("thrice", ("* 2", "* 3")), misconception("less", ("+ n", "- n"))]
    more = [*mistakes, misconception("far-less", ("+ n", "- n * n"))]
    source = "def f(x, n=1): return x * 3 - n"
    tests = [fails_at(n) for n in (1, 3, 4)]
    together = partial(names, together=True)
    assert names(source, mistakes, *tests) == {}
    both = together(source, mistakes, *tests)
    assert both == {"test_0": "thrice", "test_1": "thrice", "test_2": "thrice"}
    assert set(together(source, more, *tests).values()) == {"thrice"}  # whichever is the second
    assert together(source, mistakes, *tests[:2]) == {}  # two numbers may be a coincidence
    assert together(f"{source} + (x > 3)", mistakes, *tests) == {}
    assert together(f"{source} if x else n", mistakes, *tests, passes_at(0)) == {}
    told = {each.says for each in diagnosed(source, mistakes, *tests, together=True).values()}
    assert told == {f"thrice. {AND_MORE}"}


def test_one_mistake_that_is_rounded_in_two_ways_keeps_its_name() -> None:
    mistakes = [misconception("no-bias", ("+ n", ""))]
    source = "def f(x, n=1): return x * 2 + 0.003 * (x.element_size() == 2)"
    halves = fails_at(torch.tensor([0.005], dtype=torch.float16))
    both = names(source, mistakes, fails_at(torch.ones(2)), halves)
    assert both == {"test_0": "no-bias", "test_1": "no-bias"}
    assert names(source, mistakes, halves) == {}  # alone, it is not near enough
    far = "def f(x, n=1): return x * 2 + 0.3 * (x.element_size() == 2)"
    assert names(far, mistakes, fails_at(torch.ones(2)), halves) == {}


def test_a_suspect_that_is_wrong_where_the_learner_is_right_is_not_named() -> None:
    mistakes = [misconception("no-bias", ("+ n", ""))]
    source = "def f(x, n=1): return x * 2 + n * (x > 0)"
    assert names(source, mistakes, fails_at(-1)) == {"test_0": "no-bias"}
    assert names(source, mistakes, fails_at(-1), passes_at(1)) == {}


def test_a_suspect_that_is_wrong_in_another_way_is_not_named() -> None:
    mistakes = [misconception("no-bias", ("+ n", ""))]
    source = "def f(x, n=1): return x * 2 - 5 * (x > 0)"
    assert names(source, mistakes, fails_at(-1), fails_at(1)) == {}


NOISY = """
import torch
def f(x, noise=False): return x * 2 + 1 + (torch.rand(3) if noise else 0)
"""
OTHER_NOISE = "import torch\ndef f(x, noise=False): return {} + (1 - torch.rand(3) if noise else 0)"


def lies_outside(low: float, high: float) -> Callable[[SubmissionProxy], bool]:
    """A test of what is drawn at random: it fails where a number is none from `low` to `high`."""

    def test(submission: SubmissionProxy) -> bool:
        drawn = submission.f(torch.zeros(3), noise=True)
        return bool(((drawn < low) | (drawn > high)).any())

    return test


def test_what_was_drawn_in_another_order_is_not_held_against_a_mistake() -> None:
    mistakes = [misconception("no-one", (" + 1", ""))]
    tests = fails_at(torch.ones(3)), fails_at(torch.zeros(3)), lies_outside(1, 2)
    found = names(OTHER_NOISE.format("x * 2"), mistakes, *tests, solution=NOISY)
    assert found == {"test_0": "no-one", "test_1": "no-one"}


def test_what_is_mostly_drawn_names_no_mistake_by_a_few_numbers() -> None:
    mistakes = [misconception("no-one", (" + 1", ""))]
    tests = fails_at(torch.ones(3)), fails_at(torch.zeros(3)), *[lies_outside(1, 2)] * 3
    assert names(OTHER_NOISE.format("x * 2"), mistakes, *tests, solution=NOISY) == {}


def test_a_suspect_that_fails_a_test_of_chance_which_the_learner_passes_is_not_named() -> None:
    mistakes = [misconception("no-one", (" + 1", ""))]
    source = OTHER_NOISE.format("x * 2 + (x >= 0)")  # wrong for negative numbers alone
    wrong = fails_at(torch.tensor([-1.0, -2.0, -3.0]))
    assert names(source, mistakes, wrong, lies_outside(1, 2), solution=NOISY) == {}
    either = names(source, mistakes, wrong, lies_outside(0, 2), solution=NOISY)
    assert either == {"test_0": "no-one"}


def test_what_agrees_in_one_draw_and_not_in_another_is_another_mistake(
    play: Callable[..., SubmissionProxy],
) -> None:
    solution = "import torch\ndef f(x): return torch.rand(3) * x + 1"
    mistakes = [misconception("no-one", (" + 1", ""))]

    def found(learner: str) -> list[str]:
        records = {}
        for seed in range(3):
            submission = play(learner, solution, seed=seed)
            submission.f(torch.tensor([1.0, 2.0, 1.0 - seed]))
            records[f"test_{seed}"] = Record(seed, submission._calls.log, failed=True)
        return list(Diagnostician("f", solution, mistakes).diagnose(Hearing(records)))

    source = "import torch\ndef f(x): return torch.rand(3) * x"
    assert found(source) == ["test_0", "test_1", "test_2"]
    assert found(f"{source} - 5 * (x < 0).any()") == []


def both_in_one_file(exercise: str, *mistakes: str) -> Report:
    """What the grader says of a solution that has all these known mistakes in it."""
    found = load_catalog().exercise(exercise)
    known = {
        one.id: one for one in load_misconceptions(suite_folder(found) / "misconceptions.yaml")
    }
    source = solution_path(found).read_text(encoding="utf-8")
    for mistake in mistakes:
        source = known[mistake].apply(source)
    return grade(Submission(exercise, source, seed=1))


def test_two_mistakes_are_tried_together_where_nothing_else_can_be_said() -> None:
    known = both_in_one_file("alibi_bias", "signed-distance", "slopes-turned-round")
    assert known.diagnosis and known.diagnosis.says.endswith(AND_MORE)
    stated = both_in_one_file("multiplicative_score", "scaled", "first-keys-for-all")
    assert stated.symptom and not stated.diagnosis
