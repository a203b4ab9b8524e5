"""Tells a call with wrong arguments in the words of the learner's own line."""

import inspect
import re
from itertools import starmap

from course_lib.exercises.engine.formatting import counted
from course_lib.exercises.engine.names import globals_used
from course_lib.exercises.engine.source import place_of

_TOO_MANY = re.compile(r"^(\S+)\(\) takes .* but (\d+) (?:was|were) given$")
_MISSING = re.compile(r"^(\S+)\(\) missing \d+ required positional arguments?: (.*)$")
_UNKNOWN = re.compile(r"^(\S+)\(\) got an unexpected keyword argument '(\w+)'")
_NO_FUNCTION = re.compile(r"^'(?:\w+\.)*(\w+)' object is not callable$")


def about_call(error, answer, case):
    """Say what a function takes that was called with other arguments.

    Parameters
    ----------
    error : Exception
        What the learner's function raised.
    answer : callable
        The learner's function.
    case : dict of str to object
        Its arguments.

    Returns
    -------
    str
        Empty where the error is another, or what was called has no name in the learner's line.
    """
    if not isinstance(error, TypeError):
        return ""
    words, line = str(error), place_of(error, answer)
    called = {n: f for n, f in _named(answer, case).items() if re.search(rf"\b{n}\(", line)}
    found = _NO_FUNCTION.match(words)
    if found:
        names = (name for name, value in called.items() if type(value).__name__ == found[1])
        said = next((_no_function(name, called[name]) for name in names), "")
        return said or next(filter(None, starmap(_function_wanted, called.items())), "")
    for form in (_TOO_MANY, _MISSING, _UNKNOWN):
        found = form.match(words)
        for name, function in called.items() if found else ():
            if _qualified(function) == found[1] and _taken(function):
                return f"`{name}` takes {_taken(function)}{_instead(form, found, function)}"
    return ""


def _named(answer, case):
    """Return what the learner can call, by the names that stand in the source."""
    named = dict(globals_used(answer))
    for name, value in case.items():
        named[name] = value
        named |= {f"{name}.{part}": getattr(value, part) for part in _parts(value)}
    return named


def _parts(value):
    """Return the names of what an object of the course offers."""
    if not type(value).__module__.startswith("course_lib"):
        return ()
    names = getattr(value, "_fields", None) or dir(value)
    return [n for n in names if not n.startswith("_") and callable(getattr(value, n))]


def _method(function):
    return function if hasattr(function, "__qualname__") else type(function).__call__


def _qualified(function):
    return getattr(_method(function), "__qualname__", "") if callable(function) else ""


def _taken(function):
    try:
        names = [f"`{name}`" for name in inspect.signature(function).parameters]
    except (TypeError, ValueError):  # NumPy's own may tell nothing
        names = []
    if not names:
        return ""
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else f"{last} only"


def _instead(form, found, function):
    if form is _MISSING:
        names = re.findall("'([^']+)'", found[2])
        return f", and {', '.join(names)} {'is' if len(names) == 1 else 'are'} missing"
    if form is _UNKNOWN:
        return f", and no `{found[2]}=`"
    is_bound = inspect.ismethod(function) or _method(function) is not function
    given = int(found[2]) - is_bound
    return f", and {counted(given, 'argument')} {'was' if given == 1 else 'were'} given"


def _function_wanted(name, function):
    """Say that what was called wants a function, where the course's own helper does."""
    if "`f`" not in _taken(function):
        return ""
    return f"`{name}` wants a function as `f`, such as `lambda z: ...`, and got its value"


def _no_function(name, value):
    offers = ", ".join(f"`{name}.{part}`" for part in _parts(value))
    return f"`{name}` is no function" + (f": call {offers}" if offers else "")
