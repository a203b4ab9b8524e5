"""Lesson 09: one update of Adam, with its corrections."""

import numpy as np

from course_lib.exercises.engine.comparison import Close
from course_lib.exercises.engine.model import Exercise, Law, Mistake
from course_lib.exercises.engine.relations import close
from course_lib.exercises.kit.tried import tried


def adam_update(m, v, g, t):
    """Return Adam's step at the t-th gradient, and the new averages."""
    new_m = 0.9 * m + 0.1 * g
    new_v = 0.999 * v + 0.001 * g**2
    m_hat, v_hat = new_m / (1 - 0.9**t), new_v / (1 - 0.999**t)
    return m_hat / (np.sqrt(v_hat) + 1e-8), new_m, new_v


def _cases(rng):
    simple = [
        (np.zeros(2), np.zeros(2), np.array([2.0, -0.5]), 1),
        (np.array([0.2, -0.05]), np.array([0.004, 0.00025]), np.array([2.0, -0.5]), 2),
        (np.zeros(2), np.zeros(2), np.array([1e-8, -3e-8]), 1),
        (np.array([1.0, -2.0]), np.array([1.0, 4.0]), np.zeros(2), 1000),
    ]
    drawn = [(rng.normal(size=n), rng.uniform(1, 4, n), rng.normal(size=n), t)
             for n, t in ((3, 5), (4, 40))]  # fmt: skip
    return [*simple, *drawn]


class Averages:
    """What became of both averages, and what the step is made of."""

    def __init__(self, seen):
        self._seen = seen

    def keeps(self, i, make):
        """Tell whether the i-th returned value is ``make(m, v, g, t)`` in every case."""
        return self._all(lambda case: make(*case), i)

    def steps(self, *ways):
        """Tell whether the step is one ``make(m, v, t)`` of the right new averages."""
        return any(
            self._all(lambda case, make=make: make(*adam_update(*case)[1:], case[3]), 0)
            for make in ways
        )

    def mixes(self, *ways):
        """Tell whether the step is one ``make(old_m, old_v, m, v, g, t)``, old and new."""
        return any(
            self._all(lambda case, make=make: make(
                *case[:2], *adam_update(*case)[1:], *case[2:]), 0)
            for make in ways
        )  # fmt: skip

    def _all(self, make, i):
        pairs = zip(self._seen.answers, self._seen.cases, strict=True)
        with np.errstate(all="ignore"):
            return all(close(answer[i], make(case)) for answer, case in pairs)


def _step(m, v, t=np.inf, shift=0, of_m=0.9, of_v=0.999, small=1e-8):
    """Return the step, with corrections by powers of two decays."""
    m_hat, v_hat = m / (1 - of_m ** (t + shift)), v / (1 - of_v ** (t + shift))
    return m_hat / (np.sqrt(v_hat) + small)


def _rootless(m, v, t):
    return m / (1 - 0.9**t) / (v / (1 - 0.999**t) + 1e-8)


def _inside(m, v, t):
    return m / (1 - 0.9**t) / np.sqrt(v / (1 - 0.999**t) + 1e-8)


def _multiplied(m, v, t, of_m=1, of_v=1):
    """Return the step with averages times their corrections to some powers."""
    return m * (1 - 0.9**t) ** of_m / (np.sqrt(v * (1 - 0.999**t) ** of_v) + 1e-8)


def _with(
    step=_step,
    average=lambda m, g: 0.9 * m + 0.1 * g,
    square=lambda v, g: 0.999 * v + 0.001 * g**2,
    keep=lambda m, v, t: (m, v),
):
    def answer(m, v, g, t):
        new_m, new_v = average(m, g), square(v, g)
        return step(new_m, new_v, t), *keep(new_m, new_v, t)

    return answer


def _mixed(make):
    """Return the answer whose step is ``make(old_m, old_v, m, v, g, t)``."""

    def answer(m, v, g, t):
        _, new_m, new_v = adam_update(m, v, g, t)
        return make(m, v, new_m, new_v, g, t), new_m, new_v

    return answer


_OF_THE_OLD = (
    lambda old_m, old_v, m, v, g, t: _step(old_m, old_v, t),
    lambda old_m, old_v, m, v, g, t: _step(old_m, v, t),
    lambda old_m, old_v, m, v, g, t: _step(m, old_v, t),
)
_V_AS_IT_IS = (
    lambda m, v, t: _step(m, v, t, of_v=0),
    lambda m, v, t: _step(m, v, t, of_v=0, small=0),
)


def _corrected(m, v, t):
    return m / (1 - 0.9**t), v / (1 - 0.999**t)


