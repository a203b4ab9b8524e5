"""Lesson 07: the norm that neither over- nor underflows, and clipping by value."""

import numpy as np

from course_lib import clipping
from course_lib.exercises.engine.comparison import Close
from course_lib.exercises.engine.model import Exercise, Law
from course_lib.exercises.kit.tried import tried
from course_lib.exercises.lesson_07 import norm_mistakes, values_mistakes

RTOL = 1e-6  # float32 has seven digits


def global_norm(g):
    """Return √Σg², with the largest |entry| taken out before squaring."""
    scale = np.abs(g).max()
    if scale == 0:
        return 0.0
    return scale * np.sqrt(np.sum((g / scale) ** 2))


def clip_value(g, max_value):
    """Return every entry, cut off at ±max_value."""
    return np.clip(g, -max_value, max_value)


def _norm_cases(rng):
    simple = [[3.0, -4.0], [-2.0], [1.0, -1.0, 1.0, -1.0], [0.0, -5.0], [0.0, 0.0, 0.0]]
    extreme = [[3e200, -4e200], [1e-200, 1e-200], [-1e200, -1.0]]
    single = [
        [1e20, 1e20, -1e20, 1e20],
        [1e-25] * 4,
        [1e-40] * 4,
        [0.0, 1e-30, -1e-30],
        [1e-30, -2e4, 0.0],
        [3.0, 4.0],
        [1e20, 1.0],
        [0.0],
        [1e37] * 50,  # their sum is no float32
    ]
    drawn = [rng.normal(size=n) for n in (5, 50)]
    return [
        *((np.array(g),) for g in simple),
        *((np.array(g, np.float32),) for g in single),
        *((np.array(g),) for g in extreme),
        *((g,) for g in drawn),
    ]


def _value_cases(rng):
    simple = [
        ([0.5, -3.0, 2.0], 1.0),
        ([0.5, -0.25], 1.0),
        ([4.0, 1.0, 0.5], 2.5),
        ([-4.0, -1.0, 0.5], 2.5),
        ([0.0, 0.0], 0.1),
        ([-7.0], 7.0),
        ([1e20, -1e-20], 0.1),
    ]
    drawn = [
        (rng.normal(scale=2.0, size=n).round(1) + 0.0, limit)
        for n, limit in ((5, 0.5), (8, 1.5), (20, 3.0))
    ]
    return [(np.array(g), limit) for g, limit in (*simple, *drawn)]


def _listed(values):
    return "(" + ", ".join(f"{value:.4g}" for value in np.ravel(values)) + ")"


def _drawn_g(rng):
    return rng.normal(scale=3, size=rng.integers(2, 7))


@tried((np.array([3.0, -4.0]),), drawn=lambda rng: (_drawn_g(rng),))
def _proportional(function, g):
    once, ten_times = (float(function(factor * g)) for factor in (1, 10))
    evidence = f"{_listed(g)}: {once:.4g}, ten times that: {ten_times:.4g}"
    return abs(ten_times - 10 * once) < RTOL * abs(ten_times), evidence


@tried((np.array([-1.0, -2.0, -0.5]),), drawn=lambda rng: (_drawn_g(rng),))
def _signs(function, g):
    other = np.abs(g)
    first, second = float(function(g)), float(function(other))
    evidence = f"{_listed(g)}: {first:.4g}, {_listed(other)}: {second:.4g}"
    return abs(first - second) < RTOL * abs(second), evidence


def _drawn_entries(rng):
    """Return float32 entries of one size or of several, and a 0 among them."""
    ends = np.full(60, 1e37), np.full(4, 1e-37)
    if rng.random() < 0.4:
        return (rng.choice([-1, 1]) * rng.uniform(1, 3) * ends[rng.integers(2)],)
    n, largest = int(rng.integers(2, 9)), rng.uniform(-35, 36)
    sizes = 10.0 ** rng.uniform(largest - rng.choice([0, 3, 40]), largest, n)
    return (np.append(rng.choice([-1, 1], n) * np.maximum(sizes, 1e-37), 0),)


@tried((np.full(4, 1e20),), (np.full(4, 1e-25),), (np.full(4, 1e-37),),
       (np.array([0, -1e20, 1e20]),),
       (np.array([-1e30, 1.0, 1e-30, -1e30]),), (np.full(60, -1e37),),
       (np.array([1e-30, -2e4, 0.0]),), (np.array([-3.0, 1.0, 0.5, 1e-30]),),
       drawn=_drawn_entries, n_drawn=9)  # fmt: skip
