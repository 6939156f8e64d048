"""A reply is taken in the form and the size in which an honest worker sends it, and in no other."""

import contextlib
from dataclasses import asdict
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from grader.errors import ProtocolError
from grader.examiner.exchange import Value
from grader.examiner.replies import OUR_KINDS, EntryPoints, read_reply
from grader.worker.calls import (
    MAX_BASES,
    MAX_FRAMES,
    MAX_MESSAGE,
    MAX_NAME,
    Raised,
    describe_exception,
)
from grader.worker.inspection import Finding
from grader.worker.protocol import MAX_KEYS, MAX_VALUES, TooLarge, ValueEncoder

NAMES = {"missing": ["f"], "found": {"f": "int"}, "defined": ["g"]}
FRAME = ["answer.py", 3, "f", "return x"]
RAISED = asdict(Raised("exception", "E", "no", (("answer.py", 3, "f", "return x"),), ("E",)))
FINDING = asdict(Finding("syntax", "answer.py", 1, "def"))

SILENT = {"written": [], "output": ""}  # of a call that changes and prints nothing
STEP = {
    **{"file": "answer.py", "line": 3, "operation": "exp", "name": "e", "inputs": ()},
    **{"value": torch.ones(3)},
}
STEPS = {
    **{"steps": (STEP, {**STEP, "inputs": (0,)}), "results": (1,)},
    **{"is_whole": True, "has_returned": True},
}
ANSWERS = {"inspect": FINDING, "load": NAMES, "trace": STEPS}


def read(operation: str, value: Any, output: Any = "") -> Any:
    encoder = ValueEncoder()
    document = {"value": encoder.encode(value), "written": [], "output": output}
    answer, _ = read_reply(operation, document, encoder.tensors, "cpu")
    assert isinstance(answer, Value)
    return answer.value


def read_raised(raised: Any) -> Any:
    return read_reply("call", {"raised": raised, "output": ""}, {}, "cpu")[0]


def test_each_operation_has_its_answer() -> None:
    assert read("inspect", None) is None
    assert read("inspect", FINDING) == Finding("syntax", "answer.py", 1, "def")
    assert read("load", NAMES) == EntryPoints(("f",), {"f": "int"}, ("g",))
    assert read("helper", None) is None
    assert read("trace", STEPS).results == (1,)
    assert read("call", [1, (2.5, "x")]) == [1, (2.5, "x")]
    assert read_raised({**RAISED, "frames": [FRAME]}).frames == (("answer.py", 3, "f", "return x"),)


@pytest.mark.parametrize(
    ("operation", "value"),
    [
        ("trace", None),
        ("trace", {**STEPS, "steps": (STEP,) * 257, "results": ()}),
        ("trace", {**STEPS, "steps": [STEP]}),
        ("trace", {**STEPS, "results": (2,)}),
        ("trace", {**STEPS, "results": (True,)}),
        ("trace", {**STEPS, "steps": ({**STEP, "inputs": (0,)},), "results": ()}),
        ("trace", {**STEPS, "steps": ({**STEP, "inputs": (-1,)},), "results": ()}),
        ("trace", {**STEPS, "steps": ({**STEP, "value": torch.ones(5000)},), "results": ()}),
        ("trace", {**STEPS, "steps": ({**STEP, "value": 1.0},), "results": ()}),
        ("trace", {**STEPS, "steps": ({**STEP, "name": "e" * 300},), "results": ()}),
        ("trace", {**STEPS, "steps": ({**STEP, "line": -1},), "results": ()}),
        ("inspect", {}),
        ("inspect", [1]),
        ("inspect", {**FINDING, "kind": "passed"}),
        ("inspect", {**FINDING, "line": 1.5}),
        ("load", None),
        ("load", {**NAMES, "missing": [torch.ones(3)]}),
        ("load", {**NAMES, "found": {"f": torch.ones(3)}}),
        ("load", {**NAMES, "found": {1: "int"}}),
        ("load", {**NAMES, "defined": [torch.ones(3)]}),
        ("load", {**NAMES, "defined": [["g"]]}),
        ("load", {**NAMES, "defined": ["g" * (MAX_NAME + 1)]}),
        ("load", {**NAMES, "defined": ["g"] * 21}),
        ("helper", 1),
        *((asked, {**value, "more": 1}) for asked, value in ANSWERS.items()),
        ("trace", {**STEPS, "steps": ({**STEP, "more": 1},), "results": ()}),
    ],
)
def test_another_answer_than_the_operations_is_refused(operation: str, value: Any) -> None:
    with pytest.raises(ProtocolError):
        read(operation, value)


@pytest.mark.parametrize(
    "change",
    [
        *({"kind": kind} for kind in sorted(OUR_KINDS)),
        {"kind": 1},
        {"more": 1},
        {"type": "E" * (MAX_NAME + 1)},
        {"message": "x" * (MAX_MESSAGE + 1)},
        {"bases": ["E"] * (MAX_BASES + 1)},
        {"bases": [1]},
        {"bases": ["E" * (MAX_NAME + 1)]},
        {"frames": [FRAME] * (MAX_FRAMES + 1)},
        {"frames": [[*FRAME, 5]]},
        {"frames": [["a" * (MAX_NAME + 1), *FRAME[1:]]]},
        {"frames": [[*FRAME[:3], "x" * (MAX_NAME + 1)]]},
        {"frames": [[FRAME[0], -1, *FRAME[2:]]]},
        {"frames": [[FRAME[0], 10**9, *FRAME[2:]]]},
        {"frames": [[FRAME[0], float("inf"), *FRAME[2:]]]},
        {"frames": "none"},
    ],
    ids=lambda change: repr(change)[:40],
)
def test_an_exception_that_no_worker_would_describe_is_refused(change: Any) -> None:
    with pytest.raises(ProtocolError):
        read_raised({**RAISED, **change})