MISTAKES = (
    Mistake("corrected averages kept",
        _with(keep=_corrected),
        "what is handed back as averages are the corrected ones. The next step would correct "
        "them once more. The correction belongs to the step alone: keep m and v as they are.",
        when=lambda a: a.keeps(1, lambda m, v, g, t: (0.9 * m + 0.1 * g) / (1 - 0.9**t))),
    Mistake("not corrected",
        _with(step=lambda m, v, t: _step(m, v)),
        "m and v are used as they are. They begin at 0, so that at first both are far too "
        "small, and v is the more so: the first step is about three times too long. Divide m "
        "by 1 - 0.9ᵗ, and v by 1 - 0.999ᵗ.",
        when=lambda a: a.steps(lambda m, v, t: _step(m, v))),
    Mistake("v not corrected",
        _with(step=_V_AS_IT_IS[0]),
        "m is corrected and v is not: v is used as it is. It begins at 0 and is far too small "
        "at first, so that the first step is about 30 times too long. Divide v by 1 - 0.999ᵗ, "
        "and add 1e-8 to its root.",
        (_with(step=_V_AS_IT_IS[1]),),
        when=lambda a: a.steps(*_V_AS_IT_IS)),
    Mistake("1e-8 missing",
        _with(step=lambda m, v, t: _step(m, v, t, small=0)),
        "the 1e-8 beside the root is missing. It counts where gradients are as small, and a "
        "gradient that was 0 from the first step on would give 0/0.",
        when=lambda a: a.steps(lambda m, v, t: _step(m, v, t, small=0))),
    Mistake("step of the old averages",
        _mixed(_OF_THE_OLD[0]),
        "the step is made of an average as it was before this gradient came in. Make the new "
        "m and v first: m̂ and v̂ are made of these.",
        tuple(map(_mixed, _OF_THE_OLD[1:])),
        when=lambda a: a.mixes(*_OF_THE_OLD)),
    Mistake("gradient in place of its average",
        _mixed(lambda old_m, old_v, m, v, g, t: g / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)),
        "the gradient itself is divided by the root, and m goes unused in the step. Above the "
        "root stands m̂, the corrected average of the gradients.",
        when=lambda a: a.mixes(
            lambda old_m, old_v, m, v, g, t: g / (np.sqrt(v / (1 - 0.999**t)) + 1e-8))),
    Mistake("multiplied by the correction",
        _with(step=_multiplied),
        "an average is multiplied by its correction. At first both are too small: they are "
        "divided by it, m by 1 - 0.9ᵗ and v by 1 - 0.999ᵗ.",
        (_with(step=lambda m, v, t: _multiplied(m, v, t, of_m=-1)),
         _with(step=lambda m, v, t: _multiplied(m, v, t, of_v=-1))),
        when=lambda a: a.steps(
            _multiplied, lambda m, v, t: _multiplied(m, v, t, of_m=-1),
            lambda m, v, t: _multiplied(m, v, t, of_v=-1))),
    Mistake("steps counted from another number",
        _with(step=lambda m, v, t: _step(m, v, t, 1)),
        "the corrections take t + 1 or t - 1 in the place of t. The first gradient has t = 1: "
        "then 1 - 0.9ᵗ is 0.1, just the weight with which it came into m.",
        (_with(step=lambda m, v, t: _step(m, v, t, -1)),),
        when=lambda a: any(a.steps(lambda m, v, t, s=s: _step(m, v, t, s)) for s in (1, -1))),
    Mistake("root left out",
        _with(step=_rootless),
        "the step is divided by the average square, not by its root. So gradients ten times as "
        "long make steps a tenth as long, where they should make no difference.",
        when=lambda a: a.steps(_rootless)),
    Mistake("1e-8 under the root",
        _with(step=_inside),
        "1e-8 is added under the root. There it counts beside squares of gradients: those "
        "shorter than 1e-4 make shorter steps. Add it to the root.",
        when=lambda a: a.steps(_inside)),
    Mistake("gradient not squared",
        _with(square=lambda v, g: 0.999 * v + 0.001 * np.abs(g)),
        "v averages the size of the gradient, not its square (or, without `abs`, the gradient "
        "itself, whose root is nan where it is negative): `g**2`.",
        (_with(square=lambda v, g: 0.999 * v + 0.001 * g),),
        when=lambda a: a.keeps(2, lambda m, v, g, t: 0.999 * v + 0.001 * np.abs(g))
        or a.keeps(2, lambda m, v, g, t: 0.999 * v + 0.001 * g)),
    Mistake("decays swapped",
        _with(average=lambda m, g: 0.999 * m + 0.001 * g,
              square=lambda v, g: 0.9 * v + 0.1 * g**2),
        "the decays are swapped: 0.9 belongs to the gradient's average, 0.999 to that of its "
        "square.",
        (_with(lambda m, v, t: _step(m, v, t, of_m=0.999, of_v=0.9),
               lambda m, g: 0.999 * m + 0.001 * g, lambda v, g: 0.9 * v + 0.1 * g**2),),
        when=lambda a: a.keeps(1, lambda m, v, g, t: 0.999 * m + 0.001 * g)
        and a.keeps(2, lambda m, v, g, t: 0.9 * v + 0.1 * g**2)),
    Mistake("weights swapped",
        _with(average=lambda m, g: 0.1 * m + 0.9 * g),
        "the weights of an average are swapped. The old average keeps the large one, 0.9 of m "
        "and 0.999 of v, and what is new comes in with the small one.",
        (_with(square=lambda v, g: 0.001 * v + 0.999 * g**2),),
        when=lambda a: a.keeps(1, lambda m, v, g, t: 0.1 * m + 0.9 * g)
        or a.keeps(2, lambda m, v, g, t: 0.001 * v + 0.999 * g**2)),
)  # fmt: skip


