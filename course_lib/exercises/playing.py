"""Exercises whose function returns an optimizer: what is compared is what it does."""

import numpy as np

from course_lib.exercises.shown import kind
from course_lib.optimizers import Transform

DIRECTION = np.array([0.6, 0.8])  # of the gradients that an optimizer is played on


class Unplayable(TypeError):
    """What came back cannot be played; its message is the sentence for the learner."""


def steps_along(optimizer, sizes):
    """Return the updates of an optimizer on gradients of these sizes along (0.6, 0.8).

    Parameters
    ----------
    optimizer : Transform
        What the learner's function returned.
    sizes : sequence of float
        A negative one turns the gradient's sign.

    Returns
    -------
    ndarray, shape (n_sizes, 2)
        One row per step.

    Raises
    ------
    Unplayable
        If it is no optimizer.
    """
    if not isinstance(optimizer, Transform):
        needed = "an optimizer is needed, such as `chain(...)` makes"
        raise Unplayable(f"It returned {_kind(optimizer)}; {needed}.")
    state, updates = optimizer.init(np.zeros(2)), []
    for size in sizes:
        update, state = optimizer.update(size * DIRECTION, state)
        updates.append(update)
    return np.array(updates)


def _kind(value):
    if isinstance(value, list | tuple) and any(isinstance(v, Transform) for v in value):
        return "the links one by one"
    return kind(value)


def compared_function(exercise, function):
    """Return the function whose values are compared with the reference's.

    Parameters
    ----------
    exercise : Exercise
        Its ``played`` turns what the function returns into numbers; None leaves it as it is.
    function : callable
        The learner's function, the reference or a known mistake.

    Returns
    -------
    callable
    """
    if exercise.played is None:
        return function

    def compared(*args):
        value = function(*args)
        return None if value is None else exercise.played(value)

    return compared
