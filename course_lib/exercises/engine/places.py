"""Where an answer is right: for which entries, or in which cases.

It is said only where it holds of inputs beside the cases too.
"""

import numpy as np

from course_lib.exercises.engine import conditions
from course_lib.exercises.engine.probes import Finding
from course_lib.exercises.engine.values import fits


def about_cases(seen):
    """Say where an answer of one value is right: for which entries, or in which cases."""
    if isinstance(seen.expected[0], tuple):
        return None
    where, elsewhere = _where(seen, lambda value: value)
    if where is None:
        return None
    if elsewhere is None:
        n, n_wrong = len(seen.trials), len(seen.wrong_in_number)
        count = "one case" if n - n_wrong == 1 else f"{n - n_wrong} cases"
        others = "one" if n_wrong == 1 else n_wrong
        said = f"right in the {count} where {where}, and wrong in the other {others}"
    else:
        said = f"right where {where}, and {elsewhere} elsewhere"
    alone = elsewhere is None and n - n_wrong == 1
    sentence = f"It is {said}.{_about_whole_numbers(where)}"
    return Finding(f"right only where {where}", sentence, 0 if alone else 2)


def _about_whole_numbers(where):
    if not where.endswith("holds float64"):
        return ""
    return (
        " An array of whole numbers, or one made like it (`zeros_like`), cuts off the decimals "
        "of what is written into it: `np.zeros(...)` or `dtype=float` keeps them."
    )


def where_part(seen, i):
    """Say where one of several values is right, None if that is not known."""
    where, elsewhere = _where(seen, lambda value: value[i])
    if where is None:
        return None
    tail = "" if elsewhere in (None, "wrong") else f" and {elsewhere} elsewhere"
    return f"right {'' if tail else 'only in the cases '}where {where}{tail}"


def _where(seen, part):
    """Return where a returned value is right, and what it is elsewhere, entry by entry.

    Both are None where that is not plain, or is not so of other inputs too; the second where
    whole cases are told apart.
    """
    if not all(map(fits, seen.answers, seen.expected)):
        return None, None
    wrong, right = _wrong_and_right(seen, seen.trials, part)
    if right.all() or not (right.any() or any(not part.all() for part in wrong)):
        return None, None  # nothing is right, or all: no more need be tried
    more = [t for t in seen.more_trials if fits(t.answer, t.expected)]
    if not more:
        return None, None
    trials, n = [*seen.trials, *more], len(seen.trials)
    parameters, cases = seen.exercise.parameters, [trial.case for trial in trials]
    wrong, right = _wrong_and_right(seen, trials, part)
    if wrong:
        pairs = _pairs_of(trials, part)
        found = conditions.by_entry(parameters, cases, pairs, wrong)
        if found:
            outside = ~found[1][: sum(part.size for part in wrong[:n])]
            return found[0], _elsewhere(pairs[:n], wrong[:n], outside)
    if not 0 < right[:n].sum() < n:
        return None, None
    return conditions.by_case(parameters, cases, right), None


def _wrong_and_right(seen, trials, part):
    """Return which entries are wrong, [] where the shapes differ, and which cases are right."""
    pairs = _pairs_of(trials, part)
    right = np.array([agree(seen, a, e) for a, e in pairs])
    if any(a.shape != e.shape for a, e in pairs):
        return [], right
    return [~seen.exercise.comparison.close(a, e) for a, e in pairs], right


def _pairs_of(trials, part):
    return paired([part(t.answer) for t in trials], [part(t.expected) for t in trials])


def _elsewhere(pairs, wrong, outside):
    """Return what the entries outside of a condition are."""
    wrong = np.concatenate([*map(np.ravel, wrong)])[outside]
    if not wrong.all():
        return f"wrong in {wrong.sum()} of {wrong.size} entries"
    return "wrong" if np.concatenate([np.ravel(a) for a, _ in pairs])[outside].any() else "0"


def agree(seen, a, e):
    """Tell whether an answer and the right value agree in all entries."""
    return a.shape == e.shape and seen.exercise.comparison.close(a, e).all()


def paired(answers, expected):
    """Return (answer, right value) as arrays, case by case."""
    return [
        (np.asarray(a, float), np.asarray(e, float))
        for a, e in zip(answers, expected, strict=True)
    ]
