"""Lesson 07: clipping by the global norm."""

import numpy as np

from course_lib import clipping
from course_lib.clipping import global_norm as safe_norm  # its name in the lesson
from course_lib.exercises.engine.comparison import Close
from course_lib.exercises.engine.model import Exercise, Law
from course_lib.exercises.kit.tried import tried
from course_lib.exercises.lesson_07.entries import RTOL
from course_lib.exercises.lesson_07.global_mistakes import MISTAKES, ClipFacts, cosine


def clip_global_norm(g, max_norm):
    """Return g, shortened to max_norm if it is longer."""
    norm = safe_norm(g)
    if norm > max_norm:
        return g * (max_norm / norm)
    return g


def _cases(rng):
    simple = [
        ([6.0, -8.0], 5.0),
        ([0.3, -0.4], 1.0),
        ([3.0, -4.0], 1.0),
        ([3.0, 4.0], 5.0),
        ([3.0, -4.0], 5.5),
        ([-3.0, 4.0], 4.5),
        ([4.0, -3.0], 4.1),  # above the largest |entry|
        ([3.0, 4.0], 6.5),  # below Σ|g|
        ([-3.0, -4.0], 10.0),  # below Σg²
        ([1.0, -1.0, 1.0, -1.0], 3.5),  # far below Σ|g|
        ([-6.0, 8.0, 0.0], 2.5),
        ([0.0, 0.0, 0.0], 2.0),
        ([-2.0], 0.5),
    ]
    sizes = [([3e-7, -4e-7], 1e-7), ([3e200, -4e200], 2.0)]
    single = [([1e20, -1e20, 1e20, -1e20], 1.0), ([3e-25, 4e-25], 1e-25), ([6.0, 8.0], 1.0)]
    drawn = [(rng.normal(size=n), limit) for n, limit in ((10, 1.0), (4, 100.0), (50, 3.0))]
    return [
        *((np.array(g), limit) for g, limit in (*simple, *drawn)),
        *((np.array(g, np.float32), limit) for g, limit in single),
        *((np.array(g), limit) for g, limit in sizes),
    ]


def _drawn(low, high):
    """Return what draws g and a max_norm so many times shorter than g."""

    def drawn(rng):
        g = rng.normal(scale=3, size=rng.integers(2, 6))
        return g, float(np.linalg.norm(g) / rng.uniform(low, high))

    return drawn


@tried((np.array([3.0, -4.0]), 2.0), (np.array([6.0, 8.0, 0.0]), 9.5), drawn=_drawn(1.05, 6))
def _long_ones(function, g, max_norm):
    before, after = float(safe_norm(g)), float(safe_norm(np.asarray(function(g, max_norm))))
    said = f"norm {before:.4g}, max_norm {max_norm:.4g}: norm {after:.7g}"
    return abs(after - max_norm) < RTOL * max_norm, said


@tried((np.array([0.3, -0.4]), 2.0), (np.array([3.0, 4.0, 0.0]), 5.5), drawn=_drawn(0.1, 0.95))
def _short_ones(function, g, max_norm):
    before, after = float(safe_norm(g)), float(safe_norm(np.asarray(function(g, max_norm))))
    said = f"norm {before:.7g}, max_norm {max_norm:.4g}: norm {after:.7g}"
    return abs(after - before) < RTOL * before, said


@tried((np.array([3.0, -4.0, 0.5]), 2.0), (np.array([-0.3, 0.4]), 0.6), drawn=_drawn(0.5, 4))
def _same_direction(function, g, max_norm):
    value = cosine(g, function(g, max_norm))
    return abs(value - 1) < RTOL, f"cosine between raw and clipped {value:.7g}"


@tried((np.array([1, -1, 1, 1]), 2.0), (np.array([-1, -3, -1]), 2.0),
       (np.array([1, 1, 1]), 2.0),
       drawn=lambda rng: (rng.choice([-1, 1, 3], 5), float(rng.uniform(0.3, 5))))  # fmt: skip
def _any_size(function, signs, max_norm):
    g = 1e20 * signs.astype(np.float32)
    clipped = np.asarray(function(g, max_norm))
    norm, along = float(safe_norm(clipped)), cosine(g, clipped)
    said = f"{len(g)} entries of 1e20 or more, max_norm {max_norm:.4g}"
    evidence = f"{said}: norm {norm:.7g}, cosine {along:.7g}"
    return abs(norm - max_norm) < RTOL * max_norm and abs(along - 1) < RTOL, evidence


@tried((2, 2.0), drawn=lambda rng: (int(rng.integers(1, 6)), float(rng.uniform(0.1, 9))))
def _zero_stays(function, n, max_norm):
    clipped = np.asarray(function(np.zeros(n), max_norm))
    zeros, came = (", ".join(f"{v:.4g}" for v in values) for values in (np.zeros(n), clipped))
    return bool((clipped == 0).all()), f"({zeros}) becomes ({came})"


EXERCISES = (
    Exercise(
        name="clip_global_norm",
        lesson="07",
        statement="""Clip by the global norm: a gradient longer than max_norm is shortened to
        it, g · min(1, max_norm/‖g‖); a shorter one stays as it is.

        g : array, shape (n_params,), of any size;  max_norm : a number > 0
        returns an array, shape (n_params,); g stays as it is.  You may call safe_norm(g).
        """,
        reference=clipping.clip_global_norm,
        solution=clip_global_norm,
        cases=_cases,
        facts=ClipFacts,
        mistakes=MISTAKES,
        laws=(
            Law("what is longer gets the norm max_norm", _long_ones),
            Law("what is shorter keeps its norm", _short_ones),
            Law("the direction stays", _same_direction),
            Law("float32 entries of 1e20 keep their direction too", _any_size),
            Law("a zero gradient stays zero", _zero_stays),
        ),
        hints=(
            "One number decides: the norm of the whole vector. `safe_norm(g)` gives it, at any "
            "size.",
            "Multiplying by max_norm/norm gives the norm max_norm. When should that happen, "
            "and what becomes of a short gradient or a zero one?",
            "After `norm = safe_norm(g)`: if `norm > max_norm`, return `g * (max_norm / "
            "norm)`, else g.",
        ),
        remark="In PyTorch: `torch.nn.utils.clip_grad_norm_`, which overwrites the gradients, "
        "divides by the norm + 1e-6, and loses the step where its norm overflows. The function "
        "in `course_lib.clipping` also refuses inf and nan. (Pascanu, Mikolov & Bengio 2013, "
        "Algorithm 1.)",
        comparison=Close(RTOL, 0.0),
    ),
)
