"""A file's scopes: what each name in them is bound to, and where names are used.

One walk, without recursion, since a file may be nested deeper than Python's stack.
"""

import ast
from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Imported:
    """Bound by an import: a module, or `name` taken from it."""

    module: str
    name: str = ""

    @property
    def is_torch(self) -> bool:
        return self.module.split(".")[0] == "torch"


@dataclass(frozen=True)
class Annotated:
    """Bound to something whose type is stated."""

    annotation: ast.expr


@dataclass(frozen=True, eq=False)
class Defined:
    """Bound to what a scope of the file defines: a function, a class, or an instance of it."""

    scope: "Scope"
    is_instance: bool = False


Binding = ast.expr | Imported | Annotated | Defined | None  # None: nothing is known


@dataclass(eq=False)
class Scope:
    """A module, class or function. Each binding goes with the scope that it is to be read in.

    The bindings of a class are its own, and what its methods store in `self`.
    """

    node: ast.AST
    outer: "Scope | None" = None
    bindings: dict[str, list[tuple["Scope", Binding]]] = field(default_factory=dict)
    has_all_of_torch: bool = False

    @property
    def is_class(self) -> bool:
        return isinstance(self.node, ast.ClassDef)

    def bind(self, name: str, binding: Binding, read_in: "Scope | None" = None) -> None:
        self.bindings.setdefault(name, []).append((read_in or self, binding))

    def find(self, name: str) -> "Scope | None":
        """The scope whose `name` is meant here: those of classes cannot be seen from within."""
        scope: Scope | None = self
        while scope is not None and (name not in scope.bindings or scope.is_class):
            if scope is self and name in scope.bindings:
                return scope
            scope = scope.outer
        return scope


# What may bind a name, and what may use one that somebody looks for; most nodes are neither.
_BINDING = (
    *(ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef, ast.If, ast.Assign),
    *(ast.AnnAssign, ast.NamedExpr, ast.For, ast.AsyncFor, ast.comprehension, ast.withitem),
    *(ast.ExceptHandler, ast.MatchAs, ast.MatchStar, ast.MatchMapping, ast.Import, ast.ImportFrom),
)
_USING = (ast.Name, ast.Attribute, ast.Call, ast.ImportFrom)
_WITHOUT_NAMES = (ast.Constant, ast.expr_context, ast.operator, ast.cmpop, ast.boolop, ast.unaryop)


