"""Suites try numbers far from 1: a solution that cuts or loses them in its arguments fails.

Here stand the exercises in whose stub nothing bounds an argument with which the result grows. What
is bounded there (probabilities, masks, angles), or is normalised away, is in none of the lists. In
the first are those whose stub allows a larger error than small numbers are, or whose results are
alike for all of them.
"""

from pathlib import Path

import pytest

from exercises.catalog import Exercise, load_catalog
from grader.examiner.answer_key import AnswerKey, solution_path
from grader.examiner.in_process import InProcessCallee
from grader.examiner.suite_run import SuiteRun
from grader.worker.calls import LoadedModule, load_source
from tests.unchanged import skipped_while_unchanged

CATALOG = load_catalog()
CUT = "x.clamp(-1e4, 1e4).where(x.isfinite(), x)"
LOST = "x.masked_fill(x.abs() < 1e-6, 0.0)"
BENT = """

import torch as _torch


def _bent(x):
    if isinstance(x, tuple | list):
        return type(x)(map(_bent, x))
    return {} if isinstance(x, _torch.Tensor) and x.is_floating_point() else x


def _with_bent_arguments(function):
    def bent(*args, **kwargs):
        return function(*map(_bent, args), **{{name: _bent(x) for name, x in kwargs.items()}})

    return bent


for _name in ENTRY:
    _entry = globals()[_name]
    if isinstance(_entry, type):
        for _method, _function in list(vars(_entry).items()):
            if callable(_function) and not _method.startswith("_"):
                setattr(_entry, _method, _with_bent_arguments(_function))
    else:
        globals()[_name] = _with_bent_arguments(_entry)
"""
LARGE_ALONE = (
    "adam_step",
    "clip_grad_norm",
    "cross_entropy",
    "label_smoothing_loss",
    "positional_encoding",
    "softmax",
)
LARGE_AND_SMALL = (
    "additive_score",
    "attention_backward",
    "attention_query_jacobian",
    "clipped_relative_scores",
    "decoder",
    "decoder_layer",
    "distance_attention",
    "encoder",
    "encoder_layer",
    "feed_forward_as_convolution",
    "feed_forward_as_memory",
    "filter_logits",
    "fused_qkv_attention",
    "gated_feed_forward",
    "grouped_query_attention",
    "head_importance",
    "kv_cache",
    "latent_attention",
    "layer_norm_backward",
    "linear_attention_recurrent",
    "linformer_attention",
    "masked_mean_pool",
    "merge_partial_attention",
    "mixture_of_experts",
    "multi_head_attention",
    "multiplicative_score",
    "per_head_projection",
    "performer_features",
    "permutation_gap",
    "relative_shift",
    "residual_gradient",
    "rnn_gradient_norms",
    "rotary_embedding",
    "scaled_dot_product_attention",
    "selective_scan",
    "soft_lookup",
    "split_heads",
    "tiled_attention",
    "transformer",
)


def outcomes(exercise: Exercise, bend: str) -> set[str]:
    """Those of the tests, with a solution whose floating arguments are bent."""
    key = AnswerKey(exercise)
    source = solution_path(exercise).read_text(encoding="utf-8")
    source += BENT.format(bend).replace("ENTRY", repr(exercise.entry))
    learner = LoadedModule(load_source(f"bent_{exercise.id}", f"{exercise.id}.py", source))
    run = SuiteRun(InProcessCallee(learner, frozenset()), key.solution, 1, "cpu", exercise.limits)
    key.suite.run(run)
    return {result.outcome for result in run}


def each(*names: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(
        "exercise", [CATALOG.exercise(name) for name in names], ids=names
    )


@pytest.mark.slow
@each(*LARGE_ALONE, *LARGE_AND_SMALL)
@skipped_while_unchanged(Path(__file__))
def test_who_cuts_large_numbers_fails(exercise: Exercise) -> None:
    assert outcomes(exercise, "x") == {"passed"}
    assert outcomes(exercise, CUT) == {"passed", "failed"}


@pytest.mark.slow
@each(*LARGE_AND_SMALL)
@skipped_while_unchanged(Path(__file__))
def test_who_loses_small_numbers_fails(exercise: Exercise) -> None:
    assert outcomes(exercise, LOST) == {"passed", "failed"}
