"""What goes wrong with the gradient of a penalty in lesson 09."""

import numpy as np

from course_lib.exercises.engine.formatting import listed_apart
from course_lib.exercises.engine.model import Mistake
from course_lib.exercises.kit.formula import listed


def _unit(g):
    """Return g at length 1; nan for a zero gradient, as those get who divide by it."""
    return g / np.linalg.norm(g)


def _product(gradient, theta, v, step=1e-5, ahead=1.0, behind=1.0):
    """Return Hv by differences along v/‖v‖; zero for a zero v."""
    length = np.linalg.norm(v)
    if length == 0:
        return np.zeros_like(theta)
    move = step * v / length
    difference = gradient(theta + ahead * move) - gradient(theta - behind * move)
    return difference * length / ((ahead + behind) * step)


def _combined(rule):
    """Return the answer that combines g and Hg by ``rule(g, product, mu)``."""

    def function(gradient, theta, mu):
        g = gradient(theta)
        return rule(g, _product(gradient, theta, g), mu)

    return function


def _one_sided(step, ahead=1.0, behind=0.0, weight=2):
    def function(gradient, theta, mu):
        g = gradient(theta)
        return g + weight * mu * _product(gradient, theta, g, step, ahead, behind)

    return function


def _long_as_the_gradient(step, behind=1.0):
    """Return the answer whose step is a multiple of g itself."""

    def function(gradient, theta, mu):
        g = gradient(theta)
        difference = gradient(theta + step * g) - gradient(theta - behind * step * g)
        return g + 2 * mu * difference / ((1 + behind) * step)

    return function


def _zero_divided(step):
    def function(gradient, theta, mu):
        g = gradient(theta)
        u = _unit(g)
        difference = gradient(theta + step * u) - gradient(theta - step * u)
        return g + 2 * mu * difference * np.linalg.norm(g) / (2 * step)

    return function


def _at_another_point(factor):
    return lambda gradient, theta, mu: gradient(theta + factor * mu * gradient(theta))


def _along_theta(gradient, theta, mu):
    return gradient(theta) + 2 * mu * _product(gradient, theta, theta)


def _diagonal(gradient, theta, mu):
    g, eye = gradient(theta), np.eye(theta.size)
    curvatures = [_product(gradient, theta, eye[i])[i] for i in range(theta.size)]
    return g + 2 * mu * np.array(curvatures) * g


def _moved(gradient, theta, mu):
    """Move theta itself, there and back; what is left is rounding, or a step."""
    g = gradient(theta)
    length = np.linalg.norm(g) or 1.0
    step = 1e-5 * g / length
    theta += step
    ahead = gradient(theta)
    theta -= 2 * step
    return g + 2 * mu * (ahead - gradient(theta)) * length / 2e-5


def _by_length(g, product, mu, factor):
    length = np.linalg.norm(g)
    return g + factor * mu * (product / length if length else product)


def _with_numbers(sentence):
    """Return an explanation: the sentence, then the case with what came and what is right."""

    def explain(case, answer, expected):
        gradient, theta, mu = case
        received, right = listed_apart(answer, expected)
        return (
            f"{sentence} For {gradient} at θ = {listed(theta)} with μ = {mu:.4g} it gives "
            f"{received}, and {right} is right."
        )

    return explain


