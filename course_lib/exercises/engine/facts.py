"""What can be said of any answer that failed, where no known mistake of its exercise fits.

It is measured, and no more is said than was seen: how the numbers relate to the right ones,
where they are right, which argument makes no difference, whether two calls agree.
"""

from dataclasses import dataclass
from itertools import permutations

import numpy as np

from course_lib.exercises.engine import conditions, relations
from course_lib.exercises.engine.quantities import factor_in_words, quantities
from course_lib.exercises.engine.seen import Unseen
from course_lib.exercises.engine.values import fits, same_shape

_SCALARS = (int, float, np.number, np.ndarray)


@dataclass(frozen=True)
class Finding:
    """What the evidence shows.

    Attributes
    ----------
    name : str
        A few words; what ``Result.mistake`` says.
    sentence : str
        For the learner.
    """

    name: str
    sentence: str


def general_finding(seen):
    """Return what was found out about an answer, None if there is nothing to say."""
    numeric = all(map(fits, seen.answers, seen.expected))
    if seen.stopped or not seen.wrong:
        return None
    if not seen.wrong_numbers:
        changed = [trial.outcome for trial in seen.trials if trial.changed]
        said = changed and changed_sentence(seen.exercise, changed[0])
        return Finding("argument changed in place", said) if changed else None
    with np.errstate(all="ignore"):
        taken = _about_taken_arguments(seen)
    if taken or not numeric:
        return taken
    steps = (_about_memory, _about_values, _about_use, _about_cases, _about_parts)
    with np.errstate(all="ignore"):
        return next(filter(None, (step(seen) for step in steps)), None)


def changed_sentence(exercise, outcome):
    """Say which arguments a call changed, and how to leave them alone."""
    name, *more = (exercise.parameters[i] for i in outcome.changed)
    rounding = "" if outcome.moved else " Adding and taking away again leaves rounding behind."
    return (
        f"It changed its argument `{'`, `'.join((name, *more))}` in place, which the caller "
        f"still needs.{rounding} `{name} *= ...`, `{name}[...] = ...` and `out={name}` write "
        f"into it; `{name} = {name} * ...` makes a new array, and `{name}.copy()` is one."
    )


def _about_memory(seen):
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


def _about_values(seen):
    """Tell how the numbers relate to the right ones, each returned value for itself."""
    if not isinstance(seen.expected[0], tuple):
        told = _relation(seen, _pairs(seen.answers, seen.expected))
        return Finding(told, f"It returned {told}{_everywhere(seen)}.") if told else None
    return _about_order(seen) or _about_parts(seen, related=True)


def _about_order(seen):
    order = relations.order_of_parts(seen.answers, seen.expected)
    if order is None:
        return None
    names = seen.exercise.names_of_values
    returned = ", ".join(names[i] for i in order)
    return Finding(
        "order of the returned values",
        f"The values are right and stand in another order: it returned {returned}; the order "
        f"here is {', '.join(names)}.",
    )


def _about_parts(seen, related=False):
    """Judge each of several returned values for itself.

    ``related`` asks for one at least whose relation to the right one is known.
    """
    if not isinstance(seen.expected[0], tuple):
        return None
    said, told, n = {}, {}, len(seen.trials)
    answers, expected = zip(*seen.answers, strict=True), zip(*seen.expected, strict=True)
    for name, *column in zip(seen.exercise.names_of_values, answers, expected, strict=True):
        pairs = _pairs(*column)
        n_right = sum(_agree(seen, a, e) for a, e in pairs)
        if n_right == n:
            words = "right in all cases"
        else:
            told[name] = _relation(seen, pairs)
            words = told[name] or f"wrong in {n - n_right} of {n} cases"
        said.setdefault(words, []).append(name)
    known = [name for name in told if told[name]]
    if related and not known:
        return None
    order = sorted(said, key=lambda words: (words.startswith("right in"), "wrong in" in words))
    sentences = [f"{_listed(said[words])} {_is(said[words])} {words}" for words in order]
    name = f"{known[0].strip('`')}: {told[known[0]]}" if known else None
    return Finding(name, f"{'; '.join(sentences)}.")


def _everywhere(seen):
    return f", in all {len(seen.trials)} cases" if len(seen.trials) > 1 else ""


def _relation(seen, pairs):
    """Return what one returned value is, in words."""
    if any(a.shape != e.shape for a, e in pairs):
        return relations.other_form(pairs) or _an_argument(seen, pairs)
    found = _imprecise(pairs) or relations.same_form(pairs) or _an_argument(seen, pairs)
    if found:
        return found
    factors = relations.factors(pairs)
    if factors is not None and np.count_nonzero(~np.isnan(factors)) > 1:
        known = quantities(seen.exercise.parameters, seen.cases)
        words = factor_in_words(factors, known)
        if words or sum(e.size > 1 for _, e in pairs) > 2:
            return words or relations.own_factors(factors)
    return None


