"""What goes wrong with central differences in lesson 02."""

import ast
from functools import cached_property

import numpy as np

from course_lib.exercises.engine.formatting import listed_apart
from course_lib.exercises.engine.model import Mistake
from course_lib.exercises.engine.source import definition
from course_lib.exercises.kit.formula import listed

_THETA, _SLOPES = np.array([1.0, 2.0, 3.0]), np.array([1.0, 2.0, 4.0])


class DifferenceFacts:
    """Where an answer asks a plane with the slopes (1, 2, 4) at θ = (1, 2, 3).

    Attributes
    ----------
    points : list
        What f was called with, in order.
    moves : ndarray, shape (n_calls, 3)
        How far from θ, for the calls with a vector of θ's length.
    """

    def __init__(self, seen):
        self.seen = seen
        self.points, self._objects = [], []

        def plane(point):
            self._objects.append(point)
            self.points.append(np.array(point))
            whole = np.ndim(point) and np.shape(point)[-1] == 3
            return np.asarray(point) @ _SLOPES if whole else np.sum(point)

        self._outcome = seen.outcome(plane, _THETA)
        vectors = [p for p in self.points if np.shape(p) == _THETA.shape]
        self.moves = np.array(vectors).reshape(-1, 3).real - _THETA

    @cached_property
    def gradient(self):
        """What it returned for the plane; nan where that is no vector of numbers."""
        value = np.asarray(self._outcome.value)
        numbers = value.shape == _THETA.shape and value.dtype.kind in "iuf"
        return value.astype(float) if numbers else np.full(3, np.nan)

    def handed(self, test):
        """Tell whether f was called, and with what passes a test each time."""
        return bool(self.points) and all(map(test, self.points))

    @property
    def by_one(self):
        """Whether each call moved one entry at most, and each entry was moved."""
        moved = np.abs(self.moves) > 0.1 * np.abs(self.moves).max(initial=0.0)
        return bool(len(moved) and (moved.sum(axis=1) <= 1).all() and moved.any(axis=0).all())

    @property
    def ends(self):
        """How far ahead and how far behind the first entry was moved."""
        moves = self.moves[:, 0] if len(self.moves) else np.zeros(1)
        return max(moves.max(), 0.0), max(-moves.min(), 0.0)

    @property
    def one_sided(self):
        """Whether one of the two ends is θ itself."""
        small, large = sorted(self.ends)
        return self.by_one and small < 1e-3 * large

    @property
    def ratio(self):
        """The common factor between its slopes and the right ones, nan where none is."""
        ratios = self.gradient / _SLOPES
        return ratios[0] if np.allclose(ratios, ratios[0], rtol=0.02, atol=0) else np.nan

    def is_(self, ratio):
        """Tell whether all slopes are the right ones times this."""
        return bool(abs(self.ratio - ratio) < 0.02 * abs(ratio))

    @property
    def left_behind(self):
        """Whether an entry that was moved stays so while the next are measured."""
        step = np.abs(self.moves).max(initial=0.0)
        moved = np.abs(self.moves) > 0.1 * step
        first = len(moved) > 3 and (moved[:2].sum(axis=1) <= 1).all()
        return bool(step < 0.5 and first and moved[-1].sum() > 1)

    @property
    def theta_itself(self):
        """Whether what was handed in is moved, or f is called with it."""
        return 1 in self._outcome.moved or any(
            point is self._outcome.after[1] for point in self._objects
        )

    @property
    def two_names(self):
        """Whether ``a = b`` gives an array a second name, and f is asked at θ itself only."""
        node = definition(self.seen.function)
        twice = any(map(_gives_a_second_name, ast.walk(node) if node else ()))
        at_rest = len(self.moves) and np.abs(self.moves).max() < 1e-12
        return bool(twice and at_rest and self.zero)

    @property
    def zero(self):
        """Whether the slopes are 0."""
        return not self.gradient.any()

    @cached_property
    def whole(self):
        """How far from θ = 3 f is asked where 3 is a whole number."""
        asked = []

        def spy(point):
            asked.append(float(np.ravel(point)[0]))
            return float(np.sum(point))

        self.seen.outcome(spy, np.array([3]))
        return np.abs(np.array(asked) - 3)


def _gives_a_second_name(node):
    """Tell whether a statement is ``a = b`` or ``a = b = ...``."""
    match node:
        case ast.Assign([ast.Name()], ast.Name()) | ast.Assign([ast.Name(), ast.Name()], _):
            return True
    return False


def _numbers(case, answer, expected):
    f, theta = case
    received, right = listed_apart(answer, expected)
    return f"For {f} at θ = {listed(theta)} it gives {received}, and {right} is right."


def _with_numbers(sentence):
    return lambda *observed: f"{sentence} {_numbers(*observed)}"


