"""What goes wrong when the article's training program is repaired, in lesson 11."""

import numpy as np

from course_lib.exercises.engine.formatting import compared, counted
from course_lib.exercises.engine.model import Mistake
from course_lib.exercises.engine.probes import about_memory
from course_lib.exercises.engine.seen import Unseen

_ALPHA, _GAMMA, _N = 0.8, 0.3, 6
_SHARE = (1 - _ALPHA) * _GAMMA  # of the first gradient in the first step


class Course:
    """Where a training of six steps goes when the gradients are known beforehand.

    Attributes
    ----------
    constant, first, none : tuple of (ndarray, float)
        The points that a gradient is asked for at, and the end: with the gradient 1 always,
        the first time, never. The start is 0, and 1 for ``none``.
    """

    def __init__(self, seen):
        self._seen = seen
        if about_memory(seen):
            raise Unseen
        self.constant, self.first = self._run(range(99)), self._run((0,))
        self.none = self._run((), start=1.0)
        asked = {len(points) for points, _ in (self.constant, self.first, self.none)}
        self.n_asked = asked.pop() if len(asked) == 1 else np.nan

    @property
    def ends_early(self):
        """Whether fewer steps are made where gradients are 0 than where they are long."""
        long, _ = self._run(range(99), size=1e4)
        return len(long) == _N > len(self.none[0])

    @property
    def ends_where_they_grow(self):
        """Whether fewer steps are made where each gradient is longer than the last."""
        growing, _ = self._run(range(99), growth=3.0)
        return 0 < len(growing) < _N == self.n_asked

    def _run(self, pushed, start=0.0, size=1.0, growth=1.0):
        points = []

        def gradient(theta):
            points.append(float(np.ravel(theta)[0]))
            n = len(points) - 1
            return np.full(np.shape(theta), size * growth**n * (n in pushed))

        outcome = self._seen.outcome(gradient, np.array([start]), _ALPHA, _GAMMA, _N)
        if outcome.error is not None or np.shape(outcome.value) != (1,):
            raise Unseen
        return np.array(points), float(outcome.value[0])

    def steps(self, run):
        """Return how the parameters go from point to point, downhill counted as positive."""
        points, end = run
        return -np.diff([*points, end])

    def remembers(self, kept, taken):
        """Tell whether each gradient counts ``taken``, and each step ``kept`` of the last."""
        one = taken * float(kept) ** np.arange(_N)
        runs = ((self.steps(self.first), one), (self.steps(self.constant), np.cumsum(one)))
        return all(len(s) == _N and np.allclose(s, right, atol=1e-12) for s, right in runs)

    @property
    def shares(self):
        """What one gradient counts in its step, and by what that is multiplied at each."""
        steps = self.steps(self.first)
        if len(steps) < 2:
            raise Unseen
        return steps[0], steps[1] / steps[0]

    @property
    def has_other_shares(self):
        """Whether one gradient fades step by step, at least, and how much does not matter."""
        taken, kept = self.shares
        is_right = np.isclose(taken, _SHARE) and np.isclose(kept, _ALPHA)
        return np.isfinite(kept) and not is_right and self.remembers(kept, taken)

    @property
    def lengthened(self):
        """By what θ goes farther where all gradients are 10000 times as long."""
        if self.n_asked != _N or not self.constant[1]:
            raise Unseen
        return self._run(range(99), size=1e4)[1] / self.constant[1]

    @property
    def other_steps(self):
        """(which gradients are 1, their steps, the right ones), for the first that differ."""
        one = _SHARE * _ALPHA ** np.arange(_N)
        runs = (("the first gradient", self.first, one),
                ("every gradient", self.constant, np.cumsum(one)))  # fmt: skip
        found = [(which, self.steps(run), right) for which, run, right in runs]
        return next((row for row in found if not np.allclose(row[1], row[2])), None)

    def about_steps(self):
        """Say how far θ moves in the first three steps."""
        which, *rows = self.other_steps
        came, right = (", ".join(f"{step + 0.0:.4g}" for step in row[:3]) for row in rows)
        others = " and the others are 0" * (which != "every gradient")
        return (
            f"with α = {_ALPHA:g} and γ = {_GAMMA:g}, where {which} is 1{others}, θ moves down "
            f"by {came} in the first three steps; {right} are right."
        )

    def about_shares(self):
        """Say how much one gradient counts."""
        taken, kept = self.shares
        return (
            f"with α = {_ALPHA:g} and γ = {_GAMMA:g} one gradient moves θ by {taken:.4g} of "
            f"itself at first, and each step that follows is {kept:.4g} of the one before; "
            f"{_SHARE:.4g} and {_ALPHA:g} are right."
        )


