"""What goes wrong with χ₁ in lesson 04."""

from functools import cache, cached_property

import numpy as np

from course_lib import meanfield
from course_lib.activations import Activation, relu, sigmoid, tanh
from course_lib.exercises.engine.formatting import compared
from course_lib.exercises.engine.model import Mistake
from course_lib.exercises.kit.reading import are, fitted, single_numbers
from course_lib.exercises.kit.told import told_with
from course_lib.exercises.kit.wrong_means import (
    close_but_not_exact,
    gauss_hermite,
    node_at_zero,
    relative_errors,
    sampled,
)
from course_lib.meanfield import gaussian_mean

# most mistakes begin with one of these
variance_fixed_point, chi_1 = map(cache, (meanfield.variance_fixed_point, meanfield.chi_1))


def _mean_square_slope(activation, q):
    return gaussian_mean(lambda z: activation.derivative(z) ** 2, q)


def _slope_at_value(activation, q):
    return gaussian_mean(lambda z: activation.derivative(activation(z)) ** 2, q)


def _fixed(activation, sigma_w, sigma_b):
    return variance_fixed_point(activation, sigma_w, sigma_b)


def _with_squared_scales(activation, sigma_w, sigma_b):
    return variance_fixed_point(activation, sigma_w**2, sigma_b**2)


def _without_biases(activation, sigma_w, sigma_b):
    return variance_fixed_point(activation, sigma_w, 0.0)


class Facts:
    """What came, beside means of slopes at several variances."""

    def __init__(self, seen):
        self.seen = seen

    @cached_property
    def values(self):
        """What came, case by case."""
        return single_numbers(self.seen)

    def powers(self, moment, variance=_fixed):
        """Return the exponents of σ_w, of q* and of e beside a mean at a variance.

        Case by case the answer is that mean times these powers.
        """
        cases = self.seen.cases
        means = np.array([moment(case[0], variance(*case)) for case in cases], float)
        sigma_w = np.array([sigma_w for _, sigma_w, _ in cases])
        q = np.array([_fixed(*case) for case in cases])
        known = (means > 0) & (q > 1e-6)
        columns = (np.log(sigma_w), np.log(q), np.ones(len(q)))
        return fitted(
            np.log(self.values / means)[known], *(column[known] for column in columns)
        )

    def mean_is(self, *moments):
        """Tell whether one of these means stands in place of that of φ'², with any powers."""
        return any(are(self.powers(moment), None, None, None) for moment in moments)

    def variance_is(self, *variances):
        """Tell whether the mean of φ'² is taken at one of these variances."""
        found = (self.powers(_mean_square_slope, variance) for variance in variances)
        return any(are(powers, 2, 0, 0) for powers in found)

    @property
    def asks_at_one_point(self):
        """Whether φ' is asked for one pre-activation at a time."""
        sizes = []

        def counting(z):
            sizes.append(np.size(z))
            return 1 + 0 * z

        self.seen.outcome(Activation("1", 1.0, np.ones_like, counting), 1.0, 1.0)
        return 0 < sum(sizes) < 4

    @property
    def measures_slopes(self):
        """Whether φ' is never asked for, and the numbers lie near the right ones."""
        asked = []
        slope = lambda z: asked.append(z) or 1 + 0 * z  # noqa: E731
        self.seen.outcome(Activation("1", 1.0, np.ones_like, slope), 1.0, 1.0)
        return not asked and relative_errors(self.seen).max() < 0.05

    @property
    def is_slope_of_the_map(self):
        """Whether the values are slopes of the variance map at q*, measured or not."""
        slopes = np.array([_slope_of_map(*case) for case in self.seen.cases])
        right = np.array(self.seen.expected, float)
        known = np.isfinite(slopes)
        near = np.allclose(self.values[known], slopes[known], rtol=0.02, atol=1e-3)
        return near and np.abs(slopes / right - 1)[known].max() > 0.1

    @property
    def is_at_other_variance(self):
        """Whether there is a variance in every case whose mean of φ'² gives the answer."""
        pairs = zip(self.seen.cases, self.values, strict=True)
        return all(_has_variance(case, value) for case, value in pairs)

    def takes_product(self, made):
        """Tell whether a multiple of E[made(z, φ, φ')] is taken, for φ that is 1 or -1."""
        slopes = (lambda z: 3 * z, lambda z: 2 + 2 * z + z**2)
        came = np.array([self.probe(slope, 5.0, np.sign) for slope in slopes])
        means = [gaussian_mean(lambda z, s=s: made(z, np.sign(z), s(z)), 5.0) for s in slopes]
        return came.all() and np.isclose(*came / means, rtol=1e-5)

    def probe(self, slope, q, value=np.ones_like):
        """Return what comes for slopes at a variance that is q in every layer, at σ_w = 1."""
        flat = Activation("1", 1.0, value, slope)
        return float(self.seen.call(flat, 1.0, float(np.sqrt(q - 1))))

    @property
    def is_for_polynomials(self):
        """Whether slopes z and z² have the right mean squares, q and 3q²."""
        return np.isclose(self.probe(np.array, 5.0), 5.0) and np.isclose(
            self.probe(np.square, 5.0), 75.0
        )

    @property
    def misses_needles(self):
        """Whether a slope that is narrow beside the variance has another mean."""
        right = _mean_square_slope(sigmoid, 400.0)
        return abs(self.probe(sigmoid.derivative, 400.0) / right - 1) > 1e-5

    @property
    def is_near(self):
        """Whether all answers lie around what is right."""
        return close_but_not_exact(self.seen)

    @property
    def is_wrong_for_relu_alone(self):
        """Whether ReLU, which comes first, is a little off, and nothing else."""
        relu_error, *errors = relative_errors(self.seen)
        return bool(1e-5 < relu_error < 0.05 and max(errors) < 1e-5)


