"""What a learner's source says about an exception: which name, which line, which condition."""

import ast
import traceback

from course_lib.exercises.engine.source import definition


def tests_before(name, function, error):
    """Return the conditions of which one had to hold for a name to have a value.

    Parameters
    ----------
    name : str
        A local name.
    function : callable
        The learner's function.
    error : Exception
        What it raised, as the name had none.

    Returns
    -------
    list of str
        Empty where the name is given a value elsewhere too, or in a loop.
    """
    node, code = definition(function), getattr(function, "__code__", None)
    steps = traceback.walk_tb(error.__traceback__)
    line = max((n for frame, n in steps if frame.f_code is code), default=0)
    if node is None or line == 0:
        return []
    before = [one for one in node.body if code.co_firstlineno + one.end_lineno - 1 < line]
    chains = [chain for chain in map(_branches, before) if _gives(name, chain)]
    stores = sum(_is_store(part, name) for part in ast.walk(node))
    tests = [ast.unparse(test) for chain in chains for test, _ in chain]
    return tests if len(tests) == stores else []


def has_loop(function):
    """Tell whether there is a loop in a function, or no source to see it in."""
    node = definition(function)
    return node is None or any(isinstance(p, ast.For | ast.While) for p in ast.walk(node))


def line_that_writes(name, function):
    """Return where a function writes into an argument; None where that is not plain.

    Parameters
    ----------
    name : str
        The argument.
    function : callable
        The learner's function.

    Returns
    -------
    tuple or None
        The line's number, what stands there, and what makes a new array in its place.
    """
    node = definition(function)
    parts = [*ast.walk(node)] if node else []
    found = [made for made in map(_writes, parts) if made]
    found = [(part, made) for other, part, made in found if other == name]
    n_stored = sum(_is_store(part, name) for part in parts)
    if len(found) != 1 or n_stored > sum(_stays(part, name) for part in parts):
        return None  # what is written into may be another array
    part, made = found[0]
    return part.lineno, ast.unparse(part), made


def _stays(part, name):
    """Tell whether a statement gives a name the very array that it had."""
    match part:
        case ast.AugAssign(ast.Name(other)):
            return other == name
        case ast.Assign([ast.Name(other)], value):
            return other == name and ast.unparse(value) == f"np.asarray({name})"
    return False


def _writes(part):
    """Return (name, the syntax that writes into it, what makes a new array); None if none."""
    match part:
        case ast.AugAssign(ast.Name(name), operator, value):
            return name, part, ast.unparse(ast.BinOp(ast.Name(name), operator, value))
        case ast.Assign([ast.Subscript(ast.Name(name))]) | ast.AugAssign(
            ast.Subscript(ast.Name(name))
        ):
            return name, part, f"{name}.copy()"
        case ast.Expr(ast.Call(ast.Attribute(ast.Name(name), "sort"), [], [])):
            return name, part, f"np.sort({name})"
        case ast.Call(function, arguments, [ast.keyword("out", ast.Name(name))]):
            return name, part, ast.unparse(ast.Call(function, arguments, []))
    return None


def _branches(statement):
    """Return each condition of an ``if`` with its lines, ``elif`` by ``elif``."""
    found = []
    while isinstance(statement, ast.If):
        found.append((statement.test, statement.body))
        statement = statement.orelse[0] if len(statement.orelse) == 1 else None
    return found


def _gives(name, chain):
    """Tell whether each branch gives a name its value by a line of its own."""
    assigned = (
        any(_is_store(part, name) for one in body if isinstance(one, ast.Assign)
            for part in ast.walk(one))
        for _, body in chain
    )  # fmt: skip
    return bool(chain) and all(assigned)


def _is_store(part, name):
    return isinstance(part, ast.Name) and part.id == name and isinstance(part.ctx, ast.Store)


def keys_of_dict(function):
    """Return the keys of a function's one written-out dictionary; [] if there is none."""
    node = definition(function)
    found = [part for part in ast.walk(node) if isinstance(part, ast.Dict)] if node else []
    if len(found) != 1 or not all(isinstance(key, ast.Constant) for key in found[0].keys):
        return []
    return [key.value for key in found[0].keys]


def entries_as_places(function):
    """Return the name that goes through an array's entries and stands as an index: (it, array).

    None where there is none.
    """
    node = definition(function)
    for loop in ast.walk(node) if node else ():
        match loop:
            case ast.For(ast.Name(name), ast.Name(row)):
                inside = (part for one in loop.body for part in ast.walk(one))
                if any(_is_index(part, name) for part in inside):
                    return name, row
    return None


def _is_index(part, name):
    match part:
        case ast.Subscript(_, ast.Name(index)):
            return index == name
    return False


def number_with_places(function):
    """Return the name of a number whose entries are assigned to, and the line that makes it.

    None where there is none.
    """
    node = definition(function)
    parts = [*ast.walk(node)] if node else []
    numbers = {}
    for part in parts:
        match part:
            case ast.Assign([ast.Name(name)], ast.Constant(int() | float())):
                numbers[name] = part.lineno
    for part in parts:
        match part:
            case ast.Subscript(ast.Name(name), ctx=ast.Store()) if name in numbers:
                return name, numbers[name]
    return None
