"""What goes wrong when the article's formula is repaired, in lesson 11."""

import numpy as np

from course_lib.exercises.engine.formatting import farthest_apart, show_apart
from course_lib.exercises.engine.model import Mistake
from course_lib.exercises.engine.probes import about_use


class Weights:
    """With which weights θ, m and g stand in what an answer returns, case by case.

    new_theta = A θ + B m + C g and new_m = D θ + E m + F g; ``alpha`` and ``gamma`` are those
    of the cases, ``alone`` is what comes where θ, m and g are 0.
    """

    def __init__(self, seen):
        self.seen = seen
        self.alpha, self.gamma = np.array([case[3:] for case in seen.cases]).T
        units = [np.zeros(3), *np.eye(3)]
        made = np.array(
            [[seen.call(*unit[:, None], *case[3:]) for unit in units] for case in seen.cases]
        )[..., 0]  # case, unit, returned value
        self.alone = made[:, 0]
        weights = np.moveaxis(made[:, 1:] - made[:, :1], 0, -1)
        (self.A, self.D), (self.B, self.E), (self.C, self.F) = weights
        pairs = zip(seen.answers, seen.cases, np.moveaxis(weights, -1, 0), strict=True)
        self.is_sum = all(np.allclose(a, w.T @ case[:3], atol=1e-9) for a, case, w in pairs)

    @property
    def told(self):
        """A sentence on the weights in the first case."""
        a, c = self.alpha[0], self.gamma[0]
        rows = (self.A, self.B, self.C), (self.D, self.E, self.F)
        form = "{:.4g} θ, {:.4g} m and {:.4g} g"
        theta, m = (form.format(*(weight[0] + 0.0 for weight in row)) for row in rows)
        return (
            f"with α = {a:.4g} and γ = {c:.4g} new_theta is the sum of {theta}, and new_m "
            f"that of {m}. Right are the sum of 1 θ, {-a:.4g} m and {-(1 - a) * c:.4g} g, and "
            f"that of 0 θ, {a:.4g} m and {(1 - a) * c:.4g} g."
        )

    def is_(self, weight, rule):
        """Tell whether a weight is ``rule(alpha, gamma)`` in every case."""
        return np.allclose(getattr(self, weight), rule(self.alpha, self.gamma), atol=1e-9)

    @property
    def steps_by_memory(self):
        """Whether the step is what is returned as the memory."""
        return np.allclose(self.B, -self.E) and np.allclose(self.C, -self.F)

    def remembers(self, kept, taken):
        """Tell whether the memory keeps and takes in these shares: ``rule(alpha, gamma)``."""
        return self.is_("E", kept) and self.is_("F", taken)

    @property
    def is_right_memory(self):
        """Whether the memory is the right one."""
        return self.remembers(lambda a, c: a, lambda a, c: (1 - a) * c)


def _memory(kept, taken, sign=1, added=0):
    """Return the answer with another memory: shares of m and of g."""

    def function(theta, m, g, alpha, gamma):
        new_m = kept(alpha, gamma) * m + taken(alpha, gamma) * g + added
        return theta - sign * new_m, new_m

    return function


def _step(step):
    """Return the answer with another ``step(theta, m, new_m, g, alpha, gamma)``."""

    def function(theta, m, g, alpha, gamma):
        new_m = alpha * m + (1 - alpha) * gamma * g
        return step(theta, m, new_m, g, alpha, gamma), new_m

    return function


def _as_it_stands(theta, m, g, alpha, gamma):
    new_theta = alpha * theta + (1 - alpha) * gamma * theta
    return new_theta, new_theta + 0.0


def _theta_in_memory(theta, m, g, alpha, gamma):
    new_m = alpha * theta + (1 - alpha) * gamma * g
    return theta - new_m, new_m


def _known(name, example, when, sentence, *variants, measured=None, vague=False):
    """Return the mistake, explained with one entry: what came and what is right."""

    def explain(case, answer, expected):
        _, m, g, alpha, gamma = case
        gaps = [np.abs(a - e).max() for a, e in zip(answer, expected, strict=True)]
        wrong = int(np.argmax(gaps))
        i = farthest_apart(answer[wrong], expected[wrong])
        received, right = show_apart(answer[wrong][i], expected[wrong][i])
        return (
            f"{sentence} With α = {alpha:.4g}, γ = {gamma:.4g}, m = {m[i]:.4g} and g = "
            f"{g[i]:.4g} the new {('θ', 'm')[wrong]} comes out as {received}, and {right} is "
            "right."
        )

    return Mistake(name, example, explain, variants, when, measured=measured, vague=vague)


