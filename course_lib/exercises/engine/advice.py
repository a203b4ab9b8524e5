"""What to say about an exception in a learner's function, and what to try next."""

import re
from dataclasses import FrozenInstanceError, dataclass, field
from difflib import get_close_matches

import numpy as np

from course_lib.exercises.engine.calls import about_call
from course_lib.exercises.engine.comparison import Unobservable
from course_lib.exercises.engine.guard import OutOfTime, StillRunning
from course_lib.exercises.engine.names import (
    globals_used,
    uncalled_function,
    uncalled_method,
)
from course_lib.exercises.engine.read_source import (
    entries_as_places,
    has_loop,
    keys_of_dict,
    number_with_places,
    tests_before,
)
from course_lib.exercises.engine.self_reference import alias_of_itself
from course_lib.exercises.engine.shapes import about_shapes, lost_column, operands
from course_lib.exercises.engine.source import is_untouched, line_of, place_of
from course_lib.mlp import Layer

_FUNCTION_OPERAND = re.compile(
    r"'(function|Activation|method|builtin_function_or_method|numpy\.ufunc)'"
)
_RENAMED = {"product": "prod", "cumproduct": "cumprod", "trapz": "trapezoid", "in1d": "isin",
            "bool8": "bool_", "msort": "sort"}  # fmt: skip
_METHODS = {"t": ".T", "clone": ".copy()", "unsqueeze": "[:, None]", "mm": "@", "bmm": "@"}
_PACKAGES = {"scipy": "SciPy", "torch": "PyTorch"}
_ITERATED = re.compile(
    r"'(int|float|float64|numpy\.float64)' object (is not (iterable|subscriptable)|has no len)"
    "|unsized object|0-d array|invalid index to scalar|array is 0-dimensional"
)
_SIGNS_BY_ENTRY = ("*", "+", "-", "/", "operation", "")
_NUMBER_NEEDED = re.compile("only .* arrays can be converted to Python scalars")


@dataclass(frozen=True)
class Inputs:
    """What the arguments of an exercise are like: names, for advice in the learner's words.

    Attributes
    ----------
    case : dict of str to object
        The arguments with which the function failed.
    single, several : tuple of str
        Those that are one number here and an array in other cases, and the other way round.
    rows : tuple of str
        Those that have one row per example.
    """

    case: dict = field(default_factory=dict)
    single: tuple = ()
    several: tuple = ()
    rows: tuple = ()


def inputs_of(exercise, cases, case):
    """Return the `Inputs` of an exercise in one of its cases."""
    names, single, several, tables = exercise.parameters, [], [], {}
    for i, name in enumerate(names):
        values = [c[i] for c in cases]
        if np.ndim(case[i]) == 0 and any(isinstance(v, np.ndarray) and v.ndim for v in values):
            single.append(name)
        if np.ndim(case[i]) and any(np.ndim(v) == 0 for v in values):
            several.append(name)
        if all(isinstance(value, np.ndarray) and value.ndim == 2 for value in values):
            tables.setdefault(tuple(map(len, values)), []).append(name)
    rows = max(tables.values(), key=len, default=())
    shared = rows if len(rows) > 1 else ()
    return Inputs(
        dict(zip(names, case, strict=True)), tuple(single), tuple(several), tuple(shared)
    )


def error_sentence(error, answer, inputs=Inputs()):
    """Return what happened, where, and what may help.

    Parameters
    ----------
    error : BaseException
        What the learner's function raised, or `OutOfTime`.
    answer : callable
        The learner's function.
    inputs : Inputs
        With what it was called.

    Returns
    -------
    str
    """
    if isinstance(error, StillRunning):
        return "It did not stop, and could not be stopped: restart the kernel (menu Kernel)."
    if isinstance(error, OutOfTime):
        return "It did not come back in time and was stopped: does every loop in it end?"
    if isinstance(error, Unobservable):
        return str(error)
    words = _about_operands(error, answer) or about_call(error, answer, inputs.case)
    first_line = str(error).strip().partition("\n")[0]
    if "inhomogeneous" in first_line:
        words = "one array is to hold parts of different shapes, which it cannot"
    words = words or _in_known_names(first_line, inputs)[:300]
    told = f": {words.rstrip('.')}." if words else "."
    name, place = type(error).__name__, place_of(error, answer)
    return f"It raised {name}{place}{told} {_advice(error, answer, inputs)}".rstrip()


def _in_known_names(words, inputs):
    """Return a message without addresses, and an argument's name for a class of the course."""
    for name, value in inputs.case.items():
        if type(value).__module__.startswith("course_lib.exercises"):
            words = words.replace(f"'{type(value).__name__}'", f"`{name}`")
    return re.sub("0x[0-9a-fA-F]+", "0x...", words)


