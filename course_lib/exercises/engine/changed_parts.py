"""Small changes of one expression: each is its new text, and a word for the change."""

import ast
import re
from difflib import get_close_matches
from itertools import combinations, permutations

SIGNS = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.MatMult: "@",
          ast.Pow: "**", ast.FloorDiv: "//", ast.BitXor: "^", ast.Mod: "%"}  # fmt: skip
_COMPARED = {ast.Gt: ">", ast.GtE: ">=", ast.Lt: "<", ast.LtE: "<=", ast.Eq: "==",
             ast.NotEq: "!="}  # fmt: skip
_TURNED = {ast.Gt: "<", ast.GtE: "<=", ast.Lt: ">", ast.LtE: ">="}
_REDUCE = "sum mean prod max min median cumsum cumprod count_nonzero".split()
_ALIKE = (
    "max min argmax argmin".split(), "sum cumsum mean".split(), _REDUCE,
    "maximum minimum".split(), "log log2 log10".split(), "zeros ones".split(),
    "sqrt square".split(), "zeros_like ones_like".split(), "floor ceil".split(),
    "any all".split(), "dot outer multiply".split(),
    "parameters w b".split(), "max min sum len".split(), "eigvalsh eigvals".split(),
)  # fmt: skip
_ALONG = {*_REDUCE, "norm", "std", "var", "any", "all"}


def operation(source, part):
    """Yield other signs, orders and parentheses, or one operand alone."""
    match part:
        case ast.BinOp(left, _, right):
            a, sign, b = _operands(source, part)
            yield from _regrouped(source, left, sign, right)
            yield "term", a
            yield "term", b
            for other in SIGNS.values():
                if other not in (sign, "//", "^", "%"):
                    yield "sign", f"{a} {other} {b}"
            yield "sign" if sign == "-" else "order", f"{b} {sign} {a}"
            if sign == "@":
                yield from _turned(source, left, right, "{} @ {}")
            if sign == "^":
                yield "power", f"float({a}) ** {b}"
            if (sign, b) == ("**", "2"):
                yield "absolute value", f"np.abs({a})"
        case ast.UnaryOp(_, operand) if not isinstance(source.around[part], ast.Slice):
            yield "sign", source.of(operand)
            if isinstance(operand, ast.BinOp):
                a, sign, b = _operands(source, operand)
                yield "parentheses", f"(-{a}) {sign} {b}"
        case ast.Compare(left, [operator], [right]):
            now = _COMPARED.get(type(operator))
            for sign in _COMPARED.values():
                if sign != now and (sign in ("==", "!=")) == (now in ("==", "!=")):
                    yield "comparison", f"{source.of(left)} {sign} {source.of(right)}"
        case ast.IfExp(test, body, orelse):
            yield "order", f"{source.of(orelse)} if {source.of(test)} else {source.of(body)}"
        case ast.Tuple(parts) | ast.List(parts) if 1 < len(parts) < 5:
            texts, form = (
                [*map(source.of, parts)],
                "[{}]" if isinstance(part, ast.List) else "{}",
            )
            for rest in combinations(texts, len(texts) - 1) if len(texts) > 2 else ():
                yield "value", form.format(", ".join(rest))
            yield from (("value", text) for text in texts)
            for order in list(permutations(texts))[1:]:
                yield "order", form.format(", ".join(order))


def _turned(source, left, right, form):
    """Yield a product that is written for the transposed one: ``a.T @ b`` for ``b.T @ a``."""
    if any(isinstance(part, ast.Attribute) and part.attr == "T" for part in (left, right)):
        turned = (source.of(p).removesuffix(".T") if source.of(p).endswith(".T")
                  else f"{source.of(p)}.T" for p in (right, left))  # fmt: skip
        yield "transposition", form.format(*turned)


def _regrouped(source, left, sign, right):
    """Yield the other ways to set parentheses in two operations."""
    a, b = source.of(left), source.of(right)
    if isinstance(left, ast.BinOp):
        first, inner, second = _operands(source, left)
        yield "parentheses", f"{first} {inner} ({second} {sign} {b})"
    if isinstance(right, ast.BinOp):
        first, inner, second = _operands(source, right)
        yield "parentheses", f"({a} {sign} {first}) {inner} {second}"
        match right:
            case ast.BinOp(ast.BinOp(top, ast.Div(), below), ast.Mult(), factor):
                under = f"{source.of(below)} * {source.of(factor)}"
                yield "parentheses", f"({a} {sign} {source.of(top)}) / ({under})"