def _any_size(function, g):
    entries = g.astype(np.float32)
    norm, right = float(function(entries)), float(np.linalg.norm(entries.astype(float)))
    return abs(norm - right) < RTOL * right, f"{_some(entries)}: {norm:.4g}"


def _some(entries):
    if len(entries) > 2 and (entries == entries[0]).all():
        return f"{len(entries)} entries of {entries[0]:.4g}"
    return _listed(entries)


@tried((3,), drawn=lambda rng: (int(rng.integers(1, 9)),))
def _zero_norm(function, n):
    norm = float(function(np.zeros(n)))
    return norm == 0, f"({', '.join('0' * n)}): {norm:.4g}"


_EXAMPLE = np.array([0.5, -3.0, 2.0, -0.2])


def _drawn_value(rng):
    limit = float(rng.uniform(0.3, 4))
    return limit * np.append(rng.normal(scale=2, size=4), [0.4, -0.7, 1.8]), limit


_on_values = tried((_EXAMPLE, 1.0), (_EXAMPLE, 0.25), (5 * _EXAMPLE, 2.5), drawn=_drawn_value)


@_on_values
def _bounded(function, g, limit):
    largest = float(np.abs(function(g, limit)).max())
    said = f"{_listed(g)}, max_value {limit:.4g}"
    return largest <= limit * (1 + RTOL), f"{said}: largest |entry| {largest:.4g}"


@_on_values
def _small_entries_stay(function, g, limit):
    small = np.abs(g) < limit
    kept = np.asarray(function(g, limit))[small]
    said = f"max_value {limit:.4g}: {_listed(g[small])} become {_listed(kept)}"
    return np.allclose(kept, g[small], rtol=RTOL, atol=0), said


@_on_values
def _odd(function, g, limit):
    there, back = (np.asarray(function(sign * g, limit)) for sign in (1, -1))
    return np.allclose(there, -back, rtol=RTOL), f"g: {_listed(there)}; -g: {_listed(back)}"


EXERCISES = (
    Exercise(
        name="global_norm",
        lesson="07",
        statement="""The norm √(sum of squares) of a gradient, right wherever the norm itself
        is a float: nothing over- or underflows on the way.

        g : array, shape (n_params,), float64 or float32, such as entries of 1e20 in float32
        returns a number; 0 for a zero gradient
        """,
        reference=clipping.global_norm,
        solution=global_norm,
        cases=_norm_cases,
        facts=norm_mistakes.NormFacts,
        mistakes=norm_mistakes.MISTAKES,
        laws=(
            Law("ten times the gradient has ten times the norm", _proportional),
            Law("signs do not matter", _signs),
            Law("float32 entries of any size have their norm", _any_size),
            Law("a zero gradient has the norm 0", _zero_norm),
        ),
        hints=(
            "float32 ends at 3e38, so the square of 1e20 is inf. The norm is an ordinary "
            "number all the same: which number could all entries be divided by, before "
            "squaring?",
            "With s = the largest |entry|, every g/s lies between -1 and 1, and the norm of g "
            "is s times the norm of g/s. What if s is 0?",
            "`scale = np.abs(g).max()`; where it is 0 return 0.0, else "
            "`scale * np.sqrt(np.sum((g / scale) ** 2))`.",
        ),
        remark="`course_lib.clipping.global_norm` does the same, for leading axes of whole "
        "networks, and says what inf and nan give. For float32 alone it would do to add the "
        "squares in float64. (Blue 1978.)",
        comparison=Close(RTOL, 0.0),
    ),
    Exercise(
        name="clip_value",
        lesson="07",
        statement="""Clip by value: every entry of the gradient is cut off at ±max_value.

        g : array, shape (n_params,);  max_value : a number > 0
        returns a new array, shape (n_params,)
        """,
        reference=clipping.clip_value,
        solution=clip_value,
        cases=_value_cases,
        facts=values_mistakes.ValueFacts,
        mistakes=values_mistakes.MISTAKES,
        laws=(
            Law("no entry is larger than max_value", _bounded),
            Law("what is within the range stays as it is", _small_entries_stay),
            Law("turning the sign of g turns the sign of the result", _odd),
        ),
        hints=(
            "Every entry is treated for itself: what happens to 0.5, to 3 and to -3 where "
            "max_value is 1?",
            "NumPy has a function that cuts off on both sides; its limits are a lower and an "
            "upper one.",
            "`np.clip(g, -max_value, max_value)` makes a new array and leaves g as it is.",
        ),
        remark="In PyTorch: `torch.nn.utils.clip_grad_value_`, which overwrites the gradient. "
        "The function in `course_lib.clipping` also refuses inf and nan.",
        comparison=Close(RTOL, 0.0),
    ),
)  # fmt: skip