def differences(step=1e-5, ahead=1.0, behind=1.0, span=2.0, dtype=float):
    """Return differences f(θ + ahead·h) - f(θ - behind·h), divided by span·h."""

    def function(f, theta):
        gradient = np.zeros(theta.shape)
        for i in range(theta.size):
            shift = np.zeros(theta.shape, dtype)
            shift[i] = step
            point = theta.astype(dtype)
            difference = f(point + ahead * shift) - f(point - behind * shift)
            gradient[i] = difference / (span * step)
        return gradient

    return function


def _moved(copied, result=lambda theta: np.zeros(theta.shape), anew=False):
    """Return the answer that moves entries of an array ahead, then behind, and leaves them."""

    def function(f, theta):
        gradient, point = result(theta), copied(theta)
        for i in range(theta.size):
            point = copied(theta) if anew else point
            point[i] += 1e-5
            above = f(point)
            point[i] -= 2e-5
            gradient[i] = (above - f(point)) / 2e-5
        return gradient

    return function


def _put_back(f, theta):
    gradient = np.zeros(theta.shape)
    for i in range(theta.size):
        theta[i] += 1e-5
        above = f(theta)
        theta[i] -= 2e-5
        gradient[i] = (above - f(theta)) / 2e-5
        theta[i] += 1e-5
    return gradient


def _all_at_once(f, theta):
    return np.full(theta.shape, (f(theta + 1e-5) - f(theta - 1e-5)) / 2e-5)


def _one_coordinate(f, theta):
    return np.array([(f(t + 1e-5) - f(t - 1e-5)) / 2e-5 for t in theta])


def _all_rows(f, theta):
    rows = 1e-5 * np.eye(theta.size)
    return (f(theta + rows) - f(theta - rows)) / 2e-5


def _two_names(f, theta):
    gradient = np.zeros(theta.shape)
    point = theta.astype(float)
    for i in range(theta.size):
        above = below = point
        above[i] += 1e-5
        below[i] -= 1e-5
        gradient[i] = (f(above) - f(below)) / 2e-5
    return gradient


def _complex_step(f, theta):
    return np.array([np.imag(f(theta + 1e-20j * e)) / 1e-20 for e in np.eye(theta.size)])


def _truncated(step, ahead, behind):
    """Return one-sided differences on copies that have the dtype of theta."""

    def function(f, theta):
        gradient = np.zeros(theta.shape)
        for i in range(theta.size):
            ends = theta.copy(), theta.copy()
            ends[0][i] += ahead * step
            ends[1][i] -= behind * step
            gradient[i] = (f(ends[0]) - f(ends[1])) / ((ahead + behind) * step)
        return gradient

    return function


