"""Lesson 09: one update of Adam, with its corrections."""

import numpy as np

from course_lib.exercises.engine.comparison import Close
from course_lib.exercises.engine.model import Exercise, Law
from course_lib.exercises.kit.tried import tried
from course_lib.exercises.lesson_09.adam_mistakes import MISTAKES, Averages


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


_ENTRIES = np.array([1.0, -2.0])  # of each gradient, as multiples of the number that is told


def _walked(function, gradients):
    """Return step, m and v after each of these gradients, from rest: (step, value, entry)."""
    m, v, rows = np.zeros(2), np.zeros(2), []
    for t, g in enumerate(gradients, start=1):
        step, m, v = function(m, v, g * _ENTRIES, t)
        rows.append([np.asarray(value) for value in (step, m, v)])
    return np.array(rows)


def _drawn_g(rng):
    return float(rng.choice([-1, 1]) * 10 ** rng.uniform(-2.5, 1))


def _about_signs(steps, g):
    """Return whether steps are the gradient's signs, and the place that tells most."""
    gaps = np.nan_to_num(np.abs(steps - np.sign(g * _ENTRIES)), nan=np.inf)
    t, i = divmod(int(np.argmax(gaps)), 2)
    return gaps.max() < 1e-5, t, i, _entries(g, i)


def _entries(g, i):
    """Return what is told of a gradient: its only entry, or both and which is meant."""
    return f"{g:.4g}" if i == 0 else f"({g:.4g}, {-2 * g:.4g}), second entry"


@tried((5.0,), (-0.01,), drawn=lambda rng: (_drawn_g(rng),))
def _first_step(function, g):
    steps = _walked(function, [g])[:, 0]
    holds, _, i, told = _about_signs(steps, g)
    return holds, f"g = {told}: step {steps[0, i]:.6g}"


@tried((20, 9), drawn=lambda rng: (int(rng.integers(2, 30)), int(rng.integers(99))))
def _size_cancels(function, n, seed):
    gradients = np.random.default_rng(seed).normal(size=n)
    steps = [_walked(function, factor * gradients)[-1, 0] for factor in (1.0, 1000.0)]
    i = int(np.argmax(np.abs(np.subtract(*steps))))
    said = f"{n} gradients: step {steps[0][i]:.4g}, a thousand times as long: {steps[1][i]:.4g}"
    return np.allclose(*steps, rtol=1e-4, atol=1e-6), said


@tried((2.0,), drawn=lambda rng: (_drawn_g(rng),))
def _steady(function, g):
    steps = _walked(function, [g] * 50)[:, 0]
    holds, t, i, told = _about_signs(steps, g)
    return holds, f"fifty gradients of {told}: step {steps[t, i]:.4g}, the {_nth(t + 1)}"


def _nth(n):
    return (
        f"{n}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(n % 10 if n not in (11, 12, 13) else 0, 'th') }"
    )


@tried(([2.0],), ([2.0, -1.0],), drawn=lambda rng: (rng.normal(scale=3, size=3).tolist(),))
def _kept(function, gradients):
    kept = _walked(function, gradients)[-1, 1:]
    right = np.zeros((2, 2))
    for g in gradients:
        right = right * [[0.9], [0.999]] + [0.1 * g * _ENTRIES, 0.001 * (g * _ENTRIES) ** 2]
    told = f"from rest, g = {', '.join(f'{g:.4g}' for g in gradients)}"
    agree = np.isclose(kept, right, rtol=1e-6, atol=0).all(axis=0)
    i = 0 if agree.all() else int(np.argmin(agree))
    told = f"{told}, second entry -2 times as large" if i else told
    wanted = f", and {right[0, i]:.4g} and {right[1, i]:.4g} are the averages"
    said = f"{told}: m = {kept[0, i]:.4g}, v = {kept[1, i]:.4g}"
    return agree.all(), said + ("" if agree.all() else wanted)


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
            Law("handed back are m ← 0.9m + 0.1g and v ← 0.999v + 0.001g²", _kept),
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
