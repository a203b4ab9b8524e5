"""Finds the global names that a learner's function uses, and how it uses them."""

import ast
import dis
import inspect

from course_lib.exercises.engine.source import definition


def globals_used(function):
    """Return the global names that a function reads, with their values.

    Parameters
    ----------
    function : callable
        The learner's function, with the functions defined inside it; what is no plain
        function uses none.

    Returns
    -------
    dict of str to object
        Only names that have a value, in the order of their first use.
    """
    code = getattr(function, "__code__", None)
    names = dict.fromkeys(_names_read(code)) if code else ()
    known = getattr(function, "__globals__", {})
    return {name: known[name] for name in names if name in known}


def uncalled_function(function):
    """Return the name of a function that is calculated with instead of called, None if none.

    Such as ``sigma`` in ``sigma * (1 - sigma)`` and in ``sigma[z]``.

    Parameters
    ----------
    function : callable
        The learner's function.

    Returns
    -------
    str or None
    """
    node = definition(function)
    used = globals_used(function) if node else {}
    operands = (p.id for part in ast.walk(node) for p in _operands(part)) if node else ()
    return next((name for name in operands if callable(used.get(name))), None)


def uncalled_method(function):
    """Return the text of the one attribute that is calculated with, None if it is not one."""
    node = definition(function)
    parts = (
        [p for part in ast.walk(node) for p in _operands(part, ast.Attribute)] if node else []
    )
    texts = {ast.unparse(part) for part in parts if part.attr != "T"}
    return texts.pop() if len(texts) == 1 else None


def _names_read(code):
    for instruction in dis.get_instructions(code):
        if instruction.opname == "LOAD_GLOBAL":
            yield instruction.argval
    for constant in code.co_consts:
        if inspect.iscode(constant):
            yield from _names_read(constant)


def _operands(node, kind=ast.Name):
    """Return the plain names that an expression calculates with, or other parts."""
    match node:
        case ast.BinOp(left, _, right):
            parts = (left, right)
        case ast.Compare(left, _, others):
            parts = (left, *others)
        case ast.UnaryOp(operand=part) | ast.Subscript(value=part):
            parts = (part,)
        case ast.AugAssign(value=part):
            parts = (part,)
        case _:
            parts = ()
    return [part for part in parts if isinstance(part, kind)]
