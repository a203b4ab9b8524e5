"""The verdict on an answer: refuse, try, recognize, and say it with evidence."""

import inspect

from course_lib.exercises.engine import faults
from course_lib.exercises.engine.evidence import (
    about_law,
    case_blocks,
    comment_blocks,
    first_raising,
    law_blocks,
    may_meet_laws,
    printed_blocks,
    tells_most,
    untried_blocks,
)
from course_lib.exercises.engine.facts import general_finding
from course_lib.exercises.engine.formatting import kind
from course_lib.exercises.engine.guard import TIME_LIMIT, Guard
from course_lib.exercises.engine.laws import run_laws
from course_lib.exercises.engine.model import FAILED, NOT_ATTEMPTED, PASSED, Result
from course_lib.exercises.engine.page import Paragraph, verdict
from course_lib.exercises.engine.recognition import recognize
from course_lib.exercises.engine.repair import about_repair
from course_lib.exercises.engine.seen import Seen
from course_lib.exercises.engine.self_reference import borrowed_answer, remember
from course_lib.exercises.engine.source import is_untouched
from course_lib.exercises.engine.trials import run_cases
from course_lib.exercises.engine.values import fits

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
        return _explained(exercise, answer, trials, laws, guard)
    borrowed = borrowed_answer(exercise, answer)
    if borrowed:
        return _failed(exercise, None, [Paragraph(borrowed)])
    return _passed(exercise, answer, trials, laws)


def _refusal(exercise, answer):
    """Say why an answer cannot be called at all; "" if it can."""
    if not callable(answer):
        end = (
            "without quotation marks around"
            if isinstance(answer, str)
            else ("without parentheses after")
        )
        return (
            f"The check needs the function itself, and got {kind(answer)}: "
            f'`check("{exercise.name}", {exercise.name})`, {end} the second name.'
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
        Paragraph(f"{n} of {n} cases {exercise.comparison.agreement}."),
        *law_blocks(laws),
        *comment_blocks(exercise, trials),
        *printed_blocks(trials),
        Paragraph("The lesson goes on with your function."),
    ]
    page = verdict(exercise.name, PASSED, PASSED, blocks)
    return Result(exercise.name, PASSED, None, answer, page)


def _explained(exercise, answer, trials, laws, guard):
    wrong = next((trial for trial in trials if not trial.right), None)
    name, said = _diagnosed(Seen(exercise, answer, trials, laws or [], guard), wrong)
    shown = wrong
    if said or not wrong or fits(wrong.answer, wrong.expected):  # else its form says enough
        shown = first_raising(trials) or (wrong if said else tells_most(wrong, trials))
    if shown:
        blocks = case_blocks(exercise, answer, trials, shown, said)
    else:
        blocks = [*([Paragraph(said)] if said else []), about_law(trials, laws)]
    untried = laws is None
    blocks += untried_blocks(exercise, answer, trials, shown) if untried else law_blocks(laws)
    blocks += comment_blocks(exercise, trials)
    blocks += printed_blocks(trials)
    return _failed(exercise, name, blocks)


def _diagnosed(seen, wrong):
    """Return what is wrong, as a few words and as a sentence; (None, "") if unknown."""
    shown = wrong or seen.trials[0]
    try:
        mistake, told = recognize(seen), seen
        if mistake is None and seen.beside_zero_division:
            told = seen.beside_zero_division
            mistake, shown = recognize(told), told.wrong_in_number[0]
        exact = mistake and not (mistake.vague or mistake.measured)
        repair = None if exact else about_repair(seen)
        if mistake and (not repair or (repair.unsure and not mistake.measured)):
            said = mistake.explain(shown.case, shown.answer, shown.expected)
            if mistake.measured:
                said = f"{mistake.measured(told.facts)} {said}"
            also = f" {repair.sentence}" if repair else ""
            return mistake.name, f"A known mistake, {mistake.name}: {said}{also}"
        found = _in_order(general_finding(seen), repair)
    except Exception as error:
        return None, faults.told(error)
    return (found[0].name, " ".join(part.sentence for part in found)) if found else (None, "")


def _in_order(finding, repair):
    """Return what is told: what is wrong before what is seen of it."""
    if finding and repair and finding.weight < 2:
        return [repair, finding][: 1 + finding.weight]
    return [part for part in (finding, repair) if part]


def _failed(exercise, name, blocks):
    end = Paragraph(
        "Until it passes, the lesson goes on with the course's own function. "
        f'`hint("{exercise.name}")` helps.'
    )
    page = verdict(exercise.name, FAILED, FAILED, [*blocks, end])
    return Result(exercise.name, FAILED, name, exercise.reference, page)
