"""What is read off an answer to the gradient of a penalty in lesson 09."""

from functools import cached_property

import numpy as np

from course_lib import penalties
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

    def asked(self, theta, mu=0.3):
        """Return the points that a gradient is asked for at, and what the answer is."""
        points = []

        def spy(point):
            points.append(np.array(point))
            return _CUBES(point)

        outcome = self._seen.outcome(spy, theta, mu)
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
    def steps_with_mu(self):
        """Whether a larger μ makes the longest move longer."""
        longest = [np.abs(self.asked(_SHORT, mu)[0] - _SHORT).max() for mu in (0.2, 0.4)]
        return longest[1] > 1.5 * longest[0]

    @property
    def is_nearly_right(self):
        """Whether 2μHg is added but for a few percent."""
        c, *powers = self.of_product
        return abs(c - 2) < 0.1 and powers == [0, 1]

    @property
    def is_mean(self):
        """Whether 2μHg is added divided by the number of parameters."""
        c, *powers = self.multiple([v / v.size for v in self.products])
        return abs(c - 2) < 0.1 and powers == [0, 1] and np.isnan(self.of_product[0])

    @cached_property
    def moves_each(self):
        """Whether each entry of θ is moved by itself."""
        moves = self.moves[0]
        single = len(moves) > 1 and (np.count_nonzero(moves, axis=1) == 1).all()
        return bool(single and np.count_nonzero(moves, axis=0).all())

    @cached_property
    def adds_one_number(self):
        """Whether one number is added to all entries, in each case."""
        added = [a for a in self.added if a.size > 1]
        near = [np.ptp(a) <= 1e-9 * np.abs(a).max() for a in added]
        return all(near) and any(map(np.any, added))

    @cached_property
    def is_along_g(self):
        """Whether what is added is a multiple of g, in each case."""
        known = [
            (a, g) for a, g in zip(self.added, self.g, strict=True) if a.size > 1 and a.any()
        ]
        return len(known) > 2 and all(
            np.linalg.norm(a - (a @ g) / (g @ g) * g) < 1e-6 * np.linalg.norm(a)
            for a, g in known
        )

    @cached_property
    def across(self):
        """How much of these moves is not along g, as a fraction."""
        u = _CUBES(_SHORT) / np.linalg.norm(_CUBES(_SHORT))
        return np.linalg.norm(self.moves[0] - np.outer(self.moves[0] @ u, u)) / self.steps[0]

    @cached_property
    def _hessians(self):
        product = penalties.hessian_vector_product
        return [
            np.array([product(gradient, theta, row) for row in np.eye(theta.size)])
            for gradient, theta, _ in self.cases
        ]

    @property
    def diagonals(self):
        """Case by case: g, each entry times its own second derivative."""
        return [np.diag(h) * g for h, g in zip(self._hessians, self.g, strict=True)]

    @property
    def sums(self):
        """Case by case: the sums of the rows of H."""
        return [h.sum(axis=1) for h in self._hessians]

    def adds(self, vectors):
        """Tell whether it adds multiples of these, and none of Hg."""
        return not np.isnan(self.multiple(vectors)[0]) and np.isnan(self.of_product[0])

    @cached_property
    def is_off_at_a_zero_entry(self):
        """Whether it adds nothing where one entry of g is 0, and is right elsewhere."""
        some = [
            bool(mu and g.any() and not g.all()) for g, mu in zip(self.g, self.mu, strict=True)
        ]
        off = [t.problem is not None for t in self._seen.trials]
        plain = [not np.any(a) for a, bad in zip(self.added, some, strict=True) if bad]
        return any(some) and some == off and all(plain)

    @cached_property
    def asks_at_g(self):
        """Whether a gradient is asked for at a multiple of g, as if g were a place."""
        return all(
            any(_along(point, _CUBES(theta)) for point in self.asked(theta)[0])
            for theta in (_SHORT, _LONG)
        )

    def about_added(self):
        """Say what is added to g, beside what is right; "" where that is the same."""
        theta, mu = _SHORT, 0.3
        added = np.asarray(self.asked(theta, mu)[1], float) - _CUBES(theta)
        right = 2 * mu * 6 * theta * _CUBES(theta)
        if added.shape != right.shape or np.allclose(added, right, rtol=1e-3):
            return ""
        return (
            f"for {_CUBES} at θ = {listed(theta)} with μ = {mu} it adds {listed(added)} to g, "
            f"and 2μHg is {listed(right)}."
        )

    def about_moves(self):
        """Say along what θ is moved, where g points elsewhere."""
        move = max(self.moves[0], key=np.linalg.norm)
        ways = [v / np.linalg.norm(v) for v in (move, _CUBES(_SHORT))]
        ways[0] *= np.sign(ways[0] @ ways[1]) or 1  # it may be moved back first
        return (
            f"for {_CUBES} at θ = {listed(_SHORT)} it moves θ along {listed(ways[0], '.3f')}, "
            f"and g is along {listed(ways[1], '.3f')}."
        )

    @cached_property
    def is_gradient_elsewhere(self):
        """Whether it is the gradient at a point that is not near θ."""
        points, value = self.asked(_SHORT)
        return self.steps[0] > 1e-3 and any(np.allclose(_CUBES(p), value) for p in points[1:])

    @cached_property
    def adds_nothing_of_several(self):
        """Whether gradients that are all taken at one point add nothing to the plain one."""
        points, value = self.asked(_SHORT)
        plain = np.array_equal(value, _CUBES(_SHORT))
        return plain and len(points) > 2 and np.ptp(points[1:], axis=0).max() < 1e-14

    @cached_property
    def one_sided(self):
        """Whether θ is compared with one point."""
        return all(len(m) == 1 for m in self.moves)


def _along(point, g):
    return (
        point.any()
        and abs(point[0] * g[1] - point[1] * g[0]) < 1e-9 * np.abs(point * g[0]).max()
    )
