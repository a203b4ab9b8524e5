"""All exercises: whatever the modules of the packages ``lesson_NN`` offer.

A lesson adds an exercise by adding a module with a tuple ``EXERCISES``; nothing lists
them by hand. Any other module of a lesson is a part of these: their mistakes, say.
"""

import importlib
import pkgutil
from difflib import get_close_matches
from functools import cache
from pathlib import Path


@cache
def exercises():
    """Return every exercise by name, in the order of lessons.

    Returns
    -------
    dict of str to Exercise

    Raises
    ------
    ValueError
        If two exercises have one name.
    """
    found = {}
    for exercise in (e for module in _modules() for e in module.EXERCISES):
        if exercise.name in found:
            raise ValueError(f"two exercises are named {exercise.name!r}")
        found[exercise.name] = exercise
    return found


def find(name):
    """Return the exercise of that name, None if there is none."""
    return exercises().get(name) if isinstance(name, str) else None


def unknown(name):
    """Say in one sentence that there is no such exercise, and which there are."""
    if not isinstance(name, str):
        return (
            "The name of the exercise comes first, in quotation marks, such as "
            f'`check("{next(iter(exercises()))}", ...)`; the exercises are {_known()}.'
        )
    close = get_close_matches(name, exercises(), n=1)
    guess = f' (did you mean "{close[0]}"?)' if close else ""
    return f'There is no exercise "{name[:60]}"{guess}; the exercises are {_known()}.'


def _known():
    return ", ".join(exercises())


def _modules():
    room = Path(__file__).parents[1]
    lessons = [name for name in _names_in(room) if name.startswith("lesson_")]
    modules = [
        importlib.import_module(f"course_lib.exercises.{lesson}.{name}")
        for lesson in lessons
        for name in _in_order(lesson, _names_in(room / lesson))
    ]
    return [module for module in modules if hasattr(module, "EXERCISES")]


def _in_order(lesson, names):
    """Return a lesson's modules as its ORDER says, then the others by name."""
    first = getattr(importlib.import_module(f"course_lib.exercises.{lesson}"), "ORDER", ())
    return [*first, *(name for name in names if name not in first)]


def _names_in(folder):
    return sorted(module.name for module in pkgutil.iter_modules([str(folder)]))
