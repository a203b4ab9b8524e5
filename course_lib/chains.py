"""What an optimizer is made of: links, and the chain that the gradient flows through.

A link is a pair of pure functions, ``init(theta) -> state`` and
``update(g, state) -> (g, state)``. The parameters change in one visible place, the loop:
``theta = theta + update``.

The form is that of optax (Babuschkin et al. 2020).
"""

import inspect
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from course_lib._validation import inexact, require_count


class Transform(NamedTuple):
    """One link of an optimizer.

    Attributes
    ----------
    init : callable
        ``init(theta) -> state``: what the link remembers before the first step.
    update : callable
        ``update(g, state) -> (g, state)``: what goes to the next link, and what the link
        remembers now. Neither g nor state is changed in place. None in place of g means
        "nothing to pass on yet": the links behind it are not called and the step is zero.
    """

    init: Callable[[np.ndarray], Any]
    update: Callable[[np.ndarray, Any], tuple[np.ndarray | None, Any]]


def stateless(rule):
    """Return a link that applies ``rule(g)`` and remembers nothing.

    Parameters
    ----------
    rule : callable
        A pure function from a gradient to one of the same shape.

    Returns
    -------
    Transform
    """
    return Transform(init=lambda theta: (), update=lambda g, state: (rule(g), state))


def require_link(name, link):
    """Raise unless a value has ``init`` and ``update``, as a `Transform` has.

    Parameters
    ----------
    name : str
        What to call the value.
    link : object

    Raises
    ------
    TypeError
        If it has not.
    """
    if all(callable(getattr(link, part, None)) for part in ("init", "update")):
        return
    given = repr(link)
    if isinstance(link, list | tuple):
        given = f"a {type(link).__name__}: chain(*links) takes the links out of it"
    elif inspect.isfunction(link):
        given = f"the function {link.__name__}: call it, {link.__name__}(...)"
    raise TypeError(f"{name} must be a link, such as momentum(0.9), got {given}")


def chain(*links):
    """Return the optimizer that passes the gradient through ``links``, from left to right.

    Parameters
    ----------
    *links : Transform
        One or more.

    Returns
    -------
    Transform
        Its state is the tuple of the links' states.

    Raises
    ------
    ValueError
        If there is no link.
    TypeError
        If an argument has not the two functions of a `Transform`.
    """
    require_count("the number of links", len(links))
    for position, link in enumerate(links):
        require_link(f"links[{position}]", link)

    def init(theta):
        return tuple(link.init(theta) for link in links)

    def update(g, state):
        passed, new_state = g, list(state)
        for i, link in enumerate(links):
            passed, new_state[i] = link.update(passed, state[i])
            if passed is None:
                return zeros_like(g), tuple(new_state)
        return passed, tuple(new_state)

    return Transform(init, update)


def zeros_like(theta):
    """Return what a link remembers before the first step: zeros in the precision of theta."""
    return np.zeros_like(inexact(theta, "theta"))
