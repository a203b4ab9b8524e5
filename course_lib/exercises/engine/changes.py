"""All small changes of a function's source: one expression, statement or place in a loop."""

import ast
import re
import textwrap
from itertools import permutations

import numpy as np

from course_lib.exercises.engine.self_reference import is_same
from course_lib.exercises.engine.trials import cases_with_values

_SIGNS = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.MatMult: "@",
          ast.Pow: "**", ast.FloorDiv: "//", ast.BitXor: "^", ast.Mod: "%"}  # fmt: skip
_COMPARED = {ast.Gt: ">", ast.GtE: ">=", ast.Lt: "<", ast.LtE: "<=", ast.Eq: "==",
             ast.NotEq: "!="}  # fmt: skip
_REDUCE = "sum mean prod max min median cumsum cumprod count_nonzero".split()
_ALIKE = (
    _REDUCE, "maximum minimum".split(), "log log2 log10".split(), "zeros ones".split(),
    "sqrt square".split(), "zeros_like ones_like".split(), "floor ceil".split(),
    "any all".split(), "dot outer multiply".split(), "argmax argmin".split(),
    "parameters w b".split(), "max min sum len".split(), "eigvalsh eigvals".split(),
)  # fmt: skip
_ALONG = {*_REDUCE, "norm", "std", "var", "any", "all"}
_WRAPPED = (
    ("sign", "-{}"), ("transposition", "{}.T"), ("copy", "{}.copy()"), ("power", "{} ** 2"),
    ("factor", "0 * {}"), ("factor", "2 * {}"), ("factor", "{} / 2"), ("sum", "{}.sum()"),
    ("index", "{}[0]"), ("index", "{}[-1]"), ("index", "{}[1:]"), ("index", "{}[:-1]"),
    ("index", "{}[::-1]"), ("axis", "{}[:, None]"), ("root", "np.sqrt({})"),
    ("logarithm", "np.log({})"), ("exponential", "np.exp({})"), ("constant", "0.0"),
    ("constant", "1.0"), ("absolute value", "np.abs({})"), ("1 -", "1 - {}"),
    ("length", "len({})"),
    ("dtype", "np.array({}, dtype=float)"), ("limit", "np.minimum({}, 1)"),
    ("limit", "np.maximum({}, 1)"), ("form", "np.asarray({})"), ("form", "float({})"),
)  # fmt: skip


