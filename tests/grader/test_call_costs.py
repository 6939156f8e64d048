"""What a call costs is seen from outside: code that wastes is found out, and code that hides it."""

import platform
import re
from collections.abc import Callable
from typing import Any

import pytest
import torch

from exercises.catalog import Limits
from grader import Grader, Submission
from grader.examiner.failure import Failure, TooCostly
from grader.examiner.fixtures import Expectation
from grader.examiner.paired_calls import Cost, PairedCalls
from grader.examiner.submission_proxy import SubmissionProxy
from grader.worker.calls import LoadedModule, load_source

Play = Callable[..., SubmissionProxy]

TILED = """
import torch

def attend(x):
    parts = [((rows @ x.T) / 9).softmax(-1) @ x for rows in x.split(64)]
    return torch.cat(parts)
"""
WHOLE = """
def attend(x):
    return ((x @ x.T) / 9).softmax(-1) @ x
"""
WHOLE_IN_NUMPY = """
import numpy
import torch

def attend(x):
    x = x.numpy()
    scores = numpy.exp(x @ x.T / 9)
    return torch.from_numpy(scores @ x / scores.sum(-1, keepdims=True))
"""
# What was held before the call is not subtracted, or this would pass.
WHOLE_IN_ROOM_KEPT_READY = """
import torch
room = torch.ones(3, 4000 * 4000, dtype=torch.float64)

def attend(x):
    n = len(x)
    scores, weights = room[0, : n * n].view(n, n), room[1, : n * n].view(n, n)
    torch.mm(x, x.T, out=scores)
    torch.softmax(scores / 9, -1) if n < 10 else weights.copy_((scores.div_(9)).softmax(-1))
    return weights[:n] @ x
"""
ONES = torch.ones(4000, 8, dtype=torch.float64)  # scores of 128 MB

LINEAR = """
def count(text):
    found = {}
    for letter in text:
        found[letter] = found.get(letter, 0) + 1
    return found
"""
SLOWER = """
def count(text):
    found = {}
    for at in range(len(text)):
        letter = "".join(list(text[at : at + 1]))
        found = found if letter in found else {**found, letter: 0}
        found[letter] = sum([found[letter], 1])
    return found
"""
QUADRATIC = """
def count(text):
    found = {}
    while text:
        found[text[0]] = found.get(text[0], 0) + 1
        text = "".join(list(text)[1:])
    return found
"""
# As slow where nothing is asked, so that no ratio of two sizes tells.
QUADRATIC_AND_SLOW_BEFORE = "sum(range(3_000_000))\n" + QUADRATIC
TEXT = "abcd" * 2000


def failure(value: Cost, demand: Callable[[Expectation], None]) -> str:
    with pytest.raises(Failure) as caught:
        demand(Expectation(value, "the call"))
    return caught.value.message


def test_blocks_hold_less_than_the_whole(play: Play) -> None:
    cost = play(TILED).attend.cost(ONES)
    Expectation(cost, "").holds_at_most(100)
    torch.testing.assert_close(cost.result, ONES)


@pytest.mark.parametrize("source", [WHOLE, WHOLE_IN_NUMPY, WHOLE_IN_ROOM_KEPT_READY])
def test_the_whole_is_seen_however_it_is_made(play: Play, source: str) -> None:
    cost = play(source, TILED).attend.cost(ONES)
    says = failure(cost, lambda value: value.holds_at_most(100, because="Go block by block."))
    assert says.startswith("Go block by block. It held ")
    assert says.endswith(" MB at once; 100 MB are enough for it.")


# Both answer by themselves, with the right numbers, and leave nothing that could be measured.
GONE_AFTERWARDS = """
    put(frame)
    os._exit(0)
"""
FIRST_THREAD_GONE = """
    threading.Thread(target=answer_for_good, args=(frame,)).start()
    ctypes.CDLL(None).syscall(60, 0)
"""


@pytest.mark.parametrize("leaves", [GONE_AFTERWARDS, FIRST_THREAD_GONE])
def test_who_is_gone_when_it_is_measured_has_not_held_little(play: Play, leaves: str) -> None:
    """The frame waits in the socket, where it is found by who comes when all is over."""
    if leaves is FIRST_THREAD_GONE and platform.machine() != "x86_64":
        pytest.skip("the number of a system call")
    source = f"""
import ctypes, json, os, stat, struct, threading
from grader.worker.tensors import write_tensors

def put(frame):
    [channel] = [fd for fd in range(3, 99) if is_socket(fd)]
    os.write(channel, frame)

def is_socket(fd):
    try:
        return stat.S_ISSOCK(os.fstat(fd).st_mode)
    except OSError:
        return False

def answer_for_good(frame):
    put(frame)
    threading.Event().wait()

def attend(x):
    answer = ((x @ x.T) / 9).softmax(-1) @ x
    value = {{"tensor": "0", "device": "cpu"}}
    text = json.dumps({{"value": value, "written": [], "output": ""}}).encode()
    payload = write_tensors({{"0": answer[:4]}})
    frame = struct.pack("!III", 0x6C61726E, len(text), len(payload)) + text + payload
{leaves}
"""
    ours = WHOLE.replace("@ x\n", "@ x)[:4]\n").replace("return (", "return ((")
    with pytest.raises(Failure):  # all is seen where it is still ending
        Expectation(play(source, ours).attend.cost(ONES), "").holds_at_most(100)


