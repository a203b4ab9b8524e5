"""What can be said of any answer that failed, where no known mistake of its exercise fits.

It is measured, and no more is said than was seen: how the numbers relate to the right ones,
where they are right, which argument makes no difference, whether two calls agree.
"""

from functools import partial

import numpy as np

from course_lib.exercises.engine import relations
from course_lib.exercises.engine.places import about_cases, agree, paired, where_part
from course_lib.exercises.engine.probes import (
    Finding,
    about_memory,
    about_taken_arguments,
    about_use,
)
from course_lib.exercises.engine.quantities import factor_in_words, quantities
from course_lib.exercises.engine.read_source import line_that_writes
from course_lib.exercises.engine.values import fits

_SCALARS = (int, float, np.number, np.ndarray)
_SEVEN_DIGITS = "right to about seven digits only, as many as float32 has"
KEEP_FLOAT64 = " Keep the numbers in float64."


def general_finding(seen):
    """Return what was found out about an answer, None if there is nothing to say."""
    numeric = all(map(fits, seen.answers, seen.expected))
    if seen.stopped or not seen.wrong:
        return None
    wrong = seen.wrong_in_number
    if all(map(_is_written_into, wrong)):
        changed = [trial.outcome for trial in seen.trials if trial.changed]
        said = changed and changed_sentence(seen.exercise, changed[0], seen.function)
        if said and not wrong:
            said = f"The value is right, but {said[0].lower()}{said[1:]}"
        return Finding("argument changed in place", said) if changed else None
    with np.errstate(all="ignore"):
        taken = about_taken_arguments(seen)
    if taken or not numeric:
        return taken
    steps = (about_memory, _about_values, about_use, about_cases, _about_factors, _about_parts)
    steps = (*steps, _about_overwritten, _about_side)
    if not seen.exercise.comparison.numbers:
        steps = (about_memory, about_use, about_cases)
    with np.errstate(all="ignore"):
        return next(filter(None, (step(seen) for step in steps)), None)


def _is_written_into(trial):
    """Tell whether an array of whole numbers was changed, which cuts off decimals."""
    return any(np.asarray(trial.case[i]).dtype.kind in "iu" for i in trial.changed)


def _about_side(seen):
    """Tell whether all numbers that are wrong are too large, or too small."""
    if isinstance(seen.expected[0], tuple) or not seen.regular:
        return None
    pairs = paired(seen.answers, seen.expected)
    a, e = (np.concatenate([np.ravel(pair[i]) for pair in pairs]) for i in (0, 1))
    wrong = ~seen.exercise.comparison.close(a, e)
    n, n_right = int(wrong.sum()), int((~wrong).sum())
    if n < 3 or not np.isfinite(a[wrong]).all():
        return None
    for words, side in (("too large", a > e), ("too small", a < e)):
        if side[wrong].all():
            right = "1 is right" if n_right == 1 else f"{n_right} are right"
            said = f"Each of the {n} wrong numbers is {words}, and {right}."
            said = said if n_right else f"Every number is {words}."
            return Finding(words, said, 0)
    return None


def _about_overwritten(seen):
    """Tell of an argument that was changed, where nothing is known of the numbers."""
    changed = [trial.outcome for trial in seen.trials if trial.outcome.moved]
    if not changed:
        return None
    told = changed_sentence(seen.exercise, changed[0], seen.function)
    name = seen.exercise.parameters[changed[0].changed[0]]
    later = f"Where `{name}` is read after that, it is no longer what was handed in."
    return Finding("argument changed in place", f"{told} {later}", 1)


def changed_sentence(exercise, outcome, function):
    """Say which arguments a call changed, by which line, and how to leave them alone."""
    name, *more = (exercise.parameters[i] for i in outcome.changed)
    rounding = "" if outcome.moved else " Adding and taking away again leaves rounding behind."
    noun = "arguments" if more else "argument"
    line, written, made = line_that_writes(name, function) or (None, None, None)
    ways = (
        f"`{written}` in its line {line} writes into it; `{made}` makes a new array."
        if line
        else f"`{name} *= ...`, `{name}[...] = ...` and `out={name}` write into it; `{name} = "
        f"{name} * ...` makes a new array, and `{name}.copy()` is one."
    )
    return (
        f"It changed its {noun} `{'`, `'.join((name, *more))}` in place, which the caller "
        f"still needs.{rounding} {ways}"
    )


def _about_values(seen):
    """Tell how the numbers relate to the right ones, each returned value for itself."""
    if not isinstance(seen.expected[0], tuple):
        told = _relation(seen, paired(seen.answers, seen.expected))
        whole = told and " cases" not in told and ", where" not in told
        everywhere = _everywhere(seen) if whole else ""
        begin = "Its result is" if told == _SEVEN_DIGITS else "It returned"
        advice = _float32_advice(seen) if told == _SEVEN_DIGITS else ""
        return Finding(told, f"{begin} {told}{everywhere}.{advice}") if told else None
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
    if not isinstance(seen.expected[0], tuple) or seen.exercise.comparison.trains:
        return None  # what comes of a training is no number to hit
    told, n_right = {}, {}
    for i, name in enumerate(seen.exercise.names_of_values):
        pairs = paired([a[i] for a in seen.answers], [e[i] for e in seen.expected])
        n_right[name] = sum(agree(seen, a, e) for a, e in pairs)
        if n_right[name] < len(pairs):
            told[name] = _relation(seen, pairs) or _another_part(seen, i)
    if related and not any(told.values()):
        return None
    said, n = {}, len(seen.trials)
    for i, name in enumerate(seen.exercise.names_of_values):
        words = "right in all cases"
        if name in told:
            told[name] = told[name] or where_part(seen, i)
            words = told[name] or f"wrong in {n - n_right[name]} of {n} cases"
        said.setdefault(words, []).append(name)
    known = [name for name in told if told[name]]
    order = sorted(said, key=lambda words: (words.startswith("right in"), "wrong in" in words))
    sentences = [f"{_listed(said[words])} {_is(said[words])} {words}" for words in order]
    name = f"{known[0].strip('`')}: {told[known[0]]}" if known else None
    advice = _float32_advice(seen) if _SEVEN_DIGITS in said else ""
    return Finding(name, f"{'; '.join(sentences)}.{advice}", 2 if related else 1)


