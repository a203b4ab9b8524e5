"""What goes wrong when the article's training program is repaired, in lesson 11."""

from functools import cached_property

import numpy as np

from course_lib.exercises.engine.formatting import compared, counted
from course_lib.exercises.engine.model import Mistake
from course_lib.exercises.engine.seen import Unseen

_ALPHA, _GAMMA, _N = 0.8, 0.3, 6
_SHARE = (1 - _ALPHA) * _GAMMA  # of the first gradient in the first step


class Course:
    """Where a training goes when the gradients are known beforehand.

    Attributes
    ----------
    constant, first, second, none, rest : tuple of (ndarray, float)
        The points that a gradient is asked for at, and the end: with the gradient 1 always,
        1 the first time, the second time, never (twice). The start is 0, and 1 for ``none``.
    """

    def __init__(self, seen):
        self._seen = seen
        self.constant, self.none = self._run(range(99)), self._run((), start=1.0)
        self.first, self.second = self._run((0,)), self._run((1,))
        self.rest = self._run(())

    def _run(self, pushed, start=0.0):
        points = []

        def gradient(theta):
            points.append(float(np.ravel(theta)[0]))
            return np.full(np.shape(theta), float(len(points) - 1 in pushed))

        outcome = self._seen.outcome(gradient, np.array([start]), _ALPHA, _GAMMA, _N)
        if outcome.error is not None or np.shape(outcome.value) != (1,):
            raise Unseen
        return np.array(points), float(outcome.value[0])

    @property
    def n_asked(self):
        """How many gradients were asked for, where six steps were."""
        return len(self.constant[0])

    def steps(self, run):
        """Return how the parameters go from point to point, downhill counted as positive."""
        points, end = run
        return -np.diff([*points, end])

    def starts_with(self, share):
        """Tell whether the first step is this multiple of a constant gradient."""
        steps = self.steps(self.constant)
        return len(steps) > 1 and np.isclose(steps[0], share)

    @property
    def ends_right(self):
        """Whether a constant gradient leads to where it should in the end."""
        m = _GAMMA * (1 - _ALPHA ** np.arange(1, _N + 1))
        return np.isclose(self.constant[1], -m.sum())

    @property
    def is_usual(self):
        """Whether a constant gradient leads from point to point as it should."""
        m = _GAMMA * (1 - _ALPHA ** np.arange(1, _N + 1))
        return self.n_asked == _N and np.allclose(self.steps(self.constant)[:-1], m[:-1])

    @cached_property
    def is_steady(self):
        """Whether a gradient makes the same steps whenever it comes."""
        first, second = self.steps(self.first), self.steps(self.second)
        if not len(first) == len(second) == _N:
            raise Unseen
        return np.allclose(first[:-1], second[1:])


def _loop(
    memory=lambda m, g, a, c, t: a * m + (1 - a) * c * g,
    step=lambda theta, m, *_: theta - m,
    at=lambda start, theta: theta,
    more=0,
    end=lambda theta, m: theta,
):
    """Return a training with some parts exchanged."""  # fmt: skip

    def function(gradient, theta, alpha, gamma, n_steps):
        m, start = np.zeros_like(theta), theta
        for t in range(n_steps + more):
            g = gradient(at(start, theta))
            before, m = m, memory(m, g, alpha, gamma, t)
            theta = step(theta, m, before, alpha, gamma, t)
        return end(theta, m) + 0.0

    return function


def _memory(kept, taken):
    return _loop(lambda m, g, a, c, t: kept(a, c) * m + taken(a, c) * g)


def _once(gradient, theta, alpha, gamma, n_steps):
    return _loop()(gradient, theta, alpha, gamma, 1)


def _as_it_stands(gradient, theta, alpha, gamma, n_steps):
    return theta * (alpha + (1 - alpha) * gamma) ** n_steps


def _starts_with_the_gradient(gradient, theta, alpha, gamma, n_steps):
    m = gamma * gradient(theta)
    for _ in range(n_steps):
        theta = theta - m
        m = alpha * m + (1 - alpha) * gamma * gradient(theta)
    return theta


def _looking_ahead(gradient, theta, alpha, gamma, n_steps):
    m = np.zeros_like(theta)
    for _ in range(n_steps):
        m = alpha * m + (1 - alpha) * gamma * gradient(theta - alpha * m)
        theta = theta - m
    return theta