def test_every_exception_that_a_worker_describes_is_taken() -> None:
    name = "Long" * 100
    error = type(name, (ValueError,), {})("m" * 5000)
    function = "f" * 500
    space: dict[str, Any] = {"error": error}
    source = f"def {function}(n):\n    if n: {function}(n - 1)\n    raise error  # {'x' * 500}\n"
    exec(compile(source, "answer.py" * 50, "exec"), space)
    try:
        space[function](20)
    except ValueError as raised:
        described = describe_exception(raised, frozenset({"answer.py" * 50}))
    assert len(described.frames) == MAX_FRAMES
    frames = [list(frame) for frame in described.frames]
    sent = {**asdict(described), "frames": frames, "bases": list(described.bases)}
    assert read_raised(sent) == described


@pytest.mark.parametrize(
    "document",
    [{"value": None, "written": [0, 2]}, {"raised": {**RAISED, "frames": [], "bases": []}}],
    ids=str,
)
def test_a_reply_with_one_thing_more_is_refused(document: dict[str, Any]) -> None:
    read_reply("call", {**document, "output": ""}, {}, "cpu")
    with pytest.raises(ProtocolError):
        read_reply("call", {**document, "output": "", "more": 1}, {}, "cpu")


@pytest.mark.parametrize(
    "node",
    [
        {"tensor": "0", "device": "cpu"},
        {"tensor": "0", "device": "cpu", "order": [0]},
        {"tuple": [1]},
        {"dict": [["key", 1]]},
        {"record": "Pair", "fields": [["first", 1]]},
        {"dtype": "float32"},
        {"handle": "0", "type": "list"},
    ],
    ids=lambda node: " ".join(node),
)
def test_a_value_with_one_thing_more_is_refused(node: dict[str, Any]) -> None:
    tensors = {"0": torch.ones(3)} if "tensor" in node else {}
    read_reply("call", {"value": node, **SILENT}, tensors, "cpu")
    with pytest.raises(ProtocolError):
        read_reply("call", {"value": {**node, "more": 1}, **SILENT}, tensors, "cpu")


@pytest.mark.parametrize("written", [None, [0.0], [True], [-1], [64], ["x"], [0] * 65], ids=str)
def test_only_numbers_of_arguments_are_written(written: Any) -> None:
    with pytest.raises(ProtocolError):
        read_reply("call", {"value": None, "written": written, "output": ""}, {}, "cpu")


def test_a_tensor_is_named_once_and_each_is_named() -> None:
    once = {"tensor": "0", "device": "cpu"}
    tensors = {"0": torch.ones(3)}
    assert torch.equal(
        read_reply("call", {"value": once, **SILENT}, tensors, "cpu")[0].value, *tensors.values()
    )
    for value, sent in (
        ([once, once], tensors),
        (None, tensors),
        (once, {**tensors, "1": tensors["0"]}),
    ):
        with pytest.raises(ProtocolError):
            read_reply("call", {"value": value, **SILENT}, sent, "cpu")
    with pytest.raises(ProtocolError):
        read_reply("call", {"raised": RAISED, "output": ""}, tensors, "cpu")


@pytest.mark.parametrize(
    ("most", "more"),
    [
        ([0] * (MAX_VALUES - 1), [0] * MAX_VALUES),
        (tuple([0] * (MAX_VALUES - 1)), tuple([0] * MAX_VALUES)),
        ([[]] * (MAX_VALUES - 1), [[]] * MAX_VALUES),
        (dict.fromkeys(range(MAX_KEYS), 0), dict.fromkeys(range(MAX_KEYS + 1), 0)),
        (
            [dict.fromkeys(range(64), 0)] * (MAX_KEYS // 64),
            [dict.fromkeys(range(65), 0)] * (MAX_KEYS // 64),
        ),
    ],
    ids=["list", "tuple", "lists", "dictionary", "dictionaries"],
)
def test_values_and_keys_are_counted_on_both_sides(
    most: Any, more: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert read("call", most) == most
    with pytest.raises(TooLarge):
        ValueEncoder().encode(more)
    for side in ("MAX_VALUES", "MAX_KEYS"):
        monkeypatch.setattr(f"grader.worker.protocol.{side}", 10**9)
    document = {"value": ValueEncoder().encode(more), **SILENT}
    monkeypatch.undo()
    with pytest.raises(ProtocolError):
        read_reply("call", document, {}, "cpu")


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["missing", "found", "defined", "kind", "frames", "bases", "dict"]),
            inner,
            max_size=3,
        )
    ),
    max_leaves=10,
)


@given(st.sampled_from(["inspect", "load", "helper", "call"]), anything, anything, anything)
def test_no_reply_breaks_the_reader(operation: str, value: Any, raised: Any, output: Any) -> None:
    for document in (
        value,
        {"value": value, "written": [], "output": output},
        {"value": None, "written": value, "output": ""},
        {"value": None, "written": [value], "output": ""},
        {"value": {"dict": [["missing", value], ["found", raised]]}, **SILENT},
        {"raised": raised, "output": output},
        {"raised": {**RAISED, "frames": raised, "bases": value}, "output": ""},
    ):
        with contextlib.suppress(ProtocolError):
            read_reply(operation, document, {}, "cpu")
