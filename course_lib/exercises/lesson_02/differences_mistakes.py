"""What goes wrong with central differences in lesson 02."""

import numpy as np

from course_lib.exercises.engine.formatting import listed_apart
from course_lib.exercises.engine.model import Mistake
from course_lib.exercises.engine.values import fits, same_shape
from course_lib.exercises.kit.formula import listed
from course_lib.exercises.kit.measured import is_gradient_of_a_number
from course_lib.exercises.lesson_02.differences_facts import SLOPES, THETA


def _numbers(case, answer, expected):
    f, theta = case
    received, right = listed_apart(answer, expected)
    return f"For {f} at θ = {listed(theta)} it gives {received}, and {right} is right."


def _with_numbers(sentence):
    def explain(case, answer, expected):
        if not (fits(answer, expected) and same_shape(answer, expected)):
            return sentence
        return f"{sentence} {_numbers(case, answer, expected)}"

    return explain


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


def _nudged(change, span=2e-5):
    """Return the answer whose two points ``change(theta, i, nudges, sign)`` makes."""

    def function(f, theta):
        gradient, nudges = np.zeros(theta.shape), np.zeros(theta.shape)
        for i in range(theta.size):
            ends = [change(theta.astype(float), i, nudges, sign) for sign in (1e-5, -1e-5)]
            gradient[i] = (f(ends[0]) - f(ends[1])) / span
        return gradient

    return function


def _piled_up(theta, i, nudges, sign):
    nudges[i] = 1
    return theta + sign * nudges


def _replaced(theta, i, nudges, sign):
    theta[i] = sign
    return theta


def _in_proportion(theta, i, nudges, sign):
    theta[i] *= 1 + sign
    return theta


