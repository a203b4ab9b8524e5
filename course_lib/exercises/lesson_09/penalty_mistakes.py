"""What goes wrong with the gradient of a penalty in lesson 09."""

import numpy as np

from course_lib.exercises.engine.formatting import listed_apart
from course_lib.exercises.engine.model import Mistake
from course_lib.exercises.kit.formula import listed


def _product(gradient, theta, v, step=1e-5, ahead=1.0, behind=1.0):
    """Return Hv by differences along v/‖v‖; zero for a zero v."""
    move = step * v / (np.linalg.norm(v) or 1)
    difference = gradient(theta + ahead * move) - gradient(theta - behind * move)
    return difference * np.linalg.norm(v) / ((ahead + behind) * step)


def _combined(rule):
    """Return the answer that combines g and Hg by ``rule(g, product, mu)``."""

    def function(gradient, theta, mu):
        g = gradient(theta)
        return rule(g, _product(gradient, theta, g), mu)

    return function


def _adding(make):
    """Return the answer that adds 2μ ``make(gradient, theta, g)``."""

    def function(gradient, theta, mu):
        g = gradient(theta)
        return g + 2 * mu * make(gradient, theta, g)

    return function


def _adding_by_mu(gradient, theta, mu):
    g = gradient(theta)
    return g + 2 * mu * _product(gradient, theta, g, step=np.float64(mu))


def _at_another_point(k):
    return lambda gradient, theta, mu: gradient(theta + k * mu * gradient(theta))


def _one_array(gradient, theta, mu):
    ahead = behind = theta.copy()
    ahead += 1e-5
    behind -= 1e-5
    return gradient(theta) + mu * (gradient(ahead) - gradient(behind)) / 1e-5


def _known(name, example, when, sentence, *variants, vague=False):
    """Return the mistake that ``when(penalty)`` tells, with the case and its numbers."""

    def explain(case, answer, expected):
        gradient, theta, mu = case
        received, right = listed_apart(answer, expected)
        return (
            f"{sentence} For {gradient} at θ = {listed(theta)} with μ = {mu:.4g} it gives "
            f"{received}, and {right} is right."
        )

    return Mistake(name, example, explain, variants, when, vague=vague)


