"""What goes wrong with the variance map in lesson 04."""

from functools import cached_property

import numpy as np

from course_lib import meanfield
from course_lib.activations import Activation, sigmoid
from course_lib.exercises.engine.formatting import listed_apart
from course_lib.exercises.engine.model import Mistake
from course_lib.exercises.kit.reading import fitted
from course_lib.exercises.kit.told import told_with
from course_lib.exercises.kit.wrong_means import close_but_not_exact, gauss_hermite, sampled
from course_lib.meanfield import gaussian_mean

_AFFINE = Activation("3 + 2z", 2.0, lambda z: 3 + 2 * z, lambda z: 2 + 0 * z)  # E[φ²] = 9 + 4q
_Q = np.array([0.25, 0.7, 1.6])
_SCALES = [(w, b) for w in (0.5, 1.3, 2.1) for b in (0.4, 0.9, 1.7)]
_TERMS = {
    "1": lambda w, b: 1, "w": lambda w, b: w, "ww": lambda w, b: w * w,
    "b": lambda w, b: b, "bb": lambda w, b: b * b, "wb": lambda w, b: w * b,
    "wwb": lambda w, b: w * w * b, "wwbb": lambda w, b: (w * b) ** 2,
}  # fmt: skip


class Facts:
    """What an answer does with the scales, and with an activation whose means are known."""

    def __init__(self, seen):
        self.seen = seen

    @cached_property
    def _terms(self):
        """Coefficients of products of σ_w and σ_b, one row for each q; nan if it is no sum."""
        columns = [np.array([term(*pair) for pair in _SCALES], float)
                   for term in _TERMS.values()]  # fmt: skip
        rows = [[float(self.seen.call(q, _AFFINE, *pair)) for pair in _SCALES] for q in _Q]
        return np.array([fitted(np.array(row), *columns) for row in rows])

    def is_sum_of(self, *terms):
        """Tell whether the answer is made of these products of σ_w and σ_b, and no others."""
        there = np.abs(self._terms).max(axis=0) > 1e-6
        known = np.isfinite(self._terms).all()
        return known and {name for name, t in zip(_TERMS, there, strict=True) if t} == {*terms}

    def coefficient(self, term, value):
        """Tell whether a product of σ_w and σ_b has this coefficient."""
        return np.allclose(self._terms[:, list(_TERMS).index(term)], value)

    def mean_is(self, *means):
        """Tell whether the scales are right, and the mean of 3 + 2z is one of these."""
        right = self.is_sum_of("ww", "bb") and self.coefficient("bb", 1)
        return right and any(self.coefficient("ww", mean(_Q)) for mean in means)

    @property
    def asks_at_one_point(self):
        """Whether φ is asked for one pre-activation at a time."""
        sizes = []

        def counting(z):
            sizes.append(np.size(z))
            return 3 + 2 * z

        self.seen.outcome(
            0.7, Activation("3 + 2z", 2.0, counting, _AFFINE.derivative), 1.3, 0.4
        )
        return 0 < sum(sizes) < 4

    @property
    def adds_biases_inside(self):
        """Whether σ_b² is added to q, and not to the mean."""
        terms = self.is_sum_of("ww", "wwbb") and self.coefficient("wwbb", 4)
        return terms and self.coefficient("ww", 9 + 4 * _Q)

    @property
    def multiplies_biases(self):
        """Whether the mean is multiplied by σ_b² as by σ_w²."""
        weights, biases = (self._terms[:, list(_TERMS).index(name)] for name in ("ww", "bb"))
        return self.is_sum_of("ww", "bb") and np.allclose(weights, biases)

    @property
    def has_other_variance(self):
        """Whether the scales are right, and the variance is a multiple of q, far from q."""
        multiple = (self._terms[0, list(_TERMS).index("ww")] - 9) / (4 * _Q[0])
        far = multiple > 1e-6 and not 0.8 < multiple < 1.25
        return far and self.mean_is(lambda q: 9 + 4 * multiple * q)

    @property
    def is_multiple(self):
        """Whether the scales are right, and the mean is right but for one factor."""
        return self.mean_is(lambda q: self._factor * (9 + 4 * q)) and self._factor != 0

    @property
    def _factor(self):
        return self._terms[0, list(_TERMS).index("ww")] / (9 + 4 * _Q[0])

    @property
    def is_for_single_numbers(self):
        """Whether all cases with a single q are right, and no other."""
        return all(trial.right == (np.ndim(trial.case[0]) == 0) for trial in self.seen.trials)

    def is_near(self, least):
        """Tell whether all numbers lie around what is right, half of them farther than this."""
        return close_but_not_exact(self.seen, least)


def _assembled(mean):
    """Return the map with another way of arriving at E[φ(√q ξ)²]."""
    return lambda q, activation, sigma_w, sigma_b: sigma_w**2 * mean(activation, q) + sigma_b**2


def _scaled(formula):
    """Return another formula of E[φ(√q ξ)²] and the scales."""
    return lambda q, activation, sigma_w, sigma_b: formula(
        _mean_square(activation, q), sigma_w, sigma_b
    )


