"""Runs one hidden suite under pytest, in this process, against one submission after another."""

import hashlib
import os
import sys
import time
from collections.abc import Collection, Iterator, Mapping
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from exercises.catalog import Limits
from grader.errors import GraderError
from grader.examiner.exchange import Exchange, Record, Value
from grader.examiner.failure import Failure, Range, TooCostly
from grader.examiner.failure_messages import describe
from grader.examiner.fixtures import Expectation, Rng
from grader.examiner.paired_calls import Callee, PairedCalls, spell
from grader.examiner.submission_proxy import SubmissionProxy
from grader.report import COUNTS_LATER, ELSEWHERE, Frame, TestResult
from grader.worker.calls import LoadedModule, Raised, name_of

# Without plugins that a suite has no use for, a warm run costs 13 ms instead of 27 ms.
UNUSED_PLUGINS = (
    *("cacheprovider", "capture", "debugging", "doctest", "faulthandler", "junitxml", "legacypath"),
    *("logging", "monkeypatch", "pastebin", "recwarn", "setuponly", "setupplan", "stepwise"),
    *(
        "subtests",
        "terminal",
        "threadexception",
        "tmpdir",
        "unittest",
        "unraisableexception",
        "warnings",
    ),
)

# Meant for the caller's own tests; our suites are run with our options alone.
CALLERS_OPTIONS = ("PYTEST_ADDOPTS", "PYTEST_PLUGINS")
# pytest sets this and removes it afterwards, even where a test of the caller's has called us.
CALLERS_TEST = "PYTEST_CURRENT_TEST"


class Suite:
    """A hidden suite, collected when it is first run: that takes 10 ms, which is the same for every
    submission, and its tests from 3 to 14.

    It is a plugin of that session, and hands each test what belongs to the current run.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._items: list[pytest.Item] = []
        self._crash = ""
        self._callers: Mapping[str, str] = {}
        self.current: SuiteRun

    def run(self, run: "SuiteRun", only: Collection[str] = ()) -> None:
        """Run every test for `run`, or `only` those of these names.

        Raises `GraderError` where the suite itself cannot be run, or has nobody to ask any more.

        The process may be somebody else's: its environment is afterwards as it was found.
        """
        known = (*CALLERS_OPTIONS, CALLERS_TEST)
        self._callers = {name: os.environ[name] for name in known if name in os.environ}
        self.current = run
        items, self._items = self._items or self._collected(), []
        asked = [item for item in items if not only or item.name in only]
        # Modules that a suite or a solution builds are to live where the learner's do.
        device = torch.device(run.device) if run.device != "cpu" else nullcontext()
        try:
            with device:
                for item, following in zip(asked, [*asked[1:], None], strict=True):
                    item.ihook.pytest_runtest_protocol(item=item, nextitem=following)
                    if run.trouble:
                        raise run.trouble
        finally:
            os.environ.update(self._callers)
        self._items = items  # after an error of ours, which leaves pytest midway, they are no good

    def _collected(self) -> list[pytest.Item]:
        """The tests, from a session that runs none of them."""
        arguments = [str(self._file), "-c", os.devnull, "--rootdir", str(self._file.parent)]
        arguments += ["--noconftest", "--import-mode=importlib", "--assert=plain"]
        arguments += ["--confcutdir", str(self._file.parent)]  # or pytest looks above it, too
        arguments += ["--strict-markers", "--disable-plugin-autoload", "--collect-only"]
        arguments += [part for name in UNUSED_PLUGINS for part in ("-p", f"no:{name}")]
        for name in CALLERS_OPTIONS:
            os.environ.pop(name, None)
        self._crash = ""
        # pytest takes a module of this name for ours, whoever has loaded it.
        theirs = sys.modules.pop(self._file.stem, None)
        try:
            status = pytest.main(arguments, plugins=[self])
        finally:
            os.environ.update(self._callers)
            sys.modules.pop(self._file.stem, None)
            if theirs is not None:
                sys.modules[self._file.stem] = theirs
        if self._crash or status != pytest.ExitCode.OK:
            raise GraderError(f"{self._file.name} cannot be run: {self._crash or status}")
        return self._items

    def pytest_configure(self, config: pytest.Config) -> None:
        os.environ.update(self._callers)  # pytest has read its options: the caller's may be back
        config.addinivalue_line("markers", "points(number): what the test is worth; 1 if not given")

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self._crash = str(report.longrepr)

    def pytest_internalerror(self, excrepr: object) -> None:
        self._crash = str(excrepr)

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        self._items = session.items

    @pytest.fixture
    def submission(self) -> SubmissionProxy:
        return self.current.submission()

    @pytest.fixture
    def rng(self) -> Rng:
        return self.current.rng()

    @pytest.fixture
    def expect(self) -> Any:
        return self.current.expect

    @pytest.fixture
    def device(self) -> str:
        return self.current.device

    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        self.current.begin(item.name)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_makereport(
        self, item: pytest.Function, call: pytest.CallInfo[None]
    ) -> pytest.TestReport:
        """Note the result. pytest's own report would format a traceback that nobody reads."""
        error = call.excinfo.value if call.excinfo else None
        if error is not None or call.when == "call":
            self.current.note(item, error)
        outcome = "passed" if error is None else "failed"
        return pytest.TestReport(item.nodeid, item.location, {}, outcome, None, call.when)  # type: ignore[arg-type]


