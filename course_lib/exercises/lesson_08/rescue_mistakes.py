"""What goes wrong when a recurrent net is rescued in lesson 08: told by the steps it makes."""

from functools import cached_property

import numpy as np

from course_lib.clipping import clip_global_norm
from course_lib.exercises.engine.model import Mistake
from course_lib.exercises.kit.optimizer_steps import DIRECTION
from course_lib.optimizers import (
    accumulate_micro_batches,
    adam,
    chain,
    clip_by_global_norm,
    clip_by_value,
    ema,
    momentum,
    scale,
    stateless,
)

SMALL = 1e-9
RATES = (0.1, 0.05)
GAMMA = 0.9
N_NETS = 12
_FIRST = 150  # the first gradient of norm 1; two later comes the spike
_SPIKE = _FIRST + 2


def effective_rate(steps):
    """Return how often a small gradient counts after 150 of them, its sign turned."""
    return float(steps[_FIRST - 1] @ DIRECTION) / -SMALL


def direction_cosine(steps):
    """Return the smallest cosine of steps with (-0.6, -0.8)."""
    lengths = np.linalg.norm(steps, axis=1)
    return float(np.min(-(steps @ DIRECTION) / np.where(lengths > 0, lengths, 1)))


def up_to_spike(steps):
    """Return the steps as long as the gradients keep their sign."""
    return steps[: _SPIKE + 1]


def memory(steps):
    """Return how much of what a small gradient added to the step is added once more."""
    added = np.diff(steps[:5] @ DIRECTION)
    return float(added[1] / added[0]) if added[0] else 0.0


class Steps:
    """What an optimizer makes of a stream of gradients along one direction, at both rates.

    Attributes
    ----------
    rate : ndarray, shape (2,)
        In units of lr/(1 - γ).
    bound : ndarray, shape (2,)
        How long the spike's step is, in units of lr: the threshold of a clip in front.
    """

    def __init__(self, seen):
        self._seen, self._steps = seen, [np.asarray(steps) for _, steps in seen.answers]
        lr = np.array([case[1] for case in seen.cases])
        self.rate = self._each(effective_rate) / lr * (1 - GAMMA)
        self.length = np.array([np.linalg.norm(steps[_SPIKE]) for steps in self._steps])
        self.bound = self.length / lr

    def _each(self, measure):
        return np.array([measure(steps) for steps in self._steps], float)

    def turns(self, end):
        """Tell whether some step up to this one is not along the gradients."""
        steps = np.concatenate([steps[:end] for steps in self._steps])
        across = np.abs(steps @ (-DIRECTION[1], DIRECTION[0]))
        return bool((across > 1e-6 * np.linalg.norm(steps, axis=1)).any())

    @cached_property
    def skips(self):
        """Whether some gradient makes no step at all."""
        return any(not steps.any(axis=1).all() for steps in self._steps)

    @cached_property
    def clipped(self):
        """Whether a gradient a thousand times as long makes a step not nearly so long."""
        first = self._each(lambda steps: np.linalg.norm(steps[_FIRST]))
        return bool((self.length < 900 * first).all())

    @cached_property
    def memory(self):
        """How much of what a gradient added to the step is added once more."""
        return self._each(memory)

    @cached_property
    def remembers(self):
        """Whether what a gradient adds to the step falls by γ from step to step."""
        return bool(np.allclose(self.memory, GAMMA, rtol=1e-3))

    @cached_property
    def adds_more_later(self):
        """Whether a small gradient adds more to the second step than to the first."""
        first, second = (self._each(lambda steps, k=k: steps[k] @ DIRECTION) for k in (0, 1))
        return bool((second / first > 2.01).all())

    @cached_property
    def drops(self):
        """Whether the spike adds nothing to the step: it is thrown away."""
        added = [steps[_SPIKE] - GAMMA * steps[_SPIKE - 1] for steps in self._steps]
        return bool((np.linalg.norm(added, axis=1) < 1e-6 * self.length).all())

    @cached_property
    def lengthens(self):
        """Whether a short gradient counts a thousand times as much, and a long one does not."""
        return bool(self.clipped and (self.rate > 1e3).all())

    @cached_property
    def exchanged(self):
        """Whether what a gradient adds falls by lr from step to step, and comes in with γ."""
        lr = np.array([case[1] for case in self._seen.cases])
        rate = self._each(effective_rate)
        return bool(
            np.allclose(self.memory, lr, rtol=1e-3)
            and np.allclose(rate, GAMMA / (1 - lr), rtol=1e-3)
        )

    @cached_property
    def keeps_rate(self):
        """Whether a small gradient counts lr/(1 - γ) in all."""
        return bool(np.allclose(self.rate, 1, rtol=1e-3))

    @cached_property
    def forgets_late(self):
        """Whether a spike decides the direction for more than twenty steps."""
        after = [steps[_SPIKE + 1 : _SPIKE + 21] @ DIRECTION for steps in self._steps]
        return bool(np.max(after) < 0)

    @cached_property
    def same_at_both_rates(self):
        """Whether lr makes no difference."""
        return bool(np.array_equal(*self._steps))

    @cached_property
    def same_for_another_gamma(self):
        """Whether γ makes no difference."""
        other = self._seen.call(0.5, RATES[0])[1]
        return bool(np.array_equal(other, self._steps[0]))

    @property
    def uses_nothing(self):
        """Whether neither lr nor γ makes a difference."""
        return self.same_at_both_rates and self.same_for_another_gamma


