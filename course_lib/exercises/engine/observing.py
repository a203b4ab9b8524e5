"""Exercises whose answer returns something that acts: what is compared is what it does."""


class Unobservable(TypeError):
    """What came back cannot be observed; its message is the sentence for the learner."""


def compared_function(exercise, function):
    """Return the function whose values are compared with the reference's.

    Parameters
    ----------
    exercise : Exercise
        Its ``observe`` turns what the function returns into numbers; None leaves it as it is.
    function : callable
        The learner's function, the reference or a known mistake.

    Returns
    -------
    callable
    """
    if exercise.observe is None:
        return function

    def compared(*args):
        value = function(*args)
        return None if value is None else exercise.observe(value)

    return compared
