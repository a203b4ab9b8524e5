"""The evidence in a verdict: what happened, in which case, which laws hold."""

import numpy as np

from course_lib.exercises.engine.advice import Inputs, error_sentence, inputs_of
from course_lib.exercises.engine.comparison import DIFFER, Unobservable
from course_lib.exercises.engine.direct import DIRECT
from course_lib.exercises.engine.facts import KEEP_FLOAT64, changed_sentence
from course_lib.exercises.engine.formatting import show, show_apart
from course_lib.exercises.engine.page import Items, Paragraph, Table
from course_lib.exercises.engine.source import forgotten_return, place_of
from course_lib.exercises.engine.trials import CHANGED, cases_with_values, is_stopped
from course_lib.exercises.engine.values import fits, same_shape

_MAX_LINES = 10


def first_raising(trials):
    """Return the first trial in which the answer itself raised, None if none did."""
    errors = ((trial, trial.error) for trial in trials)
    return next((t for t, e in errors if e and not isinstance(e, Unobservable)), None)


def case_blocks(exercise, answer, trials, wrong, said=""):
    """Return what happened in a case that fails, with input and expectation.

    What it raised stands before what is ``said``. Where that was said, that the numbers differ
    is not worth a sentence.
    """
    n_right = sum(trial.problem is None for trial in trials)
    counted = "" if is_stopped(wrong.outcome) else f" ({n_right} of {len(trials)} are right)"
    first = next(trial for trial in trials if not trial.right)
    happens = "fails" if wrong is first else "raises" if wrong.error else "has another form"
    where = f"First case that {happens}{counted}:"
    inputs = inputs_of(exercise, [case for case, _ in cases_with_values(exercise)], wrong.case)
    happened = _what_happened(exercise, answer, wrong, inputs)
    if " nan " in happened or " inf" in happened:
        slow = exercise.comparison.acts or exercise.comparison.trains
        happened += "" if slow else _warned(answer, wrong.case)
    if first_raising([wrong]):
        told = (f"{happened} {said}".rstrip(),)
    else:
        told = filter(None, (said, "" if said and _is_plain(happened, said) else happened))
    blocks = [
        *map(Paragraph, told),
        Paragraph(where),
        Table((*_case_rows(exercise, wrong), *_value_rows(exercise, wrong))),
    ]
    if wrong.changed and "in place" not in said:
        blocks.append(Paragraph(changed_sentence(exercise, wrong.outcome, answer)))
    return blocks


def tells_most(wrong, trials):
    """Return a case of another form where of the first wrong one only its numbers are known."""
    if wrong is None or not wrong.problem.sentence.lower().endswith(DIFFER.lower()):
        return wrong
    return next((trial for trial in trials if not may_meet_laws(trial)), wrong)


def _case_rows(exercise, wrong):
    rows = []
    for i, (value, after) in enumerate(zip(wrong.case, wrong.outcome.after, strict=True)):
        name = exercise.parameters[i]
        if i in wrong.outcome.changed:
            before, after = show_apart(value, after)
            rows += [(f"{name} before", before), (f"{name} after", after)]
        else:
            rows.append((name, show(value)))
    return rows


def _value_rows(exercise, wrong):
    answer, expected = wrong.answer, wrong.expected
    if wrong.problem.sentence == CHANGED:
        return []
    if not fits(answer, expected):
        return [] if exercise.comparison.acts else [("expected", show(expected))]
    if isinstance(expected, tuple):
        part = wrong.problem.part
        if part is None:  # the values are right: something else is wrong
            return []
        answer, expected = answer[part], expected[part]
    return exercise.comparison.rows(answer, expected)


def _is_plain(happened, said):
    """Tell whether a sentence says no more than what was said before it."""
    if KEEP_FLOAT64 in said and "float32" in happened:
        return True
    return happened.lower().endswith((DIFFER.lower(), CHANGED.lower()))


def _what_happened(exercise, answer, wrong, inputs):
    error = wrong.outcome.error
    if error is not None:
        return error_sentence(error, answer, inputs)
    if wrong.outcome.value is None:
        return _none_sentence(exercise, answer)
    return wrong.problem.sentence


def _warned(answer, case):
    """Say in which line NumPy warns of what becomes nan or inf; "" if in none."""

    def strict(*args):
        with np.errstate(all="raise", under="ignore"):
            return answer(*args)

    error = DIRECT.observe(strict, case).error
    if not isinstance(error, FloatingPointError):
        return ""
    return f" NumPy warns{place_of(error, answer)}: {error}."


def _none_sentence(exercise, answer):
    missing = forgotten_return(answer, exercise.returns)
    if missing is None:
        return "It returned None for this input: does every path reach a `return` with a value?"
    asked = "It returned None: did you forget `return`?"
    if missing:
        return f"{asked} The last line may need to be `{missing}`."
    names = exercise.names_of_values
    return f"{asked} {len(names)} values are needed: {', '.join(names)}."


def law_blocks(laws):
    """Return the laws with their evidence."""
    items = tuple(f"{_mark(law)}: {law.statement} ({law.evidence})" for law in laws)
    return [Items("Laws that every right answer obeys:", items)] if items else []


def _mark(law):
    if law.held is None:
        return "– not measured"
    return "✔ yes" if law.held else "✘ no"


def about_law(trials, laws):
    """Say that every case is right, and what the laws have to say against the answer."""
    right = f"All {len(trials)} cases are right, but"
    broken = next((law for law in laws if law.held is False), None)
    if broken:
        said = f"{right} a law does not hold: {broken.statement} ({broken.evidence})."
        return Paragraph(said)
    reason = next(law for law in laws if law.held is None)
    unmeasured = f"{right} not every law could be measured: {reason.evidence}."
    if not reason.stopped:
        return Paragraph(unmeasured)
    return Paragraph(
        f"{unmeasured} That says nothing against your function. On a slow machine "
        "`check(..., seconds=60)` gives more time; or does a loop take longer than it has to?"
    )


def may_meet_laws(trial):
    """Tell whether a case returned numbers in the form that was expected."""
    answer, expected = trial.outcome.value, trial.expected
    return not trial.is_list and fits(answer, expected) and same_shape(answer, expected)


def untried_blocks(exercise, answer, trials, shown):
    """Say why the laws were not tried, where there are any, beside the case that was shown."""
    if not exercise.laws:
        return []
    said = Paragraph("Fix this first; the other checks need a valid result in every case.")
    if not may_meet_laws(shown):
        return [said]
    at, bad = next((i, t) for i, t in enumerate(trials, 1) if not may_meet_laws(t))
    rows = tuple(zip(exercise.parameters, map(show, bad.case), strict=True))
    happened = _what_happened(exercise, answer, bad, Inputs())
    where = Paragraph(f"In case {at} of {len(trials)}: {happened[0].lower()}{happened[1:]}")
    return [where, Table(rows), said]


def comment_blocks(exercise, trials):
    """Return what the exercise has to say beside the verdict, where there are numbers."""
    first = trials[0]
    said = (
        exercise.comparison.comment(first.answer) if fits(first.answer, first.expected) else ""
    )
    return [Paragraph(said)] if said else []


def printed_blocks(trials):
    """Return what the learner's function printed in the first case."""
    lines = [line[:200] for line in trials[0].outcome.printed.splitlines()]
    if not lines:
        return []
    more = ("...",) if len(lines) > _MAX_LINES else ()
    return [Items("Your function printed, in the first case:", (*lines[:_MAX_LINES], *more))]
