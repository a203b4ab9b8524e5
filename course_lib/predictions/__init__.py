"""Predictions: what a lesson asks before it shows, as data.

In a lesson, in a cell of its own::

    predict("five_multiplications")

===============  ==================================================================
model            what a prediction is: ``Prediction``, ``Choice`` and ``Number``
markup           the little markup of its texts, as HTML and as plain text
lesson_00 ...    a tuple ``PREDICTIONS`` each, in the order in which the lesson asks
===============  ==================================================================

What a card shows and keeps is in ``course_lib.exercises.engine.predicting``. To add a
prediction, add it to its lesson's tuple; it is found by itself.
"""

import importlib
import pkgutil
from functools import cache

from course_lib.predictions.model import RIGHT, Number, Prediction

__all__ = ["RIGHT", "Number", "Prediction", "by_lesson", "predictions"]


@cache
def predictions():
    """Return every prediction by name, in the order of lessons.

    Returns
    -------
    dict of str to Prediction or Number

    Raises
    ------
    ValueError
        If two predictions have one name.
    """
    found = {}
    for prediction in (p for part in by_lesson().values() for p in part):
        if prediction.name in found:
            raise ValueError(f"two predictions are named {prediction.name!r}")
        found[prediction.name] = prediction
    return found


@cache
def by_lesson():
    """Return the predictions of each lesson, ``{"00": (...), ...}``, in order."""
    names = sorted(m.name for m in pkgutil.iter_modules(__path__) if m.name[:7] == "lesson_")
    modules = (importlib.import_module(f"{__name__}.{name}") for name in names)
    return {name[7:]: m.PREDICTIONS for name, m in zip(names, modules, strict=True)}
