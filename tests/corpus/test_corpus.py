"""The corpus: what somebody wrote from the stubs alone, who had not seen a suite.

`measure.py` grades all of it and prints the figures of docs/benchmarks.md. Here, of the open part,
every right answer must pass, and of the wrong ones some must be refused, with no error of ours.
"""

from collections import defaultdict

import pytest

from exercises.catalog import Exercise, load_catalog
from grader import Submission
from grader.examiner.examiner import grade
from tests.corpus.answers import FOLDER, Answer, read_answers
from tests.unchanged import skipped_while_unchanged

KEPT_ASIDE = list(read_answers(FOLDER / "kept_aside"))
ANSWERS: dict[str, list[Answer]] = defaultdict(list)
for answer in read_answers(FOLDER / "open"):
    ANSWERS[answer.exercise].append(answer)
# A chapter's answers are written when its stubs are, by somebody else, and may come later.
each_exercise = pytest.mark.parametrize(
    "exercise",
    [exercise for exercise in load_catalog().exercises if exercise.id in ANSWERS],
    ids=lambda exercise: exercise.id,
)
EVERY = 6  # one in so many wrong answers is graded here
FEWEST_WRONG, FEWEST_RIGHT = 20, 6
# Wrong by their stub, and known to pass: what they do is not to be seen in calls with values.
NOT_SEEN = {
    ("mask_tokens", "in-place"): "that it leaves its argument alone counts beside a result alone",
    ("embeddings", "x-tied-linear"): "parameters that are shared have one name, the first",
    ("cached_cross_attention", "kept-by-identity"): "no call is given the same tensor twice",
    ("train", "x-zeros-and-not-none"): "the stub allows it: a gradient of 0 and none are alike",
    ("train", "x-frozen-gradients-in-the-norm"): "no loop that is usual leaves such a gradient",
    ("clip_grad_norm", "x-tuple-for-a-tuple"): "a list and a tuple of the same tensors count alike",
}


@each_exercise
def test_there_are_enough_answers(exercise: Exercise) -> None:
    """In both parts together."""
    aside = [answer for answer in KEPT_ASIDE if answer.exercise == exercise.id]
    kinds = [answer.kind for answer in (*ANSWERS[exercise.id], *aside)]
    assert kinds.count("wrong") >= FEWEST_WRONG
    assert kinds.count("right") >= FEWEST_RIGHT
    names = [(answer.kind, answer.name, answer.source) for answer in ANSWERS[exercise.id]]
    assert len(set(names)) == len(names)


@pytest.mark.slow
@each_exercise
@skipped_while_unchanged(FOLDER)
def test_right_answers_pass_and_wrong_ones_do_not(exercise: Exercise) -> None:
    right = [answer for answer in ANSWERS[exercise.id] if answer.kind == "right"]
    wrong = [answer for answer in ANSWERS[exercise.id] if answer.kind == "wrong"][::EVERY]
    wrong = [answer for answer in wrong if (exercise.id, answer.name) not in NOT_SEEN]
    outcomes = {}
    for answer in (*right, *wrong):
        # Whether reasons are true is measured; here one shows that looking for them is no error.
        explained = answer in wrong[:1]
        submission = Submission(exercise.id, answer.source, seed=1, explained=explained)
        outcomes[answer.kind, answer.name] = grade(submission).outcome
    unfair = {
        key: outcome
        for key, outcome in outcomes.items()
        if outcome != ("passed" if key[0] == "right" else "failed")
    }
    assert unfair == {}