class SuiteRun:
    """One submission's way through a suite: what its tests are given, and what came of them.

    `problem`, where it is not empty, says why no test can run; each then fails with it.
    """

    def __init__(
        self,
        learner: Callee,
        solution: LoadedModule,
        seed: int,
        device: str,
        limits: Limits,
        problem: str = "",
    ) -> None:
        self._learner = learner
        self._solution = solution
        self.seed = seed
        self.device = device
        self._limits = limits
        self._problem = problem
        self._calls = PairedCalls(learner, solution, limits)
        self._started = 0.0
        self._test = ""  # that runs now
        self.results: dict[str, TestResult] = {}
        self.trouble: GraderError | None = None  # of the machine's, and not of one test
        self.records: dict[str, Record] = {}
        self.ranges: dict[str, list[Range]] = {}  # in which numbers had to lie, in each test
        self._noted: list[Range] = []
        self._to_the_end = False
        self.costly: dict[str, str] = {}  # what a test says of an answer that takes too much

    def beside(self, learner: Callee, to_the_end: bool = False) -> "SuiteRun":
        """Another one's way, who is asked the same; with `to_the_end` no test ends because numbers
        lie outside of their range."""
        other = SuiteRun(learner, self._solution, self.seed, self.device, self._limits)
        other._to_the_end = to_the_end
        return other

    def begin(self, test: str) -> None:
        """The test of this name begins."""
        self._test = test
        self._calls = PairedCalls(self._learner, self._solution, self._limits)
        self._noted = []
        self._started = time.perf_counter()

    def seed_of(self, item_name: str) -> int:
        """The seed of torch's global random numbers in one test."""
        # The learner's code is told this number. Keyed, so that the seed of the whole is not to be
        # had from it, nor with that what every other test asks.
        key = str(self.seed).encode()
        return int.from_bytes(hashlib.blake2b(item_name.encode(), key=key, digest_size=7).digest())

    def submission(self) -> SubmissionProxy:
        """What a test calls. Raises `Failure` where there is nothing to be called."""
        if self._problem:
            raise Failure(self._problem)
        seed = self.seed_of(self._test)
        self._solution.begin(seed)
        outcome = self._learner.begin(seed)
        if isinstance(outcome, Raised):
            raise Failure(describe(outcome, "", self._limits), frames=outcome.frames)
        return SubmissionProxy(self._calls)

    def rng(self) -> Rng:
        return Rng(self.seed, self._test, self.device)

    def expect(self, value: Any) -> Expectation:
        return Expectation(value, self._calls.last_call, self._note_range)

    def _note_range(self, found: Range) -> bool:
        self._noted.append(found)
        return not self._to_the_end

    def note(self, item: pytest.Function, error: BaseException | None) -> None:
        """What came of a test: `error` None where it passed."""
        if isinstance(error, GraderError):
            self.trouble = error
        marker = item.get_closest_marker("points")
        points = float(marker.args[0]) if marker else 1.0
        title = (item.function.__doc__ or item.name).strip().splitlines()[0]
        if hasattr(item, "callspec"):
            title = f"{title.rstrip('.')} ({item.callspec.id})."
        details: dict[str, Any] = {}
        if isinstance(error, Failure):
            details = {
                "message": error.message,
                "call": error.call,
                "got": error.got,
                "expected": error.expected,
                "frames": tuple(Frame(*frame) for frame in error.frames),
                "comparison": error.comparison,
            }
            if isinstance(error, TooCostly):
                self.costly[item.name] = error.says
        elif error is not None:
            details = {"message": f"The grader failed: {type(error).__name__}: {error}"}
        outcome = "failed" if isinstance(error, Failure) else "error" if error else "passed"
        self.results[item.name] = TestResult(
            name=item.name,
            title=title,
            points=0.0 if error else points,
            max_points=points,
            outcome=outcome,  # type: ignore[arg-type]
            output=self._learner.output,
            duration_ms=(time.perf_counter() - self._started) * 1e3,
            **details,
        )
        self.ranges[item.name] = self._noted
        seed = self.seed_of(item.name)
        self.records[item.name] = Record(seed, self._calls.log, outcome == "failed")

    @property
    def failed(self) -> bool:
        return any(record.failed for record in self.records.values())

    def __iter__(self) -> Iterator[TestResult]:
        """What came of each test, in the light of all others.

        Where errors that are raised where they should be, and one number, are all that was right,
        that counts beside another result: code that always does the same has done nothing.
        Arguments are left alone where every call leaves them alone.
        """
        does_nothing = self._always_does_the_same()
        overwriting = self._overwriting()
        for name, result in self.results.items():
            details: dict[str, Any] = {}
            has_passed = result.outcome == "passed"
            if has_passed and does_nothing:
                details = {"message": f"{self._praise(name)} That {COUNTS_LATER}."}
            elif has_passed and (found := self._found_among(overwriting, name)):
                details = _changes_what_it_is_given(found)
            yield replace(result, points=0.0, outcome="failed", **details) if details else result

    def _always_does_the_same(self) -> bool:
        """Whether code that does would have passed the tests that were passed, unless all were."""
        results = self.results.items()
        passed = [self.records[name] for name, result in results if result.outcome == "passed"]
        if len(passed) == len(results):
            return False
        known: set[Any] = set()
        for record in passed:
            if not record.exchanges:  # those for what a call costs are not kept
                return False
            for answer in record.right_answers():
                known.add(answer)
                if len(known) > 1:
                    return False
        return True

    def _praise(self, name: str) -> str:
        if all(isinstance(each.expected, Raised) for each in self.records[name].exchanges):
            return "The error is raised as it should be."
        return "This is as it should be, and so it would be if your code always gave the same."

    def _overwriting(self) -> dict[str, Exchange]:
        """By what was called: a call that has changed an argument which the solution left alone."""
        made = [each for record in self.records.values() for each in record.exchanges]
        return {name_of(each.call): each for each in reversed(made) if _overwritten(each)}

    def _found_among(self, overwriting: Mapping[str, Exchange], name: str) -> Exchange | None:
        """Such a call of what a test says leaves its arguments alone."""
        calls = [each.call for each in self.records[name].exchanges]
        asked = {name_of(call) for call in calls if call.want == "inputs_after"}
        return next((overwriting[name] for name in overwriting if name in asked), None)


def _overwritten(exchange: Exchange) -> list[int]:
    """The arguments that the learner's side has changed, and ours has not."""
    got, expected = exchange.got, exchange.expected
    if not isinstance(got, Value) or not isinstance(expected, Value):
        return []
    return [number for number in got.written if number not in expected.written]


def _changes_what_it_is_given(exchange: Exchange) -> dict[str, Any]:
    number, call = _overwritten(exchange)[0], exchange.call
    names = [f"argument {n}" for n, _ in enumerate(call.args, start=1)]
    names += [f"`{name}`" for name in call.kwargs]
    changed = names[number]
    value = [*call.args, *call.kwargs.values()][number]
    if isinstance(value, torch.Tensor):  # a call as it is spelled does not tell the dtype
        changed += f" ({value.dtype})"
    message = f"{ELSEWHERE} `{name_of(call)}` changes {changed}, which is its caller's."
    return {"message": message, "call": spell(call)}
