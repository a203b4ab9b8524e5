"""What goes wrong when a recurrent net is rescued in lesson 08: told by the steps it makes."""

import numpy as np

from course_lib.clipping import clip_global_norm
from course_lib.exercises.engine.model import Mistake
from course_lib.exercises.kit.optimizer_steps import DIRECTION
from course_lib.optimizers import (
    chain,
    clip_by_global_norm,
    clip_by_value,
    ema,
    momentum,
    scale,
)

SMALL = 1e-9
RATES = (0.1, 0.05)
N_NETS = 12
_FIRST = 150  # the first gradient of norm 1; two later comes the spike
_SPIKE = _FIRST + 2


def effective_rate(steps):
    """Return how often a small gradient counts after 150 of them, its sign turned."""
    return float(steps[_FIRST - 1] @ DIRECTION) / -SMALL


def direction_cosine(steps):
    """Return the smallest cosine of the steps up to the spike with (-0.6, -0.8)."""
    up_to_spike = steps[: _SPIKE + 1]
    lengths = np.linalg.norm(up_to_spike, axis=1)
    return float(np.min(-(up_to_spike @ DIRECTION) / np.where(lengths > 0, lengths, 1)))


def recovery(steps):
    """Return after how many steps behind the spike the steps go the other way, or None."""
    turned = np.flatnonzero(steps[_SPIKE + 1 :] @ DIRECTION > 0)
    return int(turned[0]) + 1 if turned.size else None


def spike_growth(steps):
    """Return how many times longer the step of the spike is than that of a gradient of 1."""
    lengths = np.linalg.norm(steps, axis=1)
    return float(lengths[_SPIKE] / max(lengths[_FIRST], 1e-300))


def _links(*build):
    """Return the answer that chains ``build(gamma, lr)``."""
    return lambda gamma, lr: chain(*(make(gamma, lr) for make in build))


def _clip(c):
    return lambda gamma, lr: clip_by_global_norm(c)


def _momentum(gamma, lr):
    return momentum(gamma)


def _scale(gamma, lr):
    return scale(-lr)


def _told(test):
    """Return a rule: the test holds for the steps of both cases.

    ``test(steps, lr)`` gets what the answer made of the stream of gradients.
    """

    def when(seen):
        pairs = zip(seen.answers, seen.cases, strict=True)
        return all(bool(test(np.asarray(value[1]), case[1])) for value, case in pairs)

    return when


def _clipped(steps):
    return spike_growth(steps) < 900


def _is_rate(steps, rate):
    return abs(effective_rate(steps) - rate) < 1e-3 * abs(rate)


def _threshold(steps, lr):
    """Return the threshold of a clip in front: what the first long gradient adds."""
    lengths = np.linalg.norm(steps, axis=1)
    return lengths[_SPIKE] / lr


def _downhill(steps):
    return effective_rate(steps) > 0 and direction_cosine(steps) > 1 - 1e-9


def _same_bound_at_both_rates(seen):
    steps = [np.asarray(value[1]) for value in seen.answers]
    if not all(_downhill(s) for s in steps):
        return False
    bounds = [np.linalg.norm(s[_SPIKE]) for s in steps]
    rates = [effective_rate(s) for s in steps]
    in_lr = np.isclose(rates[0], rates[1] * RATES[0] / RATES[1], rtol=1e-3)
    free = all(_clipped(s) or np.linalg.norm(s[_SPIKE]) < 50 for s in steps)
    return bool(in_lr and free and np.isclose(bounds[0], bounds[1], rtol=0.2))


def _with_count(sentence):
    """Return an explanation: the sentence, then how many nets learn."""

    def explain(case, answer, expected):
        n_solved = round(float(answer[0]) * N_NETS)
        learned = {0: "None", 1: "One"}.get(n_solved, str(n_solved))
        learn = "learns" if n_solved < 2 else "learn"
        return f"{sentence} {learned} of {N_NETS} nets {learn} with it at lr = {case[1]:.4g}."

    return explain


def _slower_and_clipped(steps, lr):
    return _downhill(steps) and _clipped(steps) and effective_rate(steps) < 9 * lr


def _remembers(steps, gamma):
    """Return whether each step of a constant gradient adds gamma times what the last added."""
    added = np.diff(steps[:4] @ DIRECTION)
    return bool(np.all(np.abs(added[1:] - gamma * added[:-1]) < 1e-3 * np.abs(added[:-1])))


def _unclipped(rate_of):
    def test(steps, lr):
        return _downhill(steps) and not _clipped(steps) and _is_rate(steps, rate_of(lr))

    return test


