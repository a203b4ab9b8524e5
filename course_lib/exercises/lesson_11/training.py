"""Lesson 11: the article's training program, repaired."""

from dataclasses import dataclass

import numpy as np

from course_lib.exercises.engine.formatting import counted, show_apart, times
from course_lib.exercises.engine.model import Exercise, Law
from course_lib.exercises.kit.formula import listed
from course_lib.exercises.kit.tried import tried
from course_lib.exercises.lesson_11.training_mistakes import MISTAKES, Course


@dataclass(frozen=True)
class Bowl:
    """The gradient of ½ Σ λᵢ (θᵢ - targetᵢ)², which can be shown.

    Attributes
    ----------
    curvatures : tuple of float
        λ.
    target : tuple of float
        Where the minimum is.
    """

    curvatures: tuple
    target: tuple

    def __call__(self, theta):
        """Return the gradient at θ.

        Raises
        ------
        ValueError
            If θ has another shape than the target.
        """
        if np.shape(theta) != np.shape(self.target):
            raise ValueError(
                f"gradient needs the whole vector theta, of shape {np.shape(self.target)}, "
                f"got shape {np.shape(theta)}"
            )
        return np.array(self.curvatures) * (theta - np.array(self.target))

    @property
    def shown_as(self):
        """How it is written."""
        return f"{listed(self.curvatures)} times (θ - {listed(self.target)})"

    def __str__(self):
        """Return the formula."""
        return f"gradient(θ) = {self.shown_as}"


def repaired_training(gradient, theta, alpha, gamma, n_steps):
    """Return the parameters after n_steps steps of the repaired formula."""
    m = np.zeros_like(theta)
    for _ in range(n_steps):
        m = alpha * m + (1 - alpha) * gamma * gradient(theta)
        theta = theta - m
    return theta


def _cases(rng):
    """Return (gradient, theta, alpha, gamma, n_steps): one step, two, more, then drawn ones."""
    line, bowl = Bowl((2.0,), (1.0,)), Bowl((1.0, 0.5), (3.0, -1.0))
    simple = [
        (line, np.array([0.0]), 0.5, 0.5, 1),
        (line, np.array([0.0]), 0.5, 0.5, 2),
        (bowl, np.array([0.5, 0.25]), 0.9, 0.5, 3),
        (bowl, np.array([0.5, 0.25]), 0.0, 0.5, 4),
    ]
    drawn = []
    for n_params in (2, 4):
        curvatures, target = rng.uniform(0.2, 1.5, n_params), rng.normal(size=n_params)
        drawn_bowl = Bowl(tuple(curvatures.round(2)), tuple(target.round(2)))
        drawn.append((drawn_bowl, rng.normal(size=n_params).round(2), 0.8, 0.3, 10))
    return [*simple, *drawn]


def _drawn(rng):
    """Return a curvature, a minimum, a start and both rates."""
    curvature, alpha, gamma = rng.uniform((0.5, 0.1, 0.3), (1.5, 0.7, 0.8)).round(2)
    end, away = rng.normal(scale=4, size=2).round(1)
    start = end + 9 + abs(away)
    return float(curvature), float(end), float(start), float(alpha), float(gamma)


@tried((1.0, 3.0, 0.5, 0.5, 0.5), drawn=_drawn, n_drawn=3)
def _reaches_the_minimum(function, curvature, goal, start, alpha, gamma):
    goals, starts = np.array([goal, -goal - 1]), np.array([start, start + 2])
    bowl = Bowl((curvature, 1.2 * curvature), tuple(map(float, goals)))
    ends = np.asarray(function(bowl, starts.copy(), alpha, gamma, 200))
    near = np.abs(ends - goals) < 1e-6 * np.maximum(1, np.abs(goals))
    i = 0 if near.all() else int(np.argmin(near))
    end, goal = float(ends[i]), float(goals[i])
    shown = f"{end:.4g}" if near.all() else show_apart(end, goal)[0]
    return near.all(), f"minimum at {goal:.4g}, 200 steps from {starts[i]:.4g}: {shown}"


