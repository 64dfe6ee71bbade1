"""Make the mutants of a module: its text with one small fault each. Pure.

Texts, annotations, decorators, log lines and assertions (also assert_never) are left as they are: the first
are a matter of taste, and the others change nothing that the bot does.
"""

import ast
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
OPERATORS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
}
FUNCTIONS = {"min": "max", "max": "min", "any": "all", "all": "any", "sorted": "list"}
# Calls that return a changed copy of what they are called on, and arguments that change what a call does: the
# mutant leaves them out.
REFINING_METHODS = frozenset(
    {"where", "order_by", "group_by", "limit", "with_for_update", "strip", "lower", "casefold", "astimezone"}
)
REFINING_KEYWORDS = frozenset({"key", "default", "start"})
MAX_SHOWN_CHARACTERS = 100


@dataclass(frozen=True, slots=True)
class Mutant:
    """A module with one fault. The key names the fault, whatever line it is on."""

    path: str
    key: str
    source: str
    lines: range  # that the fault is in
    is_in_function: bool
    defines: frozenset[str]  # names that the statement defines, and its class, where it is outside functions


def make_mutants(path: str, source: str) -> list[Mutant]:
    """Return the mutants of a module, in the order of its text."""
    collector = _Collector(path, source)
    collector.visit(ast.parse(source))
    return collector.mutants


class _Collector(ast.NodeVisitor):
    def __init__(self, path: str, source: str) -> None:
        self.mutants: list[Mutant] = []
        self._path = path
        self._lines = source.encode().splitlines(keepends=True)
        self._scope: list[str] = []
        self._is_in_function = False  # outside, `A | B` is a type
        self._defines = frozenset[str]()
        self._counts: Counter[str] = Counter()

    def visit(self, node: ast.AST) -> None:
        if isinstance(node, ast.expr | ast.stmt):
            is_type = (
                isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr) and not self._is_in_function
            )
            for replacement in () if is_type else mutate(node):
                self._add(node, replacement)
        if isinstance(node, ast.If) and _is_plain(node.test):
            self._add(node.test, ast.UnaryOp(ast.Not(), node.test))
        super().visit(node)

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        self._scope.append(node.name)
        self._defines = frozenset({node.name})
        for default in (*node.args.defaults, *filter(None, node.args.kw_defaults)):
            self.visit(default)
        self._defines = frozenset()
        was_in_function, self._is_in_function = self._is_in_function, True
        for statement in node.body:
            self.visit(statement)
        self._is_in_function = was_in_function
        self._scope.pop()

    visit_AsyncFunctionDef = visit_FunctionDef  # noqa: N815 - the names are the visitor's

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self._scope.append(node.name)
        for child in node.body:
            self.visit(child)
        self._scope.pop()

    def visit_Assign(self, node: ast.Assign) -> None:
        self._visit_definition(node.targets[0], node.value)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        self._visit_definition(node.target, node.value)

    def _visit_definition(self, target: ast.expr, value: ast.expr | None) -> None:
        if value is not None:
            if isinstance(target, ast.Name) and not self._is_in_function:
                self._defines = frozenset({target.id, *self._scope})
            self.visit(value)
            self._defines = frozenset[str]()

    def visit_Expr(self, node: ast.Expr) -> None:
        if not (isinstance(node.value, ast.Constant) or ast.unparse(node).startswith("log.")):
            self.generic_visit(node)

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        """Skip a formatted text: before Python 3.12 the positions of what is in it are wrong."""

    def visit_Assert(self, node: ast.Assert) -> None:
        """Skip an assertion."""

    def _add(self, node: ast.expr | ast.stmt, replacement: ast.AST) -> None:
        before, after = ast.unparse(node), ast.unparse(replacement)
        shown = f"{_shorten(before)} → {_shorten(after)}"
        key = f"{self._path} {'.'.join(self._scope) or 'module'}: {shown}"
        self._counts[key] += 1
        if self._counts[key] > 1:
            key = f"{key} ({self._counts[key]})"
        assert node.end_lineno is not None
        lines = range(node.lineno, node.end_lineno + 1)
        self.mutants.append(
            Mutant(self._path, key, self._replace(node, after), lines, self._is_in_function, self._defines)
        )

    def _replace(self, node: ast.expr | ast.stmt, text: str) -> str:
        """Return the source with this text for the node, and each other line where it was."""
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        first, last = self._lines[node.lineno - 1], self._lines[node.end_lineno - 1]
        empty_lines = "\n" * (node.end_lineno - node.lineno)
        text = f"({text}{empty_lines})" if isinstance(node, ast.expr) else f"{text}{empty_lines}"
        changed = first[: node.col_offset] + text.encode() + last[node.end_col_offset :]
        return b"".join((*self._lines[: node.lineno - 1], changed, *self._lines[node.end_lineno :])).decode()


