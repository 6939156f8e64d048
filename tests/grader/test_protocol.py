"""Values cross between two processes unchanged, and nothing but values crosses."""

import contextlib
import json
import math
import socket
import threading
from collections import namedtuple
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from grader.errors import ProtocolError
from grader.worker.channel import HEADER, MAGIC, MAX_DOCUMENT, Channel
from grader.worker.protocol import MAX_NESTING, Handle, RecordValue, TooLarge, ValueEncoder, decode
from grader.worker.tensors import DTYPES, MAX_TENSORS

Costs = namedtuple("Costs", "operations steps")


@dataclass(frozen=True)
class Point:
    x: float
    where: Any


@pytest.fixture
def wire() -> Iterator[tuple[Channel, socket.socket]]:
    """A channel, and the bare socket at its other end."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield Channel(ours), theirs


def across(value: object, keep: Any = None) -> Any:
    """`value` after a journey through a real socket."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        encoder = ValueEncoder(keep)
        document = encoder.encode(value)

        def send() -> None:
            try:
                Channel(ours).send(document, encoder.tensors)
            finally:
                ours.shutdown(socket.SHUT_WR)  # or the other side would wait for what failed

        sender = threading.Thread(target=send)
        sender.start()
        received = decode(*Channel(theirs).receive(60), "cpu")
        sender.join()
    return received


def alike(got: Any, sent: Any) -> bool:
    """Equal in type and value, NaN equal to NaN."""
    if type(got) is not type(sent):
        return False
    if isinstance(sent, Tensor):
        same_form = got.shape == sent.shape and got.dtype is sent.dtype
        return same_form and bool(torch.equal(got.nan_to_num(7.5), sent.detach().nan_to_num(7.5)))
    if isinstance(sent, list | tuple):
        return len(got) == len(sent) and all(map(alike, got, sent))
    if isinstance(sent, dict):
        return list(got) == list(sent) and all(alike(got[key], sent[key]) for key in sent)
    return got == sent or (got != got and sent != sent)


def tensors() -> st.SearchStrategy[Tensor]:
    """Of every dtype and up to three dimensions, some empty, some not in one piece."""

    def make(dtype: torch.dtype, shape: list[int], seed: int, form: str) -> Tensor:
        numbers = torch.randn(shape, generator=torch.Generator().manual_seed(seed)) * 50
        tensor = (numbers > 0) if dtype is torch.bool else numbers.to(dtype)
        if form == "transposed" and tensor.dim() > 1:
            return tensor.transpose(0, 1)
        if form == "strided" and tensor.dim() > 0:
            return tensor[::2]
        if form == "expanded":
            return tensor.expand(3, *tensor.shape)
        if form == "flipped":
            return tensor.flip(tuple(range(tensor.dim())))
        return tensor

    forms = st.sampled_from(["plain", "transposed", "strided", "expanded", "flipped"])
    shapes = st.lists(st.integers(0, 4), max_size=3)
    return st.builds(make, st.sampled_from([*DTYPES.values()]), shapes, st.integers(0, 9), forms)


plain = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(st.characters(exclude_categories=["Cs"])),
    st.sampled_from([*DTYPES.values()]),
    tensors(),
)
nested = st.recursive(
    plain,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.lists(inner, max_size=3).map(tuple),
        st.dictionaries(st.text(max_size=3) | st.integers(0, 9), inner, max_size=3),
    ),
    max_leaves=8,
)


@given(nested)
def test_what_arrives_is_what_was_sent(value: Any) -> None:
    assert alike(across(value), value)


def test_the_dtypes_that_cross_are_those_that_a_suite_may_use() -> None:
    floating = {torch.float64, torch.float32, torch.float16, torch.bfloat16}
    whole = {torch.int64, torch.int32, torch.int16, torch.int8, torch.uint8}
    assert set(DTYPES.values()) == {*floating, *whole, torch.bool}


def test_a_tensor_arrives_by_its_numbers_alone() -> None:
    weight = nn.Parameter(torch.ones(2, 3))
    for value in (
        torch.tensor(3.0),
        torch.tensor([math.nan, math.inf, -math.inf, -0.0]),
        torch.zeros(0, 3),
        weight,
        torch.tensor([1 + 2j]).conj().imag,
        (weight * 2).t(),
    ):
        received = across(value)
        assert type(received) is Tensor
        assert not received.requires_grad
        assert alike(received, value.detach().as_subclass(Tensor).resolve_neg())


def test_tensors_that_share_memory_arrive_apart() -> None:
    whole = torch.arange(6.0)
    first, again, part = across((whole, whole, whole[2:4]))
    first[:] = 0
    assert alike((again, part), (whole, torch.tensor([2.0, 3.0])))


def test_a_record_keeps_its_names() -> None:
    received = across([Costs(3, torch.ones(2)), Point(1.5, Costs(1, 2))])
    assert [type(item) for item in received] == [RecordValue, RecordValue]
    assert received[0].operations == 3
    assert torch.equal(received[0].steps, torch.ones(2))
    assert received[1].where.steps == 2
    assert tuple(received[1].where) == (1, 2)
    assert len(received[0]) == 2
    assert repr(received[1].where) == "Costs(operations=1, steps=2)"
    assert not hasattr(received[0], "count")
    assert not hasattr(received[0], "_values_")


