"""Known mistakes in few words: a sentence, examples, the numbers of the first wrong case."""

from course_lib.exercises.engine.model import Mistake


def told_with(numbers):
    """Return what makes a mistake whose explanation ends with the numbers of a case.

    Parameters
    ----------
    numbers : callable
        ``numbers(case, answer, expected) -> str``: what came there and what is right.

    Returns
    -------
    callable
        ``told(name, sentence, *examples, when=None, any_form=False)``, a `Mistake`. Where an
        answer raised, there are no numbers to tell.
    """

    def told(name, sentence, *examples, when=None, any_form=False):
        def explain(case, answer, expected):
            if answer is None:
                return sentence
            return f"{sentence} {numbers(case, answer, expected)}"

        return Mistake(name, examples[0], explain, examples[1:], when, any_form)

    return told