def _stops_early(gradient, theta, alpha, gamma, n_steps):
    m = np.zeros_like(theta)
    for _ in range(n_steps):
        m = alpha * m + (1 - alpha) * gamma * gradient(theta)
        theta = theta - m
        if np.abs(m).max() < 0.1:
            break
    return theta


def _known(name, example, when, sentence, *variants):
    """Return the mistake, explained with what came and what is right."""

    def explain(case, answer, expected):
        return f"{sentence} After {counted(case[-1], 'step')} {compared(answer, expected)}"

    return Mistake(name, example, explain, variants, when)


def _first_share(name, kept, taken, sentence, *others):
    """Return the mistake that the first step is ``taken(alpha, gamma)`` times the gradient."""
    pairs = [(kept, taken), *others]
    example, *variants = (_memory(*pair) for pair in pairs)
    return _known(
        name, example,
        lambda c: any(c.starts_with(taken(_ALPHA, _GAMMA)) for _, taken in pairs),
        sentence, *variants,
    )  # fmt: skip


MISTAKES = (
    _known("the formula as it stands", _as_it_stands,
        lambda c: c.n_asked == 0,
        "this never asks for the gradient: the parameters go their way, whatever the data."),
    _known("θ in place of the gradient",
        lambda gradient, *args: _loop()(lambda theta: gradient(theta) * 0 + theta, *args),
        lambda c: np.isclose(c.none[1], _loop()(np.copy, np.ones(1), _ALPHA, _GAMMA, _N)),
        "θ stands where the gradient belongs, as in the article's formula: the parameters go "
        "to 0, whatever the data."),
    _known("memory returned", _loop(end=lambda theta, m: m),
        lambda c: c.is_usual and np.isclose(c.constant[1], _GAMMA * (1 - _ALPHA**_N)),
        "the memory is returned. The final parameters are wanted."),
    _known("not asked at the start",
        lambda gradient, theta, *args: theta + _loop()(gradient, 0 * theta, *args),
        lambda c: c.n_asked and not np.isclose(c.none[0][0], 1),
        "the first gradient is not asked for at the initial θ. The gradient belongs to the "
        "present parameters: `gradient(theta)`."),
    _known("a number by itself",
        _loop(memory=lambda m, g, a, c, t: a * m + 1 - a * c * g),
        lambda c: c.rest[1] != 0,
        "even from θ = 0 and without any gradient the parameters move: a number stands by "
        "itself. `1 - alpha * ...` multiplies first: write `(1 - alpha) * ...`."),
    _known("parameters shrink",
        _loop(step=lambda theta, m, before, a, c, t: theta * (1 - c) - m),
        lambda c: not np.allclose(c.none[0], 1),
        "without any gradient the parameters move all the same: something multiplies θ, which "
        "pulls it to 0 and away from the minimum. θ comes in whole.",
        _loop(step=lambda theta, m, before, a, c, t: a * theta - m),
        _loop(
            memory=lambda m, g, a, c, t: (1 - a) * c * g,
            step=lambda theta, m, before, a, c, t: a * theta + m,
        )),
    _known("return in the loop", _once,
        lambda c: c.n_asked == 1 and np.isclose(c.constant[1], -_SHARE),
        "this makes one step, however many are asked for. A `return` inside the loop does "
        "that: it ends the loop in its first round. It is the article's own slip; the "
        "`return` stands in the column of `for`."),
    _known("gradient taken at the start only", _loop(at=lambda start, theta: start),
        lambda c: not np.ptp(c.constant[0]) and c.n_asked in (1, _N),
        "the gradient is that of the initial parameters at every step. It changes as θ moves: "
        "ask for it in each step, at the present θ."),
    _known("memory starts with the first gradient", _starts_with_the_gradient,
        lambda c: c.n_asked == _N + 1 and not c.starts_with(_SHARE),
        "the memory starts with a gradient in place of zeros. (PyTorch's `dampening` does so, "
        "for its first step; the formula does not.)",
        lambda gradient, *args: _starts_with_the_gradient(
            lambda theta: gradient(theta) / 2, *args
        )),
    _known("one step too few", _loop(more=-1),
        lambda c: c.n_asked == _N - 1,
        "one step is missing: `range(n_steps)` makes n_steps of them."),
    _known("one step too many", _loop(more=1),
        lambda c: c.n_asked == _N + 1 and c.starts_with(_SHARE),
        "there is one step too many: `range(n_steps)` makes n_steps of them."),
    Mistake("gradient asked for more than once",
        lambda gradient, *args: _loop()(
            lambda theta: gradient(theta) / 2 + gradient(theta) / 2, *args
        ),
        "the gradient is asked for twice in each step. Once is enough: give it a name.",
        when=lambda c: c.n_asked == 2 * _N),
    _known("another number of steps", _loop(more=9),
        lambda c: c.n_asked != _N,
        "the number of gradients that are asked for is not n_steps: one belongs to each step, "
        "and none may be left out because the steps have become small.",
        _loop(more=-2),
        _stops_early),
    _known("uphill", _loop(step=lambda theta, m, *_: theta + m),
        lambda c: c.constant[1] > 0,
        "θ moves along the gradient: this climbs. θ ← θ - m."),
    _known("step with the old memory", _loop(step=lambda theta, m, before, *_: theta - before),
        lambda c: c.starts_with(0),
        "each step is made with the memory of the step before, so that every gradient comes "
        "one step late. Make the new memory first."),
    _known("gradient asked for elsewhere", _looking_ahead,
        lambda c: c.n_asked == _N and not c.is_usual and c.ends_right,
        "the steps add up as they should, and the gradients are asked for at other points than "
        "the present θ (Nesterov's momentum does that): `gradient(theta)`."),
    _known("another end", _loop(end=lambda theta, m: theta + m),
        lambda c: c.is_usual,
        "the steps are right, and what is returned is not where the last one ends.",
        _loop(end=lambda theta, m: theta / 2)),
    _known("memory corrected as in Adam",
        _loop(step=lambda theta, m, before, a, c, t: theta - m / (1 - a ** (t + 1))),
        lambda c: np.allclose(c.steps(c.constant), _GAMMA) and not c.is_steady,
        "m is divided by 1 - αᵗ, as Adam does to make up for the start from 0. The formula "
        "here leaves the memory as it is."),
    _known("constants change",
        _loop(memory=lambda m, g, a, c, t: a * m + (1 - a) * c * a ** (t + 1) * g),
        lambda c: not c.is_steady,
        "a gradient counts more or less according to the step it comes in: γ or α changes from "
        "step to step, as in the article's class, where γ is multiplied by α. Constants stay "
        "constant.",
        _loop(memory=lambda m, g, a, c, t: a * m + (1 - a) * c * a**t * g),
        _loop(memory=lambda m, g, a, c, t: a * m + (1 - a) * c * (1 - 0.5 * (t % 2)) * g)),
    _known("memory made anew in each step",
        _loop(memory=lambda m, g, a, c, t: (1 - a) * c * g),
        lambda c: c.starts_with(_SHARE) and not c.steps(c.first)[1:].any(),
        "the memory is zero at the beginning of each step, so that nothing is remembered. It "
        "is made once, before the first step."),
    _known("no memory", _loop(memory=lambda m, g, a, c, t: c * g),
        lambda c: not c.steps(c.first)[1:].any(),
        "a gradient moves the parameters in its own step only: there is no memory of it. α of "
        "m is kept from step to step."),
    _first_share("a sum in place of the average", lambda a, c: a, lambda a, c: c,
        "the gradient comes in without the factor 1 - α: momentum, which goes 1/(1 - α) times "
        "as far."),
    _first_share("γ left out", lambda a, c: a, lambda a, c: 1 - a,
        "γ, the learning rate, is not used."),
    _first_share("weights swapped", lambda a, c: 1 - a, lambda a, c: a * c,
        "the weights are swapped: α is the share of the memory that is kept."),
    _first_share("α and γ swapped", lambda a, c: c, lambda a, c: (1 - c) * a,
        "the letters are exchanged: in this formula α is the decay and γ the rate.",
        (lambda a, c: c, lambda a, c: 1 - c)),
    _first_share("γ twice", lambda a, c: a, lambda a, c: (1 - a) * c**2,
        "γ multiplies the gradient, and the step once more. It is in the memory already."),
)  # fmt: skip
