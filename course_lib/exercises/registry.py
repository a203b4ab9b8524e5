"""All exercises: whatever the modules ``lesson_*.py`` of this package offer.

A lesson adds its exercises by adding such a module, with a tuple ``EXERCISES``; nothing lists
them by hand. A lesson with much to say may have several: ``lesson_01_chain.py``.
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
    names = (module.name for module in pkgutil.iter_modules([str(Path(__file__).parent)]))
    lessons = sorted(name for name in names if name.startswith("lesson_"))
    return [importlib.import_module(f"{__package__}.{name}") for name in lessons]
