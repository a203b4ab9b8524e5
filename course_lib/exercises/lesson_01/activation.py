"""Lesson 01: the sigmoid."""

import numpy as np

from course_lib import activations
from course_lib.exercises.engine.comparison import Close
from course_lib.exercises.engine.formatting import compared, farthest_apart, rounded
from course_lib.exercises.engine.model import Exercise, Law, Mistake
from course_lib.exercises.kit.reading import Curve, ambiguous, are
from course_lib.exercises.kit.told import told_with
from course_lib.exercises.kit.tried import tried


def sigmoid(z):
    """Return σ(z), in the plain form that lesson 05 makes safe for every z."""
    return 1 / (1 + np.exp(-z))


def cases(rng):
    """Return pre-activations: numbers first, then arrays of several shapes."""
    small = [(2.0,), (0.0,), (-1.0,), (np.array([0.0, 1.0, -1.0]),)]
    shapes = [(1,), (5,), (2, 3), (4, 1), (2, 2, 2)]
    drawn = [(rng.normal(scale=4.0, size=shape),) for shape in shapes]
    whole = [(-4,), (np.array([0, -2, -3]),)]  # the lesson calls it with whole numbers too
    return [*small, *drawn, (np.linspace(-25.0, 25.0, 11),), *whole]


def _at_one_z(case, answer, expected):
    z = np.ravel(case[0])[farthest_apart(answer, expected)]
    return f"At z = {z:g} {compared(answer, expected)}"


told = told_with(_at_one_z)


def _logistic(curve):
    """Return k and c where y = σ(k z + c)."""
    return curve.fits(lambda y: np.log(y / (1 - y)), np.array, np.ones_like)


def _has_other_exponent(curve):
    """Tell whether y is σ of a multiple of z, and a number added, or of z²."""
    square = curve.fits(lambda y: np.log(y / (1 - y)), np.square)
    return are(_logistic(curve), None, None) or are(square, None)


def _is_exponential(curve):
    slope, _ = curve.fits(np.log, np.array, np.ones_like)
    return abs(slope) > 1e-6


def _has_other_denominator(curve):
    """Tell whether 1/y is a sum of a constant and another multiple of exp(z) or exp(-z)."""
    forms = (np.exp, lambda z: np.exp(-z))
    sums = [curve.fits(np.reciprocal, np.ones_like, form) for form in forms]
    return any(are(found, None, None) and not are(found - found[0], 0, 0) for found in sums)


def _softmax(z):
    return np.exp(z) / np.exp(z).sum()


def _branching(z):
    return sigmoid(z) if z >= 0 else np.exp(z) / (1 + np.exp(z))


