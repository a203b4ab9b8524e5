"""What can be said of any answer that failed, where no known mistake of its exercise fits.

It is measured, and no more is said than was seen: how the numbers relate to the right ones,
where they are right, which argument makes no difference, whether two calls agree.
"""

import numpy as np

from course_lib.exercises.engine import conditions, relations
from course_lib.exercises.engine.probes import (
    Finding,
    about_memory,
    about_taken_arguments,
    about_use,
)
from course_lib.exercises.engine.quantities import factor_in_words, quantities
from course_lib.exercises.engine.values import fits

_SCALARS = (int, float, np.number, np.ndarray)


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
        taken = about_taken_arguments(seen)
    if taken or not numeric:
        return taken
    steps = (about_memory, _about_values, about_use, _about_cases, _about_parts)
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
    found = conditions.by_entry(seen.exercise.parameters, seen.cases, pairs, wrong)
    if found is None:
        return None
    where, inside = found
    elsewhere = np.concatenate([*map(np.ravel, wrong)])[~inside]
    share = "" if elsewhere.all() else f"in {elsewhere.sum()} of {elsewhere.size} entries "
    return Finding(
        f"right only where {where}", f"It is right where {where}, and wrong {share}elsewhere."
    )


def _agree(seen, a, e):
    return a.shape == e.shape and seen.exercise.comparison.close(a, e).all()


def _pairs(answers, expected):
    """Return (answer, right value) as arrays, case by case."""
    return [
        (np.asarray(a, float), np.asarray(e, float))
        for a, e in zip(answers, expected, strict=True)
    ]


def _listed(names):
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))


def _is(names):
    return "is" if len(names) == 1 else "are"
