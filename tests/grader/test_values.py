"""The walk over nested values: one rule of what holds what, for every kind of container."""

from collections import namedtuple
from dataclasses import dataclass
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from grader.examiner.submission_proxy import RemoteObject, SubmissionProxy
from grader.worker.protocol import Handle, RecordValue
from grader.worker.values import leaves, mapped, parts, rebuild

Pair = namedtuple("Pair", "left right")


@dataclass(frozen=True)
class Point:
    x: Any
    y: Any


CONTAINERS = (
    [1, 2],
    (1, 2),
    {"left": 1, "right": 2},
    Pair(1, 2),
    Point(1, 2),
    RecordValue("Point", {"x": 1, "y": 2}),
)


@pytest.mark.parametrize("value", CONTAINERS, ids=lambda value: type(value).__name__)
def test_a_copy_is_of_the_same_kind_and_holds_what_it_is_given(value: Any) -> None:
    doubled = mapped(lambda leaf, path: leaf * 2, value)
    assert type(doubled) is type(value)
    held = parts(value)
    found = parts(doubled)
    assert held is not None and found is not None
    assert [part.label for part in found] == [part.label for part in held]
    assert [part.value for part in found] == [2, 4]
    assert repr(rebuild(value, [1, 2])) == repr(value)


@pytest.mark.parametrize("value", [None, 1, "text", torch.ones(2), Handle("0", "Layer"), Point])
def test_anything_else_is_a_leaf(value: Any) -> None:
    assert parts(value) is None
    assert list(leaves(value)) == [((), value)]


nested = st.recursive(
    st.integers(),
    lambda inner: (
        st.lists(inner) | st.lists(inner).map(tuple) | st.dictionaries(st.text(max_size=3), inner)
    ),
)


@given(nested)
def test_leaves_are_what_a_map_visits_and_in_its_order(value: Any) -> None:
    visited = []
    copy = mapped(lambda leaf, path: visited.append(leaf) or leaf, value)
    assert copy == value
    assert visited == [leaf for _, leaf in leaves(value)]


LAYERS = """
from collections import namedtuple
from dataclasses import dataclass
from torch import nn
Pair = namedtuple("Pair", "layer size")
@dataclass
class Block:
    layer: nn.Module
    size: int
def pair(n): return Pair(nn.Linear(n, 1), n)
def block(n): return Block(nn.Linear(n, 1), n)
"""


@pytest.mark.parametrize("maker", ["pair", "block"])
def test_an_object_in_a_named_tuple_or_dataclass_can_be_used_by_a_suite(
    play: Any, maker: str
) -> None:
    submission: SubmissionProxy = play(LAYERS)
    made = getattr(submission, maker)(3)
    assert made.size == 3
    assert isinstance(made.layer, RemoteObject)
    assert made.layer(torch.ones(2, 3)).shape == (2, 1)


def test_a_named_tuple_arrives_with_its_fields(play: Any) -> None:
    source = "def f(pair): return pair.left + pair.right"
    assert play(source).f(Pair(torch.ones(1), 2)).item() == 3