@cache
def _slope_of_map(*case):
    """Return by how much the next variance grows with this one, at q*."""
    q = _fixed(*case)
    step = 1e-4 * q
    if q < 1e-3:
        return np.nan
    ends = (meanfield.variance_map(q + k * step, *case) for k in (1, -1))
    return float(np.subtract(*ends)) / (2 * step)


def _has_variance(case, value):
    """Tell whether σ_w² E[φ'²] is the value at some variance: the mean falls as it grows."""
    activation, sigma_w, _ = case
    wanted = value / sigma_w**2
    if activation == relu:
        return np.isclose(wanted, 0.5, rtol=1e-5)
    most, least = (_mean_square_slope(activation, q) for q in (1e-12, 1e12))
    return least < wanted < most * (1 + 1e-9)


def _assembled(moment, variance=_fixed):
    """Return σ_w² times a mean of slopes at a variance, the fixed point unless given."""

    def function(activation, sigma_w, sigma_b):
        return sigma_w**2 * moment(activation, variance(activation, sigma_w, sigma_b))

    return function


def _mean_square_by(mean):
    return _assembled(lambda activation, q: mean(lambda z: activation.derivative(z) ** 2, q))


def _mean(f):
    """Return the mean of f(activation, z) at the variance q, as a function of the two."""
    return lambda activation, q: gaussian_mean(lambda z: f(activation, z), q)


def _mean_square_by_differences(activation, sigma_w, sigma_b, step=1e-2):
    def slope(activation, z):
        return (activation(z + step) - activation(z)) / step

    return _assembled(_mean(lambda *at: slope(*at) ** 2))(activation, sigma_w, sigma_b)


def _after(n_layers, q=1.0):
    """Return the variance after so many layers, from the variance q of the first one."""

    def variance(*net):
        reached = q
        for _ in range(n_layers):
            reached = meanfield.variance_map(reached, *net)
        return reached

    return variance


def _numbers(case, answer, expected):
    activation, sigma_w, sigma_b = case
    return (
        f"For the {activation.name} with σ_w = {sigma_w:g}, σ_b = {sigma_b:g} "
        f"{compared(answer, expected)}"
    )


_told = told_with(_numbers)
_value = _mean(lambda activation, z: activation(z) ** 2)
_slope = _mean(lambda activation, z: np.abs(activation.derivative(z)))
_sigmoid_slope = _mean(lambda activation, z: (activation(z) * (1 - activation(z))) ** 2)
_of_square = _mean(lambda activation, z: activation.derivative(z**2))