def test_what_was_held_earlier_counts(play: Play) -> None:
    """Who gives it back before the call has shown that the code needs it, or hides something."""
    source = f"import torch\nroom = torch.ones(1 << 25)\ndel room\n{TILED}"
    cost = play(source, TILED).attend.cost(ONES)
    failure(cost, lambda value: value.holds_at_most(100))


@pytest.mark.parametrize("source", [LINEAR, SLOWER])
def test_slow_in_the_common_way_is_fine(play: Play, source: str) -> None:
    Expectation(play(source, LINEAR).count.cost(TEXT), "").takes_at_most(40)


@pytest.mark.parametrize("source", [QUADRATIC, QUADRATIC_AND_SLOW_BEFORE])
def test_another_order_of_growth_is_not(play: Play, source: str) -> None:
    cost = play(source, LINEAR).count.cost(TEXT)
    says = failure(cost, lambda value: value.takes_at_most(40))
    assert "s of processor time; ours took" in says
    assert "40 times" in says


def test_threads_count_together(play: Play) -> None:
    source = f"""
from threading import Thread
{QUADRATIC.replace("count", "slowly")}

def count(text):
    threads = [Thread(target=slowly, args=(text,)) for _ in range(2)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    return slowly(text[:4]) | {{letter: len(text) // 4 for letter in text[:4]}}
"""
    cost = play(source, LINEAR).count.cost(TEXT)
    failure(cost, lambda value: value.takes_at_most(40))


def test_one_slow_run_of_ours_does_not_raise_the_limit(play: Play) -> None:
    """As on a busy machine, where the very run that is measured may be the one that is hindered."""
    hindered = f"""
{LINEAR.replace("count", "quickly")}
runs = []

def count(text):
    runs.append(text)
    if len(runs) < 3:
        sum(range(10_000_000))
    return quickly(text)
"""
    cost = play(QUADRATIC, hindered).count.cost(TEXT)
    failure(cost, lambda value: value.takes_at_most(40))


def test_only_a_right_result_has_a_cost(play: Play) -> None:
    submission = play("def attend(x): return x * 2", WHOLE)
    with pytest.raises(Failure, match="counts once the result is right"):
        submission.attend.cost(ONES)


def test_a_call_that_is_not_known_to_cost_anything_demands_nothing() -> None:
    """As on a GPU, whose memory nobody sees from outside."""
    unseen = Cost(result=None, seconds=None, our_seconds=lambda: 0.0, peak_bytes=None)
    Expectation(unseen, "").takes_at_most(1)
    Expectation(unseen, "").holds_at_most(1)


def test_a_call_that_is_asked_for_its_cost_is_not_made_again(candidate: Any) -> None:
    """The diagnosis would wait for every edited solution that is as slow."""
    learner, ours = candidate("def f(n): raise ValueError"), "def f(n): return n"
    learner.load()
    solution = LoadedModule(load_source("ours", "ours.py", ours))
    calls = PairedCalls(learner, solution, Limits())
    with pytest.raises(Failure):
        SubmissionProxy(calls).f.cost(3)
    assert not calls.log


def test_a_call_that_is_stopped_for_its_time_costs_too_much(candidate: Any) -> None:
    """How much is not known, but what ours took is."""
    hurried = Limits(seconds=0.3)
    learner = candidate("def f(n):\n    while n > 9: pass\n    return n", hurried)
    learner.load()
    solution = LoadedModule(load_source("ours", "ours.py", "def f(n): return n"))
    calls = PairedCalls(learner, solution, hurried)
    assert SubmissionProxy(calls).f.cost(3).result == 3
    with pytest.raises(TooCostly) as found:
        SubmissionProxy(calls).f.cost(10)
    assert found.value.says.startswith("Your code did not finish within 0.3 s")
    assert re.search(r"Ours took \S+ s of processor time\.$", found.value.says)


def test_the_report_says_that_the_result_is_right(grader: Grader) -> None:
    source = """
import math

def tiled_attention(q, k, v, block):
    if block < 1:
        raise ValueError(block)
    return (q @ k.transpose(-1, -2) / math.sqrt(q.size(-1))).softmax(-1) @ v
"""
    report = grader.grade(Submission("tiled_attention", source, seed=0))
    (failed,) = (test for test in report.tests if test.outcome == "failed")
    assert report.symptom and report.symptom == failed.symptom
    assert report.symptom.id == "costs"
    assert report.symptom.says.startswith("The result is right, and takes too much. ")
