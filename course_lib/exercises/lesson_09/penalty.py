"""Lesson 09: the gradient of a loss with a gradient penalty."""

import numpy as np

from course_lib import penalties
from course_lib.exercises.engine.comparison import Close
from course_lib.exercises.engine.model import Exercise, Law
from course_lib.exercises.kit.formula import Slope, listed
from course_lib.exercises.kit.tried import is_slope, tried
from course_lib.exercises.lesson_09.penalty_facts import Penalty
from course_lib.exercises.lesson_09.penalty_mistakes import MISTAKES


def penalty_gradient(gradient, theta, mu):
    """Return g + 2μHg, with Hg by central differences along g."""
    g = gradient(theta)
    length = np.linalg.norm(g)
    if length == 0:
        return g
    step = 1e-5 * g / length
    product = (gradient(theta + step) - gradient(theta - step)) * (length / 2e-5)
    return g + 2 * mu * product


def reference(gradient, theta, mu):
    """Return g + 2μHg, with Hg by the complex step."""
    g = gradient(theta)
    return g + 2 * mu * penalties.hessian_vector_product(gradient, theta, g)


_BOWL = Slope("3θ₀²/2", lambda t: 3 * t, 1)
_VALLEY = Slope("(θ₀² + 10 θ₁²)/2", lambda t: np.array([1, 10]) * t, 2)
_MIXED = Slope("θ₀² θ₁ + 3 θ₁²", lambda t: np.array([2 * t[0] * t[1], t[0] ** 2 + 6 * t[1]]), 2)
_WALL = Slope("exp(4 θ₀)/4 + θ₁²", lambda t: np.array([np.exp(4 * t[0]), 2 * t[1]]), 2)
_WAVES = Slope(
    "sin(θ₀) cos(θ₁) + θ₂²/2",
    lambda t: np.array([np.cos(t[0]) * np.cos(t[1]), -np.sin(t[0]) * np.sin(t[1]), t[2]]),
    3,
)


def _cases(rng):
    simple = [(_BOWL, [2.0], 0.1), (_VALLEY, [10.0, -1.0], 0.05), (_MIXED, [1.0, 2.0], 0.5)]
    edges = [
        (_MIXED, [3.0, -1.0], 0.0),
        (_VALLEY, [0.0, 0.0], 0.1),
        (_MIXED, [2.0, 0.0], 0.1),  # one entry of g is 0
        (_WALL, [3.0, 1.0], 1e-3),
        (_WALL, [0.1, -2.0], 0.2),
    ]
    drawn = [(_WAVES, rng.normal(size=3), mu) for mu in (0.3, 2.0)]
    return [(slope, np.array(theta), mu) for slope, theta, mu in (*simple, *edges, *drawn)]


def _drawn_parabola(rng):
    curvature, theta = rng.uniform(0.2, 4, 2) * rng.choice((-1, 1), 2)
    return curvature, rng.uniform(0.2, 4), theta


@tried((3.0, 0.5, 1.0), (-2.0, 0.1, -1.5), drawn=_drawn_parabola)
def _raises_the_curvature(function, curvature, mu, theta):
    parabola = Slope(f"{curvature:.4g}θ₀²/2", lambda t: curvature * t, 1)
    value = float(function(parabola, np.array([theta]), mu)[0])
    right = curvature * (1 + 2 * curvature * mu)
    said = f"λ = {curvature:.4g}, μ = {mu:.4g}, θ = {theta:.4g}: {value:.4g}"
    told = f"λ(1 + 2λμ) = {right:.4g}" + (
        "" if theta == 1 else f", times θ {right * theta:.4g}"
    )
    return abs(value - right * theta) < 1e-6 * max(1, abs(right * theta)), f"{said}, {told}"


def _loss_mixed(t):
    return t[0] ** 2 * t[1] + 3 * t[1] ** 2


def _loss_waves(t):
    return np.sin(t[0]) * np.cos(t[1]) + t[2] ** 2 / 2


