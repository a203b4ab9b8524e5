"""Lesson 01: the sigmoid."""

from functools import cached_property

import numpy as np

from course_lib import activations
from course_lib.exercises.engine.comparison import Close
from course_lib.exercises.engine.formatting import compared, farthest_apart, rounded
from course_lib.exercises.engine.model import Exercise, Law, Mistake
from course_lib.exercises.kit.reading import ambiguous, are, entries, fitted


def sigmoid(z):
    """Return σ(z), in the plain form that lesson 05 makes safe for every z."""
    return 1 / (1 + np.exp(-z))


def cases(rng):
    """Return pre-activations: numbers first, then arrays of several shapes."""
    small = [(2.0,), (0.0,), (-1.0,), (np.array([0.0, 1.0, -1.0]),)]
    shapes = [(1,), (5,), (2, 3), (4, 1), (2, 2, 2)]
    drawn = [(rng.normal(scale=4.0, size=shape),) for shape in shapes]
    return [*small, *drawn, (np.linspace(-25.0, 25.0, 11),)]


def with_numbers(sentence):
    """Return an explanation: the sentence, then what came and what is right."""

    def explain(case, answer, expected):
        z = np.ravel(case[0])[farthest_apart(answer, expected)]
        return f"{sentence} At z = {z:g} {compared(answer, expected)}"

    return explain


class _Facts:
    """The entries z of all cases, what came, y, and which curve through them it is."""

    def __init__(self, seen):
        self.seen = seen

    @cached_property
    def _entries(self):
        z, y, _ = entries(self.seen)
        near = np.abs(z) < 4  # beyond, digits are lost
        return z[near], y[near]

    def fits(self, read, *forms):
        """Return the coefficients with which ``read(y)`` is made of these functions of z."""
        z, y = self._entries
        return fitted(read(y), *(form(z) for form in forms))

    @cached_property
    def sigmoid_of(self):
        """Coefficients k, c where y = σ(k z + c)."""
        return self.fits(lambda y: np.log(y / (1 - y)), np.array, np.ones_like)

    @property
    def is_exponential(self):
        """Whether y is a multiple of a power with the exponent z."""
        return are(self.fits(np.log, np.array, np.ones_like), None, None)

    @property
    def is_sum(self):
        """Whether y is 1 plus an exponential."""
        return are(self.fits(lambda y: np.log(y - 1), np.array), None)

    @property
    def has_other_denominator(self):
        """Whether 1/y is a sum, not of equal multiples, of a constant and exp(z) or exp(-z)."""
        sums = [
            self.fits(np.reciprocal, np.ones_like, np.exp),
            self.fits(np.reciprocal, np.ones_like, lambda z: np.exp(-z)),
        ]
        return any(are(found, None, None) and not are(found - found[0], 0, 0) for found in sums)

    @property
    def is_tanh(self):
        """Whether y is tanh of a multiple of z."""
        return are(self.fits(np.arctanh, np.array), None)


def _softmax(z):
    return np.exp(z) / np.exp(z).sum()


def _branching(z):
    return sigmoid(z) if z >= 0 else np.exp(z) / (1 + np.exp(z))


