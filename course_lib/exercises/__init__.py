"""Exercises: the learner writes a function of the course, and is told what it does.

In a lesson::

    from course_lib.exercises import check, hint, predict, progress, solution

==============  ==============================================================================
engine          how an answer is judged; it knows no lesson
kit             parts that the exercises of several lessons are made of
lesson_00 ...   modules of one or more exercises (statement, reference, cases, laws, hints),
                and their known mistakes in ``*_mistakes``; its ``__init__`` says which is where
==============  ==============================================================================

Imports run one way: engine <- kit <- lesson_NN. No lesson imports another's exercises.

To add an exercise, add a module with a tuple ``EXERCISES`` to its lesson's folder; it is found
by itself. The hints stand there too. To add a known mistake, add the wrong function and its
explanation to the tuple of ``Mistake`` in ``*_mistakes.py``, or in the exercise's own module
where it has no such file. How a verdict is worded: its heading and its last sentence in
``engine/grading.py``, cases and laws in ``engine/evidence.py``, exceptions in
``engine/advice.py``; its mark and colors in ``engine/page.py``.
"""

from course_lib.exercises.engine.api import check, hint, predict, progress, solution
from course_lib.exercises.engine.model import Exercise, Law, Mistake, Result
from course_lib.exercises.engine.registry import exercises

__all__ = [
    "Exercise",
    "Law",
    "Mistake",
    "Result",
    "check",
    "exercises",
    "hint",
    "predict",
    "progress",
    "solution",
]