def mutate(node: ast.AST) -> Iterator[ast.AST]:  # noqa: C901, PLR0912 - one case for each kind of node
    """Yield what replaces a node in its mutants."""
    match node:
        case ast.Expr(ast.Call() | ast.Await()) | ast.AugAssign() | ast.Raise():
            if not ast.unparse(node).startswith(("log.", "assert_never(")):
                yield ast.Pass()
        case ast.Return(ast.expr() as value) if not isinstance(value, ast.Constant | ast.JoinedStr):
            yield ast.Return(ast.Constant(None))
        case ast.Continue():
            yield ast.Break()
        case ast.Break():
            yield ast.Pass()
        case ast.Compare(left, [operator], comparators):
            yield ast.Compare(left, [COMPARISONS[type(operator)]()], comparators)
        case ast.BoolOp(operator, values):
            yield ast.BoolOp(ast.And() if isinstance(operator, ast.Or) else ast.Or(), values)
        case ast.UnaryOp(ast.Not() | ast.USub() | ast.Invert(), operand):
            yield operand
        case ast.BinOp(left, operator, right) if type(operator) in OPERATORS and not _is_text(left, right):
            yield ast.BinOp(left, OPERATORS[type(operator)](), right)
        case ast.Constant(bool() as value):
            yield ast.Constant(not value)
        case ast.Constant(int() | float() as value):
            yield ast.Constant(value + 1)
        case ast.Call(ast.Name(name), arguments, keywords) if name in FUNCTIONS:
            kept = [] if name == "sorted" else keywords
            yield ast.Call(ast.Name(FUNCTIONS[name]), arguments, kept)
        case ast.Call(ast.Attribute(value, name), _, _) if name in REFINING_METHODS:
            yield value
    match node:
        case ast.Call(function, arguments, keywords):
            for dropped in keywords:
                if dropped.arg in REFINING_KEYWORDS:
                    kept = [keyword for keyword in keywords if keyword is not dropped]
                    yield ast.Call(function, arguments, kept)
        case ast.IfExp(test, body, orelse) if _is_plain(test):
            yield ast.IfExp(ast.UnaryOp(ast.Not(), test), body, orelse)
        case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
            yield from _drop_conditions(node)


def _drop_conditions(node: ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp) -> Iterator[ast.AST]:
    for index, generator in enumerate(node.generators):
        if generator.ifs:
            whole = ast.comprehension(generator.target, generator.iter, [], generator.is_async)
            generators = [*node.generators[:index], whole, *node.generators[index + 1 :]]
            fields = {name: value for name, value in ast.iter_fields(node) if name != "generators"}
            yield type(node)(**fields, generators=generators)


def _is_plain(test: ast.expr) -> bool:
    """Say whether a condition has no mutant of its own."""
    return not isinstance(test, ast.Compare | ast.BoolOp | ast.UnaryOp)


def _is_text(*operands: ast.expr) -> bool:
    return any(
        isinstance(each, ast.JoinedStr) or (isinstance(each, ast.Constant) and isinstance(each.value, str))
        for each in operands
    )


def _shorten(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= MAX_SHOWN_CHARACTERS else f"{line[:MAX_SHOWN_CHARACTERS]}…"
