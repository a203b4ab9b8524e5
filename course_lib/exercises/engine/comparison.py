"""How the values of an exercise are observed, compared and shown: one object for each way."""

from dataclasses import dataclass

import numpy as np

from course_lib.exercises.engine.formatting import show, show_apart

DIFFER = "The numbers differ."


class Unobservable(TypeError):
    """What came back cannot be observed; its message is the sentence for the learner."""


@dataclass(frozen=True)
class Close:
    """Numbers are right where |answer - expected| <= atol + rtol |expected|.

    A subclass may observe what is returned, judge by another rule, or show other rows.
    """

    rtol: float = 1e-7
    atol: float = 1e-12
    agreement = "agree with the course's own function"  # said of the cases that are right
    numbers = True  # whether what is compared are numbers that mean something to the learner
    acts = False  # whether what is returned acts, and is compared by what it does
    trains = False  # whether that trains nets, which takes its time

    def observe(self, value, *args):
        """Return the numbers that stand for what the function returned for arguments.

        Raises
        ------
        Unobservable
            With the sentence for the learner.
        """
        return value

    def observe_for_laws(self, value, *args):
        """Return the same as far as the laws look at it."""
        return self.observe(value, *args)

    def close(self, answer, expected):
        """Tell entry by entry where two arrays of one shape agree: nan with nan."""
        answer, expected = np.asanyarray(answer), np.asanyarray(expected, float)
        with np.errstate(all="ignore"):  # `np.isclose` in a third of its time
            near = np.abs(answer - expected) <= self.atol + self.rtol * np.abs(expected)
            same = near & np.isfinite(expected) | (answer == expected)
            return same | np.isnan(answer) & np.isnan(expected)

    def mismatch(self, answer, expected):
        """Return what is wrong with a value that has the right form, "" if nothing."""
        if self.close(answer, expected).all():
            return ""
        return (
            _not_finite(answer, expected, np.isnan, "nan (not a number)")
            or _not_finite(answer, expected, np.isinf, "inf")
            or _precision_problem(answer, expected)
            or DIFFER
        )

    def rows(self, answer, expected):
        """Return how the two values are shown, as (name, text)."""
        received, needed = show_apart(answer, expected)
        gap = largest_difference(answer, expected)
        difference = [("largest difference", show(gap, 2))] if gap else []
        return [("received", received), ("expected", needed), *difference]

    def comment(self, answer):
        """Return one more sentence about the value in the first case; it decides nothing."""
        return ""


def compared_function(exercise, function, by_laws=False):
    """Return the function whose values are compared with the reference's.

    Parameters
    ----------
    exercise : Exercise
        Its comparison may turn what the function returns into numbers.
    function : callable
        The learner's function, the reference or a known mistake.
    by_laws : bool
        Whether only laws look at the values.

    Returns
    -------
    callable
    """
    if not exercise.comparison.acts:
        return function
    comparison = exercise.comparison
    observe = comparison.observe_for_laws if by_laws else comparison.observe

    def compared(*args):
        value = function(*args)
        return None if value is None else observe(value, *args)

    return compared


def largest_difference(answer, expected):
    """Return the largest |answer - expected|, None for other shapes, inf or nan."""
    if np.shape(answer) != np.shape(expected):
        return None
    with np.errstate(all="ignore"):
        difference = np.abs(np.asarray(answer, float) - np.asarray(expected, float))
    return float(difference.max()) if np.isfinite(difference).all() else None


def _precision_problem(answer, expected):
    """Name the dtype where numbers differ only because it holds too few digits."""
    dtype = np.asarray(answer).dtype
    if dtype.kind != "f" or dtype.itemsize >= np.asarray(expected).dtype.itemsize:
        return None
    resolution = 100 * np.finfo(dtype).eps
    if not np.allclose(answer, expected, rtol=resolution, atol=resolution):
        return None
    return (
        f"The numbers agree as far as {dtype.name} goes, which is about "
        f"{round(-np.log10(np.finfo(dtype).eps))} digits: keep them in float64."
    )


def _not_finite(answer, expected, test, words):
    """Say in how many entries nan or inf came where a number is right."""
    bad = test(answer) & ~test(expected)
    if not bad.any():
        return None
    count = int(bad.sum())
    where = f" in {count} of {bad.size} entries" if bad.size > 1 else ""
    return f"It returned {words}{where}."
