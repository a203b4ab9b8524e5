"""Reads the learner's source: untouched bodies, forgotten returns, the line of an error."""

import ast
import dis
import inspect
import linecache
import textwrap
import tokenize
import traceback

_IDLE_CODE = ("RESUME", "NOP", "POP_TOP", "RETURN_", "PUSH_NULL", "PRECALL", "CALL", "CACHE")
_IDLE_CODE += ("RAISE_VARARGS", "COPY_FREE_VARS", "MAKE_CELL", "NOT_TAKEN")


def is_untouched(function):
    """Tell whether a function's body is still the stub's.

    That is a docstring, comments, ``...``, ``pass``, ``raise NotImplementedError``,
    ``return``, ``return ...`` or ``return None``, and nothing else.

    Parameters
    ----------
    function : callable
        The learner's function; of what is no plain function the answer is False.

    Returns
    -------
    bool
    """
    code = getattr(function, "__code__", None)
    if code is None:
        return False
    node = definition(function)
    return _is_idle_code(code) if node is None else all(map(_is_idle, node.body))


def definition(function):
    """Return the syntax tree of a function's ``def``.

    Parameters
    ----------
    function : callable
        A function written in Python, or anything else.

    Returns
    -------
    ast.FunctionDef or None
        None where there is no source, or no ``def``.
    """
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    except (OSError, TypeError, SyntaxError, ValueError, tokenize.TokenError):
        return None
    first = tree.body[0] if tree.body else None
    return first if isinstance(first, ast.FunctionDef) else None


def forgotten_return(function, names=()):
    """Return the ``return`` line that a function seems to lack, None if it has one.

    Parameters
    ----------
    function : callable
        The learner's function, which returned None.
    names : tuple of str
        The names of its values, where several are needed.

    Returns
    -------
    str or None
        Such as ``return s * (1 - s)``; only ``return ...`` where the last line gives no clue,
        "" where not all of several values are found.
    """
    node = definition(function)
    if node and any(isinstance(part, ast.Return) and part.value for part in _own_parts(node)):
        return None
    value = _last_value(node.body[-1]) if node else ""
    if len(names) < 2:
        return f"return {value or '...'}"
    value = value if _is_row(value, len(names)) else _assigned(node, names)
    return f"return {value}" if value else ""


def _is_row(text, n):
    """Tell whether a text is a row of n values, or a list of them."""
    try:
        row = ast.parse(f"({text})", mode="eval").body
    except SyntaxError:
        return False
    return isinstance(row, ast.Tuple | ast.List) and len(row.elts) == n


def _assigned(node, names):
    """Return the variables of these names, such as ``m`` for new_m; "" if one is missing."""
    parts = _own_parts(node) if node else ()
    made = {p.id for p in parts if isinstance(p, ast.Name) and isinstance(p.ctx, ast.Store)}
    pairs = [(name, name.removeprefix("new_")) for name in names]
    found = [next((name for name in pair if name in made), "") for pair in pairs]
    return ", ".join(found) if all(found) else ""


def place_of(error, function):
    """Say in which line of the learner's function an error arose; "" if that is unknown."""
    code = getattr(function, "__code__", None)
    if code is None:
        return ""
    frames = traceback.walk_tb(error.__traceback__)
    inside = [line for frame, line in frames if frame.f_code.co_filename == code.co_filename]
    if not inside or inside[-1] < code.co_firstlineno:
        return ""
    line = linecache.getline(code.co_filename, inside[-1]).strip()
    number = inside[-1] - code.co_firstlineno + 1
    return f" in its line {number}" + (f", `{line}`" if line else "")


def line_of(name, function):
    """Say in which line a function gives a local name its value; "" if that is unknown."""
    node = definition(function)
    for part in _own_parts(node) if node else ():
        if isinstance(part, ast.Assign) and ast.unparse(part.targets[0]) == name:
            return f" in its line {part.lineno}, `{ast.unparse(part)}`"
    return ""


def without_docstring(function):
    """Return a function's source without docstring and indentation.

    Parameters
    ----------
    function : callable
        A function written in Python.

    Returns
    -------
    str
    """
    source = textwrap.dedent(inspect.getsource(function))
    lines = source.splitlines()
    node = ast.parse(source).body[0]
    if ast.get_docstring(node) is not None:
        del lines[node.body[0].lineno - 1 : node.body[0].end_lineno]
    return "\n".join(lines)


def _is_idle(statement):
    match statement:
        case ast.Pass() | ast.Expr(ast.Constant()):
            return True
        case ast.Return(None) | ast.Return(ast.Constant(None)):
            return True
        case ast.Return(ast.Constant(value)):
            return value is ...
        case ast.Raise(ast.Name("NotImplementedError")):
            return True
        case ast.Raise(ast.Call(ast.Name("NotImplementedError"))):
            return True
    return False


def _is_idle_code(code):
    """Judge by the instructions, where there is no source."""
    return all(map(_is_idle_instruction, dis.get_instructions(code)))


def _is_idle_instruction(instruction):
    name, value = instruction.opname, instruction.argval
    if name.startswith(("LOAD_CONST", "RETURN_CONST", "LOAD_COMMON_CONSTANT")):
        return value is None or value is ...
    return name.startswith(_IDLE_CODE) or (name, value) == (
        "LOAD_GLOBAL",
        "NotImplementedError",
    )


def _own_parts(node):
    """Walk through a function's body, but not into functions defined inside it."""
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, ast.FunctionDef | ast.Lambda | ast.ClassDef):
            yield child
            yield from _own_parts(child)


def _last_value(statement):
    match statement:
        case ast.Assign(targets=[target]) | ast.AugAssign(target=target):
            while isinstance(target, ast.Subscript):  # what is written into
                target = target.value
            return ast.unparse(target)
        case ast.Expr(ast.Call(ast.Name("print"), values)):
            return ", ".join(ast.unparse(value) for value in values if not _is_text(value))
        case ast.Expr(value):
            return ast.unparse(value)
    return ""


def _is_text(node):
    match node:
        case ast.JoinedStr() | ast.Constant(str()):
            return True
    return False
