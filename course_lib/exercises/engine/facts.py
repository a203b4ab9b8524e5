"""What can be said of any answer that failed, where no known mistake of its exercise fits.

It is measured, and no more is said than was seen: how the numbers relate to the right ones,
where they are right, which argument makes no difference, whether two calls agree.
"""

from dataclasses import dataclass

import numpy as np

from course_lib.exercises.engine import conditions, relations
from course_lib.exercises.engine.quantities import factor_in_words, quantities
from course_lib.exercises.engine.seen import Unseen
from course_lib.exercises.engine.values import fits, problem, same_shape

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
    if seen.stopped or not seen.wrong or not numeric or _only_changed(seen):
        return None
    steps = (_about_memory, _about_values, _about_use, _about_cases)
    return next(filter(None, (step(seen) for step in steps)), None)


def _only_changed(seen):
    """Tell whether all values are right: that arguments were changed is said anyway."""
    pairs = zip(seen.answers, seen.expected, strict=True)
    return not any(problem(answer, right, seen.exercise) for answer, right in pairs)


def _about_memory(seen):
    """Call the answer twice in the same way."""
    if not seen.probes:
        return None
    trial = seen.trials[0]
    outcome = seen.outcome(*trial.case)
    if outcome.error is not None or not fits(outcome.value, trial.expected):
        return None
    if same_shape(outcome.value, trial.answer) and all(
        map(_equal, _parts(outcome.value), _parts(trial.answer))
    ):
        return None
    return Finding(
        "two calls differ",
        "Called twice with the same arguments, your function gives two different results: "
        "something is kept from call to call, such as a global variable or an array that is "
        "changed, or it draws random numbers.",
    )


def _about_values(seen):
    """Judge each returned value for itself."""
    if not isinstance(seen.expected[0], tuple):
        pairs = _pairs(seen.answers, seen.expected)
        told = _relation(seen, pairs) if pairs else None
        return Finding(told, _sentence("It returned", told, len(pairs))) if told else None
    n = len(seen.expected[0])
    if not all(isinstance(a, tuple | list) and len(a) == n for a in seen.answers):
        return None
    columns = list(zip(*seen.answers, strict=True)), list(zip(*seen.expected, strict=True))
    return _about_order(seen) or _about_parts(seen, *columns)


def _about_order(seen):
    if not all(map(fits, seen.answers, seen.expected)):
        return None
    order = relations.order_of_parts(seen.answers, seen.expected)
    if order is None:
        return None
    names = _names_of_values(seen.exercise, len(order))
    returned = ", ".join(names[i] for i in order)
    return Finding(
        "order of the returned values",
        f"The values are right and stand in another order: it returned {returned}; the order "
        f"here is {', '.join(names)}.",
    )


def _about_parts(seen, answers, expected):
    names, told, right = _names_of_values(seen.exercise, len(expected)), {}, []
    for name, *column in zip(names, answers, expected, strict=True):
        pairs = _pairs(*column)
        if pairs is None:
            return None
        if all(_agree(seen, a, e) for a, e in pairs):
            right.append(name)
        else:
            told[name] = _relation(seen, pairs)
    words = [name for name, said in told.items() if said]
    if not words:
        return None
    sentences = [_sentence(f"{name} is", told[name], len(seen.trials)) for name in words]
    unclear = [name for name in told if name not in words]
    sentences += [f"{_listed(unclear)} {_is(unclear)} wrong too."] if unclear else []
    sentences += [f"{_listed(right)} {_is(right)} right in all cases."] if right else []
    return Finding(f"{words[0].strip('`')}: {told[words[0]]}", " ".join(sentences))


def _relation(seen, pairs):
    """Return what one returned value is, in words."""
    if any(a.shape != e.shape for a, e in pairs):
        return relations.other_form(pairs) or _an_argument(seen, pairs)
    found = relations.same_form(pairs) or _an_argument(seen, pairs)
    if found:
        return found
    factors = relations.factors(pairs)
    if factors is not None and np.count_nonzero(~np.isnan(factors)) > 1:
        known = quantities(seen.exercise.parameters, seen.cases)
        by_quantity = factor_in_words(factors, known)
        if by_quantity:
            return by_quantity
    return _imprecise(pairs)


