"""Known mistakes in few words: a sentence, examples, the numbers of the first wrong case."""

from course_lib.exercises.engine.model import Mistake
from course_lib.exercises.engine.values import fits, same_shape


def told_with(numbers):
    """Return what makes a mistake whose explanation ends with the numbers of a case.

    Parameters
    ----------
    numbers : callable
        ``numbers(case, answer, expected) -> str``: what came there and what is right.

    Returns
    -------
    callable
        ``told(name, sentence, *examples, when=None, any_form=False, vague=False,
        measured=None)``, a `Mistake`. Where what came has another form, there are no
        numbers to tell.
    """

    def told(name, sentence, *examples, when=None, any_form=False, vague=False, measured=None):
        def explain(case, answer, expected):
            if not (fits(answer, expected) and same_shape(answer, expected)):
                return sentence
            return f"{sentence} {numbers(case, answer, expected)}"

        return Mistake(
            name, examples[0], explain, examples[1:], when, any_form, measured, vague
        )

    return told
