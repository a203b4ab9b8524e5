"""What goes wrong with the gradient of a penalty in lesson 09."""

from functools import cached_property

import numpy as np

from course_lib import penalties
from course_lib.exercises.engine.formatting import listed_apart
from course_lib.exercises.engine.model import Mistake
from course_lib.exercises.engine.seen import Unseen
from course_lib.exercises.kit.formula import Slope, listed

_SHORT, _LONG = np.array([1.0, 2.0]), np.array([3.0, 8.0])  # one gradient six times as long
_CUBES = Slope("θ₀³ + θ₁³", lambda t: 3 * t**2, 2)


class Penalty:
    """What an answer adds to the gradient g, and at which points it asks for gradients.

    Attributes
    ----------
    g, products : list of ndarray
        Case by case: the gradient, and Hg.
    """

    def __init__(self, seen):
        self._seen, self.cases = seen, seen.cases
        self.mu = [mu for *_, mu in seen.cases]
        self.g = [gradient(theta) for gradient, theta, _ in seen.cases]
        self.products = [
            penalties.hessian_vector_product(gradient, theta, g)
            for (gradient, theta, _), g in zip(seen.cases, self.g, strict=True)
        ]

    @cached_property
    def added(self):
        """What the answer is beside g, case by case."""
        return [a - g for a, g in zip(self._seen.answers, self.g, strict=True)]

    def multiple(self, vectors):
        """Return c, p, q where it adds c ‖g‖^p μ^q times these in every case, else nan."""
        cases = zip(self.added, self.g, self.mu, vectors, strict=True)
        known = [(a, g, mu, v) for a, g, mu, v in cases if mu and g.any()]
        factors = np.array([(a @ v) / (v @ v) for a, _, _, v in known])
        off = [
            np.linalg.norm(a - k * v) > 0.05 * np.linalg.norm(a)
            for k, (a, *_, v) in zip(factors, known, strict=True)
        ]
        if any(off) or np.ptp(np.sign(factors)) or not factors.all():
            return (np.nan,) * 3
        powers = np.array([(1, np.log(np.linalg.norm(g)), np.log(mu)) for _, g, mu, _ in known])
        found = np.linalg.lstsq(powers, np.log(np.abs(factors)), rcond=None)[0]
        if np.abs(powers @ found - np.log(np.abs(factors))).max() > 0.05:
            return (np.nan,) * 3
        return np.sign(factors[0]) * np.exp(found[0]), *np.round(found[1:], 1)

    @cached_property
    def of_product(self):
        """c, p, q where it adds c ‖g‖^p μ^q Hg."""
        return self.multiple(self.products)

    def asked(self, theta):
        """Return the points that a gradient is asked for at, and what the answer is."""
        points = []

        def spy(point):
            points.append(np.array(point))
            return _CUBES(point)

        outcome = self._seen.outcome(spy, theta, 0.3)
        if outcome.error or not points or any(map(np.iscomplexobj, points)):
            raise Unseen
        return np.array(points), outcome.value

    @cached_property
    def moves(self):
        """From θ to those of them that are not θ, at a short gradient and at a long one."""
        moves = [self.asked(theta)[0] - theta for theta in (_SHORT, _LONG)]
        return [m[np.abs(m).max(axis=1) > 1e-14] for m in moves]

    @cached_property
    def steps(self):
        """How long the longest move is in both, 0 for none."""
        return [np.linalg.norm(m, axis=1).max(initial=0) for m in self.moves]

    @cached_property
    def across(self):
        """How much of these moves is not along g, as a fraction."""
        u = _CUBES(_SHORT) / np.linalg.norm(_CUBES(_SHORT))
        return np.linalg.norm(self.moves[0] - np.outer(self.moves[0] @ u, u)) / self.steps[0]

    @cached_property
    def is_gradient_elsewhere(self):
        """Whether it is the gradient at a point that is not near θ."""
        points, value = self.asked(_SHORT)
        return self.steps[0] > 1e-3 and any(np.allclose(_CUBES(p), value) for p in points[1:])

    @cached_property
    def adds_nothing_of_several(self):
        """Whether three gradients or more, all at θ, come to the plain one."""
        points, value = self.asked(_SHORT)
        plain = np.array_equal(value, _CUBES(_SHORT))
        return plain and len(points) > 2 and not any(self.steps)

    @cached_property
    def one_sided(self):
        """Whether θ is compared with one point."""
        return all(len(m) == 1 for m in self.moves)


def _product(gradient, theta, v, step=1e-5, ahead=1.0, behind=1.0):
    """Return Hv by differences along v/‖v‖; zero for a zero v."""
    move = step * v / (np.linalg.norm(v) or 1)
    difference = gradient(theta + ahead * move) - gradient(theta - behind * move)
    return difference * np.linalg.norm(v) / ((ahead + behind) * step)


def _combined(rule):
    """Return the answer that combines g and Hg by ``rule(g, product, mu)``."""

    def function(gradient, theta, mu):
        g = gradient(theta)
        return rule(g, _product(gradient, theta, g), mu)

    return function


def _adding(make):
    """Return the answer that adds 2μ ``make(gradient, theta, g)``."""

    def function(gradient, theta, mu):
        g = gradient(theta)
        return g + 2 * mu * make(gradient, theta, g)

    return function


def _at_another_point(k):
    return lambda gradient, theta, mu: gradient(theta + k * mu * gradient(theta))


