"""What `grader new` writes: an exercise that is sound, to be turned into another one part by part.

`{id}`, `{title}` and `{topic}` are filled in.
"""

TOPIC = """\
- id: {topic}
  title: {title}
"""

ENTRY = """\
- id: {id}
  title: {title}
  summary: Build the mean squared distance of numbers from their mean.
  topics: [{topic}]
  needs: []
  difficulty: 1
  entry: [{id}]
  hints:
    - Distance from what? Look for the number that all others are compared with.
    - Take the mean off every number first. What do you do with the signs of the distances?
    - Square the distances, then take their mean, which divides by n.
  forbidden:
    - names: [var, std, var_mean, std_mean]
      instead: Build it from means and products.
  source: The book or paper that this is from, and its section.
"""

CHAPTER = """\
title: {title}
summary: One or two sentences on what the reader can do afterwards.
topics:
exercises:
"""

LESSON = """\
# {title}

What the reader can do after this chapter, and what has to be known before.
"""

SECTION = """
## {title} {{#{topic}}}

What a learner has to know before the exercise. As an example: the *variance* of $n$ numbers is the
mean of their squared distances from their mean $\\bar x$,

$$\\frac{{1}}{{n}} \\sum_i (x_i - \\bar x)^2$$

> **Exercise** {id} — build it from means and products.
"""

_HEAD = '''\
"""{title}: an example to replace. It takes numbers and gives their variance."""

import torch


def {id}(x: torch.Tensor) -> torch.Tensor:
'''

_BODY_OF_DOCSTRING = '''\
    """The mean squared distance of numbers from their mean: 1/n Σ (x_i − mean(x))².

    Args:
        x: numbers (n,), float32 or float64, with n ≥ 1.

    Returns:
        A tensor () with the dtype of `x`. Gradients flow back to `x`, which is left as it was.

    >>> {id}(torch.tensor([1.0, 3.0]))
    tensor(1.)
    """
'''

STUB = f"""\
{_HEAD}{_BODY_OF_DOCSTRING}    raise NotImplementedError
"""

SOLUTION = f"""\
{_HEAD}{_BODY_OF_DOCSTRING}    distances = x - x.mean()
    return (distances * distances).mean()
"""

SUITE = '''\
"""{title}: the value, its dtype, its gradient, and what is left alone."""

import torch


def variance(x):
    """What is right, in float64."""
    x = x.double()
    return ((x - x.mean()) ** 2).mean()


def test_value(submission, rng, expect):
    """It is the mean squared distance from the mean."""
    for n in (2, 5, 8):
        x = rng.normal(n, scale=2.0) + 3
        expect(submission.{id}(x)).matches(variance(x).float())


def test_double_precision(submission, rng, expect):
    """float64 numbers give all digits of float64."""
    x = rng.normal(7, dtype=torch.float64) - 1
    expect(submission.{id}(x)).matches(variance(x))


def test_gradient(submission, rng, expect):
    """The gradient with respect to x_i is 2 (x_i − mean(x)) / n."""
    x = rng.normal(6) + 1
    (gradient,) = submission.{id}.gradients(x).inputs
    expect(gradient).matches(2 * (x - x.mean()) / 6)


def test_numbers_are_left_as_they_were(submission, rng, expect):
    """The numbers that you are given are the same afterwards."""
    x = rng.normal(4) + 2
    (after,) = submission.{id}.inputs_after(x)
    expect(after).equals(x)
'''

MISCONCEPTIONS = """\
- id: not-centred
  says: You square the numbers themselves. Take their mean off each of them first.
  see: {topic}
  edit: ["x - x.mean()", "x"]

- id: absolute
  says: You take the mean of the absolute distances. Square them instead.
  see: {topic}
  edit: ["distances * distances", "distances.abs()"]

- id: one-less
  says: You divide by n − 1. The mean of n numbers divides by n.
  see: {topic}
  edit: ["(distances * distances).mean()", "(distances * distances).sum() / (len(x) - 1)"]

- id: root
  says: You return the root, which is the standard deviation.
  see: {topic}
  edit: ["(distances * distances).mean()", "(distances * distances).mean().sqrt()"]
"""

ONE_BY_ONE = """\
import torch


def {id}(x: torch.Tensor) -> torch.Tensor:
    mean, total = x.sum() / len(x), torch.zeros((), dtype=x.dtype, device=x.device)
    for number in x:
        total = total + (number - mean) ** 2
    return total / len(x)
"""

MEAN_OF_SQUARES = """\
import torch


def {id}(x: torch.Tensor) -> torch.Tensor:
    exact = x.double()
    return ((exact**2).mean() - exact.mean() ** 2).to(x.dtype)
"""