def _advice(error, answer, inputs):
    row = about_shapes(error) and lost_column(error, answer)
    if row:
        return f"With `keepdims=True` `{row}` stays a column, and fits."
    if about_shapes(error) and inputs.rows:
        return _about_rows(error, answer, inputs)
    advised = _about_inputs(error, inputs)
    advisers = (advise for kind, advise in _ADVISERS if isinstance(error, kind))
    return advised or next(advisers, lambda *_: "")(error, answer)


def _about_operands(error, answer):
    """Say which shapes do not fit, where they are known."""
    found = operands(error, answer) if about_shapes(error) else None
    if found is None:
        return ""
    operator, ((left, left_shape), (right, right_shape)) = found
    return (
        f"`{left}` has shape {left_shape} and `{right}` has shape {right_shape}, which do not "
        f"fit for `{operator}`"
    )


def _about_rows(error, answer, inputs):
    """Say which operand is not what it should be, or that examples are rows."""
    operator, parts = operands(error, answer) or ("", ())
    if operator not in _SIGNS_BY_ENTRY and len({shape for _, shape in parts}) == 1:
        return (
            "Both have one shape: entry by entry they are multiplied with `*`, and a matrix "
            "product needs one of them transposed."
        )
    shapes = {np.shape(inputs.case[name]) for name in inputs.rows}
    for text, shape in parts:
        name = text.removesuffix(".T")
        made = None if name in inputs.case or {shape, shape[::-1]} & shapes else name
        line = made and line_of(made, answer)
        if line:
            return f"`{name}` is made{line}: none of {_listed(inputs.rows)} has its shape."
    return f"Examples are rows here: {_listed(inputs.rows)} have one row for each example."


def _about_inputs(error, inputs):
    """Say that an argument is a single number or an array, or can only be gone through."""
    words = str(error)
    if inputs.several and about_shapes(error):
        return f"Here {_listed(inputs.several)} is an array, and in other cases one number."
    if inputs.single and _ITERATED.search(words):
        return (
            f"Here {_listed(inputs.single)} is a single number: it may be one number as well "
            "as an array, and what NumPy does with an array it does with a number too."
        )
    found = re.search(r"'(\w+)' object (?:is not subscriptable|has no len)", words)
    for name, value in inputs.case.items():
        kind = type(value).__name__
        if found and kind == found[1] and hasattr(value, "__iter__"):
            return f"`{name}` has no positions: go through it with `for ... in {name}`."
        if isinstance(error, NameError) and hasattr(value, error.name or " "):
            return f"`{name}` has it: say `{name}.{error.name}`."
        if callable(value) and re.search(rf"operand.*'{kind}'", words):
            return f"`{name}` is a function: call it, `{name}(...)`."
    return ""


def _listed(names, link=" and "):
    *first, last = (f"`{name}`" for name in names)
    return link.join(filter(None, (", ".join(first), last)))


def _about_unset_variable(error, answer):
    found = re.search(r"local variable '(\w+)'", str(error))
    if found is None:
        return "A name is used before it has a value."
    name = found[1]
    if name in getattr(answer, "__globals__", {}):
        return (
            f"An assignment to `{name}` inside the function hides the `{name}` outside: choose "
            "another name inside, or give it a value first."
        )
    tests = tests_before(name, answer, error)
    if not tests and not has_loop(answer):
        return f"No line that ran before gives `{name}` a value."
    if not tests:
        return f"Give `{name}` a value first: before the loop, where there is one."
    held = "and that does not hold here" if len(tests) == 1 else "and none of them holds here"
    return (
        f"`{name}` is given a value only where {_listed(tests, ' or ')} holds, {held}: is a "
        "word misspelled, or an `else` missing?"
    )


def _about_keys(error, answer):
    keys, key = keys_of_dict(answer), (error.args or (None,))[0]
    if not keys or key is None or key in keys:
        return ""
    if key in answer.__code__.co_varnames:
        return f"`{key}` without quotation marks is its value."
    return f"Its dictionary has the keys {_listed(map(repr, keys))}."


def _about_index(error, answer):
    gone_through = entries_as_places(answer)
    if gone_through is None or "only integers" not in str(error):
        return ""
    name, row = gone_through
    return (
        f"`{name}` goes through the entries of `{row}`, which are no places: "
        f"`for {name} in range(len({row}))` goes through these."
    )


def _about_unknown_name(error, answer):
    name = error.name or ""
    if name in np.__all__:
        return f"NumPy has it: say `np.{name}`."
    return "Is a cell above not run yet, or a name misspelled?"