def _an_argument(seen, pairs):
    """Tell whether an argument comes back, or is added or subtracted."""
    for i, name in enumerate(seen.exercise.parameters):
        values = [case[i] for case in seen.cases]
        if not all(isinstance(value, _SCALARS) for value in values):
            continue
        values = [np.asarray(value, float) for value in values]
        if all(relations.close(a, v) for (a, _), v in zip(pairs, values, strict=True)):
            return f"`{name}` as it came in"
        for words, sign in (("plus", 1), ("minus", -1)):
            triples = zip(pairs, values, strict=True)
            if any(map(np.any, values)) and all(
                v.shape == e.shape and relations.close(a, e + sign * v) for (a, e), v in triples
            ):
                return f"the right value {words} `{name}`"
    return None


def _imprecise(pairs):
    """Tell whether all numbers are near, with the digits that float32 has."""
    errors = np.concatenate([np.ravel(np.abs(a - e)) for a, e in pairs])
    sizes = np.concatenate([np.ravel(np.abs(e)) for _, e in pairs])
    known = np.isfinite(errors) & (sizes > 0)
    if known.sum() < 3 or not np.isfinite(errors).all():
        return None
    relative = errors[known] / sizes[known]
    if relative.max() < 3e-6 and np.median(relative) > 1e-10:
        return "right to about seven digits only, as many as float32 has"
    return None


def _about_use(seen):
    """Find an argument that makes no difference, though the right value depends on it."""
    if not seen.probes:
        return None
    for i, name in enumerate(seen.exercise.parameters):
        tried = [_unmoved(seen, trial, i) for trial in seen.trials if not trial.right]
        tried = [unmoved for unmoved in tried if unmoved is not None]
        if len(tried) > 1 and all(tried):
            return Finding(
                f"{name} not used",
                f"`{name}` makes no difference: with another `{name}`, and all else the same, "
                "your function gives the same numbers, where the right ones change.",
            )
    return None


def _unmoved(seen, trial, i):
    """Tell whether another argument i leaves the answer as it is, None if it should."""
    for other in _other_values(seen, trial, i):
        args = (*trial.case[:i], other, *trial.case[i + 1 :])
        try:
            right, answer = seen.right(*args), seen.call(*args)
        except (Unseen, ValueError, TypeError, IndexError, ArithmeticError):
            continue  # no valid argument, or no number
        if not all(map(_equal, _parts(right), _parts(trial.expected))):
            return all(map(_equal, _parts(answer), _parts(trial.answer)))
    return None


def _other_values(seen, trial, i):
    value = trial.case[i]
    if isinstance(value, np.ndarray) and value.dtype.kind == "f" and value.size:
        return [value * 0.5, value + 0.5 * np.abs(value).max()]
    if isinstance(value, int | float) and not isinstance(value, bool):
        others = (case[i] for case in seen.cases if np.ndim(case[i]) == 0)
        return [other for other in others if other != value][:3]
    return []


def _about_cases(seen):
    """Say where the answer is right."""
    where = conditions.by_case(seen)
    n_right = sum(trial.right for trial in seen.trials)
    if where:
        n_wrong = len(seen.trials) - n_right
        return Finding(
            f"right only where {where}",
            f"It is right in the {n_right} cases where {where}, and wrong in the other "
            f"{n_wrong}.",
        )
    return _about_entries(seen) if seen.regular else None


def _about_entries(seen):
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
    """Return (answer, right value) as arrays, None if some answer holds no real numbers."""
    if not all(map(fits, answers, expected)):
        return None
    arrays = [(np.asarray(a, float), np.asarray(e, float))
              for a, e in zip(answers, expected, strict=True)]  # fmt: skip
    return arrays


def _parts(value):
    return value if isinstance(value, tuple | list) else (value,)


def _equal(a, b):
    return np.array_equal(a, b, equal_nan=True)


def _names_of_values(exercise, n):
    names = exercise.returns or tuple(f"value {i + 1}" for i in range(n))
    return [f"`{name}`" if exercise.returns else name for name in names]


def _sentence(start, told, n):
    return f"{start} {told}, in all {n} cases." if n > 1 else f"{start} {told}."


def _listed(names):
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))


def _is(names):
    return "is" if len(names) == 1 else "are"
