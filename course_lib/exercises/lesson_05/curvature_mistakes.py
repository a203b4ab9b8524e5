"""What goes wrong with the largest stable learning rate in lesson 05."""

from functools import cached_property, partial

import numpy as np

from course_lib.exercises.engine.formatting import compared
from course_lib.exercises.engine.model import Mistake
from course_lib.exercises.engine.values import shape_of
from course_lib.exercises.kit.reading import single_numbers
from course_lib.exercises.kit.told import told_with


class Facts:
    """What came where some curvature is positive, and where none is."""

    def __init__(self, seen):
        self.seen = seen
        self.hessians = [hessian for (hessian,) in seen.cases]
        self.curvatures = [_curvatures(hessian) for hessian in self.hessians]
        self.steepest = np.array([curvatures[-1] for curvatures in self.curvatures])
        self.limited = self.steepest > 0

    @cached_property
    def values(self):
        """What came, case by case, nan where it was no number."""
        return single_numbers(self.seen)

    @property
    def right(self):
        """Which cases are right."""
        return np.array([trial.right for trial in self.seen.trials])

    def is_over(self, *sizes):
        """Tell whether answers are one number over such a size of the matrix.

        Looked at is where the rate is limited and that size positive: there it also has to
        differ from the largest curvature.
        """
        return any(self._is_over(size) for size in sizes)

    def _is_over(self, size):
        numbers = np.array([size(hessian) for hessian in self.hessians])
        known = self.limited & (numbers > 1e-9) & np.isfinite(self.values)
        products = (self.values * numbers)[known]
        other = ~np.isclose(numbers, self.steepest)
        return (known & other).sum() > 1 and np.allclose(products, products[0])

    @property
    def adds_something(self):
        """Whether a number is added to the largest curvature, in the denominator."""
        steepest = self.steepest[self.limited]
        gaps = 2 / self.values[self.limited] - steepest
        size, rounding = np.abs(gaps).max(), 1e-14 * steepest.max()
        return 10 * rounding < size and np.ptp(gaps) < 1e-6 * size + rounding

    @property
    def largest_size_decides(self):
        """Whether inf comes where a curvature is positive and a negative one is larger in size.

        Where both are of one size, either may come.
        """
        ends = np.array([(-c[0], c[-1]) for c in self.curvatures])
        downward, parted = ends[:, 0] > ends[:, 1], ~np.isclose(*ends.T)
        asked = self.limited & parted
        infinite = np.isposinf(self.values)
        return (infinite == downward)[asked].all() and downward[asked].any()

    @property
    def is_half(self):
        """Whether every limited answer is half the limit."""
        halves = (self.values * self.steepest)[self.limited]
        return bool(np.allclose(halves, 1, rtol=1e-6, atol=0))

    @property
    def is_below_0(self):
        """Whether rates are below 0 where a curvature is, and right where none is."""
        curved = np.array([curvatures[0] < 0 for curvatures in self.curvatures])
        asked = self.limited & curved
        return asked.any() and (self.values[asked] < 0).all() and self.right[~curved].all()

    @property
    def has_one_for_each(self):
        """Whether there is one number for each direction."""
        pairs = zip(self.seen.answers, self.curvatures, strict=True)
        return all(shape_of(answer) == curvatures.shape for answer, curvatures in pairs)

    @property
    def near(self):
        """Whether the middle of all limited answers is near the limit, and not at it."""
        off = np.abs(self.values * self.steepest / 2 - 1)[self.limited]
        return 1e-6 < np.median(off) < 0.1


def _curvatures(hessian):
    """Return the eigenvalues, the smallest first."""
    return np.linalg.eigvalsh(hessian)


def _positive(hessian):
    curvatures = _curvatures(hessian)
    return curvatures[curvatures > 0]


def _limit(function, otherwise=np.inf):
    """Return a function of the matrix, with another answer where no curvature is positive."""
    return lambda hessian: function(hessian) if _positive(hessian).size else otherwise


def _steepest(hessian):
    return _curvatures(hessian)[-1]