def _about_recursion(error, answer):
    name = alias_of_itself(answer)
    if name:
        return f"`{name}` holds this very function, so it calls itself: write the body out."
    return "It calls itself and never comes to an end."


def _about_missing_module(error, answer):
    package = (error.name or "it").partition(".")[0]
    return f"This exercise is meant to be solved without {_PACKAGES.get(package, package)}."


def _about_attributes(error, answer):
    if isinstance(error, FrozenInstanceError):
        return "It cannot be changed: `replace` returns a changed copy."
    found = re.match(r"module 'numpy' has no attribute '(\w+)'", str(error))
    if found:
        return _about_numpy_name(found[1])
    if isinstance(error.obj, np.ndarray | np.generic):
        return _about_array_method(error.name)
    if isinstance(error.obj, Layer):
        return "What a layer has for its part of the vector: `.w`, `.b` and `.parameters`."
    return ""


def _about_array_method(name):
    """Say what NumPy has in the place of a method of PyTorch's tensors."""
    if name in _METHODS:
        return f"NumPy says `{_METHODS[name]}`."
    if name in ("detach", "numpy", "cpu", "requires_grad_"):
        return f"It is NumPy's array already: leave `.{name}()` out."
    return f"NumPy has it as a function: `np.{name}(...)`." if name in np.__all__ else ""


def _about_numpy_name(name):
    if name in ("float", "int", "bool", "complex", "object", "str"):
        return f"NumPy had it once for Python's own: `{name}`."
    known = {known.lower(): known for known in np.__all__}
    found = get_close_matches(name.lower(), known, n=1, cutoff=0.8)
    name = _RENAMED.get(name) or (known[found[0]] if found else None)
    return f"NumPy says `np.{name}`." if name else ""


def _about_values(error, answer):
    if "to unpack" in str(error) and "eigvals" in place_of(error, answer):
        return (
            "`eigvalsh` and `eigvals` return the eigenvalues alone, in one array; `eigh` "
            "returns them and the eigenvectors."
        )
    if "ambiguous" in str(error) and {"max", "min"} & set(answer.__code__.co_names):
        return "`max` and `min` need one yes or no; `np.maximum` and `np.minimum` take arrays."
    if "equal division" in str(error):
        return "The parts differ in length."
    return ""


def _about_types(error, answer):
    if _NUMBER_NEEDED.search(str(error)):
        return (
            "`float` and the functions of `math` take single numbers only, and here it is an "
            "array: NumPy's functions, such as `np.exp`, take both."
        )
    found = "not support item assignment" in str(error) and number_with_places(answer)
    if found:
        name, line = found
        return (
            f"`{name}` is one number, made in line {line}, and has no places: `np.zeros(n)` "
            "has n of them."
        )
    if "keyword argument 'dim'" in str(error):
        return "NumPy says `axis` for `dim`."
    if "must be of ArrayType" in str(error):
        return "`out=` writes into an array, and a number is none."
    if "'tuple' object does not support item" in str(error):
        return "A tuple stays as it is: make a new one, as in `(new, *old[1:])`."
    if "bitwise_xor" in str(error) or "for ^:" in str(error):
        return "`^` is no power in Python: write `**`."
    name = uncalled_function(answer)
    if name and _FUNCTION_OPERAND.search(str(error)):
        arguments = _one_argument(answer)
        return f"`{name}` is a function: call it, `{name}({arguments})`."
    name = "'method'" in str(error) and uncalled_method(answer)
    if name:
        return f"`{name}` is a function: call it, `{name}(...)`."
    name = _unwritten(answer)
    if name and "NoneType" in str(error):
        return f"`{name}` returns None, as it has no body yet."
    return ""


def _one_argument(function):
    code = function.__code__
    return code.co_varnames[0] if code.co_argcount == 1 else "..."


def _unwritten(answer):
    used = globals_used(answer).items()
    return next((name for name, value in used if is_untouched(value)), None)


# the first that fits speaks: an unset variable is a NameError too
_ADVISERS = (
    (UnboundLocalError, _about_unset_variable),
    (NameError, _about_unknown_name),
    (ModuleNotFoundError, _about_missing_module),
    (AttributeError, _about_attributes),
    (RecursionError, _about_recursion),
    (NotImplementedError, lambda *_: "A part of it is still to be written."),
    (KeyError, _about_keys),
    (IndexError, _about_index),
    (KeyboardInterrupt, lambda *_: "It was interrupted."),
    (TypeError, _about_types),
    (ValueError, _about_values),
)
