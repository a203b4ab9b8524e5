"""Recognizes a slope that was measured by differences where a formula was asked for."""

import numpy as np

_STEPS = tuple(m * 10.0**-k for k in range(1, 9) for m in (1, 2, 5))
_SHORT_STEPS = tuple(10.0**-k for k in range(9, 15))  # rounding is large: only its own digits
_ENDS = ((1, 1), (1, 0), (0, 1))  # how far ahead and behind, in steps
_ROUNDING = 3e-15  # of the values whose difference is taken


def is_difference(moved, times=1.0):
    """Return the rule whether answers are differences of a function of one number.

    Parameters
    ----------
    moved : callable
        ``moved(case, t)``: the function's value, of size 1 at most, where its input is
        larger by t than in the case.
    times : float
        By what the differences are multiplied, as where they are divided by a wrong span.

    Returns
    -------
    callable
        ``when(seen) -> bool``, for a `Mistake`.
    """

    def when(seen):
        if any(np.asarray(answer).dtype != np.float64 for answer in seen.answers):
            return False  # its own rounding is too large to tell
        both = zip(seen.answers, seen.expected, strict=True)
        if all(np.allclose(a, times * e, rtol=1e-13, atol=1e-15) for a, e in both):
            return False  # an exact multiple: nothing was measured
        pairs = list(zip(seen.answers, seen.cases, strict=True))
        return any(
            all(_near(answer / times, moved, case, step, *ends) for answer, case in pairs)
            for step in _STEPS + _SHORT_STEPS
            for ends in _ENDS
        )

    return when


def difference(moved, case, step, ahead=1, behind=1):
    """Return the slope between two points, so many steps ahead and behind."""
    ends = moved(case, ahead * step), moved(case, -behind * step)
    return (ends[0] - ends[1]) / ((ahead + behind) * step)


def is_gradient_of_a_number(seen):
    """Tell whether `np.gradient` made nothing of a number, or `np.diff` refused one."""
    several = [a for a in seen.answers if isinstance(a, tuple | list)]
    refused = any("diff requires input" in str(trial.error) for trial in seen.trials)
    code = getattr(seen.function, "__code__", None)
    asked = code is not None and "gradient" in code.co_names
    return refused or (asked and bool(several) and not any(map(len, several)))


def _near(answer, moved, case, step, ahead, behind):
    slope = difference(moved, case, step, ahead, behind)
    rounding = 0 if step in _SHORT_STEPS else _ROUNDING / step
    return np.allclose(answer, slope, rtol=1e-9, atol=rounding)