def _an_argument(seen, pairs):
    """Tell whether an argument comes back, or is added or subtracted."""
    for i, name in enumerate(seen.exercise.parameters):
        values = [case[i] for case in seen.cases]
        if not all(isinstance(value, _SCALARS) for value in values):
            continue
        values = [np.asarray(value, float) for value in values]
        if all(relations.close(a, v) for (a, _), v in zip(pairs, values, strict=True)):
            return f"`{name}` unchanged"
        for words, sign in (("plus", 1), ("minus", -1)):
            triples = zip(pairs, values, strict=True)
            if any(map(np.any, values)) and all(
                v.shape == e.shape and relations.close(a, e + sign * v) for (a, e), v in triples
            ):
                return f"the right value {words} `{name}`"
        triples = zip(pairs, values, strict=True)
        if any(v.size > 1 for v in values) and all(
            v.shape == e.shape and relations.close(a, e * v) for (a, e), v in triples
        ):
            return f"the right value times `{name}`"
    return None


def _imprecise(pairs):
    """Tell whether all numbers are near, with the digits that float32 has."""
    errors = np.concatenate([np.ravel(np.abs(a - e)) for a, e in pairs])
    sizes = np.concatenate([np.ravel(np.abs(e)) for _, e in pairs])
    known = np.isfinite(errors) & (sizes > 1e-9 * sizes.max(initial=0.0))
    if known.sum() < 3 or not np.isfinite(errors).all():
        return None
    relative = errors[known] / sizes[known]
    if relative.max() < 3e-6 and np.median(relative) > 1e-10:
        return "right to about seven digits only, as many as float32 has"
    return None


def _about_taken_arguments(seen):
    """Find an argument that stands in the place of another, or two that are swapped."""
    returned = sum(trial.error is None for trial in seen.trials)
    names = seen.exercise.parameters if seen.probes and returned > len(seen.trials) / 2 else ()
    if all(_alike(trial.answer, trial.expected) for trial in seen.trials):
        return None  # an order that makes no difference
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


def _alike(value, other):
    same = fits(value, other) and same_shape(value, other)
    return same and all(map(relations.close, _parts(value), _parts(other)))


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


def _about_use(seen):
    """Find an argument that makes no difference, though the right value depends on it."""
    if not seen.probes or not seen.regular:
        return None
    for i, name in enumerate(seen.exercise.parameters):
        moved = [_moves(seen, trial, i) for trial in seen.trials]
        moved = [moves for trial_moves in moved for moves in trial_moves]
        if len(moved) > 2 and not any(moved):
            return Finding(
                f"{name} not used",
                f"`{name}` makes no difference: with another `{name}`, and all else the same, "
                "your function gives the same numbers, where the right ones change.",
            )
    return None


def _moves(seen, trial, i):
    """Tell for other arguments i that change the right value whether they change the answer."""
    found = []
    for other in _other_values(seen, trial, i):
        args = (*trial.case[:i], other, *trial.case[i + 1 :])
        try:
            right, answer = seen.right(*args), seen.call(*args)
        except (Unseen, ValueError, TypeError, IndexError, ArithmeticError):
            continue  # no valid argument, or no number
        known = all(np.isfinite(part).all() for part in _parts(answer))
        if known and not all(map(_equal, _parts(right), _parts(trial.expected))):
            found.append(not all(map(_equal, _parts(answer), _parts(trial.answer))))
    return found


def _other_values(seen, trial, i):
    value = trial.case[i]
    if isinstance(value, np.ndarray) and value.dtype.kind == "f" and value.size:
        return [value * 0.5, value[::-1], value + 0.5 * np.abs(value).max()]
    if isinstance(value, int | float) and not isinstance(value, bool):
        others = (case[i] for case in seen.cases if np.ndim(case[i]) == 0)
        return [other for other in others if other != value][:3]
    return []


def _about_cases(seen):
    """Say where the answer is right: for which entries, or else in which cases."""
    entries = _about_entries(seen) if seen.regular else None
    where = None if entries else conditions.by_case(seen)
    if where is None:
        return entries
    n_right = sum(trial.right for trial in seen.trials)
    count = "one case" if n_right == 1 else f"{n_right} cases"
    return Finding(
        f"right only where {where}",
        f"It is right in the {count} where {where}, and wrong in the other "
        f"{len(seen.trials) - n_right}.",
    )


def _about_entries(seen):
    """Say which entries are right."""
    if isinstance(seen.expected[0], tuple):
        return None
    pairs = _pairs(seen.answers, seen.expected)
    wrong = [~seen.exercise.comparison.close(a, e) for a, e in pairs]
    where = conditions.by_entry(seen.exercise.parameters, seen.cases, pairs, wrong)
    if where is None:
        return None
    return Finding(
        f"right only where {where}", f"It is right where {where}, and wrong elsewhere."
    )


def _agree(seen, a, e):
    return a.shape == e.shape and seen.exercise.comparison.close(a, e).all()


def _pairs(answers, expected):
    """Return (answer, right value) as arrays, case by case."""
    return [
        (np.asarray(a, float), np.asarray(e, float))
        for a, e in zip(answers, expected, strict=True)
    ]


def _parts(value):
    return value if isinstance(value, tuple | list) else (value,)


def _equal(a, b):
    return np.array_equal(a, b, equal_nan=True)


def _listed(names):
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))


def _is(names):
    return "is" if len(names) == 1 else "are"
