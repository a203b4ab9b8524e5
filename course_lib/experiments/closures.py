"""What links and initializers are called, and when two of them do the same.

The course's links are functions made by functions: ``momentum(0.9)`` keeps 0.9 in a closure.
From there its name and its arguments can be read, for a text to show and for comparisons.
"""

import inspect
import sys

_PLAIN = (int, float, str, bool, type(None))
_COURSE = __name__.partition(".")[0]


def described(part):
    """Return how a link or an initializer was made, such as ``momentum(gamma=0.9)``.

    Parameters
    ----------
    part : Transform or callable
        What is not made by a function of the course is called a link or a function.

    Returns
    -------
    str
        Arguments that have their default value are left out.
    """
    function = getattr(part, "update", part)
    kept = _kept(function)
    if "rule" in kept:  # what `stateless` was given tells more than it does itself
        function = kept["rule"]
        kept = _kept(function)
    maker = _maker(function)
    if maker is None:
        return "a link of one's own" if hasattr(part, "update") else "a function of one's own"
    shown = (_shown(maker, name, kept[name]) for name in _parameters(maker) if name in kept)
    return f"{maker.__name__}({', '.join(filter(None, shown))})"


def identity(value):
    """Return something hashable that is equal for two values that do the same.

    Functions made by the course are told by their code and what they keep; any other function
    is only the same as itself.

    Parameters
    ----------
    value : object
        A function, an array's plain neighbor (number, text) or a tuple of such.

    Returns
    -------
    object
    """
    if isinstance(value, tuple):
        return (type(value).__name__, *map(identity, value))
    if isinstance(value, _PLAIN) or not inspect.isfunction(value):
        return value
    if (value.__module__ or "").partition(".")[0] != _COURSE:
        return value
    kept = tuple((name, identity(kept)) for name, kept in _kept(value).items())
    try:
        hash(kept)
    except TypeError:  # a log, an array: nobody knows what it will hold
        return value
    return value.__code__, kept


def _kept(function):
    if not inspect.isfunction(function):
        return {}
    cells = function.__closure__ or ()
    values = (cell.cell_contents for cell in cells)
    return dict(zip(function.__code__.co_freevars, values, strict=True))


def _maker(function):
    """Return the function of the course that made another one, None if none did."""
    name, made, _ = getattr(function, "__qualname__", "").partition(".<locals>")
    module = getattr(function, "__module__", None) or ""
    if not made or module.partition(".")[0] != _COURSE or name == "stateless":
        return None
    return getattr(sys.modules.get(module), name, None)


def _parameters(maker):
    return inspect.signature(maker).parameters


def _shown(maker, name, value):
    parameter = _parameters(maker)[name]
    if parameter.kind is parameter.VAR_POSITIONAL:
        return ", ".join(map(described, value))
    if value is parameter.default or (isinstance(value, _PLAIN) and value == parameter.default):
        return ""
    if isinstance(value, int | float):
        return f"{name}={value:.4g}"
    if isinstance(value, str):
        return f"{name}={value!r}"
    return described(value) if callable(value) else f"{name}=..."
