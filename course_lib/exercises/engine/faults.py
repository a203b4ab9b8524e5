"""Faults of the course itself: never laid to the learner's answer, logged, raised in tests."""

import logging

log = logging.getLogger("course_lib.exercises")
strict = False  # the tests let every fault be raised


def told(error):
    """Log an error of the course's own code with its traceback, and say whose fault it is.

    Parameters
    ----------
    error : Exception
        What a law, a rule or an explanation raised by itself.

    Returns
    -------
    str
        One sentence for the learner.
    """
    if strict:
        raise error
    log.error("a fault of the course, not of the answer", exc_info=error)
    return (
        f"A part of this feedback failed with {type(error).__name__}: that is a fault of the "
        "course, not of your function, and its log says where."
    )
