"""The verdict on an answer: refuse, try, recognize, and say it with evidence."""

import inspect

from course_lib.exercises.engine.evidence import (
    about_law,
    case_blocks,
    comment_blocks,
    law_blocks,
    may_meet_laws,
    printed_blocks,
    untried_blocks,
)
from course_lib.exercises.engine.formatting import kind
from course_lib.exercises.engine.guard import TIME_LIMIT, Guard
from course_lib.exercises.engine.laws import run_laws
from course_lib.exercises.engine.model import FAILED, NOT_ATTEMPTED, PASSED, Result
from course_lib.exercises.engine.page import Paragraph, verdict
from course_lib.exercises.engine.self_reference import borrowed_answer, remember
from course_lib.exercises.engine.source import is_untouched
from course_lib.exercises.engine.trials import recognize, run_cases

_UNLIMITED = (
    "This environment starts no threads, so your function ran without a time limit: only the "
    "kernel's restart ends a loop that does not end."
)


def grade(exercise, answer, seconds=TIME_LIMIT):
    """Judge a learner's function.

    Parameters
    ----------
    exercise : Exercise
        What was asked.
    answer : object
        What the learner handed in.
    seconds : float
        Processor time for all calls of the answer together.

    Returns
    -------
    Result
    """
    refusal = _refusal(exercise, answer)
    if refusal:
        return _failed(exercise, None, [Paragraph(refusal)])
    if is_untouched(answer):
        return _not_attempted(exercise)
    guard = Guard(seconds * exercise.time_factor)
    result = _judge(exercise, answer, guard)
    return result if guard.limited else result.with_note(_UNLIMITED)


def _judge(exercise, answer, guard):
    trials = run_cases(exercise, answer, guard)
    laws = run_laws(exercise, answer, guard) if all(map(may_meet_laws, trials)) else None
    if any(trial.problem for trial in trials) or not all(law.held for law in laws):
        return _explained(exercise, answer, trials, laws)
    borrowed = borrowed_answer(exercise, answer)
    if borrowed:
        return _failed(exercise, None, [Paragraph(borrowed)])
    return _passed(exercise, answer, trials, laws)


def _refusal(exercise, answer):
    """Say why an answer cannot be called at all; "" if it can."""
    if not callable(answer):
        return (
            f"The check needs the function itself, and got {kind(answer)}: "
            f'`check("{exercise.name}", {exercise.name})`, without parentheses after the name.'
        )
    try:
        signature = inspect.signature(answer)
    except (TypeError, ValueError):
        return ""
    return _signature_refusal(exercise, signature)


def _signature_refusal(exercise, signature):
    needed = f"`{exercise.call}` is what is needed"
    names = tuple(signature.parameters)
    if sorted(names) == sorted(exercise.parameters) and names != exercise.parameters:
        return f"Your function takes `{signature}`: {needed}, in this order."
    try:
        signature.bind(*exercise.parameters)
    except TypeError:
        return f"Your function takes `{signature}`: {needed}."
    return ""


def _not_attempted(exercise):
    advice = (
        f"The lesson goes on with the course's own function. Write the body of "
        f"`{exercise.call}`, run its cell, then run this one again; "
        f'`hint("{exercise.name}")` helps.'
    )
    words = f"{NOT_ATTEMPTED} yet"
    page = verdict(exercise.name, NOT_ATTEMPTED, words, [Paragraph(advice)])
    return Result(exercise.name, NOT_ATTEMPTED, None, exercise.reference, page)


def _passed(exercise, answer, trials, laws):
    remember(exercise, answer)
    n = len(trials)
    blocks = [
        Paragraph(f"{n} of {n} cases {exercise.agreement}."),
        *law_blocks(laws),
        *comment_blocks(exercise, trials),
        *printed_blocks(trials),
        Paragraph("The lesson goes on with your function."),
    ]
    page = verdict(exercise.name, PASSED, PASSED, blocks)
    return Result(exercise.name, PASSED, None, answer, page)


def _explained(exercise, answer, trials, laws):
    wrong = next((trial for trial in trials if trial.problem is not None), None)
    shown = wrong or trials[0]
    mistake = recognize(exercise, trials, laws or [])
    blocks = []
    if mistake:
        said = mistake.explain(shown.case, shown.outcome.value, shown.expected)
        blocks.append(Paragraph(f"A known mistake, {mistake.name}: {said}"))
    if wrong:
        blocks += case_blocks(exercise, answer, trials, wrong)
    else:
        blocks.append(about_law(trials, laws))
    blocks += untried_blocks(exercise, trials) if laws is None else law_blocks(laws)
    blocks += comment_blocks(exercise, trials)
    blocks += printed_blocks(trials)
    return _failed(exercise, mistake, blocks)


def _failed(exercise, mistake, blocks):
    end = Paragraph(
        "Until it passes, the lesson goes on with the course's own function. "
        f'`hint("{exercise.name}")` helps.'
    )
    page = verdict(exercise.name, FAILED, FAILED, [*blocks, end])
    name = mistake.name if mistake else None
    return Result(exercise.name, FAILED, name, exercise.reference, page)
