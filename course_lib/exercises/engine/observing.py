"""Exercises whose answer returns something that acts: what is compared is what it does."""


class Unplayable(TypeError):
    """What came back cannot be played; its message is the sentence for the learner."""


def compared_function(exercise, function):
    """Return the function whose values are compared with the reference's.

    Parameters
    ----------
    exercise : Exercise
        Its ``played`` turns what the function returns into numbers; None leaves it as it is.
    function : callable
        The learner's function, the reference or a known mistake.

    Returns
    -------
    callable
    """
    if exercise.played is None:
        return function

    def compared(*args):
        value = function(*args)
        return None if value is None else exercise.played(value)

    return compared