def _loop(
    memory=lambda m, g, a, c, t: a * m + (1 - a) * c * g,
    step=lambda theta, m: theta - m,
    at=lambda start, theta, m: theta,
    begin=np.zeros_like,
):
    """Return a training with some parts exchanged."""  # fmt: skip

    def function(gradient, theta, alpha, gamma, n_steps):
        m, start = begin(theta), theta
        for t in range(n_steps):
            m = memory(m, gradient(at(start, theta, m)), alpha, gamma, t)
            theta = step(theta, m)
        return theta + 0.0

    return function


def _known(name, example, when, sentence, *variants, **more):
    """Return the mistake, explained with what came and what is right."""

    def explain(case, answer, expected):
        if np.allclose(answer, expected):  # what is wrong shows in a law
            return sentence
        return f"{sentence} After {counted(case[-1], 'step')} {compared(answer, expected)}"

    return Mistake(name, example, explain, variants, when, **more)


def _article(gradient, theta, alpha, gamma, n_steps):
    for _ in range(n_steps):
        theta = (theta - alpha * gradient(theta)) * (1 - gamma) + alpha * theta
    return theta


def _recursive(rate):
    """Return the article's loop: a function that calls itself, and returns in the loop."""

    def function(gradient, theta, alpha, gamma, n_steps):
        for _ in range(n_steps):
            below = function(gradient, theta, alpha, gamma, n_steps - 1)
            theta = theta - (below if rate is None else rate * below)
            return theta

    return function


def _until(limit):
    """Return the training that ends where all entries of a gradient are below a limit."""

    def function(gradient, theta, alpha, gamma, n_steps):
        m = np.zeros_like(theta)
        for _ in range(n_steps):
            g = gradient(theta)
            if np.abs(g).max() < limit:
                break
            m = alpha * m + (1 - alpha) * gamma * g
            theta = theta - m
        return theta

    return function


def _while_shorter(gradient, theta, alpha, gamma, n_steps):
    m, last = np.zeros_like(theta), np.inf
    for _ in range(n_steps):
        g = gradient(theta)
        if np.linalg.norm(g) > last:
            break
        last = np.linalg.norm(g)
        m = alpha * m + (1 - alpha) * gamma * g
        theta = theta - m
    return theta


def _twice(gradient, *args):
    return _loop()(lambda theta: gradient(theta) / 2 + gradient(theta) / 2, *args)