def _float32_advice(seen):
    """Say what to do where what was returned is in float32 itself."""
    several = [a if isinstance(a, tuple | list) else [a] for a in seen.answers]
    kinds = {getattr(part, "dtype", None) for parts in several for part in parts}
    return KEEP_FLOAT64 if np.dtype(np.float32) in kinds else ""


def _everywhere(seen):
    return f", in all {len(seen.trials)} cases" if len(seen.trials) > 1 else ""


def known_relation(seen):
    """Return what the one value of an answer is, made of the right one; None if not known."""
    return _relation(seen, paired(seen.answers, seen.expected), own_factors=False)


def _relation(seen, pairs, own_factors=True):
    """Return what one returned value is, in words."""
    if any(a.shape != e.shape for a, e in pairs):
        return relations.other_form(pairs) or _an_argument(seen, pairs)
    found = _imprecise(pairs) or relations.same_form(pairs) or _an_argument(seen, pairs)
    if found:
        return found
    factors = _factors(pairs)
    if factors is None:
        return None
    known = quantities(seen.exercise.parameters, seen.cases) | relations.norms(pairs)
    words = factor_in_words(factors, known)
    changing = own_factors and not np.isclose(factors, 1).any()
    if words or not changing or sum(e.size > 1 for _, e in pairs) < 3:
        return words
    return relations.own_factors(factors)


def _factors(pairs):
    """Return the factor of each case, where there are several; None if one has none."""
    factors = relations.factors(pairs)
    return factors if factors is not None and np.sum(~np.isnan(factors)) > 1 else None


def _about_factors(seen):
    """Tell of the factors in some cases, where others are right."""
    if isinstance(seen.expected[0], tuple) or not seen.regular:
        return None
    factors = _factors(paired(seen.answers, seen.expected))
    if factors is None or sum(np.size(e) > 1 for e in seen.expected) < 3:
        return None
    told = relations.own_factors(factors)
    return Finding(told, f"It returned {told}.") if told else None


def _an_argument(seen, pairs):
    """Tell whether an argument comes back, or is added or subtracted, itself or in part."""
    for i, name in enumerate(seen.exercise.parameters):
        values = [case[i] for case in seen.cases]
        if not all(isinstance(value, _SCALARS) for value in values):
            continue
        values = [np.asarray(value, float) for value in values]
        if all(relations.close(a, v) for (a, _), v in zip(pairs, values, strict=True)):
            return f"`{name}` unchanged"
        said = _mixed(relations.mixture(pairs, values), name)
        if said:
            return said
        triples = zip(pairs, values, strict=True)
        if any(v.size > 1 for v in values) and all(
            v.shape == e.shape and relations.close(a, e * v) for (a, e), v in triples
        ):
            return f"the right value times `{name}`"
    return None


def _mixed(mixture, name):
    """Say how an answer is made of the right value and an argument."""
    if mixture is None:
        return None
    right, other = (0.0 if abs(k) < 1e-9 else float(k) for k in mixture)
    if not other or not right:
        return f"{_times(other)}`{name}`" if other else None
    if np.isclose(right, 1):
        words = "plus" if other > 0 else "minus"
        return f"the right value {words} {_times(abs(other))}`{name}`"
    if right < 0 < other:
        return f"{_times(other)}`{name}` minus {_times(-right)}the right value"
    sign = "plus" if other > 0 else "minus"
    return f"{_times(right)}the right value {sign} {_times(abs(other))}`{name}`"


def _times(k):
    return "" if np.isclose(k, 1) else f"{k:.4g} times "


def _imprecise(pairs):
    """Tell whether all numbers are near, with the digits that float32 has."""
    errors = np.concatenate([np.ravel(np.abs(a - e)) for a, e in pairs])
    sizes = np.concatenate([np.ravel(np.abs(e)) for _, e in pairs])
    known = np.isfinite(errors) & (sizes > 1e-9 * sizes.max(initial=0.0))
    if known.sum() < 3 or not np.isfinite(errors).all():
        return None
    relative = errors[known] / sizes[known]
    if relative.max() < 3e-6 and np.median(relative) > 1e-10:
        return _SEVEN_DIGITS
    return None


_MADE_OF_ANOTHER = (
    ("{}", lambda e: e),
    ("{}, transposed", np.transpose),
    *((f"{{}}, {words} over axis {axis}", partial(function, axis=axis))
      for words, function in (("summed", np.sum), ("averaged", np.mean)) for axis in (0, 1)),
)  # fmt: skip


def _another_part(seen, i):
    """Tell whether one of several values is made of what is right for another one."""
    for j, name in enumerate(seen.exercise.names_of_values):
        pairs = paired([a[i] for a in seen.answers], [e[j] for e in seen.expected])
        for words, function in _MADE_OF_ANOTHER:
            made = [function(e) if e.ndim > 1 else e for _, e in pairs]
            if j != i and all(
                relations.close(a, m) for (a, _), m in zip(pairs, made, strict=True)
            ):
                return f"what is right for {words.format(name)}"
    return None


def _listed(names):
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))


def _is(names):
    return "is" if len(names) == 1 else "are"