def _walked(function, gradients):
    """Return all three values after each of these gradients, from rest, one row a step."""
    m, v, rows = np.zeros(1), np.zeros(1), []
    for t, g in enumerate(gradients, start=1):
        step, m, v = function(m, v, np.array([g]), t)
        rows.append([float(np.ravel(value)[0]) for value in (step, m, v)])
    return np.array(rows)


def _drawn_g(rng):
    return float(rng.choice([-1, 1]) * 10 ** rng.uniform(-2.5, 1))


@tried((5.0,), (-0.01,), drawn=lambda rng: (_drawn_g(rng),))
def _first_step(function, g):
    step = _walked(function, [g])[0, 0]
    return abs(step - np.sign(g)) < 1e-5, f"g = {g:.4g}: step {step:.6g}"


@tried((20, 9), drawn=lambda rng: (int(rng.integers(2, 30)), int(rng.integers(99))))
def _size_cancels(function, n, seed):
    gradients = np.random.default_rng(seed).normal(size=n)
    steps = [_walked(function, factor * gradients)[-1, 0] for factor in (1.0, 1000.0)]
    said = f"{n} gradients: step {steps[0]:.4g}, a thousand times as long: {steps[1]:.4g}"
    return np.isclose(*steps, rtol=1e-4, atol=1e-6), said


@tried((2.0,), drawn=lambda rng: (_drawn_g(rng),))
def _steady(function, g):
    steps = _walked(function, [g] * 50)[:, 0]
    t = int(np.argmax(np.abs(steps - np.sign(g)))) if np.isfinite(steps).all() else 0
    said = f"fifty gradients of {g:.4g}: step {steps[t]:.4g}"
    return np.abs(steps - np.sign(g)).max() < 1e-5, f"{said}, the {_nth(t + 1)}"


def _nth(n):
    return (
        f"{n}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(n % 10 if n not in (11, 12, 13) else 0, 'th') }"
    )


@tried(([2.0],), ([2.0, -1.0],), drawn=lambda rng: (rng.normal(scale=3, size=3).tolist(),))
def _kept(function, gradients):
    _, m, v = _walked(function, gradients)[-1]
    right = np.zeros(2)
    for g in gradients:
        right = right * [0.9, 0.999] + np.array([0.1 * g, 0.001 * g**2])
    told = f"from rest, g = {', '.join(f'{g:.4g}' for g in gradients)}"
    holds = np.allclose([m, v], right, rtol=1e-6, atol=0)
    wanted = "" if holds else f", and {right[0]:.4g} and {right[1]:.4g} are the averages"
    return holds, f"{told}: m = {m:.4g}, v = {v:.4g}{wanted}"


EXERCISES = (
    Exercise(
        name="adam_update",
        lesson="09",
        statement="""One update of Adam: averages m ← 0.9m + 0.1g and v ← 0.999v + 0.001g², and
        the step m̂/(√v̂ + 1e-8) with m̂ = m/(1 - 0.9ᵗ) and v̂ = v/(1 - 0.999ᵗ).

        m, v : arrays, shape (n_params,), the averages so far, both 0 before the first step
        g : array, the gradient, same shape;  t : int, which gradient it is, from 1 on
        returns step, new_m, new_v: the loop then does θ ← θ - η step
        """,
        reference=adam_update,
        returns=("step", "new_m", "new_v"),
        cases=_cases,
        facts=Averages,
        mistakes=MISTAKES,
        comparison=Close(1e-9, 0.0),
        laws=(
            Law("the first step has the size 1, whatever the gradient's", _first_step),
            Law("under a steady gradient every step has the size 1", _steady),
            Law("gradients a thousand times as long make the same steps", _size_cancels),
            Law("the averages are kept as they are, not corrected", _kept),
        ),
        hints=(
            "Both averages are EMA's, one of g and one of g². Make the new ones first.",
            "An average that began at 0 holds, after t gradients, weights that add up to "
            "1 - 0.9ᵗ only. What has to be done to it? And what is handed on?",
            "`m_hat, v_hat = new_m / (1 - 0.9**t), new_v / (1 - 0.999**t)`; the step is "
            "`m_hat / (np.sqrt(v_hat) + 1e-8)`; the averages are returned as they are.",
        ),
        remark="In the course it is the link `adam`, in PyTorch `torch.optim.Adam` (Kingma & "
        "Ba 2015, algorithm 1).",
    ),
)