def _operands(source, part):
    """Return left operand, sign and right operand of an operation."""
    return source.of(part.left), SIGNS.get(type(part.op), "+"), source.of(part.right)


def call(source, part):
    """Yield other functions, methods, arguments and indices, or what they are applied to."""
    match part:
        case ast.Attribute(value, name) | ast.Call(ast.Attribute(value, name), [], []):
            yield "transposition" if name == "T" else name, source.of(value)
    match part:
        case ast.Attribute(value, name):
            for other in _alike(name):
                yield other, f"{source.of(value)}.{other}"
        case ast.Call(function, arguments, keywords):
            called = source.of(function)
            texts = [*map(source.of, arguments)]
            named = [f"{k.arg}={source.of(k.value)}" for k in keywords if k.arg]
            yield from _by_keyword(source, called, texts, keywords, named)
            if called.endswith(("dot", "matmul")) and len(arguments) == 2:
                yield from _turned(source, *arguments, f"{called}({{}}, {{}})")
            yield from (("call", text) for text in texts)
            yield from _one_entry(source, function, arguments)
            if len(arguments) == 1 and not keywords:
                begin, _ = source.place(arguments[0])
                for inner in ast.walk(arguments[0]):
                    if isinstance(inner, ast.expr) and is_value(inner):
                        a, b = (at - begin for at in source.place(inner))
                        whole = source.text[begin : source.place(arguments[0])[1]]
                        inside = f"{called}({whole[a:b].decode()})"
                        yield "order", f"{whole[:a].decode()}{inside}{whole[b:].decode()}"
            for order in list(permutations(texts))[1:] if len(texts) < 4 else ():
                yield "order", f"{called}({', '.join([*order, *named])})"
            for k in range(len(texts)) if len(texts) > 2 else ():
                yield (
                    "argument",
                    f"{called}({', '.join([*texts[:k], *texts[k + 1 :], *named])})",
                )
        case ast.Subscript(value, ast.Slice(lower, upper, step)):
            if not (lower or upper or step):
                yield "copy", f"{source.of(value)}.copy()"
            yield "index", source.of(value)
            yield "index", f"{source.of(value)}[:{source.of(upper) if upper else ''}]"
            yield "index", f"{source.of(value)}[{source.of(lower) if lower else ''}:]"
        case ast.Subscript(value, index):
            yield "index", source.of(value)
            for by in (1, -1):
                moved = _moved(ast.unparse(index), by)
                moved = eval(moved) if re.fullmatch(r"-?\d+ . 1", moved) else moved
                yield "index", f"{source.of(value)}[{moved}]"


def _one_entry(source, function, arguments):
    """Yield the first and the last entry in the place of what is made of all of them."""
    match function, arguments:
        case (ast.Attribute(ast.Name(row), name), []) | (
            ast.Attribute(_, name),
            [ast.Name(row)],
        ):
            if name in _REDUCE and row in source.names:
                yield from (("index", f"{row}[{end}]") for end in (0, -1))


def _by_keyword(source, called, texts, keywords, named):
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
    if name == "range" and len(texts) == 3:
        yield "range", f"range({texts[0]}, -1, -1)"
    if name == "range" and texts:
        last = texts[-1][1:-1] if texts[-1].startswith("(") else texts[-1]
        for limits in (_moved(last, 1), _moved(last, -1), last, f"1, {last}"):
            yield "range", f"range({limits})"


def _moved(text, by):
    """Return the text of a sum whose last number is so much larger."""
    match = re.fullmatch(r"(.+) ([+-]) (\d+)", text)
    text, sign, number = match.groups() if match else (text, "+", "0")
    n = int(sign + number) + by
    return text if n == 0 else f"{text} {'+' if n > 0 else '-'} {abs(n)}"


def name(source, part):
    """Yield other names of the same kind, and a function like it."""
    match part:
        case ast.Name(name):
            others = source.names if name in source.names else source.functions
            kind = source.kinds.get(name)
            for other in others:
                if other != name and source.kinds.get(other, kind) == (
                    kind or source.kinds.get(other)
                ):
                    yield "name", other
            yield from (("function", other) for other in _alike(name))
        case ast.Constant(None):
            if isinstance(source.around[part], ast.Return):
                yield "constant", "0.0"
            yield from (("name", other) for other in source.names)
        case ast.Constant(int() | float()):
            yield from (("name", other) for other in source.names)


