"""Lesson 05: the sigmoid without overflow."""

from contextlib import contextmanager

import numpy as np

from course_lib import activations
from course_lib.exercises.engine.comparison import Close
from course_lib.exercises.engine.formatting import rounded
from course_lib.exercises.engine.laws import Untried
from course_lib.exercises.engine.model import Exercise, Law
from course_lib.exercises.kit.tried import tried
from course_lib.exercises.lesson_05.sigmoid_mistakes import MISTAKES, RTOL, Facts


def stable_sigmoid(z):
    """Return σ(z) from exp(-|z|), which is at most 1."""
    decay = np.exp(-np.abs(z))
    return np.where(z >= 0, 1, decay) / (1 + decay)


_FAR = 20_000  # exp overflows there in every precision, extended ones too


def _cases(rng):
    numbers = [(2.0,), (0.0,), (-700.0,)]
    # between 1e-16 and 1e-8 differences near 1 are noise: no case lies there
    ends = [
        [0.0, 1.0, -1.0, 0.25, -0.25, 0.9, -0.9],
        [-700.0, -100.0, -40.0, 40.0, 700.0],
        [-20000.0, -1000.0, 1000.0, 20000.0],
    ]
    single = [[-80.0, -20.0, -1.0, 0.0, 1.0, 20.0, 80.0], [-1000.0, 1000.0]]
    drawn = [(rng.uniform(-8, 8, size=shape),) for shape in ((1,), (2, 3), (4, 1), (2, 2, 2))]
    arrays = [*((np.array(end),) for end in ends), (np.array([0, 2, -3]),)]
    return [*numbers, *arrays, *((np.array(z, np.float32),) for z in single), *drawn]


def _no_overflow(side):
    """Return the law's test on one side of 0."""

    @tried((_FAR,), (1000,), drawn=lambda rng: (int(rng.integers(800, _FAR)),))
    def holds(function, far):
        values = []
        for dtype in (np.float64, np.float32):
            z = np.array([side * far], dtype)
            try:
                values.append(float(function(z)[0]))
            except FloatingPointError as error:
                return False, f"{error}, in {z.dtype} at z = {side * far}"
        evidence = f"{values[0]:.3g} at z = {side * far}, in float32 {values[1]:.3g}"
        return bool(np.isfinite(values).all()), evidence

    return holds


@tried((_FAR,), (1000,), drawn=lambda rng: (int(rng.integers(800, _FAR)),))
def _nothing_hidden(function, far):
    given = [np.array([z], dtype) for z in (-far, far) for dtype in (np.float64, np.float32)]
    for z in given:
        try:
            function(z)
        except FloatingPointError as error:
            raise Untried(f"it shows at z = {z[0]:.0f}: {error}") from None
    with _nothing_silenced():
        for z in given:
            function(z)
    return True, f"at z = -{far} and {far}"


@contextmanager
def _nothing_silenced():
    """Let `np.errstate` and `np.seterr` raise as before, and silence nothing."""
    silencers = {name: getattr(np, name) for name in ("errstate", "seterr")}
    for name, silencer in silencers.items():
        setattr(np, name, _loud(silencer))
    try:
        yield
    finally:
        for name, silencer in silencers.items():
            setattr(np, name, silencer)


def _loud(silencer):
    def set_only_what_raises(*_, **kinds):
        return silencer(**{kind: how for kind, how in kinds.items() if how == "raise"})

    return set_only_what_raises


@tried((np.array([-700.0, -300.0, -45.0]),), (np.array([-700.0, -45.0, 0.0, 3.0, 800.0]),),
       drawn=lambda rng: (np.append(np.sort(rng.uniform(-700, -40, 3)),
                                    rng.choice([-3, 8, 800], rng.integers(3))),))  # fmt: skip
def _keeps_its_size(function, z):
    far = z < -40
    values = np.asarray(function(z))[far]
    error = float(np.abs(values / np.exp(z[far]) - 1).max())
    said = f"σ({z[0]:.4g}) = {values[0]:.3g}"
    return error < RTOL, f"{said}, largest relative difference {rounded(error)}"


@tried((np.zeros(2),), (np.array([-1.0, 2.0, 30.0]),),
       drawn=lambda rng: (rng.normal(scale=9, size=rng.integers(1, 4, 2)),))  # fmt: skip
def _keeps_dtype(function, z):
    dtypes = [np.asarray(function(z.astype(dtype))).dtype for dtype in ("f4", "f8")]
    return dtypes == [np.float32, np.float64], f"float32 gives {dtypes[0]}"


_WARNINGS = ("over", "invalid", "divide")

EXERCISES = (
    Exercise(
        name="stable_sigmoid",
        lesson="05",
        statement="""The sigmoid σ(z) = 1 / (1 + exp(-z)), entry by entry, without overflow
        on the way for any finite z, and right to many digits however small it is.

        z : number or array of any shape
        returns the same shape; float32 stays float32, whole numbers become floats
        """,
        reference=activations.sigmoid,
        solution=stable_sigmoid,
        cases=_cases,
        mistakes=MISTAKES,
        facts=Facts,
        laws=(
            Law("nothing overflows far to the left", _no_overflow(-1), raising=_WARNINGS),
            Law("nothing overflows far to the right", _no_overflow(1), raising=_WARNINGS),
            Law("nor is an overflow merely hidden, as by `np.errstate`", _nothing_hidden,
                raising=_WARNINGS),
            Law("far to the left σ(z) is exp(z)", _keeps_its_size),
            Law("float32 stays float32", _keeps_dtype),
        ),
        hints=(
            "exp overflows for large arguments only. Which argument, made from z, is never "
            "above 0?",
            "With decay = exp(-|z|): for z >= 0, σ = 1/(1 + decay). For z < 0 multiply "
            "numerator and denominator of 1/(1 + exp(-z)) by exp(z).",
            "Both sides have the denominator 1 + decay. The numerator is 1 for z >= 0 and "
            "decay for z < 0: `np.where(z >= 0, 1, decay)`.",
        ),
        remark="`course_lib.activations.sigmoid` is this function, with a way around |z|, "
        "which would stop the complex step of a gradient check.",
        comparison=Close(RTOL, 0.0),
    ),
)  # fmt: skip
