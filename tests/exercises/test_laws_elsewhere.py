"""What a verdict ticks of the laws holds with other inputs as well, and what it crosses not.

A law that is tried on special inputs only ticks what is wrong: where a gradient is 1, its
square is right. So each law is tried once more, with inputs drawn from other seeds.
"""

from dataclasses import replace
from functools import partial
from itertools import takewhile

import numpy as np
import pytest
from exercises_learner import all_exercises, all_mistakes
from seen_answers import answers_to

from course_lib.exercises.engine.evidence import may_meet_laws
from course_lib.exercises.engine.guard import Guard
from course_lib.exercises.engine.laws import run_laws
from course_lib.exercises.engine.trials import run_cases

_N_SEEDS, _MANY_SEEDS = 5, 40
# these train nets, or ask for a plan: their laws have one input
QUICK = [e for e in all_exercises() if e.time_factor <= 1]
EXAMPLES = [(e, f"{m.name}", f) for e, m, f in all_mistakes() if e in QUICK]


def _seen(exercise):
    for answer in answers_to(exercise.name):
        if answer.status == "failed":
            yield answer.text, answer.function()
    for other, name, function in EXAMPLES:
        if other is exercise:
            yield name, function


def _elsewhere(exercise, law, function, seeds):
    """Yield what becomes of a law with other drawn inputs, seed by seed."""
    for seed in seeds:
        holds = partial(law.holds, rng=np.random.default_rng(seed))
        alone = replace(exercise, laws=(replace(law, holds=holds),))
        yield run_laws(alone, function, Guard(60))[0]


def _contradicted(exercise, law, told, function):
    """Return a result that a tick contradicts, or all that a cross does; None if none."""
    if told.held:
        found = _elsewhere(exercise, law, function, range(1, 1 + _N_SEEDS))
        return next((other for other in found if other.held is False), None)
    found = list(
        takewhile(
            lambda other: other.held is not False,
            _elsewhere(exercise, law, function, range(_MANY_SEEDS)),
        )
    )
    return found[0] if len(found) == _MANY_SEEDS else None


@pytest.mark.parametrize("exercise", QUICK, ids=lambda e: e.name)
def test_every_law_is_tried_on_drawn_inputs(exercise):
    assert all(getattr(law.holds, "has_drawn", False) for law in exercise.laws)


@pytest.mark.thorough("only a change of a law could break it")
@pytest.mark.parametrize("exercise", QUICK, ids=lambda e: e.name)
def test_what_is_told_of_a_law_is_so_with_other_inputs(exercise):
    wrong = []
    for name, function in _seen(exercise):
        guard = Guard(60)
        if not all(map(may_meet_laws, run_cases(exercise, function, guard))):
            continue  # no law is tried
        laws = run_laws(exercise, function, guard)
        for law, told in zip(exercise.laws, laws, strict=True):
            other = told.held is not None and _contradicted(exercise, law, told, function)
            if other:
                wrong.append((name, told, other))
    assert not wrong, "\n".join(map(str, wrong))