def _second(span):
    def function(f, theta):
        steps = 1e-5 * np.eye(theta.size)
        return np.array([(f(theta + s) - 2 * f(theta) + f(theta - s)) / span for s in steps])

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
        "a list handed to f",
        lambda f, theta: np.array([
            (f(list(theta + s)) - f(list(theta - s))) / 2e-5 for s in 1e-5 * np.eye(theta.size)
        ]),
        "f is handed a list, and takes a vector, an array: a copy is made by "
        "`np.array(theta, dtype=float)`.",
        when=lambda facts: facts.handed_lists,
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
        "nudges pile up",
        _nudged(_piled_up),
        _with_numbers("what was nudged stays nudged while the next entries are measured: at "
                      "entry i all entries up to i are nudged together, and their slopes add "
                      "up. Make the nudge anew for every i, or set entry i back."),
        when=lambda facts: facts.piles_up,
    ),
    Mistake(
        "entry replaced by the step",
        _nudged(_replaced),
        _with_numbers("an entry is replaced by h and by -h, and not moved by it: f is asked "
                      "around 0, and not around θ. `+=` and `-=` move an entry; `=` puts "
                      "another number in its place."),
        when=lambda facts: facts.replaces,
    ),
    Mistake(
        "step in proportion to θ",
        _nudged(_in_proportion),
        _with_numbers("entry i is moved by h times θᵢ, and the difference is divided by 2h: "
                      "every slope is multiplied by θᵢ. Move every entry by h: `+= h`."),
        when=lambda facts: facts.in_proportion
        and np.allclose(facts.gradient, SLOPES * THETA, rtol=1e-3, atol=0),
    ),
    Mistake(
        "no step where θ is 0",
        lambda f, theta: np.array([
            np.divide(f(theta + s) - f(theta - s), 2 * s.sum())
            for s in np.diag(1e-5 * np.abs(theta))
        ]),
        "entry i is moved by h times |θᵢ|: where θᵢ is 0 it does not move, and 0/0 is nan. "
        "Move every entry by h.",
        when=lambda facts: facts.in_proportion and facts.is_(1.0),
        any_form=True,
    ),
    Mistake(
        "np.gradient",
        lambda f, theta: np.gradient(f(theta), 1e-5),
        "`np.gradient` takes differences between neighboring entries of an array, and f gives "
        "one number. Ask f at two points for every entry: f(θ + h) - f(θ - h), divided by 2h.",
        when=lambda facts: is_gradient_of_a_number(facts.seen),
        any_form=True,
    ),
    Mistake(
        "second derivative",
        _second(1e-10),
        _with_numbers("f(θ + h) - 2f(θ) + f(θ - h) is the difference of two differences: it "
                      "measures the second derivative, how the slope changes. The slope is "
                      "f(θ + h) - f(θ - h), divided by 2h."),
        variants=(_second(1e-5), _second(2e-5)),
        when=lambda facts: facts.is_second,
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
        "far from θ",
        _nudged(lambda theta, i, nudges, sign: 2 * theta + (np.arange(theta.size) == i) * sign),
        "Every point is θ with one entry moved by a small h, ahead or behind: `theta + e` and "
        "`theta - e`, where e is h in entry i and 0 elsewhere.",
        when=lambda facts: facts.far_off is not None and not facts.by_one
        and facts.all_moved != (True, True),
        measured=lambda facts: f"f is asked at {listed(facts.far_off)} where θ is "
        f"{listed(THETA)}.",
    ),
    Mistake(
        "all coordinates moved at once",
        _all_at_once,
        _with_numbers("`theta + h` moves every coordinate, and the slopes of all directions "
                      "are added up. Move one coordinate at a time: add h to entry i only."),
        variants=(
            lambda f, theta: np.gradient([f(theta + h) for h in (-1e-5, 0, 1e-5)], 1e-5),
            lambda f, theta: np.full(theta.shape, (f(theta + 1e-5) - f(theta)) / 1e-5),
        ),
        when=lambda facts: facts.all_moved == (True, True)
        and not facts.left_behind and not facts.piles_up,
        any_form=True,
    ),
    Mistake(
        "along another direction",
        lambda f, theta: np.array([
            (f(theta + 1e-5 * d) - f(theta - 1e-5 * d)) / 2e-5
            for d in np.random.default_rng(0).normal(size=(theta.size, theta.size))
        ]),
        _with_numbers("f is asked where all entries are moved, by different amounts: that "
                      "measures the slope along this direction. Move one entry at a time, by "
                      "h."),
        when=lambda facts: facts.all_moved == (True, False)
        and not facts.left_behind and not facts.piles_up,
        any_form=True,
    ),
    Mistake(
        "one entry again and again",
        lambda f, theta: np.array([
            (f(theta + s) - f(theta - s)) / 2e-5
            for s in theta.size * [1e-5 * np.eye(theta.size)[0]]
        ]),
        _with_numbers("it is one and the same entry that is moved in every round: every slope "
                      "is that of this entry. In round i entry i is moved."),
        variants=(lambda f, theta: np.array([
            (f(theta + s) - f(theta - s)) / 2e-5
            for s in theta.size * [1e-5 * np.eye(theta.size)[-1]]
        ]),),
        when=lambda facts: facts.one_entry_only,
        vague=True,
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
    Mistake(
        "step too large",
        differences(0.1),
        _with_numbers("the step is so long that f bends between the two points: what comes is "
                      "the mean slope over that stretch. The error shrinks as h²; with 1e-5 it "
                      "hardly shows."),
        variants=(differences(0.01), differences(1.0)),
        when=lambda facts: facts.by_one and facts.is_(1.0) and min(facts.ends) > 1.5e-4,
    ),
    Mistake(
        "another step",
        differences(1e-4),
        "a step of about 10⁻⁵ is asked for. In Python it is `1e-5`; `10e-5` is ten times that.",
        variants=(differences(1e-6), differences(1e-7)),
        when=lambda facts: facts.by_one and facts.is_(1.0) and not facts.near_the_step,
        measured=lambda facts: f"the step is {max(facts.ends):.1g}.",
    ),
)  # fmt: skip
