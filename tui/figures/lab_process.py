"""The process that computes figures. torch lives there, never here.

It speaks JSON lines (`reference/figures/serve.py`). `ask_once` is for a command; `Lab` keeps the
process for the app, and no call of it blocks.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from exercises.errors import CourseError
from tui.figures.figure import Figure

Value = bool | int | float | str

# -P: a file of the learner that is called torch.py must not be imported in torch's place.
COMMAND = (sys.executable, "-P", "-m", "reference.figures.serve")
LONGEST_ANSWER = 2**22  # bytes; a line that is longer is no figure
LIST = {"figures": True}


class LabError(CourseError):
    """The process cannot be started, or has ended."""


class BadRequest(CourseError):
    """There is no such figure, parameter or value; the text says what there is."""

    exit_code = 2


@dataclass(frozen=True)
class Parameter:
    name: str
    description: str
    values: tuple[Value, ...]
    default: Value


@dataclass(frozen=True)
class FigureInfo:
    """A figure that can be asked for."""

    name: str
    title: str
    parameters: tuple[Parameter, ...]


def entries(answer: Mapping[str, Any]) -> tuple[FigureInfo, ...]:
    """From the answer to `LIST`."""
    return tuple(
        FigureInfo(
            entry["name"],
            entry["title"],
            tuple(
                Parameter(one["name"], one["says"], tuple(one["values"]), one["default"])
                for one in entry["parameters"]
            ),
        )
        for entry in answer["figures"]
    )


def request(name: str, parameters: Mapping[str, Value]) -> dict[str, Any]:
    return {"figure": name, "parameters": dict(parameters)}


def setting(text: str) -> tuple[str, Value]:
    """`length=8` as a name and a value: a number, true or false, else the text itself."""
    name, equals, typed = text.partition("=")
    if not equals:
        raise BadRequest(f"Write {text} with its value, as {text}=1.")
    try:
        value: Value = json.loads(typed.lower())
    except json.JSONDecodeError:
        value = typed
    return name, value


def spelt(value: Value) -> str:
    """As it is typed in a `setting`: `true`, `0.5`, `"café"`."""
    return json.dumps(value, ensure_ascii=False)


def ask_once(*requests: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Start the process, get an answer to each request, and let it end."""
    lines = "".join(json.dumps(one) + "\n" for one in requests)
    done = subprocess.run(COMMAND, input=lines, capture_output=True, text=True, encoding="utf-8")
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    if len(answers) != len(requests):
        last = done.stderr.strip().splitlines()[-1:] or ["it said nothing"]
        raise LabError(f"The figures cannot be computed: {last[0]}.")
    return [_checked(answer) for answer in answers]


class Lab:
    """One process, started with the first question. Answers come in the order of the questions."""

    def __init__(self) -> None:
        self._process: asyncio.subprocess.Process | None = None
        self._turn = asyncio.Lock()

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.returncode is None

    async def entries(self) -> tuple[FigureInfo, ...]:
        return entries(await self._ask(LIST))

    async def figure(self, name: str, parameters: Mapping[str, Value]) -> Figure:
        return Figure.read(await self._ask(request(name, parameters)))

    async def close(self) -> None:
        """The process ends when its input does; one that does not is ended."""
        process, self._process = self._process, None
        if process is None or process.returncode is not None:
            return
        assert process.stdin
        process.stdin.close()
        try:
            await asyncio.wait_for(process.wait(), timeout=1)
        except TimeoutError:
            with suppress(ProcessLookupError):  # it has ended meanwhile
                process.kill()
            await process.wait()

    async def _ask(self, request: Mapping[str, Any]) -> dict[str, Any]:
        async with self._turn:
            process = await self._started()
            assert process.stdin and process.stdout
            try:
                process.stdin.write(json.dumps(request).encode() + b"\n")
                await process.stdin.drain()
                line = await process.stdout.readline()
            except BaseException as error:
                # Whoever asks next must not get the answer that this one was waiting for.
                process.kill()
                self._process = None
                if isinstance(error, (OSError, ValueError)):
                    raise LabError("The Lab's process has ended. Try again.") from error
                raise
            if not line:
                self._process = None
                raise LabError("The Lab's process has ended. Try again.")
        return _checked(json.loads(line))

    async def _started(self) -> asyncio.subprocess.Process:
        if self._process is None or self._process.returncode is not None:
            try:
                self._process = await asyncio.create_subprocess_exec(
                    *COMMAND,
                    stdin=asyncio.subprocess.PIPE,
                    stdout=asyncio.subprocess.PIPE,
                    stderr=asyncio.subprocess.DEVNULL,
                    limit=LONGEST_ANSWER,
                )
            except OSError as error:
                raise LabError(f"The Lab's process cannot start: {error.strerror}.") from error
        return self._process


def _checked(answer: dict[str, Any]) -> dict[str, Any]:
    if "error" in answer:
        raise BadRequest(answer["error"])
    return answer