MISTAKES = (
    Mistake(
        "only one coordinate handed to f",
        _one_coordinate,
        "f is called with a single entry of theta. It is a function of the whole vector: copy "
        "theta, change entry i of the copy, and hand over the copy.",
        when=lambda facts: facts.handed(lambda p: p.size == 1),
        any_form=True,
    ),
    Mistake(
        "a matrix handed to f",
        _all_rows,
        "f is called with a matrix, and takes one vector at a time. If it is "
        "`theta + h * np.eye(n)`, each row is such a vector: call f in a loop over i, with "
        "row i.",
        when=lambda facts: facts.handed(lambda p: p.ndim == 2),
        any_form=True,
    ),
    Mistake(
        "complex step",
        _complex_step,
        "f is called with complex numbers. The complex step is a good way where f keeps the "
        "imaginary part; this f, like most code, is made for real numbers and drops it. Take "
        "f(θ + h) - f(θ - h), divided by 2h.",
        when=lambda facts: any(p.dtype.kind == "c" for p in facts.points),
        any_form=True,
    ),
    Mistake(
        "two names for one array",
        _two_names,
        "both ends are one and the same array: `above = theta` makes no copy but a second "
        "name, so that what moves the one moves the other, and f is asked twice at one point:\n"
        "  above ──┐\n"
        "          ├─▶ [θ₀ θ₁ ...]\n"
        "  below ──┘\n"
        "`theta.copy()` makes an array of its own.",
        when=lambda facts: facts.two_names,
        any_form=True,
    ),
    Mistake(
        "the result is cut to whole numbers",
        _moved(lambda theta: theta.astype(float), np.zeros_like, anew=True),
        "`np.zeros_like(theta)` has the dtype of theta. Where theta holds whole numbers, so "
        "does the result, and 0.39 is cut to 0 without a word: "
        "`np.zeros(theta.shape)` holds floats.",
        when=lambda facts: not facts.seen.wrong and 0 < facts.whole.max(initial=0.0) < 0.5
        and facts.by_one,
    ),
    Mistake(
        "whole numbers stay whole",
        _truncated(1e-5, 1, 1),
        "an array of whole numbers cannot hold 3 + 1e-5: NumPy cuts it back to 3 without a "
        "word, and 3 - 1e-5 to 2. Begin with `theta = np.array(theta, dtype=float)`, which is "
        "a copy as well.",
        variants=(_moved(np.copy, np.zeros_like, anew=True),),
        when=lambda facts: not facts.seen.wrong and facts.by_one,
    ),
    Mistake(
        "theta not put back",
        _moved(lambda theta: theta),
        "entry i of theta is moved and stays moved, so that the next entries are measured "
        "elsewhere, and the caller's theta has changed at the end. Move a copy.",
        when=lambda facts: facts.left_behind and facts.theta_itself,
        any_form=True,
    ),
    Mistake(
        "theta moved and put back",
        _put_back,
        "it is right for floats only: the entries of theta itself are moved and put back. That "
        "leaves rounding behind in the caller's theta, and an array of whole numbers cannot "
        "hold 3 + 1e-5. Begin with `theta = np.array(theta, dtype=float)`, a copy of floats.",
        when=lambda facts: facts.seen.wrong and not facts.seen.wrong_in_number
        and facts.theta_itself and not 0 < facts.whole.max(initial=0.0) < 0.5,
        any_form=True,
    ),
    Mistake(
        "the copy not put back",
        _moved(lambda theta: theta.astype(float)),
        "entry i of the copy is moved and stays moved, so that the next entries are measured "
        "beside θ and not at it. In a small net that hardly shows; with a million parameters "
        "all the others have moved by then. Put the entry back, or make the copy anew for "
        "every i.",
        variants=(_moved(np.copy),),
        when=lambda facts: facts.left_behind,
    ),
    Mistake(
        "the other coordinates set to 0",
        lambda f, theta: np.array(
            [(f(e * (theta + 1e-5)) - f(e * (theta - 1e-5))) / 2e-5 for e in np.eye(theta.size)]
        ),
        "f is asked where all entries but one are 0, and not at θ: the vector begins with "
        "zeros. Begin with a copy of theta, and change its entry i.",
        when=lambda facts: facts.handed(lambda p: p.shape == (3,) and np.count_nonzero(p) == 1),
    ),
    Mistake(
        "all coordinates moved at once",
        _all_at_once,
        _with_numbers("`theta + h` moves every coordinate, and the slopes of all directions "
                      "are added up. Move one coordinate at a time: add h to entry i only."),
        when=lambda facts: (np.abs(facts.moves) > 1e-12).all(axis=1).any(),
    ),
    Mistake(
        "step in float32",
        differences(dtype=np.float32),
        _with_numbers("f is asked in float32, which has seven digits: of a step of 1e-5 beside "
                      "numbers near 1 two are left. Keep theta in float64."),
        when=lambda facts: any(p.dtype == np.float32 for p in facts.points),
    ),
    Mistake(
        "step lost",
        differences(1e-25),
        "f is asked at θ itself only, so that every difference is 0: the step is so small that "
        "θ + h is θ (floats near 1 lie 2e-16 apart), or it never gets into theta.",
        when=lambda facts: bool(len(facts.points)) and not facts.moves.any() and facts.zero,
    ),
    Mistake(
        "one-sided difference divided by 2h",
        differences(behind=0.0),
        _with_numbers("f(θ + h) - f(θ) spans h only, and is divided by 2h: every entry is half "
                      "of what it should be. Replace f(θ) by f(θ - h)."),
        when=lambda facts: facts.one_sided and facts.is_(0.5),
    ),
    Mistake(
        "one-sided difference",
        differences(behind=0.0, span=1.0),
        _with_numbers("this looks to one side of θ only. At a corner it sees one of two "
                      "slopes, and elsewhere its error shrinks as h, not as h². Take "
                      "f(θ + h) - f(θ - h), divided by 2h."),
        variants=(differences(1e-3, 0.0, 1.0, 1.0), _truncated(1e-5, 1, 0)),
        when=lambda facts: facts.one_sided and facts.is_(1.0) and max(facts.ends) > 1e-9,
        any_form=True,
    ),
    Mistake(
        "not divided by h",
        differences(span=2e5),
        _with_numbers("the difference is not divided by the distance of the two points, which "
                      "is 2h: `/ (2 * h)`."),
        variants=(lambda f, theta: differences()(f, theta) * 2e-5,),
        when=lambda facts: facts.is_(max(facts.ends)) or facts.is_(sum(facts.ends)),
    ),
    Mistake(
        "step too small",
        differences(1e-12),
        _with_numbers("the step is so small that f(θ + h) and f(θ - h) agree in nearly all "
                      "their 16 digits; what is left of them is rounding. Near 1e-5 "
                      "rounding and bending are both small."),
        variants=(differences(1e-14), differences(1e-12, 1.0, 0.0, 1.0)),
        when=lambda facts: facts.by_one and max(facts.ends) < 1e-8,
    ),
)  # fmt: skip
