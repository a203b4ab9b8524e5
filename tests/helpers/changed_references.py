"""Single changes of a solution's source, and inputs on which a change may show."""

import ast
import copy
import inspect
import textwrap

import numpy as np

_OPERATORS = {
    ast.Add: (ast.Sub,), ast.Sub: (ast.Add,), ast.Mult: (ast.Div, ast.Add),
    ast.Div: (ast.Mult,), ast.Pow: (ast.Mult,), ast.FloorDiv: (ast.Div,),
}  # fmt: skip
_COMPARISONS = {
    ast.Gt: (ast.GtE, ast.Lt), ast.GtE: (ast.Gt, ast.Lt), ast.Lt: (ast.LtE, ast.Gt),
    ast.LtE: (ast.Lt, ast.Gt), ast.Eq: (ast.NotEq, ast.LtE), ast.NotEq: (ast.Eq,),
}  # fmt: skip
_FUNCTIONS = {
    "minimum": "maximum", "maximum": "minimum", "min": "max", "max": "min", "sum": "mean",
    "mean": "sum", "median": "mean", "prod": "sum", "log": "log2", "floor": "ceil",
    "zeros": "ones", "zeros_like": "ones_like", "sin": "cos", "cos": "sin",
}  # fmt: skip


def changes(function):
    """Yield (what was changed, the changed function) for every single change.

    Operators, comparisons, constants, names of arguments, functions of NumPy, dropped signs,
    copies, transposes and calls, and branches taken always or never.
    """
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    definition = tree.body[0]
    definition.decorator_list = []
    arguments = [argument.arg for argument in definition.args.args]
    body = [node for statement in definition.body for node in ast.walk(statement)]
    for i, node in enumerate(body):
        for j in range(len(list(_replacements(node, arguments)))):
            changed = copy.deepcopy(tree)
            place = [n for s in changed.body[0].body for n in ast.walk(s)][i]
            new = list(_replacements(place, arguments))[j]
            words = f"line {place.lineno}: {ast.unparse(place)} -> {ast.unparse(new)}"
            module = ast.fix_missing_locations(_Swap(place, new).visit(changed))
            names = dict(function.__globals__)
            exec(compile(module, f"<changed {function.__name__}>", "exec"), names)
            yield words, names[function.__name__]


class _Swap(ast.NodeTransformer):
    def __init__(self, old, new):
        self.old, self.new = old, new

    def visit(self, node):
        return self.new if node is self.old else self.generic_visit(node)


def _replacements(node, arguments):
    match node:
        case ast.BinOp(left, operator, right):
            for kind in _OPERATORS.get(type(operator), ()):
                yield ast.BinOp(left, kind(), right)
            if isinstance(operator, ast.Sub | ast.Div | ast.MatMult | ast.Pow):
                yield ast.BinOp(right, operator, left)
        case ast.UnaryOp(ast.USub(), operand):
            yield operand
        case ast.Compare(left, [operator], [right]):
            for kind in _COMPARISONS.get(type(operator), ()):
                yield ast.Compare(left, [kind()], [right])
            for kind, value in ((ast.Mult, 0.6), (ast.Mult, 1.2), (ast.Add, 1), (ast.Sub, 1)):
                moved = ast.BinOp(right, kind(), ast.Constant(value))
                yield ast.Compare(left, [operator], [moved])
        case ast.Constant(value) if type(value) in (int, float):
            others = {value + 1, value - 1, 2 * value, 0.9 * value, 1.1 * value} - {value}
            yield from map(ast.Constant, sorted(others))
        case ast.Attribute(value, "T"):
            yield value
        case ast.Attribute(value, name, ast.Load()) if name in _FUNCTIONS:
            yield ast.Attribute(value, _FUNCTIONS[name], ast.Load())
        case ast.Name(name, ast.Load()) if name in arguments:
            yield from (ast.Name(other, ast.Load()) for other in arguments if other != name)
        case ast.Call(ast.Attribute(value, "copy"), []):
            yield value
        case ast.Call(_, [argument], []):
            yield argument
        case ast.If(_, body, orelse):
            yield ast.If(ast.Constant(True), body, orelse)
            yield ast.If(ast.Constant(False), body, orelse)
        case ast.IfExp(_, body, orelse):
            yield body
            yield orelse


def more_inputs(exercise, n_seeds, rng):
    """Yield arguments like those of the cases: drawn anew, mixed and scaled.

    Numbers lie between those of two cases, so that boundaries are met; arrays are scaled by up
    to 3, or thinned out where they hold counts.
    """
    for _ in range(n_seeds):
        cases = exercise.cases(np.random.default_rng(rng.integers(2**32)))
        yield from cases
        for case in cases:
            other = cases[rng.integers(len(cases))]
            mixed = [_between(a, b, rng) for a, b in zip(case, other, strict=True)]
            yield tuple(mixed)
            yield tuple(_scaled(value, rng) for value in mixed)


def _between(a, b, rng):
    if isinstance(a, bool) or not isinstance(a, int | float) or np.ndim(b):
        return a
    if isinstance(a, int) and isinstance(b, int):
        return int(rng.integers(min(a, b), max(a, b) + 1))
    return float(rng.choice([a, b, rng.uniform(min(a, b), max(a, b) or 1e-9)]))


def _scaled(value, rng):
    if not isinstance(value, np.ndarray) or value.dtype.kind not in "fi" or not value.size:
        return value
    if (value == np.round(value)).all():
        # whole numbers may be counts: each is kept with probability 1/2
        counts = 0 <= value.min() and value.max() < 1e6
        return rng.binomial(value.astype(int), 0.5).astype(value.dtype) if counts else value
    return (value * rng.uniform(1 / 3, 3)).astype(value.dtype)
