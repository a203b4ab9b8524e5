"""Exercises: the learner writes a function of the course, and is told what it does.

In a lesson::

    from course_lib.exercises import check, hint, progress, solution

The map of this package
    api         check, hint, solution, progress
    model       what an exercise, a mistake, a law and a result are
    registry    finds the exercises in the modules ``lesson_*``
    grading     the verdict: refuse, try, recognize
    borrowed    answers that call another answer to the same exercise
    evidence    the verdict's evidence: what happened, in which case, which laws hold
    advice      what to say about an exception
    trials      an answer beside the reference; which known mistake it behaves like
    playing     functions that return an optimizer: what it does is compared
    examining   what is measured of a mended run: growth, rate, longest step, memory
    judging     mended runs judged by their outcome
    probing     what the links of a mended run do with gradients that are known
    tiny_training  a bowl, a few batches, named optimizers: for exercises that train
    laws        a function under the laws of its exercise
    guard       calls untested functions: time limit, copies, captured output
    values      compares values
    shown       shows values as short text
    source      reads the learner's source
    names       the global names in it
    page        a page of feedback, as HTML and as plain text
    store       progress, in the learner's workspace
    formula     functions that can be shown, as arguments of exercises
    measured    recognizes slopes that were measured by differences
    poor_*      wrong ways that known mistakes are made of
    lesson_*    statements, cases, mistakes, laws, hints
    mistakes_*  the mistakes of an exercise that has many
"""

from course_lib.exercises.api import check, hint, progress, solution
from course_lib.exercises.model import Exercise, Law, Mistake, Result
from course_lib.exercises.registry import exercises

__all__ = [
    "Exercise",
    "Law",
    "Mistake",
    "Result",
    "check",
    "exercises",
    "hint",
    "progress",
    "solution",
]