def shape(source, part):
    """Yield arrays of zeros or ones of all shapes that the arguments' sizes make."""
    if not is_blank(part):
        return
    called = source.of(part.func).removesuffix("_like")
    rows = f"len({ast.unparse(part.args[0])})" if part.args else ""
    for first in source.sizes:
        yield "shape", f"{called}({first})"
    # what has as many rows as what was taken is likelier
    for first in sorted(source.sizes, key=lambda size: size != rows):
        yield from (("shape", f"{called}(({first}, {other}))") for other in source.sizes)


def is_blank(part):
    """Tell whether a part makes an array to begin with, such as ``np.zeros_like(W)``."""
    name = ast.unparse(part.func).rpartition(".")[2] if isinstance(part, ast.Call) else ""
    return name.removesuffix("_like") in ("zeros", "ones", "empty")


def constant(source, part):
    """Yield other numbers: none so large that an array of that size fills the memory."""
    match part:
        case ast.Constant(bool(value)):
            yield "constant", str(not value)
        case ast.Constant(int() | float() as value) if not _is_met(source, part):
            others = (0, 1, 2, 0.5, value + 1, value - 1, 2 * value, value / 2, -value,
                      1e-5, 1e-12, 4, value**2 if abs(value) < 1e3 else 0)  # fmt: skip
            yield from (("constant", repr(n)) for n in dict.fromkeys(others) if n != value)


def _is_met(source, part):
    """Tell whether fractions are to equal a number: another one only means that none do."""
    around = source.around[part]
    equal = isinstance(around, ast.Compare) and isinstance(around.ops[0], ast.Eq | ast.NotEq)
    names = (p.id for p in ast.walk(around) if isinstance(p, ast.Name))
    return equal and not source.fractions.isdisjoint(names)


def exchanged(source, part):
    """Yield calls of more than three arguments with two of them exchanged."""
    match part:
        case ast.Call(function, arguments, []) if len(arguments) > 3:
            texts = [*map(source.of, arguments)]
            for i, j in combinations(range(len(texts)), 2):
                order = [*texts]
                order[i], order[j] = texts[j], texts[i]
                yield "order", f"{source.of(function)}({', '.join(order)})"


def with_another(source, part):
    """Yield a name in its place, it times, by, plus or minus a name, or in a function."""
    around, text = source.around[part], source.of(part)
    if not isinstance(part, ast.Name):
        yield from (("name", other) for other in source.names)
    if isinstance(around, ast.keyword | ast.Subscript | ast.Attribute):
        return
    for other in source.names:
        more = () if isinstance(around, ast.Call) else (f"(1 - {other})", f"len({other})")
        for factor in (other, *more):
            yield "factor", f"{text} * {factor}"
            yield "factor", f"{text} / {factor}"
        yield "term", f"{text} + {other}"
        yield "term", f"{text} - {other}"
    for function in (*source.functions, *source.calls):
        yield "call", f"{function}({text})"


def _alike(name):
    """Return the names that are taken for this one, the nearest first."""
    near = dict.fromkeys(other for group in _ALIKE if name in group for other in group)
    return [other for other in near if other != name]


def likeliest(source, part):
    """Yield the words that an argument may be, the nearest first; and comparisons turned.

    One branch alone comes first: where it is right, any test that is never met would do.
    """
    match part:
        case ast.IfExp(_, body, orelse):
            yield "condition", source.of(body)
            yield "condition", source.of(orelse)
        case ast.Compare(left, [operator], [right]) if type(operator) in _TURNED:
            turned = _TURNED[type(operator)]
            yield "comparison", f"{source.of(left)} {turned} {source.of(right)}"
        case ast.Constant(str(text)) if source.words and text not in source.words:
            near = get_close_matches(text, source.words, n=len(source.words), cutoff=0)
            yield from (("word", repr(other)) for other in near)


def is_value(part):
    """Tell whether a part is read, and not assigned to."""
    return isinstance(getattr(part, "ctx", ast.Load()), ast.Load)
