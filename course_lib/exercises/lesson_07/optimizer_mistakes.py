"""What goes wrong with the chain of lesson 07: clip, accumulate, scale."""

from functools import cached_property

import numpy as np

from course_lib.clipping import clip_global_norm
from course_lib.exercises.engine.formatting import show_apart
from course_lib.exercises.engine.model import Mistake
from course_lib.exercises.engine.relations import close
from course_lib.exercises.engine.values import fits
from course_lib.exercises.kit.optimizer_steps import DIRECTION
from course_lib.optimizers import (
    chain,
    clip_by_global_norm,
    clip_by_value,
    ema,
    momentum,
    nesterov,
    scale,
    stateless,
)

SPIKE = 1000.0


class ChainFacts:
    """What the first three updates say of a chain, in every case; gradients 1, 1, 1000.

    Attributes
    ----------
    turned : bool
        Whether some update leaves the line of the gradients.
    gain : ndarray
        The first update, per -lr and per clipped gradient: 1 where all is right.
    spike : ndarray
        What the spike adds to the third update, per -lr and gain: its length behind the clip.
    """

    def __init__(self, seen):
        self.seen = seen

    @cached_property
    def arguments(self):
        """max_norm, γ and lr, one row each."""
        return np.array(self.seen.cases).T

    @cached_property
    def along(self):
        """How far each update moves along the gradients, one row a case."""
        return np.array([np.asarray(updates) @ DIRECTION for updates in self.seen.answers])

    @property
    def turned(self):
        """Whether some update leaves the line of the gradients."""
        pairs = zip(self.seen.answers, self.along, strict=True)
        return not all(np.allclose(updates, np.outer(a, DIRECTION)) for updates, a in pairs)

    @property
    def flat(self):
        """Whether updates 3 and 4, after the spike, are alike: the velocity is cut off."""
        c, gamma, _ = self.arguments
        pairs = [a[2:4] for a in self.seen.answers]
        pairs = [
            pair for pair, there in zip(pairs, (c < 9) & (gamma > 0), strict=True) if there
        ]
        return all(np.allclose(a, b, rtol=1e-9, atol=0) and a.all() for a, b in pairs)

    @property
    def scaled(self):
        """Whether each case is right but for one factor."""
        ratio = self.along / (np.array(self.seen.expected) @ DIRECTION)
        return np.allclose(ratio, ratio[:, :1])

    def swapped(self, i, j):
        """Tell whether each case came out, or raised, as with two arguments exchanged."""
        another = (0.7, 0.5, 3.0)
        calls = [*((t.case, t.outcome) for t in self.seen.trials),
                 (another, self.seen.outcome(*another))]  # fmt: skip
        return any(outcome.error is None for _, outcome in calls) and all(
            self._as_swapped(*call, i, j) for call in calls
        )

    def _as_swapped(self, case, outcome, i, j):
        args = list(case)
        args[i], args[j] = args[j], args[i]
        try:
            right = self.seen.right(*args)
        except ValueError:
            return isinstance(outcome.error, ValueError)
        return fits(outcome.value, right) and close(outcome.value, right)

    @property
    def gain(self):
        """The first update per -lr and clipped gradient."""
        c, _, lr = self.arguments
        return self.along[:, 0] / (-lr * np.minimum(1, c))

    @property
    def spike(self):
        """How long a gradient the spike is, behind the clip."""
        _, gamma, lr = self.arguments
        return (self.along[:, 2] - gamma * self.along[:, 1]) / -lr

    def near(self, values, expected, where=True):
        """Tell whether values are what is expected, in the cases where that can be told."""
        where = np.broadcast_to(where, values.shape)
        return bool(where.any()) and np.allclose(values[where], (expected + 0 * values)[where],
                                                 rtol=1e-6)  # fmt: skip

    @property
    def longest(self):
        """The longest update of each case."""
        return np.abs(self.along).max(axis=1)


