"""The examples of the FAQ run, those that wait for a pass as well."""

import doctest
import math
import re

import pytest
import torch
import torch.nn.functional as F

from exercises.catalog import load_catalog
from quizzes.bank import load_bank
from quizzes.study_aids import Faq

EVERY_ONE = load_bank().faq_after([exercise.id for exercise in load_catalog().exercises])
EXAMPLE = re.compile(r"^```python\n(>>>.*?)^```", re.DOTALL | re.MULTILINE)
with_examples = [entry for entry in EVERY_ONE if EXAMPLE.search(entry.answer)]


@pytest.mark.parametrize("entry", with_examples, ids=lambda entry: entry.id)
def test_examples_run(entry: Faq) -> None:
    torch.manual_seed(0)
    source = "\n".join(EXAMPLE.findall(entry.answer))
    names = {"torch": torch, "F": F, "math": math}
    test = doctest.DocTestParser().get_doctest(source, names, entry.id, None, 0)
    report: list[str] = []
    result = doctest.DocTestRunner(verbose=False).run(test, out=report.append)
    assert result.attempted > 0
    assert result.failed == 0, "".join(report)