class ScopedFile:
    """One file: its outermost scope, where names are used, and the attributes it defines.

    What stands below `if __name__ == "__main__":` is left out, since it is not run, and so are
    annotations, which do nothing.
    """

    def __init__(self, tree: ast.Module) -> None:
        self.module = Scope(tree)
        self.uses: list[tuple[ast.AST, Scope]] = []
        self.own_attributes: set[str] = set()
        waiting: list[tuple[ast.AST, Scope]] = [(tree, self.module)]
        while waiting:
            node, scope = waiting.pop()
            if isinstance(node, _USING):
                self.uses.append((node, scope))
            if isinstance(node, _BINDING):
                waiting += reversed(self._bind(node, scope))
            else:
                waiting += reversed(_inside(node, scope))

    def _bind(self, node: ast.AST, scope: Scope) -> list[tuple[ast.AST, Scope]]:
        """Note what `node` binds in `scope`; gives what is inside, in the order of the text."""
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                inner = self._function(node, scope)
                self._name(node.name, Defined(inner), scope)
                return [
                    *((each, scope) for each in (*node.decorator_list, *_defaults(node.args))),
                    *((each, inner) for each in node.body),
                ]
            case ast.Lambda():
                inner = self._function(node, scope)
                return [*((each, scope) for each in _defaults(node.args)), (node.body, inner)]
            case ast.ClassDef():
                inner = Scope(node, scope)
                self._name(node.name, Defined(inner), scope)
                around = (*node.decorator_list, *node.bases, *node.keywords)
                return [*((each, scope) for each in around), *((each, inner) for each in node.body)]
            case ast.If(test=test, orelse=orelse) if _is_main_guard(test):
                return [(each, scope) for each in orelse]
            case ast.Assign(targets=targets, value=value):
                for target in targets:
                    self._target(target, value, scope)
            case ast.AnnAssign(target=target, annotation=annotation, value=value):
                self._target(target, Annotated(annotation), scope)
                return [(each, scope) for each in (target, value) if each is not None]
            case ast.NamedExpr(target=target, value=value):
                self._target(target, value, scope)
            case ast.For(target=target) | ast.AsyncFor(target=target):
                self._target(target, None, scope)
            case ast.comprehension(target=target):
                self._target(target, None, scope)
            case ast.withitem(optional_vars=ast.expr() as target):
                self._target(target, None, scope)
            case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)):
                self._name(name, None, scope)
            case ast.MatchStar(name=str(name)) | ast.MatchMapping(rest=str(name)):
                self._name(name, None, scope)
            case ast.Import(names=aliases):
                for alias in aliases:
                    module = alias.name if alias.asname else alias.name.split(".")[0]
                    self._name(alias.asname or module, Imported(module), scope)
            case ast.ImportFrom():
                self._import_from(node, scope)
        return _inside(node, scope)

    def _function(
        self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda, scope: Scope
    ) -> Scope:
        """The function's scope, with its parameters."""
        inner = Scope(node, scope)
        arguments = node.args
        positional = [*arguments.posonlyargs, *arguments.args]
        for argument in (*positional, *arguments.kwonlyargs):
            stated = argument.annotation
            inner.bind(argument.arg, Annotated(stated) if stated else None, scope)
        for several in (arguments.vararg, arguments.kwarg):
            if several is not None:
                inner.bind(several.arg, None)
        if scope.is_class and positional and not _is_static(node):
            inner.bindings[positional[0].arg] = [(scope, Defined(scope, is_instance=True))]
        return inner

    def _import_from(self, node: ast.ImportFrom, scope: Scope) -> None:
        for alias in node.names:
            found = Imported(node.module or alias.name, alias.name if node.module else "")
            if alias.name == "*":
                self.module.has_all_of_torch |= found.is_torch
            else:
                self._name(alias.asname or alias.name, found, scope)

    def _name(self, name: str, binding: Binding, scope: Scope) -> None:
        scope.bind(name, binding)
        if scope.is_class:
            self.own_attributes.add(name)

    def _target(self, target: ast.expr, value: Binding, scope: Scope) -> None:
        match target:
            case ast.Name(id=name):
                self._name(name, value, scope)
            case ast.Attribute(value=ast.Name(id=owner), attr=name):
                self.own_attributes.add(name)
                holder = scope.find(owner)
                for _, binding in holder.bindings[owner] if holder else ():
                    if isinstance(binding, Defined) and binding.scope.is_class:
                        binding.scope.bind(name, value, scope)
            case ast.Attribute(attr=name):
                self.own_attributes.add(name)
            case ast.Starred(value=inner):
                self._target(inner, None, scope)
            case ast.Tuple(elts=targets) | ast.List(elts=targets):
                for inner, one in zip(targets, _one_by_one(value, targets), strict=True):
                    self._target(inner, one, scope)


def _inside(node: ast.AST, scope: Scope) -> list[tuple[ast.AST, Scope]]:
    children = ast.iter_child_nodes(node)
    return [(each, scope) for each in children if not isinstance(each, _WITHOUT_NAMES)]


def _one_by_one(value: Binding, targets: Sequence[ast.expr]) -> Sequence[Binding]:
    """What each of several targets is bound to, where the right side names as many values."""
    values = value.elts if isinstance(value, ast.Tuple | ast.List) else []
    starred = any(isinstance(each, ast.Starred) for each in (*values, *targets))
    return values if len(values) == len(targets) and not starred else [None] * len(targets)


def _defaults(arguments: ast.arguments) -> list[ast.expr]:
    return [each for each in (*arguments.defaults, *arguments.kw_defaults) if each is not None]


def _is_static(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> bool:
    decorators = [] if isinstance(node, ast.Lambda) else node.decorator_list
    return any(isinstance(each, ast.Name) and each.id == "staticmethod" for each in decorators)


def _is_main_guard(test: ast.expr) -> bool:
    match test:
        case ast.Compare(
            left=ast.Name("__name__"), ops=[ast.Eq()], comparators=[ast.Constant("__main__")]
        ):
            return True
        case ast.Compare(
            left=ast.Constant("__main__"), ops=[ast.Eq()], comparators=[ast.Name("__name__")]
        ):
            return True
    return False
