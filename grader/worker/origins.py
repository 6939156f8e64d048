"""What an expression stands for, as far as a file says: torch's, a tensor, or one's own.

Where it does not say, a thing *may* be a tensor, and no more is claimed. A name that is bound
several times, and not to the same thing, may be anything.
"""

import ast
import builtins
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from grader.worker.scopes import Annotated, Binding, Defined, Imported, Scope, ScopedFile

MAX_CHAIN = 60  # of expressions and names that are followed; a longer chain says no more
TENSORS = ("Tensor", "Parameter")
# Modules whose functions give tensors, and the functions there that do not.
OF_TENSORS = ("torch", "torch.nn.functional", "torch.linalg", "torch.special", "torch.fft")
OF_OTHERS = ("compile", "load", "vmap", "device", "no_grad", "enable_grad", "inference_mode")
# Annotations that tell of their first argument: `Float[Tensor, "b d"]`, `Optional[Tensor]`.
WRAPPERS = ("jaxtyping.", "typing.Optional", "typing.Annotated", "typing.Final")


@dataclass(frozen=True)
class Torch:
    """A module, class or function of torch's, by its full name."""

    path: str

    @property
    def is_tensor_class(self) -> bool:
        return self.path.endswith(TENSORS)


@dataclass(frozen=True)
class Other:
    """Something of another library's; an attribute of it is no tensor's."""

    path: str


@dataclass(frozen=True)
class Own:
    """A module, function or class that the learner has written, or an instance of the class."""

    scope: Scope
    is_instance: bool = False


@dataclass(frozen=True)
class Attribute:
    """An attribute, not called, of what may be a tensor."""

    node: ast.expr
    name: str


@dataclass(frozen=True)
class Anything:
    """It may be a tensor; `surely` where it is one."""

    surely: bool = False


MAYBE, TENSOR = Anything(), Anything(surely=True)
Origin = Torch | Other | Own | Attribute | Anything


class Origins:
    """Answers for the files of one submission, which may import each other."""

    def __init__(self, files: Mapping[str, ScopedFile]) -> None:
        self._modules = {name.removesuffix(".py"): file.module for name, file in files.items()}
        self._known: dict[tuple[Scope, str], Origin | None] = {}
        self._depth = 0

    def of(self, node: ast.expr, scope: Scope) -> Origin:
        """What `node` stands for where it is written, in `scope`."""
        if self._depth > MAX_CHAIN:
            return MAYBE
        self._depth += 1
        try:
            return self._of(node, scope)
        finally:
            self._depth -= 1

    def _of(self, node: ast.expr, scope: Scope) -> Origin:
        match node:
            case ast.Name(id=name):
                return self._of_name(name, scope)
            case ast.Attribute(value=value, attr=name):
                return self._of_attribute(self.of(value, scope), name, node)
            case ast.Call(func=ast.Name(id="super")):
                return Other("super")
            case ast.Call(
                func=ast.Name(id="getattr"), args=[value, ast.Constant(value=str(name)), *_]
            ):
                return self._of_attribute(self.of(value, scope), name, node)
            case ast.Call(func=function):
                return self._of_call(self.of(function, scope))
            case ast.NamedExpr(value=value):
                return self.of(value, scope)
            case ast.IfExp(body=one, orelse=other):
                return _either(self.of(each, scope) for each in (one, other))
            case ast.BinOp(left=left, right=right):
                pair = (self.of(left, scope), self.of(right, scope))
                return TENSOR if TENSOR in pair else MAYBE
            case ast.UnaryOp(operand=inner) | ast.Subscript(value=inner):
                return TENSOR if self.of(inner, scope) == TENSOR else MAYBE
        return MAYBE

    def _of_name(self, name: str, scope: Scope) -> Origin:
        holder = scope.find(name)
        if holder is not None:
            return self._of_bound(name, holder) or MAYBE
        while scope.outer is not None:
            scope = scope.outer
        if scope.has_all_of_torch and not hasattr(builtins, name):
            return Torch(f"torch.{name}")
        return MAYBE

    def _of_bound(self, name: str, holder: Scope) -> Origin | None:
        """None while it is being worked out: `x = x + 1` says nothing of `x`."""
        key = (holder, name)
        if key not in self._known:
            self._known[key] = None
            found = (self._of_binding(*each) for each in holder.bindings[name])
            self._known[key] = _either(each for each in found if each is not None)
        return self._known[key]

    def _of_binding(self, scope: Scope, binding: Binding) -> Origin | None:
        match binding:
            case None:
                return MAYBE
            case Defined():
                return Own(binding.scope, binding.is_instance)
            case Annotated(annotation):
                return self._of_annotation(annotation, scope)
            case Imported(module, name):
                path = f"{module}.{name}" if name else module
                if binding.is_torch:
                    return Torch(path)
                own = self._modules.get(module)
                if own is None:
                    return Other(path)
                return self._of_attribute(Own(own), name, None) if name else Own(own)
            case ast.Name(id=name) if (holder := scope.find(name)) is not None:
                return self._of_bound(name, holder)
        return self.of(binding, scope)

    def _of_attribute(self, base: Origin, name: str, node: ast.expr | None) -> Origin:
        match base:
            case Torch(path):
                return Torch(f"{path}.{name}")
            case Other(path):
                return Other(f"{path}.{name}")
            case Own(scope, is_instance):
                found = self._of_bound(name, scope) if name in scope.bindings else None
                # What a class or a module holds was most likely written there.
                unknown = MAYBE if is_instance else Other(name)
                return unknown if found is None or found == MAYBE else found
            case Anything(surely=True):
                return TENSOR
        return MAYBE if node is None else Attribute(node, name)

    def _of_call(self, function: Origin) -> Origin:
        match function:
            case Torch(path):
                module, _, name = path.rpartition(".")
                gives = module in OF_TENSORS and name[:1].islower() and name not in OF_OTHERS
                return TENSOR if gives or function.is_tensor_class else MAYBE
            case Other(path) if path.rpartition(".")[2][:1].isupper():
                return Other(f"{path}()")
            case Own(scope, is_instance=False) if scope.is_class:
                return Own(scope, is_instance=True)
            case Own(Scope(node=ast.FunctionDef(returns=ast.expr() as stated), outer=outer)):
                return self._of_annotation(stated, outer or function.scope)
            case Anything(surely=True):
                return TENSOR
        return MAYBE

    def _of_annotation(self, node: ast.expr, scope: Scope) -> Origin:
        match node:
            case ast.Constant(value=str(text)):
                try:
                    return self._of_annotation(ast.parse(text, mode="eval").body, scope)
                except (SyntaxError, ValueError, RecursionError, MemoryError):
                    return MAYBE
            case ast.BinOp(left=left, op=ast.BitOr(), right=right):
                sides = [each for each in (left, right) if not _is_none(each)]
                return _either(self._of_annotation(each, scope) for each in sides)
            case ast.Subscript(value=wrapper, slice=ast.Tuple(elts=[inner, *_]) | inner):
                found = self.of(wrapper, scope)
                if isinstance(found, Other) and found.path.startswith(WRAPPERS):
                    return self._of_annotation(inner, scope)
                return MAYBE
        match self.of(node, scope):
            case Torch() as found if found.is_tensor_class:
                return TENSOR
            case Own(defined, is_instance=False) if defined.is_class:
                return Own(defined, is_instance=True)
        return MAYBE


def _either(origins: Iterable[Origin]) -> Origin:
    """What several have in common."""
    found = set(origins)
    return found.pop() if len(found) == 1 else MAYBE


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None