def test_a_record_can_be_sent_on() -> None:
    received = across(across(Costs(3, 4)))
    assert (type(received), received.operations, received.steps) == (RecordValue, 3, 4)


def test_numpy_scalars_arrive_as_numbers() -> None:
    sent = [numpy.float64(1.5), numpy.bool_(True), numpy.float32(0.25)]
    assert alike(across(sent), [1.5, True, 0.25])


@settings(max_examples=30)
@given(st.permutations(range(4)), st.lists(st.integers(0, 3), min_size=4, max_size=4))
def test_a_permuted_tensor_lies_in_memory_as_it_did(order: list[int], shape: list[int]) -> None:
    """So that code which needs contiguous memory fails over there as well."""
    sent = torch.arange(float(math.prod(shape))).view(shape).permute(order)
    received = across(sent)
    assert torch.equal(received, sent)
    steps = [
        [step for step, size in zip(x.stride(), x.shape, strict=True) if size > 1]
        for x in (received, sent)
    ]
    assert sent.numel() == 0 or steps[0] == steps[1]


@pytest.mark.parametrize("gaps", [torch.ones(3, 4)[:, ::2], torch.ones(2, 1).expand(2, 5)])
def test_gaps_and_overlaps_are_closed(gaps: Tensor) -> None:
    assert torch.equal(across(gaps), gaps)
    assert across(gaps).is_contiguous()


@pytest.mark.parametrize("order", [[0], [0, 0], [1, 2], [0, "1"], "01", 3, {"0": 1}, [0, None]])
def test_an_order_that_is_none_is_refused(order: object) -> None:
    with pytest.raises(ProtocolError):
        decode({"tensor": "0", "device": "cpu", "order": order}, {"0": torch.ones(2, 3)}, "cpu")


@pytest.mark.parametrize(
    "value",
    [
        nn.Linear(2, 2),
        abs,
        numpy.ones(2),
        {1.5: "a key that JSON cannot tell"},
        {2**60: "a key that others can be made to collide with"},
        {-(2**60): "another"},
        {3},
        torch.ones(2, device="meta"),
        torch.eye(2).to_sparse(),
        torch.ones(2, dtype=torch.complex64),
        torch.complex64,
        "nested tensor",
    ],
    ids=lambda value: type(value).__name__,
)
@pytest.mark.filterwarnings("ignore:The PyTorch API of nested tensors")
def test_what_is_no_value_stays_behind_a_handle(value: object) -> None:
    if isinstance(value, str):
        value = torch.nested.nested_tensor([torch.ones(1), torch.ones(2)])
    kept = {}

    def keep(item: object, path: str) -> Handle:
        kept[path] = item
        return Handle(path, type(item).__name__)

    received = across([1, (value, 2)], keep)
    assert received == [1, (Handle(".1.0", type(value).__name__), 2)]
    assert kept[".1.0"] is value
    assert across(received) == received
    with pytest.raises(TypeError, match="cannot be sent"):
        ValueEncoder().encode(value)


def test_a_structure_may_be_nested_so_deep_and_no_deeper() -> None:
    def towers(floors: int) -> Iterator[Any]:
        for wrap in (lambda x: [x], lambda x: (x,), lambda x: {"a": x}, lambda x: Point(1.0, x)):
            value: Any = 1
            for _ in range(floors):
                value = wrap(value)
            yield value

    for tower in towers(MAX_NESTING):
        across(tower)
    for tower in towers(MAX_NESTING + 2):
        with pytest.raises(TooLarge, match="nested more than 20 deep"):
            ValueEncoder().encode(tower)
    endless: list[Any] = []
    endless.append(endless)
    with pytest.raises(TooLarge):
        ValueEncoder().encode(endless)


