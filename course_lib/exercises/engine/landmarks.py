"""Which values that the solution makes on its way a function makes as well."""

import ast
import inspect
import textwrap
from functools import cache

import numpy as np

from course_lib.exercises.engine.direct import DIRECT
from course_lib.exercises.engine.relations import close
from course_lib.exercises.engine.source import definition
from course_lib.exercises.engine.trials import cases_of

_RTOL = 1e-4  # a difference quotient is not exact
_FIRST = 4  # so many cases


def right_variables(exercise, function):
    """Return which variables of a function end as some variables of the solution do.

    Parameters
    ----------
    exercise : Exercise
        Has the cases and the solution.
    function : callable
        The learner's function, or a changed one, whose ``text`` is its source then.

    Returns
    -------
    dict of str to list of str
        The solution's beside each; none where the function raises.
    """
    right = _of_solution(exercise).items()
    found = {
        name: [other for other, values in right if _alike(own, values)]
        for name, own in _kept(exercise, function).items()
    }
    return {name: others for name, others in found.items() if others}


def _alike(values, others):
    return all(close(a, b, _RTOL) for a, b in zip(values, others, strict=True))


@cache
def _of_solution(exercise):
    return _kept(exercise, exercise.solution)


def _kept(exercise, function):
    """Return {variable: its last value in each case}, of those that are numbers and change."""
    keeping = _keeping(function)
    if keeping is None:
        return {}
    ends = [DIRECT.observe(keeping, case).value for case in cases_of(exercise)[:_FIRST]]
    if not all(isinstance(end, dict) for end in ends):
        return {}
    names = set.intersection(*map(set, ends)) - {*exercise.parameters}
    kept = {name: [_number(end[name]) for end in ends] for name in names}
    return {name: values for name, values in kept.items() if _tells(values)}


def _number(value):
    plain = isinstance(value, float | np.number | np.ndarray)
    return np.asarray(value, float) if plain and np.isrealobj(value) else None


def _tells(values):
    """Tell whether these are numbers, not the same in all cases, and not all 0."""
    if any(value is None or value.dtype.kind != "f" for value in values):
        return False
    return any(not close(value, values[0]) for value in values) and any(map(np.any, values))


def _keeping(function):
    """Return a function that returns all its variables in the place of its value."""
    text = getattr(function, "text", None)
    node = definition(function) if text is None else ast.parse(textwrap.dedent(text)).body[0]
    if node is None:
        return None
    _Returns().generic_visit(node)
    names = dict(inspect.unwrap(function).__globals__)
    exec(compile(ast.unparse(node), "<kept>", "exec"), names)
    return names[node.name]


class _Returns(ast.NodeTransformer):
    """Lets each ``return`` of a definition hand its variables back."""

    def visit_Return(self, node):
        return ast.Return(ast.parse("locals()", mode="eval").body)

    def visit_FunctionDef(self, node):
        return node

    visit_Lambda = visit_FunctionDef
