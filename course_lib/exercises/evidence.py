"""The evidence in a verdict: what happened, in which case, which laws hold."""

import re

from course_lib.exercises.guard import OutOfTime, StillRunning
from course_lib.exercises.page import Items, Say, Table
from course_lib.exercises.source import forgotten_return, place_of
from course_lib.exercises.trials import is_stopped
from course_lib.exercises.values import fits, largest_difference, show, show_apart

_MAX_LINES = 10
_ADVICE = {
    NameError: "Is a cell above not run yet, or a name misspelled?",
    RecursionError: "It calls itself and never comes to an end.",
    NotImplementedError: "A part of it is still to be written.",
    KeyboardInterrupt: "It was interrupted.",
    UnboundLocalError: "A name is used before it has a value.",
}


def case_blocks(exercise, answer, trials, wrong):
    """Return what happened in the first case that fails, with input and expectation."""
    n_right = sum(trial.problem is None for trial in trials)
    counted = "" if is_stopped(wrong.outcome) else f" ({n_right} of {len(trials)} are right)"
    where = f"First case that fails{counted}:"
    blocks = [
        Say(_what_happened(answer, wrong)),
        Say(where),
        Table((*_case_rows(exercise, wrong), *_value_rows(wrong))),
    ]
    if wrong.outcome.changed:
        blocks.append(Say(_changed_sentence(exercise, wrong.outcome)))
    return blocks


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


def _value_rows(wrong):
    answer, expected = wrong.outcome.value, wrong.expected
    if not fits(answer, expected):
        return [("expected", show(expected))]
    if isinstance(expected, tuple):
        part = wrong.problem.part
        if part is None:  # the values are right: something else is wrong
            return []
        answer, expected = answer[part], expected[part]
    received, needed = show_apart(answer, expected)
    return [("received", received), ("expected", needed), *_difference_rows(answer, expected)]


def _difference_rows(answer, expected):
    difference = largest_difference(answer, expected)
    return [("largest difference", show(difference, 2))] if difference else []


def _what_happened(answer, wrong):
    error = wrong.outcome.error
    if error is not None:
        return _error_sentence(error, answer)
    if wrong.outcome.value is None:
        return _none_sentence(answer)
    return wrong.problem.sentence


def _none_sentence(answer):
    missing = forgotten_return(answer)
    if missing is None:
        return "It returned None for this input: does every path reach a `return` with a value?"
    return (
        f"It returned None: did you forget `return`? The last line may need to be `{missing}`."
    )


def _error_sentence(error, answer):
    if isinstance(error, StillRunning):
        return "It did not stop, and could not be stopped: restart the kernel (menu Kernel)."
    if isinstance(error, OutOfTime):
        return "It did not come back in time and was stopped: does every loop in it end?"
    name, place = type(error).__name__, place_of(error, answer)
    advice = next((text for known, text in _ADVICE.items() if isinstance(error, known)), "")
    words = re.sub("0x[0-9a-fA-F]+", "0x...", str(error)).strip()[:300]
    told = f": {words.rstrip('.')}." if words else "."
    return f"It raised {name}{place}{told} {advice}".rstrip()


def _changed_sentence(exercise, outcome):
    names = [exercise.parameters[i] for i in outcome.changed]
    rounding = "" if outcome.moved else " Adding and taking away again leaves rounding behind."
    return (
        f"It changed its argument `{'`, `'.join(names)}` in place.{rounding} Work on a copy "
        f"(`{names[0]}.copy()`), so that the caller keeps what it holds."
    )


def law_blocks(laws):
    """Return the laws with their evidence."""
    words = {True: "✔ yes", False: "✘ no", None: "✘ could not be tried"}
    items = tuple(f"{words[law.held]}: {law.statement} ({law.evidence})" for law in laws)
    return [Items("Laws that every right answer obeys:", items)] if items else []


def printed_blocks(trials):
    """Return what the learner's function printed in the first case."""
    lines = [line[:200] for line in trials[0].outcome.printed.splitlines()]
    if not lines:
        return []
    more = ("...",) if len(lines) > _MAX_LINES else ()
    return [Items("Your function printed, in the first case:", (*lines[:_MAX_LINES], *more))]
