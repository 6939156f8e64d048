"""Looks at a submission before it runs: does it parse, does it call what would skip the point?

This runs in the worker, since a parser can be crashed by what it reads, but before the learner's
code does, so its answer can be trusted. The check for forbidden calls is a guard-rail for learners,
not a wall: who hides a call behind `eval` fools nobody but themselves.
"""

import ast
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import CodeType


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
    compiled = {}
    for name, source in files.items():
        try:
            tree = ast.parse(source, name)
            compiled[name] = compile(tree, name, "exec", dont_inherit=True)
            calls = sorted(forbidden_calls(tree, forbidden))
        except SyntaxError as error:
            code = (error.text or _line(source, error.lineno)).rstrip("\n")
            return Finding("syntax", name, error.lineno or None, code, message=error.msg)
        except (ValueError, RecursionError, MemoryError) as error:
            message = "it is nested too deep" if not isinstance(error, ValueError) else str(error)
            return Finding("syntax", name, None, "", message=message)
        for line, call, rule in calls:
            return Finding("forbidden", name, line, _line(source, line).strip(), "", call, rule)
    return compiled


def source_lines(source: str) -> list[str]:
    """The lines as Python counts them: a form feed, say, ends none."""
    return list(io.StringIO(source, newline=None))


def _line(source: str, number: int | None) -> str:
    lines = source_lines(source)
    return lines[number - 1].rstrip("\n") if number and number <= len(lines) else ""


def forbidden_calls(tree: ast.Module, forbidden: frozenset[str]) -> Iterator[tuple[int, str, str]]:
    """Line, spelling and name of each forbidden name that comes from torch or from a tensor.

    A name is matched by its last part, without underscores around it, however it was imported. A
    learner's own functions and methods may have any name: `softmax(x)`, `self.softmax(x)`.
    """
    nodes = list(ast.walk(tree))
    own = _own_names(nodes)
    starred = _starred_names(nodes, forbidden)
    for node in nodes:
        match node:
            case ast.ImportFrom(module=str(module), names=names) if _is_torch(module):
                for alias in names:
                    if alias.name.strip("_") in forbidden:
                        yield node.lineno, f"{module}.{alias.name}", alias.name.strip("_")
            case ast.Attribute(attr=name, value=value) if name.strip("_") in forbidden:
                if not _is_own(value, own):
                    yield node.lineno, ast.unparse(node), name.strip("_")
            case ast.Call(
                func=ast.Name(id="getattr"), args=[value, ast.Constant(value=str(name)), *_]
            ) if name.strip("_") in forbidden:
                if not _is_own(value, own):
                    yield node.lineno, ast.unparse(node), name.strip("_")
            case ast.Name(id=name, ctx=ast.Load()) if name in starred:
                yield node.lineno, name, name


def _is_torch(module: str) -> bool:
    return module.split(".")[0] == "torch"


def _is_own(value: ast.expr, own: set[str]) -> bool:
    """Whether an attribute of `value` is the learner's own, or another module's."""
    match value:
        case ast.Name(id=name):
            return name in own or _is_self(value)
        case ast.Call(func=ast.Name(id="super")):
            return True
        case ast.Attribute(value=inner):  # scipy.special's, but not a tensor's in self.scores
            return not _is_self(inner) and _is_own(inner, own)
    return False


def _is_self(value: ast.expr) -> bool:
    return isinstance(value, ast.Name) and value.id in ("self", "cls")


def _own_names(nodes: Sequence[ast.AST]) -> set[str]:
    """Classes that the file defines, and what it imports from anywhere but torch."""
    names = set()
    for node in nodes:
        match node:
            case ast.ClassDef(name=name):
                names.add(name)
            case ast.Import(names=aliases):
                imported = [alias for alias in aliases if not _is_torch(alias.name)]
                names |= {alias.asname or alias.name.split(".")[0] for alias in imported}
            case ast.ImportFrom(module=module, names=aliases) if not _is_torch(module or ""):
                names |= {alias.asname or alias.name for alias in aliases}
    return names


def _starred_names(nodes: Sequence[ast.AST], forbidden: frozenset[str]) -> set[str]:
    """The forbidden names that `from torch… import *` brings in, and that the file leaves so."""
    if not any(isinstance(node, ast.ImportFrom) and _stars(node) for node in nodes):
        return set()
    defined: set[str] = set()
    for node in nodes:
        match node:
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name) | ast.arg(arg=name):
                defined.add(name)
            case ast.Name(id=name, ctx=ast.Store()):
                defined.add(name)
    return set(forbidden) - defined


def _stars(node: ast.ImportFrom) -> bool:
    return _is_torch(node.module or "") and node.names[0].name == "*"
