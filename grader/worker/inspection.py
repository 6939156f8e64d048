"""Looks at a submission before it runs: does it parse, does it call what would skip the point?

This runs in the worker, since a parser can be crashed by what it reads, but before the learner's
code does, so its answer can be trusted. The check for forbidden calls is a guard-rail for learners,
not a wall: who hides a call behind `eval` fools nobody but themselves.
"""

import ast
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import CodeType

from grader.worker.origins import TENSOR, Anything, Attribute, Origins, Torch
from grader.worker.scopes import Imported, Scope, ScopedFile


@dataclass(frozen=True)
class Finding:
    """What is wrong with a file, and where. `call` spells a use of the forbidden `name`."""

    kind: str
    file: str
    line: int | None
    code: str
    message: str = ""
    call: str = ""
    name: str = ""


def compile_files(
    files: Mapping[str, str], forbidden: frozenset[str]
) -> dict[str, CodeType] | Finding:
    """Each file's code, ready to run; or the first thing that keeps the files from being graded."""
    compiled, trees = {}, {}
    for name, source in files.items():
        try:
            tree = ast.parse(source, name)
            compiled[name] = compile(tree, name, "exec", dont_inherit=True)
        except SyntaxError as error:
            code = (error.text or _line(source, error.lineno)).rstrip("\n")
            return Finding("syntax", name, error.lineno or None, code, message=error.msg)
        except (ValueError, RecursionError, MemoryError) as error:
            message = "it is nested too deep" if not isinstance(error, ValueError) else str(error)
            return Finding("syntax", name, None, "", message=message)
        trees[name] = tree
    if not any(_mentions(tree, forbidden) for tree in trees.values()):
        return compiled
    scoped = {name: ScopedFile(tree) for name, tree in trees.items()}
    inspector = ForbiddenCalls(scoped, forbidden)
    for name, file in scoped.items():
        try:
            calls = sorted(inspector.found(file))
        except RecursionError:  # it compiles, and is nested too deep to be followed here
            continue
        for line, call, rule in calls:
            code = _line(files[name], line).strip()
            return Finding("forbidden", name, line, code, "", call, rule)
    return compiled


def source_lines(source: str) -> list[str]:
    """The lines as Python counts them: a form feed, say, ends none."""
    return list(io.StringIO(source, newline=None))


def _line(source: str, number: int | None) -> str:
    lines = source_lines(source)
    return lines[number - 1].rstrip("\n") if number and number <= len(lines) else ""


def _mentions(tree: ast.Module, forbidden: frozenset[str]) -> bool:
    """Whether there is a name to be looked up. Most answers have none, and are not held up."""
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(attr=name) | ast.Constant(value=str(name)):
                if name.strip("_") in forbidden:
                    return True
            case ast.ImportFrom(names=aliases):
                if any(
                    alias.name == "*" or alias.name.strip("_") in forbidden for alias in aliases
                ):
                    return True
    return False


class ForbiddenCalls:
    """Finds the forbidden names that come from torch, or are called on what may be a tensor.

    A name is matched by its last part, without underscores around it, however it was imported. What
    the learner has written may have any name: where one of their classes has a `backward`, that of
    something unknown is taken for it. An untrue accusation is worse than a miss.
    """

    def __init__(self, files: Mapping[str, ScopedFile], forbidden: frozenset[str]) -> None:
        self._forbidden = forbidden
        self._origins = Origins(files)
        own = (name.strip("_") for file in files.values() for name in file.own_attributes)
        self._own = frozenset(own)

    def found(self, file: ScopedFile) -> Iterator[tuple[int, str, str]]:
        """Line, spelling and name of each."""
        called = {id(node.func) for node, _ in file.uses if isinstance(node, ast.Call)}
        for node, scope in file.uses:
            match node:
                case ast.ImportFrom():
                    yield from self._imported(node, scope)
                case ast.Attribute(value=value, attr=name, ctx=ast.Load()):
                    if self._skips_the_point(value, name, scope, id(node) in called):
                        yield node.lineno, _spelled(node, name), name.strip("_")
                case ast.Call(
                    func=ast.Name(id="getattr"), args=[value, ast.Constant(value=str(name)), *_]
                ):
                    if self._skips_the_point(value, name, scope, id(node) in called):
                        yield node.lineno, _spelled(node, name), name.strip("_")
                case ast.Call(func=ast.Name() as function):
                    yield from self._called_by_another_name(function, scope)
                case ast.Name(id=name, ctx=ast.Load()) if name in self._forbidden:
                    if scope.find(name) is None and isinstance(
                        self._origins.of(node, scope), Torch
                    ):
                        yield node.lineno, name, name  # by `from torch import *`

    def _skips_the_point(self, value: ast.expr, name: str, scope: Scope, is_called: bool) -> bool:
        if name.strip("_") not in self._forbidden:
            return False
        origin = self._origins.of(value, scope)
        if isinstance(origin, Torch) or origin == TENSOR:
            return True
        may_be_tensors = (
            isinstance(origin, Anything | Attribute) and name.strip("_") not in self._own
        )
        return may_be_tensors and is_called

    def _imported(self, node: ast.ImportFrom, scope: Scope) -> Iterator[tuple[int, str, str]]:
        """Unless the file binds the same name to something else further down."""
        for alias in node.names:
            imported = Imported(node.module or "", alias.name)
            name = alias.name.strip("_")
            bound = scope.bindings.get(alias.asname or alias.name, [])
            if imported.is_torch and name in self._forbidden and bound[-1][1] == imported:
                yield node.lineno, f"{node.module}.{alias.name}", name

    def _called_by_another_name(
        self, function: ast.Name, scope: Scope
    ) -> Iterator[tuple[int, str, str]]:
        """`soft = x.softmax`, and later `soft(-1)`."""
        origin = self._origins.of(function, scope)
        if isinstance(origin, Attribute):
            name = origin.name.strip("_")
            if name in self._forbidden and name not in self._own:
                yield function.lineno, _spelled(origin.node, name), name


def _spelled(node: ast.expr, name: str) -> str:
    try:
        return ast.unparse(node)
    except RecursionError:  # a chain that compiles may still be too long for this
        return f"….{name}"
