"""What goes wrong when the article's training program is repaired, in lesson 11."""

from functools import cached_property
from itertools import permutations

import numpy as np

from course_lib.exercises.engine.facts import known_relation
from course_lib.exercises.engine.formatting import compared, counted
from course_lib.exercises.engine.model import Mistake
from course_lib.exercises.engine.probes import about_memory
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
    stretched : tuple
        What ``constant`` is where the gradient is -50 always.
    """

    def __init__(self, seen):
        self._seen = seen
        if about_memory(seen):
            raise Unseen
        self.constant, self.none = self._run(range(99)), self._run((), start=1.0)
        self.first, self.second = self._run((0,)), self._run((1,))
        self.rest, self.stretched = self._run(()), self._run(range(99), size=-50.0)

    def _run(self, pushed, start=0.0, size=1.0):
        points = []

        def gradient(theta):
            points.append(float(np.ravel(theta)[0]))
            return np.full(np.shape(theta), size * (len(points) - 1 in pushed))

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
    def only_first_is_larger(self):
        """Whether the second gradient counts as it should, and the first otherwise."""
        right = _SHARE * _ALPHA ** np.arange(_N - 1)
        second = self.steps(self.second)
        return len(second) == _N and np.allclose(second[1:], right) and self.fades(self.first)

    @property
    def runs(self):
        """All of them."""
        return self.constant, self.first, self.second, self.none, self.rest, self.stretched

    @property
    def always_asks(self):
        """Whether six gradients are asked for, however small they are."""
        return all(len(points) == _N for points, _ in self.runs)

    @property
    def is_proportional(self):
        """Whether a gradient that is longer, and points the other way, does so as much."""
        both = (np.array([*points, end]) for points, end in (self.constant, self.stretched))
        constant, stretched = both
        return len(constant) == len(stretched) and np.allclose(stretched, -50 * constant)

    @property
    def is_plain(self):
        """Whether no plain rule leads from the right ends to those that came."""
        return known_relation(self._seen) is None

    def fades(self, run):
        """Tell whether each step is α times the one before, and the first is none of zero."""
        steps = self.steps(run)
        return len(steps) == _N and steps[0] and np.allclose(steps[1:], _ALPHA * steps[:-1])

    @property
    def is_late(self):
        """Whether a gradient moves θ not in its own step and then as it should."""
        steps = self.steps(self.first)
        return (
            len(steps) == _N
            and steps[0] == 0
            and np.allclose(steps[1:], steps[1] * _ALPHA ** np.arange(_N - 1))
            and steps[1] > 0
        )

    @property
    def starts_elsewhere(self):
        """Whether what the memory starts with moves θ, and nothing else is wrong."""
        shift = np.array([*self.rest[0], self.rest[1]])
        constant = np.array([*self.constant[0], self.constant[1]])
        right = -_GAMMA * np.cumsum([0, *(1 - _ALPHA ** np.arange(1, _N + 1))])
        return (
            len(shift) == len(constant) == len(right)
            and np.allclose(constant - shift, right)
            and self.fades(self.rest if self.rest[1] else self.none)
        )

    @property
    def path_averaged(self):
        """Whether plain descent is made, and an average of its path returned."""
        path = -_GAMMA * np.arange(_N + 1)
        weights = (1 - _ALPHA) * _ALPHA ** np.arange(_N)[::-1]  # from 0, where it starts
        ends = weights @ path[1:], path.mean(), path[1:].mean()
        return np.array_equal(self.constant[0].round(9), path[:-1].round(9)) and any(
            np.isclose(self.constant[1], end) for end in ends
        )

    @property
    def from_the_start(self):
        """Whether each step is made from the initial θ."""
        m = _GAMMA * (1 - _ALPHA ** np.arange(1, _N))
        return self.n_asked == _N and np.allclose(self.constant[0][1:], -m)

    def remembers(self, kept, taken):
        """Tell whether one gradient counts ``taken``, and each step ``kept`` of the last."""
        expected = taken * float(kept) ** np.arange(_N)
        return np.allclose(self.steps(self.first), expected, atol=1e-12)

    @property
    def shares(self):
        """What one gradient counts in its step, and by what that is multiplied at each."""
        steps = self.steps(self.first)
        return steps[0], steps[1] / steps[0]

    @property
    def has_other_shares(self):
        """Whether one gradient fades step by step, at least, and how much does not matter."""
        taken, kept = self.shares
        is_right = np.isclose(taken, _SHARE) and np.isclose(kept, _ALPHA)
        return np.isfinite(kept) and not is_right and self.remembers(kept, taken)

    def about_shares(self):
        """Say how much one gradient counts."""
        taken, kept = self.shares
        return (
            f"with α = {_ALPHA:g} and γ = {_GAMMA:g} one gradient moves θ by {taken:.4g} of "
            f"itself at first, and each step that follows is {kept:.4g} of the one before; "
            f"{_SHARE:.4g} and {_ALPHA:g} are right."
        )

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


def _elsewhere(at):
    """Return the training that asks for the gradient ``at(theta, m, alpha)``."""

    def function(gradient, theta, alpha, gamma, n_steps):
        m = np.zeros_like(theta)
        for _ in range(n_steps):
            m = alpha * m + (1 - alpha) * gamma * gradient(at(theta, m, alpha))
            theta = theta - m
        return theta

    return function


def _stops_early(gradient, theta, alpha, gamma, n_steps):
    m = np.zeros_like(theta)
    for _ in range(n_steps):
        m = alpha * m + (1 - alpha) * gamma * gradient(theta)
        theta = theta - m
        if np.abs(m).max() < 0.1:
            break
    return theta


def _starting_with(start):
    """Return the training whose memory starts with ``start(theta)``."""

    def function(gradient, theta, alpha, gamma, n_steps):
        m = start(theta)
        for _ in range(n_steps):
            m = alpha * m + (1 - alpha) * gamma * gradient(theta)
            theta = theta - m
        return theta

    return function


def _mixed_up(given, taken=(0, 1)):
    """Return the training that hands (θ, m, g) on, or takes θ and m back, in these orders."""

    def function(gradient, theta, alpha, gamma, n_steps):
        kept = [theta, np.zeros_like(theta)]
        for _ in range(n_steps):
            three = (*kept, gradient(kept[0]))
            theta, m, g = (three[i] for i in given)
            m = alpha * m + (1 - alpha) * gamma * g
            back = theta - m, m
            kept = [back[i] for i in taken]
        return kept[0]

    return function


# the right order, two that have a sentence of their own, and one with θ for its own memory
_OTHERWISE = (
    ((0, 1, 2), (0, 1)),
    ((0, 1, 2), (1, 0)),
    ((0, 2, 1), (0, 1)),
    ((1, 0, 2), (1, 0)),
)
_ORDERS = [
    _mixed_up(given, taken)
    for given in permutations(range(3))
    for taken in ((0, 1), (1, 0))
    if (given, taken) not in _OTHERWISE
]


def _path_averaged(average):
    """Return plain descent, and an average of where it went."""

    def function(gradient, theta, alpha, gamma, n_steps):
        path = [theta]
        for _ in range(n_steps):
            path.append(path[-1] - gamma * gradient(path[-1]))
        return average(np.array(path), alpha)

    return function


def _averaged_from(start):
    """Return the moving average of a path, from its ``start`` times the first point."""

    def average(path, alpha):
        mean = start * path[0]
        for theta in path[1:]:
            mean = alpha * mean + (1 - alpha) * theta
        return mean

    return average


def _with_gradient(change):
    """Return the training whose gradients are changed."""
    return lambda gradient, *args: _loop()(lambda theta: change(gradient(theta)), *args)


def _article(gradient, theta, alpha, gamma, n_steps):
    for _ in range(n_steps):
        theta = (theta - alpha * gradient(theta)) * (1 - gamma) + alpha * theta
    return theta


def _known(name, example, when, sentence, *variants, measured=None):
    """Return the mistake, explained with what came and what is right."""

    def explain(case, answer, expected):
        return f"{sentence} After {counted(case[-1], 'step')} {compared(answer, expected)}"

    return Mistake(name, example, explain, variants, when, measured=measured)


def _shares(name, kept, taken, sentence, *others):
    """Return the mistake that the memory keeps and takes these shares of itself and of g."""
    pairs = [(kept, taken), *others]
    numbers = [[share(_ALPHA, _GAMMA) for share in pair] for pair in pairs]
    example, *variants = (_memory(*pair) for pair in pairs)
    return _known(
        name, example,
        lambda c: any(c.remembers(*pair) for pair in numbers),
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
    _known("θ and m exchanged", _mixed_up((0, 1, 2), (1, 0)), None,
        "θ and m are exchanged as they come back from a step: θ comes first, `theta, m = "
        "averaged_step(...)`."),
    _known("memory and gradient exchanged", _mixed_up((0, 2, 1)), None,
        "the memory and the gradient stand in each other's place: α belongs to the old m, and "
        "(1 - α)γ to the gradient, `averaged_step(theta, m, gradient(theta), ...)`."),
    _known("another order in the step", _ORDERS[0], None,
        "θ, m and the gradient go into the step, or come back from it, in another order than "
        "its own: `theta, m = averaged_step(theta, m, gradient(theta), alpha, gamma)`.",
        *_ORDERS[1:]),
    _known("the article's program", _article, None,
        "this is the line of the article's program: no memory is kept, and γ pulls θ itself to "
        "0, which is weight decay."),
    _known("memory returned", _loop(end=lambda theta, m: m),
        lambda c: c.is_usual and np.isclose(c.constant[1], _GAMMA * (1 - _ALPHA**_N)),
        "the memory is returned. The final parameters are wanted."),
    _known("not asked at the start",
        lambda gradient, theta, *args: theta + _loop()(gradient, 0 * theta, *args),
        lambda c: c.n_asked and not np.isclose(c.none[0][0], 1),
        "the first gradient is not asked for at the initial θ. The gradient belongs to the "
        "present parameters: `gradient(theta)`."),
    _known("memory starts elsewhere", _starting_with(np.copy),
        lambda c: c.starts_elsewhere,
        "the memory does not start with zeros: what it starts with moves θ before any gradient "
        "does. `m = np.zeros_like(theta)`, once, before the loop.",
        _starting_with(np.ones_like),
        _starting_with(lambda theta: theta / 2)),
    _known("a number by itself",
        _loop(memory=lambda m, g, a, c, t: a * m + 1 - a * c * g),
        lambda c: c.rest[1] != 0,
        "even from θ = 0 and without any gradient the parameters move: a number stands by "
        "itself. `1 - alpha * ...` multiplies first: write `(1 - alpha) * ...`."),
    _known("no multiple of the gradient", _with_gradient(np.sign),
        lambda c: c.always_asks and not c.is_proportional and c.is_plain,
        "Gradient and memory are only multiplied by numbers and added.",
        _loop(step=lambda theta, m, *_: np.maximum(theta - m, 0)),
        measured=lambda c: (
            "a gradient of 50 times the size, and of the other sign, does not move θ 50 times "
            "as far the other way: something is cut off, rounded or squared, or a sign, a size "
            "or a maximum is taken."
        )),
    _known("path averaged", _path_averaged(_averaged_from(0)),
        lambda c: c.path_averaged,
        "the steps are those of plain descent, γ times the gradient, and what comes back is an "
        "average of the θ on the way. The gradients are what is averaged, in m, and the last θ "
        "is returned.",
        _path_averaged(_averaged_from(1)),
        _path_averaged(lambda path, alpha: path[1:].mean(axis=0))),
    _known("parameters multiplied",
        _loop(step=lambda theta, m, before, a, c, t: theta * (1 - c) - m),
        lambda c: np.isfinite(c.none[0]).all() and not np.allclose(c.none[0], 1),
        "without any gradient the parameters move all the same: something multiplies θ itself, "
        "as in weight decay. θ comes in whole: θ - m.",
        _loop(step=lambda theta, m, before, a, c, t: a * theta - m),
        _loop(step=lambda theta, m, before, a, c, t: theta * (1 + c / 9) - m),
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
        lambda c: (c.n_asked == _N + 1 and not c.starts_with(_SHARE))
        or (c.n_asked == _N and not c.is_steady and c.only_first_is_larger),
        "the memory starts with a gradient in place of zeros. (PyTorch's `dampening` does so, "
        "for its first step; the formula does not.)",
        lambda gradient, *args: _starts_with_the_gradient(
            lambda theta: gradient(theta) / 2, *args
        ),
        _loop(memory=lambda m, g, a, c, t: a * m + (1 - a) * c * g if t else c * g),
        _loop(memory=lambda m, g, a, c, t: a * m + (1 - a) * c * g if t else g)),
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
        lambda c: not c.always_asks,
        "the number of gradients that are asked for is not n_steps: one belongs to each step, "
        "and none may be left out because the steps have become small.",
        _loop(more=-2),
        _stops_early),
    _known("each step from the start",
        lambda gradient, theta, *args: _loop(step=lambda t, m, *_: theta - m)(
            gradient, theta, *args
        ),
        lambda c: c.from_the_start,
        "each step is made from the initial θ. It starts where the last one ended: `theta = "
        "theta - m`."),
    _known("uphill", _loop(step=lambda theta, m, *_: theta + m),
        lambda c: c.constant[1] > 0,
        "θ moves along the gradient: this climbs. θ ← θ - m."),
    _known("step with the old memory", _loop(step=lambda theta, m, before, *_: theta - before),
        lambda c: c.is_late,
        "each step is made with the memory of the step before, so that every gradient comes "
        "one step late. Make the new memory first."),
    _known("gradient asked for elsewhere",
        _elsewhere(lambda theta, m, alpha: theta - alpha * m),
        lambda c: c.n_asked == _N and not c.is_usual and c.ends_right,
        "the steps add up as they should, and the gradients are asked for at other points than "
        "the present θ (Nesterov's momentum does that): `gradient(theta)`.",
        _elsewhere(lambda theta, m, alpha: theta - m),
        _elsewhere(lambda theta, m, alpha: theta + m)),
    _known("another end", _loop(end=lambda theta, m: theta + m),
        lambda c: c.is_usual and c.is_plain,
        "the steps are right, and what is returned is not where the last one ends.",
        _loop(end=lambda theta, m: theta / 2 + m)),
    _known("memory corrected as in Adam",
        _loop(step=lambda theta, m, before, a, c, t: theta - m / (1 - a ** (t + 1))),
        lambda c: np.allclose(c.steps(c.constant), _GAMMA) and not c.is_steady,
        "m is divided by 1 - αᵗ, as Adam does to make up for the start from 0. The formula "
        "here leaves the memory as it is."),
    _known("constants change",
        _loop(memory=lambda m, g, a, c, t: a * m + (1 - a) * c * a ** (t + 1) * g),
        lambda c: not c.is_steady and c.is_plain,
        "a gradient counts more or less according to the step it comes in, as where γ or α "
        "changes from step to step (in the article's class γ is multiplied by α). Constants "
        "stay constant.",
        _loop(memory=lambda m, g, a, c, t: a * m + (1 - a) * c * a**t * g),
        _loop(memory=lambda m, g, a, c, t: (a * m + (1 - a) * c * g) / (1 - a ** (t + 1))),
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
    _shares("a sum in place of the average", lambda a, c: a, lambda a, c: c,
        "the gradient comes in without the factor 1 - α: momentum, which goes 1/(1 - α) times "
        "as far."),
    _shares("γ left out", lambda a, c: a, lambda a, c: 1 - a,
        "γ, the learning rate, is not used."),
    _shares("weights swapped", lambda a, c: 1 - a, lambda a, c: a * c,
        "the weights are swapped: α is the share of the memory that is kept."),
    _shares("α and γ swapped", lambda a, c: c, lambda a, c: (1 - c) * a,
        "the letters are exchanged: in this formula α is the decay and γ the rate.",
        (lambda a, c: c, lambda a, c: 1 - c)),
    _shares("γ twice", lambda a, c: a, lambda a, c: (1 - a) * c**2,
        "γ multiplies the gradient, and the step once more. It is in the memory already."),
    _shares("γ at the old memory", lambda a, c: a * c, lambda a, c: (1 - a) * c,
        "γ multiplies the old memory as well, where it is in already from the steps before: "
        "only what comes in gets it."),
    _known("other shares", _memory(lambda a, c: a**2, lambda a, c: (1 - a) * c),
        lambda c: c.has_other_shares,
        "One of the two weights of m ← αm + (1 - α)γg, or the step, is another.",
        _memory(lambda a, c: 1, lambda a, c: (1 - a) * c),
        _memory(lambda a, c: -a, lambda a, c: (1 - a) * c),
        _memory(lambda a, c: a, lambda a, c: (1 - a) / c),
        _memory(lambda a, c: a, lambda a, c: a * (1 - a) * c),
        _loop(step=lambda theta, m, *_: theta - 2 * m),
        measured=lambda c: c.about_shares()),
)  # fmt: skip
