"""What a prediction is: a question with choices, or one that asks for a number."""

from dataclasses import dataclass

RIGHT = ""  # what the right choice stands for: no misconception


@dataclass(frozen=True)
class Choice:
    """One answer to choose.

    Attributes
    ----------
    text : str
        A few words.
    stands_for : str
        The misconception behind it, in a sentence to the learner; ``RIGHT`` if there is none.
    """

    text: str
    stands_for: str


class _Asked:
    """What both kinds of questions have."""

    @property
    def texts(self):
        """All sentences that a learner may read in it."""
        says = [choice.stands_for for choice in self.choices]
        return [self.question, self.came_out, *says, *(text for _, text in self.mistaken)]


@dataclass(frozen=True)
class Prediction(_Asked):
    """A question with choices.

    Attributes
    ----------
    name : str
        What ``predict`` is called with.
    question : str
        What is asked.
    choices : dict of str to str
        Two to five texts, each with what it stands for, ``RIGHT`` in one case. They are kept as
        a tuple of `Choice`.
    came_out : str
        What the lesson finds, shown once a choice was made. Its numbers are tied (``markup``).
    truth : str
        An expression over the names of the lesson's run which is true if the right choice is.
    """

    name: str
    question: str
    choices: dict
    came_out: str
    truth: str
    mistaken = ()

    def __post_init__(self):
        """Make the choices."""
        choices = tuple(Choice(*pair) for pair in self.choices.items())
        object.__setattr__(self, "choices", choices)

    @property
    def right(self):
        """Position of the right choice."""
        return next(i for i, choice in enumerate(self.choices) if not choice.stands_for)

    def response(self, answer):
        """Return whether a position is the right choice, and what to say to who chose it."""
        says = self.choices[answer].stands_for
        return not says, says

    def reads(self, answer):
        """Return the position that an answer means, None where it means none."""
        if isinstance(answer, str):
            texts = [choice.text for choice in self.choices]
            return texts.index(answer) if answer in texts else None
        whole = isinstance(answer, int) and not isinstance(answer, bool)
        return answer if whole and 0 <= answer < len(self.choices) else None


@dataclass(frozen=True)
class Number(_Asked):
    """A question whose answer is a number.

    Attributes
    ----------
    name, question, came_out : str
        As in ``Prediction``.
    answer : float
        What comes out.
    truth : str
        An expression over the names of the lesson's run which has this value.
    within : float
        How far off still counts as right, as a factor: 1.1 is ten percent, 10 a power of ten.
    mistaken : tuple of (float, str)
        Wrong numbers and the misconceptions that they stand for.
    """

    name: str
    question: str
    answer: float
    came_out: str
    truth: str
    within: float = 1.05
    mistaken: tuple = ()
    choices = ()

    @property
    def ranges(self):
        """``(low, high, is right, what to say)`` of what is right and what is mistaken."""
        known = ((self.answer, True, ""), *((v, False, says) for v, says in self.mistaken))
        ends = (sorted((v / self.within, v * self.within)) for v, _, _ in known)
        return [(*end, right, says) for end, (_, right, says) in zip(ends, known, strict=True)]

    def response(self, answer):
        """Return whether a number is right, and what to say to who gave it."""
        found = (rest for low, high, *rest in self.ranges if low <= answer <= high)
        return tuple(next(found, (False, "")))

    def reads(self, answer):
        """Return the number that an answer is, None where it is none."""
        real = isinstance(answer, int | float) and not isinstance(answer, bool)
        return float(answer) if real and abs(answer) < float("inf") else None