def _mean_square(activation, q):
    return gaussian_mean(lambda z: activation(z) ** 2, q)


def _moment(f):
    """Return the map with the mean of f(activation, z) in place of that of φ(z)²."""
    return _assembled(lambda activation, q: gaussian_mean(lambda z: f(activation, z), q))


def _mean_square_by(mean):
    return _assembled(lambda activation, q: mean(lambda z: activation(z) ** 2, q))


def _listed(values):
    shown = ", ".join(f"{value:.4g}" for value in np.ravel(values))
    return f"({shown})" if np.ndim(values) else shown


def _numbers(case, answer, expected):
    q, activation, sigma_w, sigma_b = case
    received, right = listed_apart(answer, expected)
    return (
        f"For the {activation.name} with q = {_listed(q)}, σ_w = {sigma_w:g}, "
        f"σ_b = {sigma_b:g} it gives {received}, and {right} is right."
    )


_told = told_with(_numbers)

_SCALES_WRONG = (
    _told("scale not squared",
          "σ_w and σ_b are standard deviations, and variances add: both are squared.",
          _scaled(lambda m, w, b: w * m + b**2), _scaled(lambda m, w, b: w**2 * m + b),
          _scaled(lambda m, w, b: w * m + b),
          when=lambda facts: any(facts.is_sum_of(*terms) for terms in (
              ("w", "bb"), ("ww", "b"), ("w", "b"), ("w",), ("b",), ("1", "b")))),
    _told("weights left out",
          "this is a mean plus the variance of the biases. The weights multiply the "
          "activations: σ_w² is missing.", _scaled(lambda m, w, b: m + b**2),
          when=lambda facts: facts.is_sum_of("1", "bb")),
    _told("biases left out", "the biases have a variance too: + σ_b².",
          _scaled(lambda m, w, b: w**2 * m), when=lambda facts: facts.is_sum_of("ww")),
    _told("biases multiplied", "σ_b² multiplies the mean, and should be added.",
          _scaled(lambda m, w, b: w**2 * m * b**2), _scaled(lambda m, w, b: (w**2 + b**2) * m),
          when=lambda facts: facts.is_sum_of("wwbb") or facts.multiplies_biases),
    _told("biases inside the mean",
          "σ_b² is added to q, the variance of this layer. It belongs to the next layer's: "
          "added at the end, beside σ_w² times the mean.",
          lambda q, activation, w, b: w**2 * _mean_square(activation, q + b**2),
          when=lambda facts: facts.adds_biases_inside),
    _told("biases inside the square",
          "σ_b is added to φ before the square. The biases are not multiplied by weights: σ_b² "
          "is added at the end.",
          lambda q, activation, w, b: w**2 * gaussian_mean(
              lambda z: (activation(z) + b) ** 2, q),
          when=lambda facts: facts.is_sum_of("ww", "wwb", "wwbb")),
    _told("biases multiplied by σ_w²",
          "σ_b² is added to the mean before σ_w² multiplies it. The biases are not multiplied "
          "by weights: σ_b² is added at the end.",
          _scaled(lambda m, w, b: w**2 * (m + b**2)),
          when=lambda facts: facts.is_sum_of("ww", "wwbb") and facts.coefficient("wwbb", 1),
          vague=True),
    _told("squared as a whole",
          "weights and biases are squared together, as one sum, which has a mixed term with "
          "σ_w σ_b. They are independent: their variances add, without one.",
          lambda q, activation, w, b: (w * gaussian_mean(activation, q) + b) ** 2,
          _scaled(lambda m, w, b: (w * m + b) ** 2),
          lambda q, activation, w, b: gaussian_mean(lambda z: (w * activation(z) + b) ** 2, q),
          when=lambda facts: facts.is_sum_of("ww", "wb", "bb")),
)  # fmt: skip