def _over(name, sentence, *sizes):
    """Return the mistake of dividing by such a size, with and without a thought of inf."""
    plain = [lambda hessian, size=size, k=k: np.divide(k, size(hessian))
             for k in (2, 1) for size in sizes]  # fmt: skip
    examples = (*plain, *map(_limit, plain))
    return _told(
        name, sentence, *examples, when=lambda facts: facts.is_over(*sizes), any_form=True
    )


def _listed(values):
    return ", ".join(f"{value:.4g}" for value in values)


def _numbers(case, answer, expected):
    curvatures = _curvatures(case[0])
    noun = "curvature" if len(curvatures) == 1 else "curvatures"
    return f"With the {noun} {_listed(curvatures)} {compared(answer, expected)}"


_told = told_with(_numbers)


def _power_iteration(hessian):
    v = np.ones(len(hessian))
    for _ in range(20):
        v = hessian @ v
        v = v / (np.linalg.norm(v) or 1.0)
    return np.inf if v @ hessian @ v <= 0 else 2 / (v @ hessian @ v)


def _largest_in_size(hessian):
    curvatures = _curvatures(hessian)
    largest = curvatures[np.argmax(np.abs(curvatures))]
    return 2 / largest if largest > 0 else np.inf


def _on_a_grid(hessian, rounded=np.ceil):
    return rounded(100 / _steepest(hessian)) / 50


_WRONG_SIZES = (
    _over("eigenvectors for eigenvalues",
          "this takes an entry of the eigenvectors. `np.linalg.eigh` returns the eigenvalues "
          "first, then the eigenvectors, in columns; `eigvalsh` returns the eigenvalues alone.",
          lambda hessian: np.linalg.eigh(hessian)[1].max(),
          lambda hessian: np.linalg.eigh(hessian)[1][-1, -1]),
    _over("smallest curvature",
          "this is the limit of the flattest direction. All directions share one rate, and the "
          "steepest diverges first: `eigvalsh` sorts the smallest eigenvalue to the front and "
          "the largest to the end.",
          lambda hessian: _curvatures(hessian)[0],
          lambda hessian: min(_positive(hessian), default=0.0)),
    _over("sign of the curvature lost",
          "this takes the largest |λ|, or singular value. Where the most curved direction "
          "curves downward it limits nothing: descent leaves along it at any rate. What counts "
          "is the largest λ, with its sign.", lambda hessian: np.linalg.norm(hessian, 2)),
    _over("curvatures added",
          "this takes the sum of curvatures (the trace is the sum of all). Each direction has "
          "its own factor 1 - ηλ; they are not added.",
          np.trace, lambda hessian: _positive(hessian).sum()),
    _over("mean curvature",
          "this takes a mean of the curvatures, or the median. The steepest direction has "
          "more, and diverges.",
          lambda hessian: _curvatures(hessian).mean(),
          lambda hessian: np.median(_curvatures(hessian)),
          lambda hessian: _positive(hessian).sum() / max(_positive(hessian).size, 1)),
    _over("determinant",
          "the determinant is the product of all curvatures. One direction sets the limit, the "
          "steepest.", np.linalg.det),
    _over("largest entry of the diagonal",
          "this takes the largest entry of the diagonal, the curvature along an axis. The axes "
          "are not the steepest directions: λ_max is the largest eigenvalue, at least as large "
          "as every entry on the diagonal.", lambda hessian: np.diag(hessian).max()),
    _over("largest entry",
          "this takes one entry of the matrix, the largest perhaps. The axes are not the "
          "steepest directions: λ_max is the largest eigenvalue.",
          lambda hessian: hessian[0, 0],
          np.max, lambda hessian: np.abs(hessian).max()),
    _over("Frobenius norm",
          "this is a root of a sum of squares, as `np.linalg.norm` of a matrix is. It is never "
          "below the largest eigenvalue, so the rate is safe and smaller than need be.",
          np.linalg.norm, lambda hessian: np.linalg.norm(_positive(hessian))),
    _over("largest sum of a row",
          "this takes the largest sum of a row. With |entries| that is a bound on the "
          "eigenvalues (Gershgorin's), and none without. The largest eigenvalue itself is "
          "asked for.",
          lambda hessian: np.abs(hessian).sum(axis=1).max(),
          lambda hessian: hessian.sum(axis=1).max()),
    _over("eigenvalues in no order",
          "this takes one place in what `np.linalg.eig` returns, which is in no order. Take "
          "the largest, or use `np.linalg.eigvalsh`, which sorts them.",
          lambda hessian: np.linalg.eig(hessian)[0][0],
          lambda hessian: np.linalg.eig(hessian)[0][-1]),
)  # fmt: skip