class Source:
    """The text of one definition, and the changes that can be made of it.

    Parameters
    ----------
    text : str
        A ``def``, as it stands in the learner's cell.
    known : dict of str to object
        The global names.
    exercise : Exercise
        The names that its solution uses are tried too.
    """

    def __init__(self, text, known, exercise):
        self.text = textwrap.dedent(text).encode()
        self.node = ast.parse(self.text).body[0]
        self.starts = [0]
        for line in self.text.splitlines(keepends=True):
            self.starts.append(self.starts[-1] + len(line))
        self.parts = [p for statement in self.node.body[::-1] for p in ast.walk(statement)]
        self.around = {child: part for part in ast.walk(self.node)
                       for child in ast.iter_child_nodes(part)}  # fmt: skip
        names = [p for p in self.parts if isinstance(p, ast.Name)]
        stored = [p.id for p in names if isinstance(p.ctx, ast.Store)]
        arguments = self.arguments = [argument.arg for argument in self.node.args.args]
        self.names = list(dict.fromkeys([*stored, *arguments]))
        self.barred = {}  # by part
        self.filled = set().union(*map(_filled, self.parts))
        case, _ = cases_with_values(exercise)[0]
        self.kinds = {
            name: "function" if callable(value) else np.ndim(value) > 0
            for name, value in zip(arguments, case, strict=False)
            if callable(value) or isinstance(value, int | float | np.ndarray)
        }
        solved = getattr(getattr(exercise.solution, "__code__", None), "co_names", ())
        self.functions = [
            name
            for name in dict.fromkeys([*(p.id for p in names), *solved])
            if callable(known.get(name)) and name not in (*self.names, self.node.name)
            and not is_same(known[name], exercise.reference)
        ]  # fmt: skip

    def place(self, part):
        """Return where a part of the syntax begins and ends in the text."""
        return (
            self.starts[part.lineno - 1] + part.col_offset,
            self.starts[part.end_lineno - 1] + part.end_col_offset,
        )

    def of(self, part):
        """Return the text of a part, in parentheses where it is more than one thing."""
        begin, end = self.place(part)
        text = self.text[begin:end].decode()
        plain = isinstance(
            part, ast.Name | ast.Constant | ast.Call | ast.Attribute | ast.Subscript
        )
        return text if plain else f"({text})"

    def changes(self):
        """Yield (kind, part, its new text, None), and (kind, lines, new lines, what is new).

        Those that are likelier come first.
        """
        values = [p for p in self.parts if isinstance(p, ast.expr) and _is_value(p)
                  and not isinstance(self.around[p], ast.Expr)]  # fmt: skip
        for step in (self._operation, self._call, self._name, self._constant):
            yield from self._each(step, values)
        yield from self._statements()
        plain = ast.Constant | ast.Compare | ast.Lambda | ast.Slice
        values = [part for part in values if not isinstance(part, plain)]
        small = sorted(values, key=lambda p: (-p.lineno, p.end_col_offset - p.col_offset))
        for kind, form in _WRAPPED:
            put = lambda part: [(kind, form.format(self.of(part)))]  # noqa: E731, B023
            yield from self._each(put, small)
        yield from self._each(self._with_another, values)

    def _each(self, step, values):
        """Yield the changes of each value that cannot make anything grow without end."""
        for part in values:
            old = self.of(part)
            if part not in self.barred:
                words = map(re.escape, self._barred(part))
                self.barred[part] = [re.compile(rf"(?<!\w){word}(?!\w)") for word in words]
            barred = self.barred[part]
            for kind, new in step(part):
                if all(len(word.findall(new)) <= len(word.findall(old)) for word in barred):
                    yield kind, part, new, None

    def _barred(self, part):
        """Return what must not be added here.

        In a loop things would double in each round, and a list that the loop goes through
        would never end; a list that holds itself keeps NumPy busy without end.
        """
        statement, inner, barred = None, part, set()
        while not isinstance(part, ast.FunctionDef):
            inner, part = part, self.around[part]
            if isinstance(inner, ast.stmt) and statement is None:
                statement = inner
            if isinstance(part, ast.For | ast.comprehension) and inner is part.iter:
                return {"**", *self.names} - {*self.arguments}
            if isinstance(part, ast.For):
                barred = self.filled | {"**", *_stored(statement)}
        return barred

    def with_(self, part, new):
        """Return the text with another text, or other lines, in the place of a part."""
        if isinstance(part, ast.AST):
            begin, end = self.place(part)
            return self.text[:begin] + f"({new})".encode() + self.text[end:]
        first, last = part
        lines = self.text.decode().splitlines()
        return "\n".join([*lines[: first - 1], *new, *lines[last:]]).encode()

    def _operation(self, part):
        match part:
            case ast.BinOp(left, operator, right):
                a, b, sign = self.of(left), self.of(right), _SIGNS.get(type(operator), "+")
                yield from self._regrouped(left, sign, right)
                yield "term", a
                yield "term", b
                for other in _SIGNS.values():
                    if other not in (sign, "//", "^", "%"):
                        yield "sign", f"{a} {other} {b}"
                yield "order", f"{b} {sign} {a}"
                if sign == "^":
                    yield "power", f"float({a}) ** {b}"
            case ast.UnaryOp(_, operand):
                yield "sign", self.of(operand)
                if isinstance(operand, ast.BinOp):
                    a, sign = self.of(operand.left), _SIGNS.get(type(operand.op), "+")
                    yield "parentheses", f"(-{a}) {sign} {self.of(operand.right)}"
            case ast.Compare(left, [operator], [right]):
                now = _COMPARED.get(type(operator))
                for sign in _COMPARED.values():
                    if sign != now and (sign in ("==", "!=")) == (now in ("==", "!=")):
                        yield "comparison", f"{self.of(left)} {sign} {self.of(right)}"
            case ast.IfExp(test, body, orelse):
                yield "order", f"{self.of(orelse)} if {self.of(test)} else {self.of(body)}"
                yield "condition", self.of(body)
                yield "condition", self.of(orelse)
            case ast.Tuple(parts) if 1 < len(parts) < 4:
                for order in list(permutations(map(self.of, parts)))[1:]:
                    yield "order", ", ".join(order)

    def _regrouped(self, left, sign, right):
        """Yield the other ways to set parentheses in two operations."""
        if isinstance(left, ast.BinOp):
            a, b, inner = (
                self.of(left.left),
                self.of(left.right),
                _SIGNS.get(type(left.op), "+"),
            )
            yield "parentheses", f"{a} {inner} ({b} {sign} {self.of(right)})"
        if isinstance(right, ast.BinOp):
            a, b, inner = (
                self.of(right.left),
                self.of(right.right),
                _SIGNS.get(type(right.op), "+"),
            )
            yield "parentheses", f"({self.of(left)} {sign} {a}) {inner} {b}"

    def _call(self, part):
        match part:
            case ast.Attribute(value, name) | ast.Call(ast.Attribute(value, name), [], []):
                yield "transposition" if name == "T" else name, self.of(value)
        match part:
            case ast.Attribute(value, name):
                for other in _alike(name):
                    yield other, f"{self.of(value)}.{other}"
            case ast.Call(function, arguments, keywords):
                called = self.of(function)
                texts = [*map(self.of, arguments)]
                named = [f"{k.arg}={self.of(k.value)}" for k in keywords if k.arg]
                yield from self._by_keyword(called, texts, keywords, named)
                yield from (("call", text) for text in texts)
                if len(arguments) == 1 and not keywords:
                    begin, _ = self.place(arguments[0])
                    for inner in ast.walk(arguments[0]):
                        if isinstance(inner, ast.expr) and _is_value(inner):
                            a, b = (at - begin for at in self.place(inner))
                            whole = self.text[begin : self.place(arguments[0])[1]]
                            yield (
                                "order",
                                (
                                    whole[:a]
                                    + f"{called}({whole[a:b].decode()})".encode()
                                    + whole[b:]
                                ).decode(),
                            )
                for order in list(permutations(texts))[1:] if len(texts) < 4 else ():
                    yield "order", f"{called}({', '.join([*order, *named])})"
            case ast.Subscript(value, ast.Slice(lower, upper)):
                yield "index", self.of(value)
                yield "index", f"{self.of(value)}[:{self.of(upper) if upper else ''}]"
                yield "index", f"{self.of(value)}[{self.of(lower) if lower else ''}:]"
            case ast.Subscript(value, index):
                yield "index", self.of(value)
                for end in (" + 1", " - 1"):
                    moved = ast.unparse(index) + end
                    moved = eval(moved) if re.fullmatch(r"-?\d+ . 1", moved) else moved
                    yield "index", f"{self.of(value)}[{moved}]"

    def _by_keyword(self, called, texts, keywords, named):
        """Yield calls with another axis, range or dtype, or without what is given by name."""
        name = called.rpartition(".")[2]
        for k, keyword in enumerate(keywords):
            yield str(keyword.arg), f"{called}({', '.join(texts + named[:k] + named[k + 1 :])})"
        rest = [word for word in named if not word.startswith("axis")]
        for axis in (0, 1, -1) if name in _ALONG else ():
            yield "axis", f"{called}({', '.join([*texts, *rest, f'axis={axis}'])})"
            kept = [*texts, *rest, f"axis={axis}", "keepdims=True"]
            yield "axis", f"{called}({', '.join(kept)})"
        if name.startswith(("zeros", "ones", "empty", "array", "asarray")):
            yield "dtype", f"{called}({', '.join([*texts, 'dtype=float'])})"
        if name == "range" and texts:
            for limits in (
                f"{texts[-1]} + 1",
                f"{texts[-1]} - 1",
                texts[-1],
                f"1, {texts[-1]}",
            ):
                yield "range", f"range({limits})"

    def _name(self, part):
        match part:
            case ast.Name(name):
                others = self.names if name in self.names else self.functions
                kind = self.kinds.get(name)
                for other in others:
                    if other != name and self.kinds.get(other, kind) == (
                        kind or self.kinds.get(other)
                    ):
                        yield "name", other
                yield from (("function", other) for other in _alike(name))
            case ast.Constant(int() | float() | None):
                yield from (("name", other) for other in self.names)

    def _constant(self, part):
        match part:
            case ast.Constant(bool(value)):
                yield "constant", str(not value)
            case ast.Constant(int() | float() as value):
                others = (0, 1, 2, 0.5, value + 1, value - 1, 2 * value, value / 2, -value,
                          1e-5, 1e-12, 4, value**2 if abs(value) < 1e3 else 0)  # fmt: skip
                yield from (("constant", repr(n)) for n in dict.fromkeys(others) if n != value)

    def _with_another(self, part):
        """Yield a name in its place, it times, by, plus or minus a name, or in a function."""
        around, text = self.around[part], self.of(part)
        if not isinstance(part, ast.Name):
            yield from (("name", other) for other in self.names)
        if isinstance(around, ast.keyword | ast.Subscript | ast.Attribute):
            return
        for other in self.names:
            more = () if isinstance(around, ast.Call) else (f"(1 - {other})", f"len({other})")
            for factor in (other, *more):
                yield "factor", f"{text} * {factor}"
                yield "factor", f"{text} / {factor}"
            yield "term", f"{text} + {other}"
            yield "term", f"{text} - {other}"
        yield from (("call", f"{function}({text})") for function in self.functions)

    def _statements(self):
        """Yield changes of whole lines: left out, exchanged, moved, assigned otherwise."""
        blocks = [getattr(part, "body", None) for part in (self.node, *self.parts)]
        for block in filter(lambda block: isinstance(block, list), blocks):
            for k, one in enumerate(block):
                at, lines = (one.lineno, one.end_lineno), self.lines(one)
                yield from self._assigned(one, at)
                if len(block) > 1 and not isinstance(one, ast.Return):
                    yield "statement", at, [], f"without `{lines[0].strip()}`"
                if isinstance(one, ast.For):
                    yield from self._out_of_loop(one, at)
                if k + 1 == len(block):
                    continue
                after, both = block[k + 1], (one.lineno, block[k + 1].end_lineno)
                rest = self.lines(after)
                named = f"with `{rest[0].strip()}`"
                if isinstance(one, ast.For):
                    inside = [f"    {line}" for line in rest]
                    yield "indentation", both, [*lines, *inside], f"{named} inside the loop"
                if not isinstance(after, ast.Return):
                    said = f"{named} before `{lines[0].strip()}`"
                    yield "order", both, [*rest, *lines], said

    def lines(self, statement):
        """Return the lines of a statement."""
        return self.text.decode().splitlines()[statement.lineno - 1 : statement.end_lineno]

    def _assigned(self, one, at):
        """Yield other ways to keep what a statement makes, or to keep it always."""
        space, texts = " " * one.col_offset, []
        match one:
            case ast.AugAssign(target=target, value=value) | ast.Assign([target], value):
                sign = _SIGNS.get(type(getattr(one, "op", None)), "")
                signs = [other for other in ("", "+", "-", "*") if other != sign]
                texts = [f"{self.of(target)} {other}= {self.of(value)}" for other in signs]
                if isinstance(target, ast.Tuple) and len(target.elts) < 4:
                    orders = list(permutations(map(self.of, target.elts)))[1:]
                    texts += [f"{', '.join(order)} = {self.of(value)}" for order in orders]
            case ast.Expr(value) if not isinstance(value, ast.Constant):
                texts = [f"{name} = {self.of(value)}" for name in self.names]
            case ast.If(test=test, body=body):
                inside = "\n".join(line for part in body for line in self.lines(part))
                always = textwrap.indent(textwrap.dedent(inside), space).splitlines()
                yield "condition", at, always, f"without `if {self.of(test)}`"
        old = self.lines(one)[0].strip()
        for text in texts:
            said = f"with `{text}` in the place of `{old}`"
            yield "assignment", at, [space + text], said

    def _out_of_loop(self, loop, at):
        """Yield the loop with its last statement behind it, or its first one before it."""
        first, last = loop.body[0], loop.body[-1]
        if first is last or first.lineno == loop.lineno:
            return
        whole, space = self.lines(loop), " " * loop.col_offset
        ends = [textwrap.dedent("\n".join(self.lines(part))) for part in (first, last)]
        before, behind = (textwrap.indent(text, space).splitlines() for text in ends)
        said = [f"with `{text.splitlines()[0]}`" for text in ends]
        yield "indentation", at, [*whole[: -len(behind)], *behind], f"{said[1]} behind the loop"
        head = first.lineno - loop.lineno
        rest = [*before, *whole[:head], *whole[head + len(before) :]]
        yield "indentation", at, rest, f"{said[0]} before the loop"


def _filled(part):
    """Return the name of the list that a statement such as ``out.append(...)`` fills."""
    match part:
        case ast.Expr(ast.Call(ast.Attribute(ast.Name(name)))) | ast.AugAssign(ast.Name(name)):
            return {name}
    return set()


def _stored(statement):
    """Return the names that a statement gives a value made of that very name."""
    names = [part for part in ast.walk(statement) if isinstance(part, ast.Name)]
    stored = {name.id for name in names if isinstance(name.ctx, ast.Store)}
    if isinstance(statement, ast.AugAssign):
        return stored
    return stored & {name.id for name in names if isinstance(name.ctx, ast.Load)}


def _alike(name):
    return [other for group in _ALIKE if name in group for other in group if other != name]


def _is_value(part):
    return isinstance(getattr(part, "ctx", ast.Load()), ast.Load)