def _drawn(rng):
    mu = float(rng.uniform(0.1, 2))
    if rng.random() < 0.3:  # where one entry of the gradient is zero
        return _MIXED, _loss_mixed, np.array([0.0, rng.normal()]), mu
    return _WAVES, _loss_waves, rng.normal(size=3), mu


@tried((_MIXED, _loss_mixed, np.array([1.0, 0.5]), 0.1),
       (_MIXED, _loss_mixed, np.array([0.0, 1.0]), 0.3), drawn=_drawn)  # fmt: skip
def _belongs_to_the_loss(function, gradient, loss, theta, mu):
    """Compare with the measured slopes of ℓ + μ‖g‖²."""
    value = function(gradient, theta, mu)
    held, said = is_slope(value, lambda t: loss(t) + mu * np.sum(gradient(t) ** 2), theta)
    return held, f"ℓ(θ) = {gradient.shown_as} at {listed(theta)}, μ = {mu:.4g}, {said}"


@tried((_MIXED, np.array([3.0, -1.0])), drawn=lambda rng: (_WAVES, rng.normal(size=3)))
def _without_weight(function, gradient, theta):
    value, plain = np.asarray(function(gradient, theta, 0.0)), gradient(theta)
    return bool(np.allclose(value, plain)), f"μ = 0: {listed(value)}, g = {listed(plain)}"


def _valley_at(center):
    return Slope(
        f"((θ₀ - {center[0]:.4g})² + 10 (θ₁ - {center[1]:.4g})²)/2",
        lambda t: np.array([1, 10]) * (t - center),
        2,
    )


@tried((np.ones(2), 0.1), (np.zeros(2), 0.1),
       drawn=lambda rng: (rng.uniform(0.5, 3, 2).round(1), rng.uniform(0.1, 2)))  # fmt: skip
def _at_rest(function, center, mu):
    value = np.asarray(function(_valley_at(center), center.copy(), mu))
    return bool(
        (np.abs(value) < 1e-8).all()
    ), f"at the minimum {listed(center)}: {listed(value)}"


EXERCISES = (
    Exercise(
        name="penalty_gradient",
        lesson="09",
        statement="""The gradient of the penalized loss ℓ + μ‖g‖², which is g + 2μHg.
        The Hessian H is not given: measure how g changes along a short step.

        gradient : function, takes a vector theta, returns g there, of the same shape
        theta : array, shape (n_params,);  mu : μ, a number ≥ 0
        returns a new array, shape (n_params,)
        """,
        reference=reference,
        solution=penalty_gradient,
        cases=_cases,
        facts=Penalty,
        mistakes=MISTAKES,
        laws=(
            Law("on a parabola the curvature λ becomes λ(1 + 2λμ)", _raises_the_curvature),
            Law("it is the slope of ℓ + μ‖g‖²", _belongs_to_the_loss),
            Law("μ = 0 leaves the gradient as it is", _without_weight),
            Law("where the gradient is zero the result is zero", _at_rest),
        ),
        hints=(
            "Hg says how the gradient changes when θ moves along g. So move θ a little along "
            "g, forward and back, and compare the two gradients.",
            "Give the step a length of its own: with u = g/‖g‖ and ε = 1e-5, Hu is "
            "(∇ℓ(θ + εu) - ∇ℓ(θ - εu))/(2ε), and Hg = ‖g‖ Hu. What if ‖g‖ is 0?",
            "After `length = np.linalg.norm(g)`, and if that is 0 return g: "
            "`step = 1e-5 * g / length`, then the difference of the two gradients times "
            "`length / 2e-5`, then `g + 2 * mu * product`.",
        ),
        remark="Three gradients a step in place of one. `course_lib.penalties` also has the "
        "complex step, two gradients and exact to rounding. In PyTorch the product comes from "
        "differentiating twice: `torch.autograd.grad` with `create_graph=True`. "
        "(Pearlmutter 1994.)",
        comparison=Close(1e-5, 1e-8),
    ),
)