_MISTAKES = (
    told("σ(-z) in place of σ(z)",
         "this is σ(-z), which falls where σ rises: σ(z) is 1 / (1 + exp(-z)).",
         lambda z: 1 / (1 + np.exp(z)), when=lambda curve: are(_logistic(curve), -1, 0)),
    told("another exponent",
         "the form is right, and the exponent is not -z: is the base e, as `np.exp` has it, "
         "and is nothing multiplied with z or added to it?",
         lambda z: 1 / (1 + np.exp(-2 * z)), lambda z: 1 / (1 + np.exp(1 - z)),
         lambda z: 1 / (1 + np.exp(1 + z)),
         lambda z: 1 / (1 + np.exp(-(z**2))), when=_has_other_exponent, vague=True),
    told("product in place of a power",
         "`np.e * -z` is a product, and a power is needed: `np.exp(-z)`.",
         lambda z: 1 / (1 + np.e * -z),
         when=lambda curve: are(curve.fits(np.reciprocal, np.ones_like, np.array), 1, None)),
    told("no sum in the denominator",
         "this is a plain exponential, which grows without end or falls for ever; σ levels off "
         "at 1. The exponent belongs to exp alone, and the denominator is the sum 1 + exp(-z).",
         lambda z: 1 / np.exp(-z), lambda z: (1 + np.e) ** -z, when=_is_exponential,
         vague=True),
    told("missing parentheses",
         "this is 1 plus or minus an exponential. Parentheses make the whole sum the "
         "denominator: `1 / (1 + np.exp(-z))`; `1 / 1 + np.exp(-z)` divides 1 by 1 first.",
         lambda z: 1 / 1 + np.exp(-z), lambda z: 1 / np.exp(-z) + 1, lambda z: 1 - np.exp(-z),
         when=lambda curve: are(curve.fits(lambda y: np.log(np.abs(y - 1)), np.array), None),
         vague=True),
    told("another denominator",
         "the denominator is 1 + exp(-z), with a plus and a 1; 1 - exp(-z), for one, is 0 at z "
         "= 0.", lambda z: 1 / (1 - np.exp(-z)), lambda z: 1 / (2 + np.exp(-z)),
         lambda z: 1 / (1 - np.exp(z)), when=_has_other_denominator, vague=True),
    told("signs mixed",
         "above the line the exponent has one sign, below it the other. It is one throughout: "
         "exp(z)/(1 + exp(z)), or 1/(1 + exp(-z)).",
         lambda z: np.exp(z) / (1 + np.exp(-z)), lambda z: np.exp(-z) / (1 + np.exp(z))),
    told("tanh instead of the sigmoid",
         "this is tanh, which runs from -1 to 1, σ from 0 to 1: σ(z) = (1 + tanh(z/2)) / 2.",
         np.tanh, when=lambda curve: are(curve.fits(np.arctanh, np.array), None)),
    told("the inverse function",
         "this is log(z / (1 - z)), which leads from σ(z) back to z. What leads from z to σ(z) "
         "is 1 / (1 + exp(-z)).", lambda z: np.log(z / (1 - z))),
    told("derivative instead of the value",
         "this is already the derivative σ'(z). The value σ(z) is asked for.",
         activations.sigmoid.derivative),
    *(told(f"{name.partition(',')[0]} in place of the sigmoid",
           f"this is another function: {name}. The sigmoid is 1 / (1 + exp(-z)).",
           *ways, vague=True)
      for name, *ways in (
          ("ReLU, max(0, z)", lambda z: np.maximum(0, z)),
          ("softplus, log(1 + exp(z))", lambda z: np.log(1 + np.exp(z)),
           lambda z: np.logaddexp(0, z)),
          ("softsign, z / (1 + |z|)", lambda z: z / (1 + np.abs(z))),
          ("a line cut off at 0 and 1", lambda z: np.clip(0.2 * z + 0.5, 0, 1),
           lambda z: np.clip(z / 4 + 0.5, 0, 1), lambda z: np.clip(z / 6 + 0.5, 0, 1)),
          ("1/2 + arctan(z) / π", lambda z: 0.5 + np.arctan(z) / np.pi),
          ("1 / (1 + |z|)", lambda z: 1 / (1 + np.abs(z))),
          ("a straight line", lambda z: z / 4 + 0.5, lambda z: 0.2 * z + 0.5),
          ("a step from 0 to 1", lambda z: np.where(z >= 0, 1.0, 0.0),
           lambda z: np.where(z > 0, 1.0, 0.0), lambda z: np.heaviside(z, 0.5)))),
    told("shares of a sum",
         "exp(z) is divided by its sum over all entries (softmax). σ looks at every entry by "
         "itself.", _softmax),
    Mistake("if on an array", _branching,
            "`if` needs one yes or no (as `max` does), and an array of several z gives one for "
            "each entry. The plain formula needs no `if`; lesson 05 shows how to choose entry "
            "by entry.",
            when=lambda curve: ambiguous(curve.seen), any_form=True),
)  # fmt: skip


@tried((0.0,), (np.zeros(3),), drawn=lambda rng: (np.zeros(rng.integers(1, 5, 2)),))
def _half_at_zero(function, z):
    values = np.asarray(function(z), float).ravel()
    farthest = values[farthest_apart(values, np.full(values.shape, 0.5))]
    return bool((np.abs(values - 0.5) < 1e-12).all()), f"σ(0) = {farthest:.4g}"


_AROUND_ZERO = np.linspace(-6, 6, 25)


@tried((_AROUND_ZERO,), drawn=lambda rng: (np.append(rng.uniform(-15, 15, 24), 0),))
def _symmetric(function, z):
    gap = float(np.abs(function(-z) + function(z) - 1).max())
    return gap < 1e-9, f"largest gap at 25 points: {rounded(gap)}"


@tried((_AROUND_ZERO,), drawn=lambda rng: (np.sort(rng.uniform(-15, 15, 25)),))
def _rises(function, z):
    values = np.asarray(function(z))
    inside = bool(((values > 0) & (values < 1)).all() and (np.diff(values) > 0).all())
    return (
        inside,
        f"from {values[0]:.3g} at z = {z[0]:.4g} to {values[-1]:.3g} at z = {z[-1]:.4g}",
    )


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
        facts=Curve,
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
        remark="For z below about -709.8 `np.exp(-z)` overflows, with a warning and still the "
        "right value 0. Lesson 05 builds a form that is safe for every z, as `course_lib` has.",
    ),
)