MISTAKES = (
    _known("the formula as it stands",
        lambda gradient, theta, alpha, gamma, n_steps: (
            theta * (alpha + (1 - alpha) * gamma) ** n_steps
        ),
        lambda c: c.n_asked == 0,
        "this never asks for the gradient: the parameters go their way, whatever the data."),
    _known("the article's program", _article, None,
        "this is the line of the article's program: no memory is kept, and γ pulls θ itself to "
        "0, which is weight decay."),
    _known("gradient at another point", _loop(at=lambda start, theta, m: m),
        lambda c: c.n_asked == _N and c.none[0][0] != 1,
        "What moves θ is the gradient at the present parameters: `gradient(theta)`.",
        measured=lambda c: (
            f"where θ is 1 at the start, the gradient is first asked for at {c.none[0][0]:.4g}."
        ),
        vague=True),
    Mistake("None at the bottom", _recursive(0.1),
        "a call of the function itself returned None: where n_steps is 0 the loop has no first "
        "round, and no `return` is reached. Nothing has to call itself: the loop makes the "
        "steps, and `return` stands behind it.",
        (_recursive(None),)),
    _known("parameters multiplied", _loop(step=lambda theta, m: 0.9 * theta - m),
        lambda c: c.n_asked == _N and not np.allclose(c.none[0], 1),
        "without any gradient the parameters move all the same: something multiplies θ itself, "
        "as in weight decay, or stands by itself. θ - m is the step, and m begins with 0.",
        _loop(begin=np.ones_like),
        _loop(step=lambda theta, m: 0.8 * theta + m),
        vague=True),
    _known("return in the loop", lambda *args: _loop()(*args[:-1], 1),
        lambda c: c.n_asked == 1 and np.isclose(c.constant[1], -_SHARE),
        "this makes one step, however many are asked for. A `return` inside the loop does "
        "that: it ends the loop in its first round. It is the article's own slip: "
        "put `return` in the column of the `for`."),
    _known("gradient taken at the start only", _loop(at=lambda start, theta, m: start),
        lambda c: not np.ptp(c.constant[0]) and c.n_asked in (1, _N),
        "the gradient is that of the initial parameters at every step. θ has to move in each "
        "step, inside the loop, and the gradient to be asked for at the present θ."),
    _known("fewer steps where they are small", _until(1.0),
        lambda c: c.ends_early,
        "the loop ends before n_steps where steps or gradients are small. n_steps steps are "
        "asked for: `for _ in range(n_steps)`, and nothing that leaves it.",
        _until(1e-3)),
    _known("fewer steps where gradients grow", _while_shorter,
        lambda c: c.ends_where_they_grow,
        "the loop ends before n_steps where a gradient is longer than the one before. n_steps "
        "steps are asked for: `for _ in range(n_steps)`, and nothing that leaves it."),
    Mistake("gradient asked for more than once", _twice,
        "the gradient is asked for twice in each step. Once is enough: give it a name.",
        when=lambda c: c.n_asked == 2 * _N),
    _known("another number of steps", lambda *args: _loop()(*args[:-1], args[-1] + 1),
        lambda c: c.n_asked != _N,  # or not always as many
        "the number of gradients that are asked for is not n_steps: one belongs to each step. "
        "`range(n_steps)` makes as many, and the memory starts with zeros.",
        vague=True),
    _known("no memory",
        _loop(memory=lambda m, g, a, c, t: (1 - a) * c * g),
        lambda c: not c.steps(c.first)[1:].any(),
        "nothing is remembered: a gradient moves θ in its own step only. The memory is made "
        "once, before the first step, and α of it is kept in each."),
    _known("a sum in place of the average", _loop(lambda m, g, a, c, t: a * m + c * g),
        lambda c: c.remembers(_ALPHA, _GAMMA),
        "the gradient comes in without the factor 1 - α: momentum, which goes 1/(1 - α) times "
        "as far."),
    _known("uphill", _loop(step=lambda theta, m: theta + m),
        lambda c: c.remembers(_ALPHA, -_SHARE),
        "θ moves along the gradient: this climbs. The minus stands in the step, θ - m.",
        _loop(lambda m, g, a, c, t: a * m - (1 - a) * c * g),
        vague=True),
    _known("other shares", _loop(lambda m, g, a, c, t: (1 - a) * m + a * c * g),
        lambda c: c.has_other_shares,
        "One of the two weights of m ← αm + (1 - α)γg, or the step, is another.",
        _loop(lambda m, g, a, c, t: m + (1 - a) * c * g),
        measured=lambda c: c.about_shares()),
    _known("gradient changed",
        _loop(lambda m, g, a, c, t: a * m + (1 - a) * c * g / max(1, np.linalg.norm(g))),
        lambda c: not np.isclose(c.lengthened, 1e4),
        "The gradient comes into the memory as it is: neither cut off, nor divided by its "
        "norm, nor squared.",
        _loop(lambda m, g, a, c, t: a * m + (1 - a) * c * np.sign(g)),
        measured=lambda c: (
            "where all gradients are 10000 times as long, the way that θ goes is multiplied by "
            f"{c.lengthened:.4g}, and 10000 is right."
        ),
        vague=True),
    _known("other steps",
        _loop(lambda m, g, a, c, t: (1 - 1 / (t + 2)) * m + c * g / (t + 2)),
        lambda c: c.n_asked == _N and bool(c.other_steps),
        "The memory is m ← αm + (1 - α)γg, and the step is θ - m.",
        _loop(lambda m, g, a, c, t: a * m + (1 - a) * c * g / (t + 1)),
        measured=lambda c: c.about_steps(), vague=True),
)  # fmt: skip