_MISTAKES = (
    Mistake(
        "sign of the exponent",
        lambda z: 1 / (1 + np.exp(z)),
        with_numbers("this is σ(-z), which falls where σ rises: the exponent is -z."),
        when=lambda facts: are(facts.sigmoid_of, -1, 0),
    ),
    Mistake(
        "another exponent",
        lambda z: 1 / (1 + np.exp(-2 * z)),
        with_numbers("the form is right, and the exponent is not -z: is the base e, as "
                     "`np.exp` has it, and is nothing multiplied with z or added to it?"),
        when=lambda facts: are(facts.sigmoid_of, None, None),
        variants=(lambda z: 1 / (1 + np.exp(1 - z)), lambda z: 1 / (1 + np.exp(1 + z))),
    ),
    Mistake(
        "no sum in the denominator",
        lambda z: 1 / np.exp(-z),
        with_numbers("this is a plain exponential, which grows without end or falls for "
                     "ever; σ levels off at 1. The exponent belongs to exp alone, and the "
                     "denominator is the sum 1 + exp(-z)."),
        when=lambda facts: facts.is_exponential,
        variants=(lambda z: (1 + np.e) ** -z,),
    ),
    Mistake(
        "missing parentheses",
        lambda z: 1 / 1 + np.exp(-z),
        with_numbers("`1 / 1 + np.exp(-z)` divides 1 by 1 and then adds. Parentheses make the "
                      "whole sum the denominator: `1 / (1 + np.exp(-z))`."),
        when=lambda facts: facts.is_sum,
        variants=(lambda z: 1 / np.exp(-z) + 1,),
    ),
    Mistake(
        "another denominator",
        lambda z: 1 / (1 - np.exp(-z)),
        with_numbers("the denominator is 1 + exp(-z), with a plus and a 1; 1 - exp(-z), for "
                     "one, is 0 at z = 0."),
        when=lambda facts: facts.has_other_denominator,
        variants=(lambda z: 1 / (2 + np.exp(-z)), lambda z: 1 / (1 - np.exp(z))),
    ),
    Mistake(
        "signs mixed",
        lambda z: np.exp(z) / (1 + np.exp(-z)),
        with_numbers("exp(z) is divided by 1 + exp(-z). It is one or the other throughout: "
                      "1/(1 + exp(-z)), or exp(z)/(1 + exp(z))."),
    ),
    Mistake(
        "tanh instead of the sigmoid",
        np.tanh,
        with_numbers("this is tanh, which runs from -1 to 1, σ from 0 to 1: "
                      "σ(z) = (1 + tanh(z/2)) / 2."),
        when=lambda facts: facts.is_tanh,
    ),
    Mistake(
        "derivative instead of the value",
        activations.sigmoid.derivative,
        with_numbers("this is already the derivative σ'(z). The value σ(z) is asked for."),
    ),
    Mistake(
        "shares of a sum",
        _softmax,
        with_numbers("exp(z) is divided by its sum over all entries (softmax). σ looks at "
                     "every entry by itself."),
    ),
    Mistake(
        "if on an array",
        _branching,
        "`if` needs one yes or no, and an array of several z gives one for each entry. The "
        "plain formula needs no `if`; lesson 05 shows how to choose entry by entry.",
        when=lambda facts: ambiguous(facts.seen),
        any_form=True,
    ),
)  # fmt: skip


def _half_at_zero(function):
    value = float(function(0.0))
    return abs(value - 0.5) < 1e-12, f"σ(0) = {value:.4g}"


def _symmetric(function):
    z = np.linspace(-6, 6, 25)
    gap = float(np.abs(function(-z) + function(z) - 1).max())
    return gap < 1e-9, f"largest gap at 25 points: {rounded(gap)}"


def _rises(function):
    values = np.asarray(function(np.linspace(-6, 6, 25)))
    inside = bool(((values > 0) & (values < 1)).all() and (np.diff(values) > 0).all())
    return inside, f"from {values[0]:.3g} at z = -6 to {values[-1]:.3g} at z = 6"


EXERCISES = (
    Exercise(
        name="sigmoid",
        lesson="01",
        statement="""The sigmoid σ(z) = 1 / (1 + exp(-z)), entry by entry.

        z : number or array of any shape;  returns the same shape
        """,
        reference=activations.sigmoid,
        solution=sigmoid,
        cases=cases,
        mistakes=_MISTAKES,
        facts=_Facts,
        laws=(
            Law("σ(0) = 1/2", _half_at_zero),
            Law("σ(-z) = 1 - σ(z)", _symmetric),
            Law("σ rises, from above 0 to below 1", _rises),
        ),
        hints=(
            "NumPy has the exponential function: `np.exp`. It takes arrays as well as numbers.",
            "The whole sum 1 + exp(-z) is the denominator: where do the parentheses go?",
            "One line is enough: `return 1 / (...)`, and the dots are the sum.",
        ),
        comparison=Close(1e-9),
        remark="For z below -709 `np.exp(-z)` overflows, with a warning and still the right "
        "value 0. Lesson 05 builds a form that is safe for every z; `course_lib` has one.",
    ),
)