def _one_array(gradient, theta, mu):
    ahead = behind = theta.copy()
    ahead += 1e-5
    behind -= 1e-5
    return gradient(theta) + mu * (gradient(ahead) - gradient(behind)) / 1e-5


def _known(name, example, when, sentence, *variants, vague=False):
    """Return the mistake that ``when(penalty)`` tells, with the case and its numbers."""

    def explain(case, answer, expected):
        gradient, theta, mu = case
        received, right = listed_apart(answer, expected)
        return (
            f"{sentence} For {gradient} at θ = {listed(theta)} with μ = {mu:.4g} it gives "
            f"{received}, and {right} is right."
        )

    return Mistake(name, example, explain, variants, when, vague=vague)


MISTAKES = (
    Mistake("a zero gradient divided by its norm",
        _adding(lambda gradient, theta, g: (
            _product(gradient, theta, g) * np.linalg.norm(g) / np.linalg.norm(g)
        )),
        "where the gradient is zero, g/‖g‖ is 0/0, which is nan, and stays it. There is "
        "nothing to penalize: return the zero gradient.",
        when=lambda p: [np.isnan(a).any() for a in p.added] == [not g.any() for g in p.g]),
    Mistake("two names for one array",
        _one_array,
        "the gradients that are compared are taken at one and the same point. `ahead = theta` "
        "makes no copy: it is another name for the same array, and `+=` and `-=` on two such "
        "names move it there and back. `theta + step` and `theta - step` are two new arrays.",
        when=lambda p: p.adds_nothing_of_several,
        any_form=True),
    _known("penalty left out", lambda gradient, theta, mu: gradient(theta),
        lambda p: not any(map(np.any, p.added)),
        "this is the plain gradient. The penalty adds 2μHg."),
    _known("another power of μ", _combined(lambda g, product, mu: g + 2 * product),
        lambda p: p.of_product[2] not in (1, np.nan),
        "the penalty comes in with another weight than μ: it is in proportion to μ.",
        _combined(lambda g, product, mu: g + 2 * mu**2 * product)),
    _known("another power of the norm",
        _combined(lambda g, product, mu: g + 2 * mu * product / (np.linalg.norm(g) or 1)),
        lambda p: p.of_product[1] not in (0, np.nan),
        "the length of g counts too often, or not at all. Along u = g/‖g‖ the difference gives "
        "Hu, and Hg = ‖g‖ Hu; the penalty is the square of the norm, whose derivative is 2Hg.",
        _combined(lambda g, product, mu: g + mu * product * np.linalg.norm(g)), vague=True),
    _known("half of the penalty", _combined(lambda g, product, mu: g + mu * product),
        lambda p: abs(p.of_product[0] - 1) < 0.1,
        "the penalty counts half. The derivative of a square is twice its root times the "
        "root's derivative, 2Hg: is the 2 missing, or a one-sided difference divided by 2ε?",
        vague=True),
    _known("another multiple of the penalty",
        _combined(lambda g, product, mu: g + 3 * mu * product),
        lambda p: abs(p.of_product[0] - 2) > 0.3,
        "a multiple of the penalty's gradient is added. It is 2μHg, and Hg the difference of "
        "two gradients, divided by the distance of their points, times ‖g‖.", vague=True),
    _known("g in place of Hg", _combined(lambda g, product, mu: g + 2 * mu * g),
        lambda p: not np.isnan(p.multiple(p.g)[0]),
        "a multiple of g is added. That only changes its length; the derivative of ‖g‖² asks "
        "how g itself changes with θ, and that is the Hessian.", vague=True),
    _known("no second gradient",
        lambda gradient, theta, mu: gradient(theta) + mu * np.abs(gradient(theta)),
        lambda p: not any(p.steps),
        "the gradient is asked for at θ only. How it changes with θ, which is what H says, can "
        "be seen by a second one, a short step away.",
        lambda gradient, theta, mu: gradient(theta) - mu * np.sqrt(np.abs(gradient(theta)))),
    _known("gradient at another point",
        _at_another_point(1),
        lambda p: p.is_gradient_elsewhere,
        "this is the gradient at another point than θ, a step away that is not small. It holds "
        "some of Hg (a method of its own, sharpness-aware minimization, uses that), but it is "
        "not the gradient of ℓ + μ‖g‖².",
        _at_another_point(2)),
    _known("not along the gradient",
        _adding(lambda gradient, theta, g: _product(gradient, theta, theta)),
        lambda p: min(p.steps) > 0 and p.across > 0.01,
        "θ is moved in another direction than g. The derivative of ‖g‖² is 2Hg, and Hg says "
        "how the gradient changes along g: move all entries together, along g.",
        _adding(lambda gradient, theta, g: g * [
            _product(gradient, theta, row) @ row for row in np.eye(theta.size)
        ]), vague=True),
    _known("a step of the length of g",
        _adding(lambda gradient, theta, g: (
            (gradient(theta + 1e-4 * g) - gradient(theta - 1e-4 * g)) / 2e-4
        )),
        lambda p: p.steps[1] > 2 * p.steps[0] > 0,
        "the step is longer where the gradient is longer: there it leaves the place where it "
        "should measure. Exploding gradients are what this is for: divide g by ‖g‖ first."),
    _known("one-sided difference", _adding(lambda *case: _product(*case, behind=0.0)),
        lambda p: p.one_sided,
        "the gradient is compared on one side only. Its error shrinks as ε, and that of a step "
        "to both sides as ε².",
        _adding(lambda *case: _product(*case, step=1e-3, behind=0.0))),
)  # fmt: skip
