"""What an answer with central differences asks of f, and what it makes of that."""

import ast
from functools import cached_property

import numpy as np

from course_lib.exercises.engine.source import definition

THETA, SLOPES = np.array([1.0, 2.0, 3.0]), np.array([1.0, 2.0, 4.0])


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
            return np.asarray(point) @ SLOPES if whole else np.sum(point)

        self._outcome = seen.outcome(plane, THETA)
        vectors = [p for p in self.points if np.shape(p) == THETA.shape]
        self.moves = np.array(vectors).reshape(-1, 3).real - THETA

    @cached_property
    def gradient(self):
        """What it returned for the plane; nan where that is no vector of numbers."""
        value = np.asarray(self._outcome.value)
        numbers = value.shape == THETA.shape and value.dtype.kind in "iuf"
        return value.astype(float) if numbers else np.full(3, np.nan)

    def handed(self, test):
        """Tell whether f was called, and with what passes a test each time."""
        return bool(self.points) and all(map(test, self.points))

    @property
    def handed_lists(self):
        """Whether f was called with a list or a tuple of all entries."""
        return any(isinstance(p, list | tuple) and len(p) == 3 for p in self._objects)

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
    def near_the_step(self):
        """Whether the first entry is moved by about 1e-5."""
        return 3e-6 < max(self.ends) < 5e-5

    @property
    def one_sided(self):
        """Whether one of the two ends is θ itself."""
        small, large = sorted(self.ends)
        return self.by_one and small < 1e-3 * large < 5e-4

    @property
    def piles_up(self):
        """Whether slope i is the sum of all slopes up to i."""
        return bool(np.allclose(self.gradient, SLOPES.cumsum(), rtol=1e-4, atol=0))

    @property
    def replaces(self):
        """Whether one entry at a time is a small number, the others what they are in θ."""
        others = np.isclose(self.moves, 0, atol=1e-9)
        points = np.abs(self.moves + THETA)
        alone = (~others).sum(axis=1) == 1
        return bool(alone.any() and (points[~others] < 0.2).all() and alone.all())

    @property
    def one_entry_only(self):
        """Whether one entry alone is moved, again and again, and gives every slope."""
        moved = (np.abs(self.moves) > 1e-14).any(axis=0)
        again = len(self.moves) >= 2 * THETA.size
        return bool(again and moved.sum() == 1 and np.ptp(self.gradient) == 0)

    @property
    def all_moved(self):
        """Whether some call moves all entries; and alike, each time that it does."""
        moves = self.moves[(np.abs(self.moves) > 1e-12).all(axis=1)]
        alike = np.ptp(np.abs(moves), axis=1) < 1e-3 * np.abs(moves).max(axis=1)
        return len(moves) > 0, bool(alike.all())

    @property
    def far_off(self):
        """A point far from θ at which f is asked, None if there is none."""
        far = np.abs(self.moves).max(axis=1, initial=0.0) > 0.5
        return (self.moves[far][0] + THETA) if far.any() else None

    @property
    def in_proportion(self):
        """Whether entry i is moved by a step that is θᵢ times as long, and not at all at 0."""
        far = np.abs(self.moves).max(axis=0, initial=0.0)
        longer = np.isclose(far / THETA, far[0], rtol=1e-3, atol=0).all()
        at_zero = []
        self.seen.outcome(lambda point: at_zero.append(np.any(point)) or 0.0, np.zeros(3))
        return bool(self.by_one and longer and far[0] > 0 and not any(at_zero))

    @cached_property
    def bowl(self):
        """What it returns for θ₀² + 2θ₁² + 4θ₂²; nan where that is no vector of numbers."""
        outcome = self.seen.outcome(lambda point: np.sum(SLOPES * point**2), THETA)
        value = np.asarray(outcome.value)
        numbers = value.shape == THETA.shape and value.dtype.kind in "iuf"
        return value.astype(float) if numbers else np.full(3, np.nan)

    @property
    def is_second(self):
        """Whether it gives a multiple of the second derivative, and 0 for a plane."""
        ratios = self.bowl / SLOPES
        even = np.allclose(ratios, ratios[0], rtol=0.05, atol=0) and ratios[0] != 0
        return bool(even and np.abs(self.gradient).max() < 0.05 * np.abs(self.bowl).max())

    @property
    def ratio(self):
        """The common factor between its slopes and the right ones, nan where none is."""
        ratios = self.gradient / SLOPES
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
