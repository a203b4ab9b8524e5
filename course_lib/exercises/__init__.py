"""Exercises: the learner writes a function of the course, and is told what it does.

In a lesson::

    from course_lib.exercises import check, hint, progress, solution

The map of this package
    api         check, hint, solution, progress
    model       what an exercise, a mistake, a law and a result are
    registry    finds the exercises in the modules ``lesson_*``
    grading     the verdict: refuse, try, recognize
    evidence    the verdict's evidence: what happened, in which case, which laws hold
    trials      an answer beside the reference; which known mistake it behaves like
    guard       calls untested functions: time limit, copies, captured output
    values      compares values and shows them
    source      reads the learner's source
    page        a page of feedback, as HTML and as plain text
    store       progress, in the learner's workspace
    formula     functions that can be shown, as arguments of exercises
    lesson_*    statements, cases, mistakes, laws, hints
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