MISTAKES = (
    Mistake("a zero gradient divided by its norm",
        _adding(lambda gradient, theta, g: (
            _product(gradient, theta, g) * np.linalg.norm(g) / np.linalg.norm(g)
        )),
        "where the gradient is zero, g/‖g‖ is 0/0, which is nan, and stays it. There is "
        "nothing to penalize: return the zero gradient.",
        when=lambda p: [np.isnan(a).any() for a in p.added] == [not g.any() for g in p.g]),
    Mistake("two names for one array",
        _one_array,
        "the gradients that are compared are taken at one and the same point. `ahead = theta` "
        "makes no copy: it is another name for the same array, and `+=` and `-=` on two such "
        "names move it there and back. `theta + step` and `theta - step` are two new arrays.",
        when=lambda p: p.adds_nothing_of_several,
        any_form=True),
    _known("penalty left out", lambda gradient, theta, mu: gradient(theta),
        lambda p: not any(map(np.any, p.added)),
        "this is the plain gradient. The penalty adds 2μHg."),
    _known("penalty left out where one entry is zero",
        lambda gradient, theta, mu: (
            _adding(lambda *case: _product(*case))(gradient, theta, mu)
            if gradient(theta).all() else gradient(theta)
        ),
        lambda p: p.is_off_at_a_zero_entry,
        "the penalty is left out as soon as one entry of g is 0. `not g.all()` is true there; "
        "only where all entries are 0 there is nothing to penalize: `not g.any()`, or a norm "
        "of 0."),
    _known("g taken for a place",
        _adding(lambda gradient, theta, g: gradient(g)),
        lambda p: p.asks_at_g,
        "the gradient is asked for at g, or at a multiple of it, as if g were a place. "
        "`gradient` takes a point: those near θ along g are θ + εu and θ - εu, with u = g/‖g‖.",
        _adding(lambda gradient, theta, g: (gradient(1e-5 * g) - gradient(-1e-5 * g)) / 2e-5)),
    _known("mean in place of the sum",
        _adding(lambda gradient, theta, g: _product(gradient, theta, g) / theta.size),
        lambda p: p.is_mean,
        "the penalty is divided by the number of parameters: ‖g‖² is the sum of the squares, "
        "not their mean.", vague=True),
    _known("only the diagonal of H",
        _adding(lambda gradient, theta, g: g * [
            _product(gradient, theta, row) @ row for row in np.eye(theta.size)
        ]),
        lambda p: p.adds(p.diagonals),
        "only ∂gᵢ/∂θᵢ is used, and the mixed derivatives are left out. Entry i of Hg is the "
        "sum of all ∂gᵢ/∂θⱼ gⱼ: when θ moves along g, all of it comes out at once."),
    _known("H times ones",
        _adding(lambda gradient, theta, g: _product(gradient, theta, np.ones(theta.size))),
        lambda p: p.adds(p.sums),
        "H is multiplied by (1, 1, ...) in the place of g: is θ moved by one number in all its "
        "entries, or is H only summed? In Hg each column is weighed by its entry of g."),
    _known("μ in the step",
        lambda gradient, theta, mu: gradient(theta) if mu == 0 else (
            gradient(theta) + 2 * mu * _product(gradient, theta, gradient(theta), step=mu)
        ),
        lambda p: p.steps_with_mu and not p.is_gradient_elsewhere,
        "θ is moved further where μ is larger. μ weighs the penalty only; the step that "
        "measures how g changes has a short length of its own, such as 1e-5, whatever μ is.",
        _adding_by_mu),
    _known("one number added",
        _adding(lambda gradient, theta, g: _product(gradient, theta, g) @ g + 0 * g),
        lambda p: p.adds_one_number,
        "one number is added to all entries of g. The penalty's gradient is a vector as g is: "
        "2μHg has an entry of its own for each parameter.",
        _adding(lambda gradient, theta, g: (
            _product(gradient, theta, g) @ g / (np.linalg.norm(g) or 1) + 0 * g
        )), vague=True),
    _known("step too long", _adding(lambda *case: _product(*case, step=0.03)),
        lambda p: min(p.steps) > 1e-3 and p.is_nearly_right,
        "it is nearly right. The two points lie so far apart that the change of g is no longer "
        "in proportion to the step: a length such as 1e-5 is short enough.", vague=True),
    _known("step too short", _adding(lambda *case: _product(*case, step=1e-12)),
        lambda p: 0 < max(p.steps) < 1e-9,
        "the two points lie so close that their gradients agree in nearly all digits, and what "
        "is left of the difference is rounding. A length such as 1e-5 is long enough.",
        vague=True),
    _known("penalty subtracted", _combined(lambda g, product, mu: g - 2 * mu * product),
        lambda p: abs(p.of_product[0] + 2) < 0.1 and p.of_product[1:] == (0, 1),
        "the penalty's gradient has the wrong sign: 2μHg is subtracted, and it is added.",
        vague=True),
    _known("twice the penalty", _combined(lambda g, product, mu: g + 4 * mu * product),
        lambda p: abs(p.of_product[0] - 4) < 0.1 and p.of_product[1:] == (0, 1),
        "the penalty counts twice. It is 2μHg; and a difference to both sides is divided by "
        "2ε, the distance of its two points.", vague=True),
    _known("another power of μ", _combined(lambda g, product, mu: g + 2 * product),
        lambda p: p.of_product[2] not in (1, np.nan),
        "the penalty comes in with another weight than μ: it is in proportion to μ.",
        _combined(lambda g, product, mu: g + 2 * mu**2 * product)),
    _known("another power of the norm",
        _combined(lambda g, product, mu: g + 2 * mu * product / (np.linalg.norm(g) or 1)),
        lambda p: p.of_product[1] not in (0, np.nan),
        "the length of g counts too often, or not at all. Along u = g/‖g‖ the difference gives "
        "Hu, and Hg = ‖g‖ Hu; the penalty is the square of the norm, whose derivative is 2Hg.",
        _combined(lambda g, product, mu: g + mu * product * np.linalg.norm(g)), vague=True),
    _known("half of the penalty", _combined(lambda g, product, mu: g + mu * product),
        lambda p: abs(p.of_product[0] - 1) < 0.1,
        "the penalty counts half. The derivative of a square is twice its root times the "
        "root's derivative, 2Hg: is the 2 missing, or a one-sided difference divided by 2ε?",
        vague=True),
    _known("another multiple of the penalty",
        _combined(lambda g, product, mu: g + 3 * mu * product),
        lambda p: abs(p.of_product[0] - 2) > 0.3,
        "a multiple of the penalty's gradient is added. It is 2μHg, and Hg the difference of "
        "two gradients, divided by the distance of their points, times ‖g‖.", vague=True),
    _known("g in place of Hg", _combined(lambda g, product, mu: g + 2 * mu * g),
        lambda p: p.is_along_g,
        "a multiple of g is added. That only changes its length; the derivative of ‖g‖² asks "
        "how g itself changes with θ, and that is the Hessian.",
        _adding(lambda gradient, theta, g: (
            g * (_product(gradient, theta, g) @ g) / (g @ g or 1)
        )), vague=True),
    _known("no second gradient",
        lambda gradient, theta, mu: gradient(theta) + mu * np.abs(gradient(theta)),
        lambda p: not any(p.steps),
        "the gradient is asked for at θ only. How it changes with θ, which is what H says, can "
        "be seen by a second one, a short step away.",
        lambda gradient, theta, mu: gradient(theta) - mu * np.sqrt(np.abs(gradient(theta))),
        lambda gradient, theta, mu: gradient(theta) + 2 * mu * theta),
    _known("gradient at another point",
        _at_another_point(1),
        lambda p: p.is_gradient_elsewhere,
        "this is the gradient at another point than θ, a step away that is not small. It holds "
        "some of Hg (a method of its own, sharpness-aware minimization, uses that), but it is "
        "not the gradient of ℓ + μ‖g‖².",
        _at_another_point(2)),
    Mistake("not along the gradient",
        _adding(lambda gradient, theta, g: _product(gradient, theta, theta)),
        "The derivative of ‖g‖² is 2Hg, and Hg says how the gradient changes along g: move all "
        "entries together, along g.",
        when=lambda p: min(p.steps) > 0 and p.across > 0.01 and not p.moves_each,
        measured=lambda p: p.about_moves(), vague=True),
    Mistake("something else added",
        _adding(lambda gradient, theta, g: np.linalg.solve(
            [_product(gradient, theta, row) + 1e-9 * row for row in np.eye(theta.size)], g
        )),
        "Here H is diagonal, with the entries 6θᵢ.",
        when=lambda p: p.moves_each and p.about_added(),
        measured=lambda p: p.about_added(), vague=True),
    _known("a step of the length of g",
        _adding(lambda gradient, theta, g: (
            (gradient(theta + 1e-4 * g) - gradient(theta - 1e-4 * g)) / 2e-4
        )),
        lambda p: p.steps[1] > 2 * p.steps[0] > 0,
        "the step is longer where the gradient is longer: there it leaves the place where it "
        "should measure. Exploding gradients are what this is for: divide g by ‖g‖ first."),
    _known("a step divided by the length twice",
        _adding(lambda gradient, theta, g: _product(gradient, theta, g, 1e-5 / (g @ g or 1))),
        lambda p: p.steps[0] > 2 * p.steps[1] > 0,
        "the step is shorter where the gradient is longer: there only rounding is left. u = "
        "g/‖g‖ has the length 1 everywhere: is a root missing in ‖g‖, or is g divided twice?"),
    _known("one-sided difference", _adding(lambda *case: _product(*case, behind=0.0)),
        lambda p: p.one_sided,
        "the gradient is compared on one side only. Its error shrinks as ε, and that of a step "
        "to both sides as ε².",
        _adding(lambda *case: _product(*case, step=1e-3, behind=0.0))),
)  # fmt: skip
