"""All small changes of a function's source: one expression, statement or place in a loop."""

import ast
import re
import textwrap
from typing import NamedTuple

import numpy as np

from course_lib.exercises.engine import changed_parts
from course_lib.exercises.engine.changed_lines import overwritten, statements, sums
from course_lib.exercises.engine.self_reference import is_same
from course_lib.exercises.engine.trials import cases_with_values

_LIKELY = "2 * {}", "{} / 2"
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


class Change(NamedTuple):
    """One change of a source.

    Attributes
    ----------
    kind : str
        What is changed, in a word.
    part : ast.AST or tuple of int
        The syntax in whose place the new text stands; or the first line, the last one, and the
        line in which the change is seen.
    new : str or list of str
        The text, or the lines.
    said : str, optional
        What is new, in words, where lines are changed.
    rank : int
        0 for what learners mistake often; what has a higher rank is rarely what was meant.
    """

    kind: str
    part: object
    new: object
    said: str | None = None
    rank: int = 0

    @property
    def line(self):
        """The line in which the change is seen."""
        return self.part.lineno if isinstance(self.part, ast.AST) else self.part[-1]


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
        self.begun = {one.targets[0].id for one in self.node.body if _begins(one)}
        self.barred = {}  # by part
        self.filled = set().union(*map(_filled, self.parts))
        cases = cases_with_values(exercise)
        case, _ = cases[0]
        self.words = sorted({v for given, _ in cases for v in given if isinstance(v, str)})
        self.kinds = {
            name: "function" if callable(value) else np.ndim(value) > 0
            for name, value in zip(arguments, case, strict=False)
            if callable(value) or isinstance(value, int | float | np.ndarray)
        }
        self.fractions = {
            name
            for name, value in zip(arguments, case, strict=False)
            if isinstance(value, float | np.ndarray) and np.asarray(value).dtype.kind == "f"
        }
        self.sizes = [
            f"len({name})" if axis == 0 else f"{name}.shape[{axis}]"
            for name, value in zip(arguments, case, strict=False)
            for axis in range(value.ndim if isinstance(value, np.ndarray) else 0)
        ]
        solved = getattr(getattr(exercise.solution, "__code__", None), "co_names", ())
        self.functions = [
            name
            for name in dict.fromkeys([*(p.id for p in names), *solved])
            if callable(known.get(name)) and name not in (*self.names, self.node.name)
            and not is_same(known[name], exercise.reference)
        ]  # fmt: skip
        called = [ast.unparse(p.func) for p in self.parts if isinstance(p, ast.Call)]
        self.calls = list(dict.fromkeys(name for name in called if name.startswith("np.")))

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

    def whole(self, part):
        """Return the text of a part that stands alone in its line."""
        begin, end = self.place(part)
        text = self.text[begin:end].decode()
        return self.of(part) if "\n" in text else text

    def changes(self):
        """Yield each `Change`; those that are likelier come first."""
        values = [p for p in self.parts if isinstance(p, ast.expr) and changed_parts.is_value(p)
                  and not isinstance(self.around[p], ast.Expr)]  # fmt: skip
        yield from self._each(changed_parts.likeliest, values)
        yield from (Change(*changed) for changed in sums(self))
        # the last line first in a loop too: the step at the end, then the formula of it
        last_first = sorted(values, key=lambda part: -part.lineno)
        yield from self._each(changed_parts.operation, last_first)
        steps = (changed_parts.call, changed_parts.name, changed_parts.shape)
        steps = (*steps, changed_parts.constant)
        for step in (*steps, changed_parts.exchanged):
            yield from self._each(step, values)
        yield from (Change(*changed) for changed in statements(self))
        yield from (Change(*changed) for changed in overwritten(self))
        plain = ast.Constant | ast.Compare | ast.Lambda | ast.Slice
        values = [part for part in values if not isinstance(part, plain)]
        small = sorted(values, key=lambda p: (-p.lineno, p.end_col_offset - p.col_offset))
        for kind, form in _WRAPPED:
            put = lambda source, part: [(kind, form.format(self.of(part)))]  # noqa: E731, B023
            places = [p for p in small if not changed_parts.is_blank(p) or kind == "constant"]
            for part in places:
                inside = not isinstance(self.around[part], ast.Return | ast.Tuple)
                yield from self._each(put, [part], 0 if inside and form in _LIKELY else 1)
        yield from self._each(changed_parts.with_another, values, 2)

    def _each(self, step, values, rank=0):
        """Yield the changes of each value that cannot make anything grow without end."""
        for part in values:
            old = self.of(part)
            if part not in self.barred:
                words = map(re.escape, self._barred(part))
                self.barred[part] = [re.compile(rf"(?<!\w){word}(?!\w)") for word in words]
            barred = self.barred[part]
            for kind, new in step(self, part):
                if all(len(word.findall(new)) <= len(word.findall(old)) for word in barred):
                    yield Change(kind, part, new, None, rank)

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
        first, last, *_ = part
        lines = self.text.decode().splitlines()
        return "\n".join([*lines[: first - 1], *new, *lines[last:]]).encode()

    def lines(self, first, last=None):
        """Return the lines of a statement, or from one to another."""
        return self.text.decode().splitlines()[first.lineno - 1 : (last or first).end_lineno]


def _begins(one):
    """Tell whether a statement gives a name a number to begin with."""
    match one:
        case ast.Assign([ast.Name()], ast.Constant(int() | float())):
            return True
    return False


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