def _known_sum(name, example, when, *rest, **more):
    """Return the mistake of an answer that adds multiples of θ, m and g."""
    return _known(name, example, lambda w: w.is_sum and when(w), *rest, **more)


def _known_memory(name, kept, taken, sentence, *others):
    """Return the mistake of other shares in the memory: ``rule(alpha, gamma)`` of m and g."""
    pairs = [(kept, taken), *others]
    example, *variants = (_memory(*pair) for pair in pairs)
    return _known_sum(
        name, example, lambda w: any(w.remembers(*pair) for pair in pairs), sentence, *variants
    )


MISTAKES = (
    _known("a number by itself",
        _memory(lambda a, c: a, lambda a, c: (1 - a) * c, added=1),
        lambda w: np.isfinite(w.alone).all() and w.alone.any(),
        "even where θ, m and g are 0 something comes out: a number stands by itself, as where "
        "a + stands for a `*`, or where parentheses are missing: `1 - alpha * ...` multiplies "
        "first, and `(1 - alpha) * ...` is meant.",
        lambda theta, m, g, alpha, gamma: (
            theta - alpha * m - 1 + alpha * gamma * g, alpha * m + 1 - alpha * gamma * g
        )),
    _known("no sum of multiples",
        _step(lambda theta, m, new_m, g, alpha, gamma: theta - new_m * np.abs(new_m)),
        lambda w: not w.is_sum,
        "All that is needed is to multiply by numbers made of α and γ, and to add.",
        lambda theta, m, g, alpha, gamma: _step(lambda t, m, new, *_: t - new)(
            theta, m, g**2, alpha, gamma
        ),
        lambda theta, m, g, alpha, gamma: _memory(lambda a, c: a, lambda a, c: (1 - a) * c)(
            theta, m, np.sign(g), alpha, gamma
        ),
        measured=lambda w: (
            "what is returned is no sum of multiples of θ, m and g: something is squared, cut "
            "off, rounded or changed otherwise."
        )),
    _known_sum("the formula as it stands", _as_it_stands,
        lambda w: w.is_("A", lambda a, c: a + (1 - a) * c) and not w.C.any(),
        "the parameters are multiplied by α + (1 - α)γ, as in the article: no gradient moves "
        "them. What is averaged is the gradient, in m, and θ moves by m.",
        lambda theta, m, g, alpha, gamma: (
            _as_it_stands(theta, m, g, alpha, gamma)[0], alpha * m + (1 - alpha) * gamma * g
        )),
    _known_sum("θ in the memory", _theta_in_memory,
        lambda w: w.D.any() and w.A.any(),
        "θ stands in the memory, as on the right of the article's formula. The memory m takes "
        "the place of θ on both sides: α multiplies the old m, and what comes in is the "
        "gradient.",
        lambda theta, m, g, alpha, gamma: (_theta_in_memory(theta, 0, g, alpha, gamma)[1],) * 2,
        lambda theta, m, g, alpha, gamma: _step(lambda t, m, new, *_: t - new)(
            theta, m, theta, alpha, gamma
        )),
    _known_sum("parameters shrink",
        _step(lambda theta, m, new_m, g, alpha, gamma: (1 - gamma) * theta - new_m),
        lambda w: not w.is_("A", lambda a, c: 1),
        "the parameters do not come in whole: something multiplies θ itself, as in weight "
        "decay, whatever the gradient. θ - new_m is the step."),
    _known_sum("minus in the memory",
        _memory(lambda a, c: a, lambda a, c: (a - 1) * c, sign=-1),
        lambda w: (w.F < 0).all() and (w.C < 0).all(),
        "the gradient comes into the memory with a minus, and the memory is added to θ. That "
        "can be a convention too; here the memory averages +γg, and the minus stands in the "
        "step, θ - new_m.",
        _memory(lambda a, c: a, lambda a, c: -c, sign=-1)),
    _known_sum("two minuses",
        _memory(lambda a, c: a, lambda a, c: (a - 1) * c),
        lambda w: (w.F < 0).all() and (w.C > 0).all(),
        "the gradient comes into the memory with a minus, and the memory is taken from θ with "
        "another one: this climbs. The minus in the step, θ - new_m, is enough.",
        _memory(lambda a, c: a, lambda a, c: -c)),
    _known_sum("uphill", _step(lambda theta, m, new_m, g, alpha, gamma: theta + new_m),
        lambda w: (w.C > 0).all(),
        "θ moves along the gradient: this climbs. The minus stands in the step, θ - new_m.",
        _memory(lambda a, c: a, lambda a, c: c, sign=-1)),
    _known_sum("γ moved to the step",
        lambda theta, m, g, alpha, gamma: (
            theta - gamma * (alpha * m + (1 - alpha) * g), alpha * m + (1 - alpha) * g
        ),
        lambda w: w.remembers(lambda a, c: a, lambda a, c: 1 - a)
        and w.is_("C", lambda a, c: -(1 - a) * c),
        "γ multiplies the step and not the gradient in the memory. That is the course's own "
        "form and a good method, with another m: here γ is inside m, as in the article's "
        "formula."),
    _known_sum("1 - α moved to the step",
        lambda theta, m, g, alpha, gamma: (
            theta - (1 - alpha) * (alpha * m + gamma * g), alpha * m + gamma * g
        ),
        lambda w: w.remembers(lambda a, c: a, lambda a, c: c)
        and w.is_("C", lambda a, c: -(1 - a) * c),
        "1 - α multiplies the step and not the gradient in the memory. From rest θ goes the "
        "right way so, with another m: here 1 - α is inside m, the weight of what comes in."),
    _known_memory("a sum in place of the average", lambda a, c: a, lambda a, c: c,
        "the gradient comes in with γ and without 1 - α: that is momentum with the rate "
        "inside, which goes 1/(1 - α) times as far. An average has the weights α and 1 - α."),
    _known_memory("weights swapped", lambda a, c: 1 - a, lambda a, c: a * c,
        "the weights are swapped: α is the share of the memory that is kept, 1 - α that of "
        "what comes in."),
    _known_memory("γ on the old memory too", lambda a, c: a * c, lambda a, c: (1 - a) * c,
        "γ multiplies all of the average, the old memory too, which holds a γ already. It "
        "belongs to the gradient alone: αm + (1 - α)γg."),
    _known_sum("old memory left out", _memory(lambda a, c: 0, lambda a, c: (1 - a) * c),
        lambda w: not w.E.any() and w.steps_by_memory,
        "the new memory does not depend on the old one: nothing is remembered. α times the old "
        "m belongs into it.",
        _memory(lambda a, c: 0, lambda a, c: a + (1 - a) * c)),
    _known_memory("α and γ swapped", lambda a, c: c, lambda a, c: (1 - c) * a,
        "the letters are exchanged. In this formula α is the decay and γ the rate, the other "
        "way round than one would expect from the rest of the course.",
        (lambda a, c: c, lambda a, c: 1 - c)),
    _known_sum("another memory", _memory(lambda a, c: a, lambda a, c: (1 - a) * c**2),
        lambda w: not w.is_right_memory and w.steps_by_memory and not about_use(w.seen),
        "the memory is not αm + (1 - α)γg: one of its two weights is another, or both are.",
        _memory(lambda a, c: a**2, lambda a, c: (1 - a) * c),
        _memory(lambda a, c: 1, lambda a, c: (1 - a) * c),
        vague=True),
    _known_sum("moved by the old m",
        _step(lambda theta, m, new_m, g, alpha, gamma: theta - m),
        lambda w: w.is_right_memory and w.is_("B", lambda a, c: -1) and not w.C.any(),
        "the memory is right, and θ moved by the old m: update m first."),
    _known_sum("another step",
        _step(lambda theta, m, new_m, g, alpha, gamma: theta - alpha * new_m),
        lambda w: w.is_right_memory and not w.steps_by_memory,
        "the memory is right, and the step is not: θ moves by something else than new_m.",
        _step(lambda theta, m, new_m, g, alpha, gamma: theta - new_m / (1 - alpha)),
        _step(lambda theta, m, new_m, g, a, c: theta - a * new_m - (1 - a) * c * g),
        vague=True),
    _known_sum("other weights",
        lambda theta, m, g, alpha, gamma: (alpha * theta + (1 - alpha) * gamma * g, m),
        lambda w: not about_use(w.seen),
        "new_m = αm + (1 - α)γg comes first, and then θ - new_m.",
        lambda theta, m, g, alpha, gamma: (theta - m / 2 - gamma * g, alpha * m + g / 2),
        measured=lambda w: w.told, vague=True),
)  # fmt: skip