MISTAKES = (
    Mistake(
        "half of the penalty",
        _combined(lambda g, product, mu: g + mu * product),
        _with_numbers("the penalty counts half. The derivative of a square is twice its root "
                      "times the root's derivative, 2Hg: is the 2 missing, or is a one-sided "
                      "difference divided by 2ε?"),
        variants=tuple(_one_sided(step, weight=1) for step in (1e-3, 1e-4, 1e-5, 1e-6)),
    ),
    Mistake(
        "twice the penalty",
        _combined(lambda g, product, mu: g + 4 * mu * product),
        _with_numbers("the penalty counts twice. The two points are 2ε apart, so divide the "
                      "difference by 2ε."),
    ),
    Mistake(
        "g in place of Hg",
        _combined(lambda g, product, mu: g + 2 * mu * g),
        _with_numbers("2μg is added. That only lengthens the gradient; the derivative of ‖g‖² "
                      "asks how g itself changes with θ, and that is the Hessian."),
        variants=(_combined(lambda g, product, mu: g + mu * g),),
    ),
    Mistake(
        "value of the penalty",
        _combined(lambda g, product, mu: g + mu * np.sum(g**2)),
        _with_numbers("the number ‖g‖² is added to every entry. It is added to the *loss*; the "
                      "gradient gets its derivative, 2Hg."),
        variants=(_combined(lambda g, product, mu: g + 2 * mu * np.sum(g**2)),
                  _combined(lambda g, product, mu: g + mu * np.linalg.norm(g))),
    ),
    Mistake(
        "squared entry by entry",
        _combined(lambda g, product, mu: g + 2 * mu * g**2),
        _with_numbers("the squares of the entries are added. What is needed is their "
                      "derivative by θ, which mixes the entries: 2Hg."),
        variants=(_combined(lambda g, product, mu: g + mu * g**2),),
    ),
    Mistake(
        "norm in place of its square",
        _combined(lambda g, product, mu: _by_length(g, product, mu, 1)),
        _with_numbers("this is the gradient of ℓ + μ‖g‖. The penalty is the square, whose "
                      "derivative is 2Hg."),
    ),
    Mistake(
        "length of g forgotten",
        _combined(lambda g, product, mu: _by_length(g, product, mu, 2)),
        _with_numbers("the step was taken along g/‖g‖, which gives Hg/‖g‖. Multiply by ‖g‖ "
                      "again."),
    ),
    Mistake(
        "μ forgotten",
        _combined(lambda g, product, mu: g + 2 * product),
        _with_numbers("the penalty comes in whole; its weight μ is missing."),
    ),
    Mistake(
        "penalty alone",
        _combined(lambda g, product, mu: 2 * mu * product),
        _with_numbers("this is the gradient of the penalty. That of the loss, g, is added to "
                      "it."),
    ),
    Mistake(
        "penalty left out",
        _combined(lambda g, product, mu: g + 0.0),
        _with_numbers("this is the plain gradient. The penalty adds 2μHg."),
    ),
    Mistake(
        "sign turned",
        _combined(lambda g, product, mu: g - 2 * mu * product),
        _with_numbers("the penalty is taken off. It is added to the loss, so its gradient is "
                      "added as well (or do the two points stand the wrong way round?)."),
    ),
    Mistake(
        "a step of the length of g",
        _long_as_the_gradient(1e-5),
        _with_numbers("the step is a multiple of g, so that it is long where the gradient is "
                      "large: there it leaves the place where it should measure. Exploding "
                      "gradients are what this is for: divide g by its norm first."),
        variants=tuple(_long_as_the_gradient(step, behind) for behind in (1.0, 0.0)
                       for step in (1e-3, 1e-4, 1e-5, 1e-6)),
    ),
    Mistake(
        "one-sided difference",
        _one_sided(1e-5),
        _with_numbers("the gradient is compared on one side only. Its error shrinks as ε, and "
                      "that of a step to both sides as ε²."),
        variants=(*(_one_sided(step) for step in (1e-2, 1e-3, 1e-4)),
                  *(_one_sided(step, 0.0, 1.0) for step in (1e-3, 1e-4, 1e-5))),
    ),
    Mistake(
        "a zero gradient divided by its norm",
        _zero_divided(1e-5),
        "where the gradient is zero, g/‖g‖ is 0/0, which is nan, and stays it. There is "
        "nothing to penalize: return the zero gradient.",
        variants=(_zero_divided(1e-4), _zero_divided(1e-6)),
    ),
    Mistake(
        "gradient at another point",
        _at_another_point(1),
        _with_numbers("this is the gradient at θ + μg, for a step whose length is not small. "
                      "It holds about μHg (a method of its own, sharpness-aware minimization, "
                      "uses that), but it is not the gradient of ℓ + μ‖g‖²."),
        variants=(_at_another_point(2), _at_another_point(-1)),
    ),
    Mistake(
        "Hessian times θ",
        _along_theta,
        _with_numbers("the step was taken along θ. The derivative of ‖g‖² is 2Hg: move along "
                      "the gradient."),
    ),
    Mistake(
        "diagonal of the Hessian only",
        _diagonal,
        _with_numbers("each entry is moved by itself and only its own slope is read: that is "
                      "the diagonal of H. Move all entries together, along g."),
    ),
    Mistake(
        "theta moved in place",
        _moved,
        "the values are right, and the caller's theta was moved on the way: `theta += step` "
        "writes into the array that was handed in. `theta + step` makes a new one.",
    ),
)  # fmt: skip
