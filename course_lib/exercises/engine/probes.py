"""What more calls of an answer show: whether it remembers, and which arguments it uses."""

from dataclasses import dataclass
from itertools import chain, permutations

import numpy as np

from course_lib.exercises.engine import relations
from course_lib.exercises.engine.seen import Unseen
from course_lib.exercises.engine.values import fits, same_shape


@dataclass(frozen=True)
class Finding:
    """What the evidence shows.

    Attributes
    ----------
    name : str
        A few words; what ``Result.mistake`` says.
    sentence : str
        For the learner.
    weight : int
        2 for what is wrong; 1 for what stands behind it where that is known, such as how many
        cases are wrong; 0 for what may be a coincidence, and is told where nothing else is.
    unsure : bool
        Whether something else would explain it as well.
    """

    name: str
    sentence: str
    weight: int = 2
    unsure: bool = False


def about_memory(seen):
    """Call the answer twice in the same way."""
    if not seen.probes:
        return None
    trial = seen.trials[0]
    outcome = seen.outcome(*trial.case)
    if outcome.error is not None or not fits(outcome.value, trial.expected):
        return None
    if all(map(_equal, _parts(outcome.value), _parts(trial.answer))):
        return None
    return Finding(
        "two calls differ",
        "Called twice with the same arguments, your function gives two different results: "
        "something is kept from call to call, such as a global variable or an array that is "
        "changed, or it draws random numbers.",
    )


def about_taken_arguments(seen):
    """Find an argument that stands in the place of another, or two that are swapped."""
    returned = sum(trial.error is None for trial in seen.trials)
    names = seen.exercise.parameters if seen.probes and returned > len(seen.trials) / 2 else ()
    if all(_alike(trial.answer, trial.expected) for trial in seen.trials):
        return None  # an order that makes no difference
    first = seen.trials[0].answer
    several = seen.regular and len(seen.trials) > 2
    if several and all(_alike(trial.answer, first) for trial in seen.trials):
        return None  # none of them decides anything
    for i, j in permutations(range(len(names)), 2):
        pair = f"`{names[i]}` and `{names[j]}`"
        if i < j and all(_fits_with(seen, trial, {i: j, j: i}) for trial in seen.trials):
            return Finding(
                f"{names[i]} and {names[j]} swapped",
                f"{pair} are swapped: in all {len(seen.cases)} cases your function gives what "
                "is right with the one in the place of the other.",
            )
        if all(_fits_with(seen, trial, {i: j}) for trial in seen.trials):
            return Finding(
                f"{names[j]} in the place of {names[i]}",
                f"`{names[j]}` stands where `{names[i]}` belongs: in all {len(seen.cases)} "
                f"cases your function gives what is right with {pair} both being that.",
            )
    return None


def _fits_with(seen, trial, places):
    """Tell whether a case came out as with other arguments, an exception included."""
    args = list(trial.case)
    for i, j in places.items():
        args[i] = trial.case[j]
    try:
        other = seen.right(*args)
    except Exception:
        return trial.error is not None
    return _alike(trial.answer, other)


def about_use(seen):
    """Find arguments that make no difference, though the right value depends on them."""
    if not seen.probes or not seen.regular:
        return None
    names = enumerate(seen.exercise.parameters)
    name, *others = [name for i, name in names if _is_idle(seen, i)] or [None]
    if name is None:
        return None
    told = (
        f"`{name}` makes no difference: with another `{name}`, and all else the same, "
        "your function returns the same, where what is right changes."
    )
    also = f" The same is so of `{'` and of `'.join(others)}`." if others else ""
    return Finding(f"{name} not used", told + also)


def _is_idle(seen, i):
    """Tell whether argument i moves no answer, in three calls or more."""
    n = 0
    for moved in chain.from_iterable(_moves(seen, trial, i) for trial in seen.trials):
        if moved:
            return False
        n += 1
    return n > 2


def _moves(seen, trial, i):
    """Tell for other arguments i that change the right value whether they change the answer."""
    for other in _other_values(seen, trial, i):
        args = (*trial.case[:i], other, *trial.case[i + 1 :])
        try:
            right, answer = seen.right(*args), seen.call(*args)
        except (Unseen, ValueError, TypeError, IndexError, ArithmeticError):
            continue  # no valid argument, or no number
        known = all(np.isfinite(part).all() for part in _parts(answer))
        if known and not all(map(_equal, _parts(right), _parts(trial.expected))):
            yield not all(map(_equal, _parts(answer), _parts(trial.answer)))


def _other_values(seen, trial, i):
    value = trial.case[i]
    if isinstance(value, np.ndarray) and value.dtype.kind == "f" and value.size:
        return [value * 0.5, value[::-1], value + 0.5 * np.abs(value).max()]
    if isinstance(value, int | float) and not isinstance(value, bool):
        others = (case[i] for case in seen.cases if np.ndim(case[i]) == 0)
        return [other for other in others if other != value][:3]
    return []


def _alike(value, other):
    same = fits(value, other) and same_shape(value, other)
    return same and all(map(relations.close, _parts(value), _parts(other)))


def _parts(value):
    return value if isinstance(value, tuple | list) else (value,)


def _equal(a, b):
    return np.array_equal(a, b, equal_nan=True)