@tried((1.0, 3.0, 0.5, 0.5, 0.5), drawn=_drawn)
def _data_matter(function, curvature, away, start, alpha, gamma):
    goals = start + 1 + abs(away), start - 1 - abs(away)
    ends = [
        float(function(Bowl((curvature,), (t,)), np.array([start]), alpha, gamma, 5)[0])
        for t in goals
    ]
    shown = " and ".join(f"{end:.4g}" for end in ends)
    said = f"minimum at {goals[0]:.4g} or at {goals[1]:.4g}, 5 steps from {start:.4g}"
    return ends[0] > start > ends[1], f"{said}: {shown}"


@tried((0.9, 3.0, 0.5, 0.8, 0.3, 6), (0.9, 3.0, 3.01, 0.8, 0.3, 6),
       drawn=lambda rng: (*_drawn(rng), int(rng.integers(3, 9))))  # fmt: skip
def _asks_once_a_step(function, curvature, goal, start, alpha, gamma, n):
    asked = []

    def spy(theta):
        asked.append(float(theta[0]))
        return curvature * (theta - goal)  # with rounder numbers a step may lead back to a θ

    function(spy, np.array([start]), alpha, gamma, n)
    fresh = len(set(asked))
    evidence = f"{n} steps: asked {times(len(asked))}, at {counted(fresh, 'point')}"
    if asked and asked[0] != start:
        evidence += f", first at {asked[0]:.4g}, not at {start:.4g}"
    return len(asked) == fresh == n and asked[0] == start, evidence


@tried((1.0, 0.0, 8.0, 0.5, 3), (1.0, 0.0, 0.5, 0.5, 6),
       drawn=lambda rng: (*_drawn(rng)[:3], 0.4, int(rng.integers(1, 6))))  # fmt: skip
def _plain_descent(function, curvature, goal, start, gamma, n):
    starts, curvatures = np.array([start, goal - 3]), np.array([curvature, curvature / 2])
    bowl = Bowl(tuple(map(float, curvatures)), (goal, goal))
    ends = np.asarray(function(bowl, starts.copy(), 0.0, gamma, n))
    right = goal + (starts - goal) * (1 - gamma * curvatures) ** n
    holds = np.abs(ends - right) < 1e-6 * np.maximum(1, np.abs(right))
    i = 0 if holds.all() else int(np.argmin(holds))
    said = f"α = 0, γ = {gamma:.4g}, curvature {curvatures[i]:.4g}: from {starts[i]:.4g}"
    return holds.all(), f"{said} to {ends[i]:.4g} in {n} steps"


EXERCISES = (
    Exercise(
        name="repaired_training",
        lesson="11",
        statement="""n_steps steps of the repaired formula, m ← αm + (1 - α)γ gradient(θ) and
        θ ← θ - m, from m = 0.

        gradient : takes a vector of theta's shape, returns the gradient there
        theta : array, shape (n_params,), where to start; it is not changed
        alpha : α, the decay;  gamma : γ, the learning rate;  n_steps : int, 1 or more
        returns the final parameters, shape (n_params,)
        """,
        reference=repaired_training,
        cases=_cases,
        facts=Course,
        mistakes=MISTAKES,
        laws=(
            Law("many steps lead to the minimum", _reaches_the_minimum),
            Law("another minimum leads to another end", _data_matter),
            Law("the gradient is asked for once in each step, at a new θ", _asks_once_a_step),
            Law("α = 0 is plain gradient descent with the rate γ", _plain_descent),
        ),
        hints=(
            "Three parts: what exists before the first step, what happens in each step, and "
            "what is returned after the last one. Where does each line belong?",
            "Before the loop: a memory of zeros. In the loop: the gradient at the *present* "
            "parameters, the new memory, the new parameters. Behind the loop: return.",
            "In the loop: `m = alpha * m + (1 - alpha) * gamma * gradient(theta)`, then "
            "`theta = theta - m`. The `return` stands as far left as the `for`.",
        ),
        remark="No function calls itself. What one step leaves behind, θ and m, is what the "
        "next one begins with: that is the whole of an optimizer's state.",
    ),
)