def _links(build):
    """Return the answer that chains the links ``build(max_norm, gamma, lr)``."""
    return lambda max_norm, gamma, lr: chain(*build(max_norm, gamma, lr))


def _chained(clip=clip_by_global_norm, accumulate=momentum, rate=lambda lr: -lr):
    """Return the right chain with another clip, accumulation or rate."""
    return _links(lambda c, gamma, lr: (clip(c), accumulate(gamma), scale(rate(lr))))


def _unchained(max_norm, gamma, lr):
    return clip_by_global_norm(max_norm), momentum(gamma), scale(-lr)


def _rule_for_a_link(max_norm, gamma, lr):
    return chain(clip_global_norm(max_norm), momentum(gamma), scale(-lr))


def _normalized(c):
    return stateless(lambda g: g / np.linalg.norm(g) * c)


def _with_step(sentence):
    """Return an explanation: the sentence, then the first step that is wrong."""

    def explain(case, answer, expected):
        max_norm, gamma, lr = case
        i = int(np.argmax(~np.isclose(answer, expected, rtol=1e-7, atol=0).all(axis=1)))
        j = int(np.argmax(np.abs(answer[i] - expected[i])))
        received, right = show_apart(answer[i, j], expected[i, j])
        return (
            f"{sentence} With max_norm = {max_norm:.4g}, γ = {gamma:.4g} and lr = {lr:.4g}, "
            f"update {i + 1} moves the {('first', 'second')[j]} parameter by {received}, and "
            f"{right} is right."
        )

    return explain


def _rule(test):
    """Return the rule ``test(facts, max_norm, gamma, lr)`` for updates along the gradients."""
    return lambda facts: not facts.turned and test(facts, *facts.arguments)


def _swapped(i, j):
    """Return the mistake that two of max_norm, gamma and lr are exchanged."""
    names = ("max_norm", "gamma", "lr")

    def function(*args):
        args = list(args)
        args[i], args[j] = args[j], args[i]
        return chain(*_unchained(*args))

    return Mistake(
        f"{names[i]} and {names[j]} exchanged",
        function,
        f"`{names[i]}` and `{names[j]}` are swapped: each stands where the other belongs. "
        "`clip_by_global_norm` takes max_norm, `momentum` takes gamma, `scale` takes -lr.",
        when=lambda facts: facts.swapped(i, j),
        any_form=True,
    )