MISTAKES = (
    Mistake(
        "uphill",
        _links(_clip(0.5), _momentum, lambda gamma, lr: scale(lr)),
        _with_count("the step has the sign of the gradient and climbs. The loop adds it to the "
                    "parameters: the minus of descent stands in `scale(-lr)`."),
        variants=(_links(_clip(0.5), _momentum),),
        when=_told(lambda steps, lr: effective_rate(steps) < 0),
    ),
    Mistake(
        "clipped by value",
        _links(lambda gamma, lr: clip_by_value(0.5), _momentum, _scale),
        _with_count("every entry is cut off for itself, and a long gradient turns toward a "
                    "corner. By global norm the direction is kept."),
        variants=(
            _links(lambda gamma, lr: clip_by_value(1e-4), _momentum, _scale),
            _links(_momentum, lambda gamma, lr: clip_by_value(1.0), _scale),
        ),
        when=_told(lambda steps, lr: 0 < direction_cosine(steps) < 1 - 1e-6),
    ),
    Mistake(
        "momentum before the clip",
        _links(_momentum, _clip(0.5), _scale),
        _with_count("the velocity collects the raw gradients, and what is clipped is the "
                    "velocity. The step is bounded, but the spike stays in the velocity: for "
                    "some forty steps the parameters go where it pointed."),
        variants=(
            _links(_momentum, _clip(5.0), _scale),
            _links(_momentum, _scale, _clip(0.5)),
        ),
        when=_told(lambda steps, lr: (
            _downhill(steps) and _is_rate(steps, 10 * lr)
            and np.linalg.norm(steps[_SPIKE]) < 20 * lr and (recovery(steps) or 99) > 20
        )),
    ),
    Mistake(
        "threshold in units of the step",
        _links(_scale, _clip(0.5), _momentum),
        _with_count("the clip stands behind `scale(-lr)`, so that a gradient may be "
                    "max_norm/lr long. The threshold then means another thing at every "
                    "learning rate. Clip first, scale last."),
        variants=(_links(_scale, _clip(1.0), _momentum),),
        when=_same_bound_at_both_rates,
    ),
    Mistake(
        "not clipped",
        _links(_momentum, _scale),
        _with_count("this is the chain that fails: nothing bounds a gradient, and momentum "
                    "makes a spike 1/(1 - γ) times as long in all."),
        when=_told(_unclipped(lambda lr: 10 * lr)),
    ),
    Mistake(
        "only a smaller rate",
        _links(_momentum, lambda gamma, lr: scale(-lr / 10)),
        _with_count("nothing is clipped, and lr/(1 - γ) is smaller than it was. The gradient "
                    "may still be of any length; for a longer sequence the rate would have to "
                    "be smaller again, and all learning becomes slower. Keep the rate, and "
                    "bound the gradient."),
        variants=(
            lambda gamma, lr: chain(ema(gamma), scale(-lr)),
            lambda gamma, lr: chain(scale(-lr)),
            lambda gamma, lr: chain(momentum(gamma), scale(-lr / 3)),
        ),
        when=_told(lambda steps, lr: (
            _downhill(steps) and not _clipped(steps) and effective_rate(steps) < 9 * lr
        )),
    ),
    Mistake(
        "threshold far too small",
        _links(_clip(1e-3), _momentum, _scale),
        _with_count("the threshold is so small that 80 steps of at most lr · c/(1 - γ) do not "
                    "lead far enough. Raise it until that bound is a useful step."),
        when=_told(lambda steps, lr: (
            _downhill(steps) and _is_rate(steps, 10 * lr) and _threshold(steps, lr) < 0.3
        )),
    ),
    Mistake(
        "threshold far too large",
        _links(_clip(50.0), _momentum, _scale),
        _with_count("the threshold is so large that most gradients pass: one of "
                    "that length moves the parameters by lr · c/(1 - γ) in all, many times "
                    "farther than a useful step."),
        when=_told(lambda steps, lr: (
            _downhill(steps) and _is_rate(steps, 10 * lr) and _threshold(steps, lr) > 3
        )),
    ),
    Mistake(
        "momentum given up",
        _links(_clip(0.5), _scale),
        _with_count("the clip is there, and momentum is not what it was: small gradients no "
                    "longer count lr/(1 - γ) in all, so that learning is slower. Add the clip "
                    "and keep the rest."),
        variants=(
            lambda gamma, lr: chain(clip_by_global_norm(0.5), momentum(0.5), scale(-lr)),
        ),
        when=_told(lambda steps, lr: (
            _slower_and_clipped(steps, lr) and not _remembers(steps, 0.9)
        )),
    ),
    Mistake(
        "rate given up",
        _links(_clip(0.5), _momentum, lambda gamma, lr: scale(-lr / 10)),
        _with_count("the clip is there, and the rate is not what it was: small gradients no "
                    "longer count lr/(1 - γ) in all, so that learning is slower. (`ema(γ)` is "
                    "momentum at 1 - γ times the rate.) Add the clip and keep the rest."),
        variants=(
            lambda gamma, lr: chain(clip_by_global_norm(0.5), ema(gamma), scale(-lr)),
            lambda gamma, lr: chain(clip_by_global_norm(0.5), momentum(gamma), scale(-lr / 4)),
        ),
        when=_told(lambda steps, lr: (
            _slower_and_clipped(steps, lr) and _remembers(steps, 0.9)
        )),
    ),
    Mistake(
        "links not chained",
        lambda gamma, lr: (clip_by_global_norm(0.5), momentum(gamma), scale(-lr)),
        "the links are the right ones, and nothing passes the gradient from one to the next. "
        "`chain(...)` around them makes one optimizer.",
        variants=(lambda gamma, lr: [clip_by_global_norm(0.5), momentum(gamma), scale(-lr)],),
    ),
    Mistake(
        "a rule in place of a link",
        lambda gamma, lr: chain(clip_global_norm(0.5), momentum(gamma), scale(-lr)),
        "`clip_global_norm` is the rule, which takes a gradient. A chain is made of links, "
        "which get their gradient later: `clip_by_global_norm(max_norm)`.",
    ),
)  # fmt: skip
