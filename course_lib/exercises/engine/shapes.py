"""Reads the shapes of the operands where a learner's line failed, from its frame."""

import ast
import re
from linecache import getlines

import numpy as np

from course_lib.exercises.engine.source import definition

_ABOUT_SHAPES = re.compile("align|mismatch|broadcast|dimension|shape")
_PRODUCTS = ("dot", "matmul")


def about_shapes(error):
    """Tell whether an exception says that shapes do not fit."""
    return isinstance(error, ValueError) and bool(_ABOUT_SHAPES.search(str(error)))


def operands(error, function):
    """Return ``(operator, ((text, shape), (text, shape)))`` of the operation that failed.

    Parameters
    ----------
    error : Exception
        What the function raised.
    function : callable
        The learner's function.

    Returns
    -------
    tuple or None
        None where the operation, or a shape, is not known.
    """
    step = _last_step(error, function)
    node = _operation(step) if step else None
    if node is None:
        return None
    operator, *parts = node
    shapes = [_shape(part, step.tb_frame.f_locals) for part in parts]
    if None in shapes:
        return None
    return operator, tuple(zip(map(ast.unparse, parts), shapes, strict=True))


def lost_column(error, function):
    """Return the text of an operand that only lacks ``keepdims=True``, None if none does.

    It holds one number for each row of the other operand, and was made along each row.
    """
    step = _last_step(error, function)
    node = _operation(step) if step else None
    shapes = [found.split(",") for found in re.findall(r"\(([\d,]+)\)", str(error))]
    if node is None or len(shapes) != 2:
        return None
    for part, (n, *more), other in zip(node[1:], shapes, shapes[::-1], strict=True):
        if (
            more == [""]
            and len(other) == 2
            and n == other[0]
            and _is_along_rows(part, function)
        ):
            return ast.unparse(part)
    return None


def _is_along_rows(part, function):
    """Tell whether a part is ``f(..., axis=1)``, or a name that was given that."""
    if isinstance(part, ast.Name):
        node = definition(function)
        lines = [s for s in ast.walk(node) if isinstance(s, ast.Assign)] if node else []
        made = [s.value for s in lines if ast.unparse(s.targets[0]) == part.id]
        part = made[0] if len(made) == 1 else part
    words = {k.arg: ast.unparse(k.value) for k in getattr(part, "keywords", ())}
    return words.get("axis") in ("1", "-1") and "keepdims" not in words


def _last_step(error, function):
    """Return the innermost traceback entry inside the learner's cell."""
    code, step, found = getattr(function, "__code__", None), error.__traceback__, None
    while step is not None:
        if code is not None and step.tb_frame.f_code.co_filename == code.co_filename:
            found = step
        step = step.tb_next
    return found


def _operation(step):
    """Return (operator, left, right) as syntax, None where it is no operation on two."""
    code = step.tb_frame.f_code
    first, last, start, end = list(code.co_positions())[step.tb_lasti // 2]
    lines = getlines(code.co_filename)[first - 1 : last] if first and last else []
    if not lines or start is None:
        return None
    lines[-1] = lines[-1].encode()[:end].decode()
    lines[0] = lines[0].encode()[start:].decode()
    try:
        node = ast.parse(f"({''.join(lines)})", mode="eval").body
    except SyntaxError:
        return None
    match node:
        case ast.BinOp(left, operator, right):
            return _SIGNS.get(type(operator), "operation"), left, right
        case ast.Call(ast.Attribute(_, name), [left, right]) if name in _PRODUCTS:
            return f"np.{name}", left, right
        case ast.Call(ast.Attribute(left, name), [right]) if name in _PRODUCTS:
            return name, left, right
    return None


_SIGNS = {ast.MatMult: "@", ast.Mult: "*", ast.Add: "+", ast.Sub: "-", ast.Div: "/"}


def _shape(node, names):
    """Return the shape of an expression made of names, ``.T`` and operations; else None."""
    match node:
        case ast.Name(name) if name in names:
            value = names[name]
            return np.shape(value) if isinstance(value, np.ndarray | int | float) else None
        case ast.Constant(int() | float()):
            return ()
        case ast.Attribute(part, "T"):
            shape = _shape(part, names)
            return shape and shape[::-1]
        case ast.UnaryOp(operand=part):
            return _shape(part, names)
        case ast.BinOp(left, operator, right) if not isinstance(operator, ast.MatMult):
            shapes = _shape(left, names), _shape(right, names)
            return None if None in shapes else np.broadcast_shapes(*shapes)
    return None