MISTAKES = (
    *_WRONG_SIZES,
    _told("something added to the curvature",
          "a number is added to λ_max below the line. λ_max > 0 has to be asked anyway, and "
          "then the division needs no help.",
          _limit(lambda hessian: 2 / (_steepest(hessian) + 1e-8)),
          _limit(lambda hessian: 2 / (_steepest(hessian) + 1)),
          lambda hessian: 2 / (max(_steepest(hessian), 0.0) + 1e-8),
          when=lambda facts: facts.adds_something),
    _told("inf for one negative curvature",
          "inf is returned as soon as one curvature is negative. The directions that curve "
          "upward limit the rate all the same: inf is right only where there is none of them.",
          lambda h: np.inf if (_curvatures(h) < 0).any() else 2 / _steepest(h),
          lambda h: np.inf if (_curvatures(h) <= 0).any() else 2 / _steepest(h)),
    _told("curvature of the largest size",
          "inf is returned though a curvature is positive, where the one of the largest size "
          "|λ| is negative (a power iteration finds that one). The largest λ, with its sign, "
          "sets the limit: `np.linalg.eigvalsh(hessian)[-1]`.",
          _largest_in_size, _power_iteration, when=lambda facts: facts.largest_size_decides,
          any_form=True),
    _told("a rate below 0",
          "the rate is negative where a curvature is: 2/λ is below 0 there, and smaller than "
          "all limits. A direction that curves downward limits nothing. Leave it out, or take "
          "the largest λ first: `np.linalg.eigvalsh(hessian)[-1]`.",
          lambda h: min(2 / c if c else np.inf for c in _curvatures(h)),
          lambda h: 2 / _curvatures(h)[0] if (_curvatures(h) < 0).any() else 2 / _steepest(h),
          when=lambda facts: facts.is_below_0),
    Mistake("one rate for each direction", lambda h: 2 / _curvatures(h),
            "there is one number for each direction, 2/λ of its own perhaps. All directions "
            "share one rate, and the steepest sets the limit: take the largest λ first.",
            when=lambda facts: facts.has_one_for_each, any_form=True, vague=True),
    _told("half the limit",
          "this is 1/λ_max, half the limit. Between 1/λ and 2/λ a step goes too far and still "
          "comes nearer, to and fro.",
          _limit(lambda h: 1 / _steepest(h)), lambda h: 1 / _steepest(h),
          when=lambda facts: facts.is_half),
    _told("downhill only",
          "where every direction curves downward, the largest curvature is negative, and so is "
          "2/λ_max. Nothing limits the rate there: return `np.inf` unless λ_max > 0.",
          lambda hessian: 2 / _steepest(hessian),
          lambda hessian: 2 / _steepest(hessian) if _steepest(hessian) else np.inf),
    Mistake("not inf where there is no limit", _limit(lambda h: 2 / _steepest(h), None),
            "where no curvature is positive nothing limits the rate, and the answer there is "
            "the number `np.inf`: not None, not 0, and no largest of an empty list.",
            variants=(lambda h: 2 / _positive(h).max(), lambda h: 2 / _positive(h)[-1],
                _limit(lambda h: 2 / _steepest(h), 0.0)),
            when=lambda facts: facts.right[facts.limited].all() and not facts.right.all(),
            any_form=True),
    _told("near the limit",
          "many of these are near the limit and not at it, as where rates are tried one after "
          "the other or an iteration ends early. 2/λ_max is exact.",
          _limit(_on_a_grid), _limit(partial(_on_a_grid, rounded=np.floor)),
          _limit(_on_a_grid, 0.02), when=lambda facts: facts.near, any_form=True, vague=True),
)  # fmt: skip