def _links(*build):
    """Return the answer that chains ``build(gamma, lr)``."""
    return lambda gamma, lr: chain(*(make(gamma, lr) for make in build))


def _clip(c):
    return lambda gamma, lr: clip_by_global_norm(c)


def _momentum(gamma, lr):
    return momentum(gamma)


def _scale(gamma, lr):
    return scale(-lr)


def _lengths(g):
    """Return the norm of each net's gradient, 1 for what is 0."""
    norms = np.linalg.norm(g, axis=-1, keepdims=True)
    return np.where(norms > 0, norms, 1)


def _dropped(g):
    return np.where(_lengths(g) < 0.5, g, 0)


def _known(name, example, test, sentence, *variants):
    """Return the mistake that ``test(steps)`` tells; how many nets learn is added to it."""

    def explain(case, answer, expected):
        n_solved = round(float(answer[0]) * N_NETS)
        learned = {0: "None", 1: "One"}.get(n_solved, str(n_solved))
        learn = "learns" if n_solved < 2 else "learn"
        return f"{sentence} {learned} of {N_NETS} nets {learn} with it at lr = {case[1]:.4g}."

    return Mistake(name, example, explain, variants, test)


MISTAKES = (
    _known("links taken away",
        lambda gamma, lr: clip_by_global_norm(0.5),
        lambda s: s.uses_nothing and (s.rate < 0).all() and not s.memory.any(),
        "neither γ nor lr makes a difference, and the step has the sign of the gradient: the "
        "two links that were there are missing. Keep `momentum(gamma)` and `scale(-lr)`, and "
        "chain one more link with them.",
        lambda gamma, lr: clip_by_value(0.1)),
    _known("uphill",
        _links(_clip(0.5), _momentum, lambda gamma, lr: scale(lr)),
        lambda s: (s.rate < 0).all(),
        "the step has the sign of the gradient and climbs. The loop adds it to the parameters: "
        "the minus of descent stands in `scale(-lr)`.",
        _links(_clip(0.5), _momentum)),
    _known("gradients without a step",
        _links(lambda gamma, lr: accumulate_micro_batches(4), _momentum, _scale),
        lambda s: s.skips,
        "some gradients make no step at all, as with `accumulate_micro_batches`: the net makes "
        "fewer steps, which bounds none of them. A clip is the one link that is needed.",
        _links(_clip(0.5), lambda gamma, lr: accumulate_micro_batches(4), _momentum, _scale),
        _links(_clip(0.5), lambda gamma, lr: accumulate_micro_batches(2), _momentum, _scale)),
    _known("a scale for each entry",
        lambda gamma, lr: chain(adam(), scale(-lr)),
        lambda s: s.turns(_FIRST),
        "even a short gradient turns: each entry gets a scale of its own, as in Adam. What was "
        "asked for is one more link before the two that were there.",
        lambda gamma, lr: chain(clip_by_global_norm(0.5), adam(gamma), scale(-lr)),
        _links(lambda *_: stateless(np.sign), _momentum, _scale)),
    _known("clipped by value",
        _links(lambda gamma, lr: clip_by_value(0.5), _momentum, _scale),
        lambda s: s.turns(_SPIKE + 1),
        "every entry is cut off for itself, and a long gradient turns toward a corner. By "
        "global norm the direction is kept.",
        _links(lambda gamma, lr: clip_by_value(1e-4), _momentum, _scale),
        _links(_momentum, lambda gamma, lr: clip_by_value(1.0), _scale)),
    _known("γ and lr not used",
        lambda gamma, lr: chain(clip_by_global_norm(0.5), momentum(0.9), scale(-0.1)),
        lambda s: s.uses_nothing,
        "neither γ nor lr makes a difference: they are left out, or numbers stand in their "
        "place. `momentum(gamma)` and `scale(-lr)` take the arguments."),
    _known("lr not used",
        _links(_clip(0.5), _momentum, lambda gamma, lr: scale(-0.1)),
        lambda s: s.same_at_both_rates,
        "lr makes no difference: the same steps come at 0.1 and at 0.05. The last link is "
        "`scale(-lr)`, with the argument."),
    _known("γ not used",
        _links(_clip(0.5), lambda gamma, lr: momentum(0.9), _scale),
        lambda s: s.clipped and s.memory.any() and s.same_for_another_gamma,
        "γ makes no difference: the same steps come at 0.9 and at 0.5. Momentum was there, and "
        "stays: `momentum(gamma)`, with the argument.",
        _links(_clip(0.5), lambda gamma, lr: momentum(0.5), _scale)),
    _known("momentum more than once",
        _links(_clip(0.5), _momentum, _momentum, _scale),
        lambda s: s.adds_more_later,
        "what a gradient adds to the steps grows at first: momentum acts more than once, or an "
        "average beside it. One `momentum(gamma)` is enough, with a clip in front of it.",
        _links(_clip(0.5), _momentum, lambda gamma, lr: ema(gamma), _scale),
        _links(_momentum, _clip(0.5), _momentum, _scale),
        _links(_momentum, _momentum, _scale)),
    _known("long gradients thrown away",
        _links(lambda *_: stateless(_dropped), _momentum, _scale),
        lambda s: s.drops,
        "a long gradient adds nothing to the steps: it is thrown away, and with it where it "
        "points to. A clip shortens it, and keeps its direction."),
    _known("short gradients lengthened",
        _links(lambda *_: stateless(lambda g: g / _lengths(g)), _momentum, _scale),
        lambda s: s.lengthens,
        "short gradients are made longer, as where each gradient is divided by its norm. A "
        "clip shortens what is longer than its threshold, and leaves the rest as it is.",
        _links(lambda *_: stateless(lambda g: g / (_lengths(g) + 1e-6)), _momentum, _scale)),
    _known("a low clip behind momentum",
        _links(_momentum, _clip(0.2), _scale),
        lambda s: s.keeps_rate and (s.bound < 0.4).all() and s.forgets_late,
        "what is clipped is the velocity. Behind momentum a step is at most lr · c long, and "
        "at this threshold 80 of them lead too short a way: raise it, or clip in front.",
        _links(_momentum, _clip(0.3), _scale),
        _links(_momentum, _clip(1e-3), _scale)),
    _known("momentum before the clip",
        _links(_momentum, _clip(5.0), _scale),
        lambda s: s.keeps_rate and (s.bound < 20).all() and s.forgets_late,
        "what is clipped is the velocity, and at this threshold too few nets learn. Behind "
        "momentum many steps have the full length, and a spike decides the direction of "
        "dozens: shorten the bound, or clip in front.",
        _links(_momentum, _scale, _clip(0.5))),
    _known("threshold in units of the step",
        _links(_scale, _clip(0.5), _momentum),
        lambda s: s.clipped and s.remembers and np.isclose(*s.length, rtol=0.2),
        "the clip stands behind `scale(-lr)`, so that a gradient may be max_norm/lr long. The "
        "threshold then means another thing at every learning rate. Clip first, scale last.",
        _links(_scale, _clip(1.0), _momentum)),
    _known("not clipped",
        _links(_momentum, _scale),
        lambda s: not s.clipped and s.remembers and s.keeps_rate,
        "a gradient of norm 1000 comes through at full length, as in the chain that fails: "
        "nothing clips, or only far above what the norms of such a run are. Momentum makes a "
        "spike 1/(1 - γ) times as long in all.",
        _links(_clip(1e6), _momentum, _scale),
        _links(lambda gamma, lr: momentum(0.9), _scale)),
    _known("only a smaller rate",
        _links(_momentum, lambda gamma, lr: scale(-lr / 10)),
        lambda s: not s.clipped and s.remembers and (s.rate < 0.9).all(),
        "nothing is clipped, and small gradients count less than lr/(1 - γ) in all, as with a "
        "smaller rate. (`ema(γ)` is momentum at 1 - γ times the rate.) A gradient may still be "
        "of any length, and learning becomes slower. Keep the rate, and bound the gradient.",
        lambda gamma, lr: chain(ema(gamma), scale(-lr)),
        lambda gamma, lr: chain(momentum(gamma), scale(-lr / 3))),
    _known("momentum changed, nothing clipped",
        _links(_scale),
        lambda s: not s.clipped and not s.remembers,
        "momentum is not what it was, and nothing is clipped: a gradient may still be of any "
        "length. Keep `momentum(gamma)`, and bound what goes into it.",
        _links(lambda gamma, lr: scale(-lr / (1 - gamma))),
        _links(lambda gamma, lr: momentum(0.5), _scale)),
    _known("γ and lr exchanged",
        _links(_clip(0.5), lambda gamma, lr: momentum(lr), lambda gamma, lr: scale(-gamma)),
        lambda s: s.exchanged,
        "lr stands in the momentum and gamma in the rate: `momentum(gamma)` and `scale(-lr)`."),
    _known("momentum given up",
        _links(_clip(0.5), _scale),
        lambda s: s.clipped and not s.memory.any(),
        "the clip is there, and no step remembers the gradients before. Add the clip and keep "
        "the rest.",
        _links(_clip(0.5), lambda gamma, lr: scale(-lr / (1 - gamma)))),
    _known("another momentum",
        _links(_clip(0.5), lambda gamma, lr: momentum(gamma / 2), _scale),
        lambda s: s.clipped and not s.remembers,
        "the clip is there, and momentum is not what it was: what a gradient adds to the steps "
        "no longer falls by γ from one to the next. Add the clip and keep the rest.",
        _links(_clip(0.5), lambda gamma, lr: momentum(gamma**2), _scale)),
    _known("rate given up",
        _links(_clip(0.5), _momentum, lambda gamma, lr: scale(-lr / 10)),
        lambda s: s.clipped and s.remembers and (s.rate < 0.9).all(),
        "the clip is there, and small gradients count less than lr/(1 - γ) in all, so that "
        "learning is slower. (`ema(γ)` is momentum at 1 - γ times the rate.) Add the clip and "
        "keep the rest.",
        _links(_clip(0.5), lambda gamma, lr: ema(gamma), _scale)),
    _known("rate raised",
        _links(_clip(0.5), _momentum, lambda gamma, lr: scale(-5 * lr)),
        lambda s: (s.rate > 1.1).all(),
        "small gradients count more than lr/(1 - γ) in all, as with a larger rate. Keep the "
        "rate, `scale(-lr)`."),
    _known("threshold far too small",
        _links(_clip(1e-3), _momentum, _scale),
        lambda s: s.keeps_rate and (s.bound < 0.3).all(),
        "the threshold is so small that 80 steps of at most lr · c/(1 - γ) do not lead far "
        "enough. Raise it until that bound is a useful step."),
    _known("threshold far too large",
        _links(_clip(50.0), _momentum, _scale),
        lambda s: s.keeps_rate and (s.bound > 3).all(),
        "the threshold is so large that long gradients pass: one of that length moves the "
        "parameters by lr · c/(1 - γ) in all, farther than a useful step.",
        _links(_clip(5.0), _momentum, _scale)),
    Mistake("links not chained",
        lambda gamma, lr: (clip_by_global_norm(0.5), momentum(gamma), scale(-lr)),
        "the links are the right ones, and nothing passes the gradient from one to the next. "
        "`chain(...)` around them makes one optimizer.",
        (lambda gamma, lr: [clip_by_global_norm(0.5), momentum(gamma), scale(-lr)],)),
    Mistake("a rule in place of a link",
        lambda gamma, lr: chain(clip_global_norm(0.5), momentum(gamma), scale(-lr)),
        "`clip_global_norm` is the rule, which takes a gradient. A chain is made of links, "
        "which get their gradient later: `clip_by_global_norm(max_norm)`."),
)  # fmt: skip