MISTAKES = (
    _swapped(0, 1),
    _swapped(0, 2),
    _swapped(1, 2),
    Mistake(
        "links not chained",
        _unchained,
        "the links are the right ones, in the right order, and nothing passes the gradient "
        "from one to the next. `chain(...)` around them makes one optimizer.",
        variants=(lambda max_norm, gamma, lr: list(_unchained(max_norm, gamma, lr)),),
    ),
    Mistake(
        "a rule in place of a link",
        _rule_for_a_link,
        "`clip_global_norm` is the rule, which takes a gradient. A chain is made of links, "
        "which get their gradient later: `clip_by_global_norm(max_norm)`.",
    ),
    Mistake(
        "velocity clipped by value",
        _links(lambda c, gamma, lr: (momentum(gamma), clip_by_value(c), scale(-lr))),
        _with_step("the velocity is what is cut off, entry by entry: behind a spike it stays "
                   "at the bound, and it turns. Clip the gradient, before `momentum`, and by "
                   "its global norm: `clip_by_global_norm(max_norm)`."),
        when=lambda facts: facts.turned and facts.flat,
    ),
    Mistake(
        "clipped by value",
        _chained(clip_by_value),
        _with_step("every entry is cut off for itself, and a long gradient turns. By global "
                   "norm it keeps its direction: `clip_by_global_norm`."),
        variants=(_chained(lambda c: clip_by_value(c / 2)),
                  _chained(clip_by_value, rate=lambda lr: lr)),
        when=lambda facts: facts.turned,
    ),
    Mistake(
        "average in place of momentum",
        _chained(accumulate=ema),
        _with_step("every step is multiplied by 1 - γ, as `ema` does it with each gradient. "
                   "`momentum` adds the gradients up as they are, and the rate is lr alone."),
        when=_rule(lambda f, c, gamma, lr: f.scaled and f.near(f.gain, 1 - gamma)),
    ),
    Mistake(
        "Nesterov in place of momentum",
        _chained(accumulate=nesterov),
        _with_step("`nesterov` passes on γv + g with the new v. Here v itself is the step: "
                   "`momentum`."),
        when=_rule(lambda f, c, gamma, lr: f.near(f.gain, 1 + gamma)
                   and not f.scaled),
    ),
    Mistake(
        "momentum before the clip",
        _links(lambda c, gamma, lr: (momentum(gamma), clip_by_global_norm(c), scale(-lr))),
        _with_step("the velocity collects the raw gradients, and what is clipped is the "
                   "velocity. The step is bounded, but a spike stays in the velocity: clipped "
                   "first, no gradient counts for more than max_norm. At max_norm 1 and "
                   "γ = 0.9 it takes 44 updates after a spike of 1000, in place of 3, until "
                   "the steps follow the gradient again."),
        when=_rule(lambda f, c, gamma, lr: f.near(f.longest, lr * c, c < SPIKE)),
    ),
    Mistake(
        "clip after the learning rate",
        _links(lambda c, gamma, lr: (scale(-lr), clip_by_global_norm(c), momentum(gamma))),
        _with_step("everything up to max_norm/lr passes the clip, as where it stands behind "
                   "`scale(-lr)`. max_norm is meant for the gradient: clip first, at "
                   "max_norm, and scale last."),
        variants=(
            _links(lambda c, gamma, lr: (momentum(gamma), scale(-lr), clip_by_global_norm(c))),
        ),
        when=_rule(lambda f, c, gamma, lr: f.near(f.spike, c / lr, c / lr < SPIKE)
                   or f.near(f.longest, c, c / lr < SPIKE)),
    ),
    Mistake(
        "velocity clipped",
        _links(lambda c, gamma, lr: (momentum(gamma), clip_by_global_norm(c / (1 - gamma)),
                                     scale(-lr))),
        _with_step("the velocity is clipped, and not the gradient: the spike gets into the "
                   "velocity, and stays there. `clip_by_global_norm(max_norm)` comes before "
                   "`momentum(gamma)`."),
        variants=(_links(lambda c, gamma, lr: (ema(gamma), clip_by_global_norm(c), scale(-lr))),
                  _links(lambda c, gamma, lr: (momentum(gamma), clip_by_global_norm(2 * c),
                                               scale(-lr)))),
        when=_rule(lambda f, c, gamma, lr: f.flat),
    ),
    Mistake(
        "not clipped",
        _links(lambda c, gamma, lr: (momentum(gamma), scale(-lr))),
        _with_step("nothing clips: the spike goes through at full length, and momentum makes "
                   "it 1/(1 - γ) times as long in all. `clip_by_global_norm(max_norm)` comes "
                   "first."),
        when=_rule(lambda f, c, gamma, lr: f.near(f.spike, SPIKE)),
    ),
    Mistake(
        "uphill, and more",
        _chained(accumulate=nesterov, rate=lambda lr: lr),
        _with_step("the first step goes along the gradient, uphill: the minus of `scale(-lr)` "
                   "is missing. That is not all: with a minus the steps differ, too."),
        when=lambda facts: (facts.gain < 0).all() and not facts.scaled,
        vague=True,
    ),
    Mistake(
        "short gradients lengthened",
        _chained(_normalized),
        _with_step("every gradient gets the norm max_norm, the short ones too. "
                   "`clip_by_global_norm` leaves those as they are."),
        when=_rule(lambda f, c, gamma, lr: f.near(f.along[:, 0] / -lr, c)),
    ),
)  # fmt: skip