def test_what_is_too_large_is_refused_by_the_sender(wire: tuple[Channel, socket.socket]) -> None:
    half = torch.empty(MAX_TENSORS // 2, dtype=torch.uint8)
    encoder = ValueEncoder()
    encoder.encode(half)
    with pytest.raises(TooLarge, match=r"a tensor of shape \(33554433,\), 34 MB"):
        encoder.encode(torch.empty(MAX_TENSORS // 2 + 1, dtype=torch.uint8))
    with pytest.raises(TooLarge, match="a tensor of shape"):
        ValueEncoder().encode(
            torch.ones(1).expand(MAX_TENSORS)
        )  # one number, but not once it is sent
    with pytest.raises(TooLarge, match="a structure of 2 MB"):
        wire[0].send("x" * MAX_DOCUMENT)


@pytest.mark.parametrize(
    "frame",
    [
        b"GET / HTTP/1.1\r\n\r\n",
        HEADER.pack(MAGIC + 1, 2, 0) + b"{}",
        HEADER.pack(MAGIC, MAX_DOCUMENT + 1, 0),
        HEADER.pack(MAGIC, 2, 2 * MAX_TENSORS + 1),
        HEADER.pack(MAGIC, 3, 0) + b"{]}",
        HEADER.pack(MAGIC, 2, 0) + b"\xff\xfe",
        HEADER.pack(MAGIC, 2, 9) + b"{}" + b"no tensor",
        HEADER.pack(MAGIC, 2, 8) + b"{}" + (2**63).to_bytes(8, "little"),
        HEADER.pack(MAGIC, 100_000, 0) + b"[" * 100_000,
        HEADER.pack(MAGIC, 5000, 0) + b"9" * 5000,
    ],
    ids=lambda frame: repr(frame[:24]),
)
def test_garbage_is_refused(frame: bytes, wire: tuple[Channel, socket.socket]) -> None:
    channel, other = wire
    other.sendall(frame)
    with pytest.raises(ProtocolError):
        channel.receive(60)


@given(st.binary(min_size=1, max_size=80))
def test_no_document_breaks_the_reader(text: bytes) -> None:
    """Whatever a frame holds: it is read, or refused as a `ProtocolError`."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall(HEADER.pack(MAGIC, len(text), 0) + text)
        with contextlib.suppress(ProtocolError):
            document, tensors = Channel(ours).receive(60)
            decode(document, tensors, "cpu")


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["tensor", "device", "tuple", "dict", "record", "fields", "dtype", "handle", "type"]
            ),
            inner,
            max_size=3,
        )
    ),
    max_leaves=10,
)


@given(json_values)
def test_no_tag_breaks_the_decoder(node: Any) -> None:
    with contextlib.suppress(ProtocolError):
        decode(node, {"0": torch.ones(1)}, "cpu")


@pytest.mark.parametrize(
    "node",
    [
        {"unknown": 1},
        {},
        {"tensor": "7", "device": "cpu"},
        {"tensor": ["0"], "device": "cpu"},
        {"tuple": 3},
        {"dict": [[1, 2, 3]]},
        {"dict": [[[], 2]]},
        {"record": 3, "fields": []},
        {"record": "R", "fields": [["a"]]},
        {"dtype": "complex64"},
        {"dtype": []},
        {"handle": 3, "type": "T"},
    ],
    ids=json.dumps,
)
def test_a_tag_that_nobody_writes_is_refused(node: Any) -> None:
    with pytest.raises(ProtocolError):
        decode(node, {"0": torch.ones(1)}, "cpu")


def test_the_reader_does_not_follow_endless_nesting() -> None:
    node: Any = 1
    for _ in range(100):
        node = [node]
    with pytest.raises(ProtocolError, match="nested too deep"):
        decode(node, {}, "cpu")


@pytest.mark.parametrize("cut", [1, 11, 12, 13, -1])
def test_a_peer_that_goes_away_in_the_middle_is_noticed(
    cut: int, wire: tuple[Channel, socket.socket]
) -> None:
    channel, other = wire
    other.sendall((HEADER.pack(MAGIC, 7, 0) + b'"whole"')[:cut])
    other.close()
    with pytest.raises(EOFError):
        channel.receive(60)


def test_a_peer_that_is_silent_runs_out_of_time(wire: tuple[Channel, socket.socket]) -> None:
    with pytest.raises(TimeoutError):
        wire[0].receive(0.01)


def test_a_byte_now_and_then_does_not_put_off_the_deadline(
    wire: tuple[Channel, socket.socket], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each byte arrives in time, and the whole frame does not."""
    channel, other = wire
    other.sendall(HEADER.pack(MAGIC, 7, 0) + b'"whole"')
    hours = iter(range(100))
    one_byte_an_hour = Trickle(channel._socket)
    monkeypatch.setattr(channel, "_socket", one_byte_an_hour)
    monkeypatch.setattr("grader.worker.channel.time.monotonic", lambda: 3600.0 * next(hours))
    with pytest.raises(TimeoutError):
        channel.receive(5 * 3600.0)
    assert one_byte_an_hour.given == 4
    assert one_byte_an_hour.waits == [4 * 3600.0, 3 * 3600.0, 2 * 3600.0, 3600.0]


class Trickle:
    """A socket that gives one byte at a time, and notes how long it may take."""

    def __init__(self, sock: socket.socket) -> None:
        self._socket = sock
        self.given = 0
        self.waits: list[float] = []

    def settimeout(self, seconds: float) -> None:
        self.waits.append(seconds)

    def recv(self, size: int) -> bytes:
        self.given += 1
        return self._socket.recv(1)


def test_a_frame_that_nobody_reads_runs_out_of_time(wire: tuple[Channel, socket.socket]) -> None:
    with pytest.raises(TimeoutError):
        wire[0].send("x", {"0": torch.zeros(4_000_000)}, seconds=0.01)


def test_frames_follow_one_another(wire: tuple[Channel, socket.socket]) -> None:
    channel, other = wire
    for number in range(3):
        Channel(other).send({"n": number}, {"0": torch.full((2,), float(number))})
    for number in range(3):
        document, received = channel.receive(60)
        assert document == {"n": number}
        assert received["0"].tolist() == [number, number]