_MEAN_WRONG = (
    _told("q in place of √q",
          "the argument of φ is q ξ, and should be √q ξ: q is a variance, and the "
          "pre-activations are as large as its root. `gaussian_mean(f, q)` takes the root "
          "itself and hands √q ξ to f already: hand it q as it is; another √q in f makes q ξ "
          "of it.",
          _assembled(lambda activation, q: _mean_square(activation, np.square(q))),
          when=lambda facts: facts.mean_is(lambda q: 9 + 4 * q**2), any_form=True),
    _told("√q handed to gaussian_mean",
          "the pre-activations have the variance √q. `gaussian_mean(f, q)` takes the variance "
          "and its root by itself: hand it q as it is.",
          _assembled(lambda activation, q: _mean_square(activation, np.sqrt(q))),
          when=lambda facts: facts.mean_is(lambda q: 9 + 4 * np.sqrt(q))),
    _told("one point, no mean",
          "φ is taken at one pre-activation, and no mean is formed of φ². ξ is random: "
          "`gaussian_mean(f, q)` takes the mean of f over all √q ξ.",
          _assembled(lambda activation, q: activation(np.sqrt(q)) ** 2),
          _assembled(lambda activation, q: activation(q) ** 2),
          _assembled(lambda activation, q: activation(0 * q) ** 2),
          _assembled(lambda activation, q: activation(q)),
          when=lambda facts: facts.asks_at_one_point and facts.mean_is(
              *(lambda q, p=p: (3 + 2 * q**p) ** 2 for p in (0.5, 1)),
              *(lambda q, p=p: 3 + 2 * q**p for p in (0.5, 1)), lambda q: 9)),
    _told("another variance",
          "the pre-activations have another multiple of q as variance. (With `hermgauss`, "
          "whose weight is exp(-x²), they are √(2q) x.)",
          _assembled(lambda activation, q: _mean_square(activation, q / 2)),
          when=lambda facts: facts.has_other_variance),
    _told("square of the mean",
          "the mean is taken first and squared then. E[φ²] is not E[φ]²: it is larger, by the "
          "variance of φ.",
          _assembled(lambda activation, q: gaussian_mean(activation, q) ** 2),
          when=lambda facts: facts.mean_is(lambda q: 9)),
    _told("square of the mean square",
          "the mean of φ² is squared once more. σ_w² stands outside, and the mean as it is.",
          _assembled(lambda activation, q: _mean_square(activation, q) ** 2),
          when=lambda facts: facts.mean_is(lambda q: (9 + 4 * q) ** 2)),
    _told("no square of the activation",
          "this takes E[φ], the mean, or twice that, or E[|φ|]. A variance is made of squares: "
          "E[φ²].",
          _moment(lambda activation, z: activation(z)),
          _moment(lambda activation, z: np.abs(activation(z))),
          when=lambda facts: facts.mean_is(
              lambda q: 3, lambda q: 6,
              lambda q: gaussian_mean(lambda z: np.abs(3 + 2 * z), q))),
    _told("square in the wrong place",
          "the pre-activation is squared, and should be the activation: φ(z)², not φ(z²).",
          _moment(lambda activation, z: activation(z**2)),
          _assembled(lambda activation, q: gaussian_mean(lambda z: activation(z**2), q) ** 2),
          when=lambda facts: facts.mean_is(
              lambda q: 3 + 2 * q, lambda q: (3 + 2 * q) ** 2)),
    _told("activation left out",
          "this is as if φ let everything through: E[z²] is q. The square is taken of φ(z).",
          _moment(lambda activation, z: z**2), when=lambda facts: facts.mean_is(lambda q: q)),
    _told("one activation for all",
          "one function stands where φ belongs, which may be any: call the argument, "
          "`activation(z)`.",
          _moment(lambda activation, z: sigmoid(z) ** 2),
          _moment(lambda activation, z: np.maximum(z, 0) ** 2),
          when=lambda facts: facts.mean_is(
              *(lambda q, f=f: gaussian_mean(lambda z: f(z) ** 2, q)
                for f in (sigmoid, np.tanh, lambda z: np.maximum(z, 0))))),
    _told("scales inside φ",
          "σ_w and σ_b stand inside φ. There is √q ξ alone, which contains the scales of this "
          "layer already.",
          lambda q, activation, w, b: gaussian_mean(lambda z: activation(w * z + b) ** 2, q),
          lambda q, activation, w, b: _mean_square(activation, w**2 * q) + b**2),
    _told("weights that do not add to 1",
          "the mean is too large or too small by one factor, whatever φ and q are: is there a "
          "factor too many, or are the weights of a sum not divided by their own sum?",
          _assembled(lambda activation, q: 2 * _mean_square(activation, q)),
          when=lambda facts: facts.is_multiple),
    _told("Gauss-Hermite nodes",
          "Gauss-Hermite nodes are right for polynomials. At large q the activation is nearly "
          "a step, which lies somewhere between two of them. `gaussian_mean(f, q)` crowds its "
          "nodes around 0.",
          *(_mean_square_by(gauss_hermite(n)) for n in (20, 61)),
          when=lambda facts: facts.mean_is(lambda q: 9 + 4 * q) and facts.is_near(0)),
)  # fmt: skip

MISTAKES = (
    *_SCALES_WRONG,
    *_MEAN_WRONG,
    Mistake("only for a single q",
            _assembled(lambda activation, q: gaussian_mean(lambda z: activation(np.sqrt(q) * z)
                ** 2, 1.0)),
            "single numbers are right, and q may be an array as well. `gaussian_mean(f, q)` "
            "takes the array as it is, and gives one mean for every entry of q.",
            when=lambda facts: facts.is_for_single_numbers, any_form=True),
    _told("fixed point instead of one step",
          "this is q*, where the variance settles after many layers, whatever q it began with. "
          "One call goes one layer further.",
          lambda q, *net: np.full(np.shape(q), meanfield.variance_fixed_point(*net))),
    Mistake("sampled, or a coarse sum", _mean_square_by(sampled),
            "not accurate enough: use `gaussian_mean(f, q)`. The numbers lie near the right "
            "ones, as with a mean over random draws: with 10,000 draws the error is about one "
            "percent, and a hundred times as many give one digit more. `gaussian_mean` sums "
            "over a fine grid with the weights of the normal distribution, and is right to "
            "nine digits.", when=lambda facts: facts.is_near(1e-5), any_form=True, vague=True),
)  # fmt: skip