MISTAKES = (
    *(_told(f"at q = {q}",
            f"the slopes are taken at the variance q = {q}. Deep in the net the variance is at "
            "its fixed point q*, which `variance_fixed_point` finds.",
            _assembled(_mean_square_slope, lambda *case, q=q: float(q)),
            when=lambda facts, q=q: facts.variance_is(lambda *case: float(q))) for q in (1, 0)),
    _told("q* in place of its root",
          "remove your √q, if there is one: `z` is already a pre-activation. The slopes are "
          "taken at q* ξ, and should be at √q* ξ. `gaussian_mean(f, q)` takes "
          "the root itself and hands √q ξ to f; another √q in f makes q ξ of it.",
          _assembled(lambda activation, q: _mean_square_slope(activation, q**2)),
          when=lambda facts: facts.variance_is(lambda *case: _fixed(*case) ** 2)),
    _told("q* without the biases",
          "q* is taken without the biases: `variance_fixed_point(activation, sigma_w, "
          "sigma_b)` takes both scales.",
          _assembled(_mean_square_slope, _without_biases),
          when=lambda facts: facts.variance_is(_without_biases)),
    _told("q* of squared scales",
          "q* is taken for σ_w² and σ_b²: `variance_fixed_point(activation, sigma_w, sigma_b)` "
          "squares the scales itself.",
          _assembled(_mean_square_slope, _with_squared_scales),
          when=lambda facts: facts.variance_is(_with_squared_scales)),
    _told("one point, no mean",
          "φ' is taken at one pre-activation, and no mean is formed. ξ is random: "
          "`gaussian_mean(f, q)` takes the mean of f over all √q ξ.",
          _assembled(lambda activation, q: activation.derivative(np.sqrt(q)) ** 2),
          _assembled(lambda activation, q: activation.derivative(q) ** 2),
          when=lambda facts: facts.asks_at_one_point),
    _told("q* in place of σ_w²",
          "the mean of φ'² is multiplied by q*, and should be by σ_w². q* only says how large "
          "the pre-activations are at which the slopes are taken.",
          lambda *case: chi_1(*case) / case[1] ** 2 * _fixed(*case),
          when=lambda facts: are(facts.powers(_mean_square_slope), 0, 1, 0)),
    _told("slope of the variance map",
          "this is by how much the next layer's variance grows with this layer's, σ_w² E[φ'² + "
          "φ φ'']. χ₁ is about the gradient's square: σ_w² E[φ'²].",
          _slope_of_map, when=lambda facts: facts.is_slope_of_the_map, any_form=True),
    _told("powers of ten",
          "this is made of `growth_rate`, by how many powers of ten the norm grows: half the "
          "logarithm of χ₁ to base 10. χ₁ is a factor, that of the square.",
          meanfield.growth_rate, lambda *case: meanfield.growth_rate(*case) ** 2,
          lambda *case: 2 * meanfield.growth_rate(*case)),
    *(_told(f"φ' times {name}",
            f"φ' is multiplied by {name}, and should be by itself: the mean is that of φ'².",
            _assembled(_mean(lambda activation, z, f=f: activation.derivative(z) * f(
                z, activation(z)))),
            when=lambda facts, f=f: facts.takes_product(lambda z, a, s: s * f(z, a)))
      for name, f in (("φ", lambda z, a: a), ("z", lambda z, a: z))),
    _told("the textbook bound",
          "every unit is given the largest slope, φ'_max. That makes a bound, (σ_w φ'_max)², "
          "which the truth never exceeds. χ₁ takes the mean over the slopes that there are.",
          lambda activation, w, b: (w * activation.max_slope) ** 2,
          lambda activation, w, b: w * activation.max_slope),
    _told("the variance in place of χ₁",
          "this is q*, the variance at which the slopes are taken. χ₁ is σ_w² times the mean "
          "of their squares.", _fixed),
    _told("σ_w² twice",
          "σ_w enters with a higher power than the second: is it squared twice, or both inside "
          "the mean and before it? χ₁ is σ_w² times the mean of φ'².",
          lambda *case: chi_1(*case) * case[1] ** 2,
          when=lambda facts: are(facts.powers(_mean_square_slope)[1:], 0, 0)
          and facts.powers(_mean_square_slope)[0] > 2.001, vague=True),
    _told("σ_w not squared",
          "χ₁ is about the square of the gradient, so the weights enter with their variance: "
          "σ_w².",
          lambda *case: chi_1(*case) / case[1], lambda *case: chi_1(*case) / case[1] ** 2,
          when=lambda facts: are(facts.powers(_mean_square_slope)[1:], 0, 0) and not are(
              facts.powers(_mean_square_slope), 2, 0, 0)),
    _told("value instead of the slope",
          "φ stands where φ' belongs. That mean drives the variance of signals; backward, each "
          "layer multiplies by `activation.derivative(z)`.",
          _assembled(_value), when=lambda facts: facts.mean_is(_value)),
    _told("slope at the activation",
          "φ' is asked at φ(z), and takes the pre-activation z: `activation.derivative(z)`. It "
          "is the trap of lesson 01.",
          _assembled(_slope_at_value), when=lambda facts: facts.mean_is(_slope_at_value)),
    _told("one activation's slope for all",
          "a (1 - a) is the slope of the sigmoid alone, 1 - a² that of tanh, and φ may be any: "
          "`activation.derivative(z)` knows its own slope.",
          _assembled(_sigmoid_slope),
          _assembled(_mean(lambda activation, z: activation(z) * (1 - activation(z)))),
          _assembled(lambda activation, q: _mean_square_slope(sigmoid, q)),
          _assembled(lambda activation, q: _mean_square_slope(tanh, q)),
          _assembled(_mean(lambda activation, z: (1 - activation(z) ** 2) ** 2)),
          _assembled(_mean(lambda activation, z: 1 - activation(z) ** 2))),
    _told("ReLU's half for all",
          "σ_w²/2 is right for ReLU alone: half of its slopes are 1, the others 0. For any φ "
          "it takes the mean of φ'² at q*.", lambda *case: case[1] ** 2 / 2),
    _told("square in the wrong place",
          "the pre-activation is squared, and should be the slope: φ'(z)², not φ'(z²).",
          _assembled(_of_square), when=lambda facts: facts.mean_is(_of_square)),
    _told("square of the mean square",
          "the mean of φ'² is squared once more, with the σ_w beside it. σ_w² stands outside, "
          "and the mean as it is.",
          lambda activation, w, b: _assembled(_mean_square_slope)(activation, w, b) ** 2 / w**2,
          when=lambda facts: facts.mean_is(
              lambda activation, q: _mean_square_slope(activation, q) ** 2)),
    _told("square of the mean slope",
          "E[φ'²] is not E[φ']²: square each slope first, then take the mean.",
          _assembled(lambda activation, q: _slope(activation, q) ** 2)),
    _told("slope not squared",
          "φ' enters the mean as it is, not squared. χ₁ is about the square of the gradient, "
          "so the slope enters squared: `** 2`. (`* 2` doubles.)", _assembled(_slope),
          lambda activation, w, b: w * _slope(activation, _fixed(activation, w, b)),
          when=lambda facts: facts.mean_is(_slope)),
    _told("Gauss-Hermite nodes",
          "Gauss-Hermite nodes are right for polynomials. At large q* the slope is a narrow "
          "peak around z = 0, and falls between the nodes. `gaussian_mean(f, q)` crowds its "
          "nodes there.",
          *(_mean_square_by(gauss_hermite(n)) for n in (20, 61)),
          when=lambda facts: facts.is_for_polynomials and facts.misses_needles),
    _told("slopes not asked for",
          "`activation.derivative(z)` is not asked: the slopes are made otherwise, as by "
          "differences of φ, and only nearly right. It is exact.",
          _mean_square_by_differences,
          when=lambda facts: facts.measures_slopes, vague=True),
    _told("a node on ReLU's step",
          "a sum over a grid with a node at z = 0 counts ReLU's step for one side. A grid of "
          "midpoints has no node there, nor has that of `gaussian_mean(f, q)`.",
          _mean_square_by(node_at_zero), when=lambda facts: facts.is_wrong_for_relu_alone),
    Mistake("sampled, or a coarse sum", _mean_square_by(sampled),
            "the numbers lie near the right ones and are not accurate enough, as with a mean "
            "over random draws, with a grid that is too coarse for φ', which is a narrow peak "
            "where q* is large, or with differences of φ over long steps. "
            "`activation.derivative` is exact, and `gaussian_mean(f, q)` is right to nine "
            "digits.", when=lambda facts: facts.is_near, vague=True),
    _told("variance not at its fixed point",
          "these are the numbers of slopes at another variance than q*. If it comes from steps "
          "of the variance map, they have not arrived: where the map lies close to the "
          "diagonal it creeps. `variance_fixed_point(activation, sigma_w, sigma_b)` finds q*.",
          _assembled(_mean_square_slope, _after(1)),
          _assembled(_mean_square_slope, _after(10, q=0.0)),
          _assembled(_mean_square_slope, lambda activation, w, b: w**2 + b**2),
          when=lambda facts: facts.is_at_other_variance, vague=True),
)  # fmt: skip
